"""What a piece looks like while it is made: real plates in other colours. Pure.

A part that is still to come is grey, like plaster. What no operation of the route speaks of is as chosen throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from configurator.compile import colours, holds
from configurator.configuration import Colours, Configuration
from configurator.definition import ProductDefinition
from configurator.definition.making import Look

TO_COME = "#D3D0CB"


@dataclass(frozen=True)
class SoFar:
    """A piece after some operations: what it is painted with, and what of its personal content is on it already."""

    colours: Colours
    configuration: Configuration
    is_numbered: bool


def stage_of(
    definition: ProductDefinition, configuration: Configuration, done: Collection[str]
) -> tuple[str, ...] | None:
    """Of the operations that are done those that change the looks; None when the piece looks as it was designed."""
    changing = [row.id for row in definition.operations if row.looks and holds(row.when, configuration)]
    found = tuple(each for each in changing if each in done)
    return None if len(found) == len(changing) else found


def so_far(definition: ProductDefinition, configuration: Configuration, stage: Collection[str] | None = None) -> SoFar:
    """The piece at a stage (see `stage_of`), without one the whole piece."""
    whole = colours(definition, configuration)
    if stage is None:
        return SoFar(whole, configuration, is_numbered=True)
    rows = [row for row in definition.operations if holds(row.when, configuration)]
    looks = [row.looks for row in rows if row.looks]
    past = [row.looks for row in rows if row.looks and row.id in stage]
    return SoFar(
        colours=_painted(whole, looks, past),
        configuration=replace(
            configuration,
            engraving=configuration.engraving if _is_there("engraved", looks, past) else "",
            artwork=configuration.artwork if _is_there("printed", looks, past) else None,
        ),
        is_numbered=_is_there("numbered", looks, past),
    )


def _painted(whole: Colours, looks: Sequence[Look], past: Sequence[Look]) -> Colours:
    parts, finishes = dict(whole.parts), dict(whole.finishes)
    for part in {part for look in looks for part in look.parts}:
        parts[part] = TO_COME
        finishes.pop(part, None)
    for look in past:
        for part, colour in look.bare.items():
            parts[part] = colour if colour.startswith("#") else whole.parts[colour]
        finishes |= look.finishes
        for part in look.parts:
            parts[part] = whole.parts[part]
            finishes.pop(part, None)
        finishes |= {part: finish for part, finish in whole.finishes.items() if part in look.parts}
    return replace(whole, parts=parts, finishes=finishes)


def _is_there(what: str, looks: Sequence[Look], past: Sequence[Look]) -> bool:
    return any(getattr(look, what) for look in past) or not any(getattr(look, what) for look in looks)

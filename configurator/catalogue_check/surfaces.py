"""Whether the pictures have what a definition speaks of: colours for every part, finishes, panels. Pure.

Views differ in what they show: a panel or a finish must be in one of them, a colour is needed by any that has the part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from configurator.catalogue_check.finding import Finding, error
from configurator.definition import Group, Option, Place, ProductDefinition


@dataclass(frozen=True)
class Baked:
    """What a view's plates have: parts that can be coloured, panels by name, and (part, finish) beside the usual."""

    parts: frozenset[str]
    panels: frozenset[str]
    finishes: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def surface_findings(definition: ProductDefinition, views: Mapping[str, Baked]) -> Iterator[Finding]:
    """What the views lack together; `views` are those that could be looked at, by id.

    While one is missing, it may be the one that has the panel or the finish: of these nothing is said then.
    """
    yield from _colourless_inks(definition)
    for group in definition.groups:
        yield from _uneven_options(group)
    yield from _part_findings(definition, views)
    yield from _colourless_looks(definition)
    if len(views) == len(definition.views):
        yield from _panel_findings(definition, frozenset(chain(*(baked.panels for baked in views.values()))))
        finishes = frozenset(chain(*(baked.finishes for baked in views.values())))
        yield from _finish_findings(definition, finishes)
        yield from _unbaked_looks(definition, finishes)


def _colourless_inks(definition: ProductDefinition) -> Iterator[Finding]:
    coloured = _always_coloured(definition)
    if definition.engraving.colour_part not in coloured:
        yield error("engraving_colourless", "engraving", part=definition.engraving.colour_part)
    if definition.numbering and definition.numbering.colour_part not in coloured:
        yield error("number_colourless", "numbering", part=definition.numbering.colour_part)


def _uneven_options(group: Group) -> Iterator[Finding]:
    """Options after which something of another choice would still be seen."""
    first = group.options[0]
    for option in group.options:
        place = _place(group, option)
        if set(option.colours) != set(first.colours):
            yield error("uneven_colours", place, option=place)
        if set(option.finishes) != set(first.finishes):
            yield error("uneven_finishes", place, option=place)


def _panel_findings(definition: ProductDefinition, panels: frozenset[str]) -> Iterator[Finding]:
    wanted = [("panel_missing", "engraving", definition.engraving.panel)]
    if definition.artwork:
        wanted.append(("print_panel_missing", "artwork", definition.artwork.panel))
    if definition.numbering:
        wanted.append(("number_panel_missing", "numbering", definition.numbering.panel))
    for code, place, panel in wanted:
        if panel not in panels:
            yield error(code, place, panel=panel)


def _part_findings(definition: ProductDefinition, views: Mapping[str, Baked]) -> Iterator[Finding]:
    """Each part that may be without a colour, at the first view that shows it."""
    sometimes = {group.place: _coloured_by(group) for group in definition.groups if group.when and not group.retired}
    looked_at = _always_coloured(definition)
    for view_id, baked in views.items():
        view, bare = Place(f"views.{view_id}"), baked.parts - looked_at
        never = sorted(bare.difference(*sometimes.values()))
        if never:
            yield error("part_colourless", view, view=view, parts=", ".join(never))
        for place, coloured in sometimes.items():
            if bare & coloured:
                shown = ", ".join(sorted(bare & coloured))
                yield error("part_sometimes_colourless", view, view=view, parts=shown, groups=place)
        looked_at |= bare


def _finish_findings(definition: ProductDefinition, baked: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """Options that name a finish without plates. A part's usual finish has none either, whatever it is called: one
    name without plates is accepted per part, and only of a part that has others.
    """
    finished = {part for part, _finish in baked}
    named = {pair for group in definition.groups for option in group.options for pair in option.finishes.items()}
    for group in definition.groups:
        for option in group.options:
            place = _place(group, option)
            for part, finish in option.finishes.items():
                unbaked = {name for each, name in named - baked if each == part}
                if part not in finished:
                    yield error("part_unfinished", place, option=place, part=part)
                elif finish in unbaked and len(unbaked) > 1:
                    yield error("finish_unbaked", place, option=place, part=part, finish=finish)


def _colourless_looks(definition: ProductDefinition) -> Iterator[Finding]:
    coloured = _always_coloured(definition)
    for row in definition.operations:
        missing = sorted((row.looks.named if row.looks else set()) - coloured)
        if missing:
            place = Place(f"operations.{row.id}")
            yield error("look_colourless", place, operation=place, parts=", ".join(missing))


def _unbaked_looks(definition: ProductDefinition, baked: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """A look names no usual finish: that is what a part has without one."""
    for row in definition.operations:
        for part, finish in row.looks.finishes.items() if row.looks else ():
            if (part, finish) not in baked:
                place = Place(f"operations.{row.id}")
                yield error("look_unbaked", place, operation=place, part=part, finish=finish)


def _always_coloured(definition: ProductDefinition) -> set[str]:
    """The parts that have a colour in every design: conditional groups may not exist."""
    constant = (group for group in definition.groups if not group.when and not group.retired)
    return set(definition.base_colours).union(*map(_coloured_by, constant))


def _coloured_by(group: Group) -> set[str]:
    return {part for option in group.offered for part in option.colours}


def _place(group: Group, option: Option) -> Place:
    return Place(f"{group.place}.options.{option.id}")

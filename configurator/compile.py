"""From a product definition to what the composer and the factory understand. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

from configurator.configuration import Colours, Configuration
from configurator.definition import Condition, Numbering, OperationRow, ProductDefinition
from configurator.definition.routes import kept_needs, needs_of
from configurator.pictures.engraving import Area
from factory_sim.contracts import Fault, MaterialSpec, OperationSpec, WorkSpec


def colours(definition: ProductDefinition, configuration: Configuration) -> Colours:
    """What each part of the picture is painted with."""
    parts = dict(definition.base_colours)
    finishes: dict[str, str] = {}
    # In the groups' order: a group that depends on another may paint over it.
    for group in definition.groups:
        if group.id in configuration.choices:
            option = group.option(configuration.choices[group.id])
            parts |= option.colours
            finishes |= option.finishes
    numbering = definition.numbering
    return Colours(
        parts=parts,
        engraving=parts[definition.engraving.colour_part],
        number=parts[numbering.colour_part] if numbering else "#000000",
        finishes=finishes,
    )


def engraving_area(definition: ProductDefinition) -> Area:
    """The engraving's panel in millimetres."""
    row = definition.engraving
    return Area(row.width_mm, row.height_mm, row.margin_mm, row.letter_mm, row.smallest_letter_mm)


def numbering_area(row: Numbering) -> Area:
    """The number's panel in millimetres: a number always fits, its letters have no smallest size."""
    return Area(row.width_mm, row.height_mm, row.margin_mm, row.letter_mm, 0)


def work_spec(definition: ProductDefinition, configuration: Configuration) -> WorkSpec:
    """What the factory must do for this piece: every row whose condition holds, with its extra minutes."""
    return WorkSpec(
        title=definition.name.model_dump(),
        operations=_operations(definition, configuration),
        materials=tuple(
            MaterialSpec(
                id=row.id,
                name=row.name.model_dump(),
                quantity=row.quantity,
                unit=row.unit,
                operation=row.operation or "",
                again=row.again,
            )
            for row in definition.materials
            if holds(row.when, configuration)
        ),
    )


def options_at_work(definition: ProductDefinition) -> dict[str, frozenset[str]]:
    """The options, by group, that make a difference to some operation."""
    found: dict[str, set[str]] = {}
    for row in definition.operations:
        for condition in (row.when, *(fault.when for fault in row.faults)):
            for group, options in condition.options.items():
                found.setdefault(group, set()).update(options)
        by_option: tuple[Mapping[str, Mapping[str, object]], ...] = (row.extra_minutes, row.families)
        for groups in by_option:
            for group, named in groups.items():
                found.setdefault(group, set()).update(named)
    return {group: frozenset(options) for group, options in found.items()}


def work_key(configuration: Configuration, at_work: Mapping[str, frozenset[str]]) -> Hashable:
    """Equal for configurations of one definition with the same operations, if not the same materials."""
    chosen = (configuration.choices.get(group) for group in at_work)
    differing = tuple(
        option if option in options else "" for option, options in zip(chosen, at_work.values(), strict=True)
    )
    return differing, bool(configuration.engraving), configuration.artwork is not None


def holds(condition: Condition, configuration: Configuration) -> bool:
    """Whether a condition is true of a configuration."""
    chosen = all(configuration.choices.get(group) in options for group, options in condition.options.items())
    engraved = bool(configuration.engraving) or not condition.engraved
    return chosen and engraved and (configuration.artwork is not None or not condition.printed)


def _operations(definition: ProductDefinition, configuration: Configuration) -> tuple[OperationSpec, ...]:
    """The route: what is left out of it hands on what it needs."""
    rows = [row for row in definition.operations if holds(row.when, configuration)]
    needs = kept_needs(needs_of(definition.operations), {row.id for row in rows})
    operations = [_operation(row, configuration, first=rows[0].id) for row in rows]
    for number, operation in enumerate(operations):
        before = operations[number - 1 : number] if number else []
        # Only a branch says what it needs: a plain route is what it always was.
        if needs[operation.id] != tuple(each.id for each in before):
            operations[number] = replace(operation, needs=needs[operation.id])
    return tuple(operations)


def _operation(row: OperationRow, configuration: Configuration, *, first: str) -> OperationSpec:
    extra = sum(minutes.get(configuration.choices.get(group, ""), 0) for group, minutes in row.extra_minutes.items())
    return OperationSpec(
        id=row.id,
        station=row.station,
        minutes=row.minutes + extra,
        variation=row.variation,
        name=row.name.model_dump(),
        instruction=row.instruction.model_dump(),
        faults=tuple(
            Fault(
                id=fault.id,
                rate=fault.rate,
                rework_from=fault.rework_from or first,
                sentence=fault.sentence.model_dump(),
                scrap=fault.scrap,
            )
            for fault in row.faults
            if holds(fault.when, configuration)
        ),
        family=_family(row, configuration),
    )


def _family(row: OperationRow, configuration: Configuration) -> str:
    """The set-up family: that of the first group whose chosen option names one, else the row's own."""
    named = (families.get(configuration.choices.get(group, "")) for group, families in row.families.items())
    return next((family for family in named if family), row.family or "")

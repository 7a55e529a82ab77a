"""What is fixed when: which operations consume a group's choice, the personal text and the picture. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from configurator.configuration import Configuration
from configurator.definition import Condition, OperationRow, ProductDefinition
from configurator.definition.routes import begun_again, needs_of

ENGRAVING = "engraving"
ARTWORK = "artwork"
"""What is personal, beside the groups' ids."""


def fixed_by(definition: ProductDefinition) -> Mapping[str, frozenset[str]]:
    """By group, and for ENGRAVING and ARTWORK, the operations with whose first beginning it is fixed.

    Those that consume it, in whatever design, and all that come after them: before a piece is assembled its text can
    still be cut, even where it has none yet. What no operation consumes is fixed with the first one.
    """
    consuming: defaultdict[str, set[str]] = defaultdict(set)
    for operation in definition.operations:
        for name in _consumed_by(operation):
            consuming[name].add(operation.id)
    first = definition.operations[0].id
    for material in definition.materials:
        for name in _named_in(material.when):
            consuming[name].add(material.operation or first)
    needs = needs_of(definition.operations)
    every = frozenset(needs)
    names = [*(group.id for group in definition.groups), ENGRAVING, ARTWORK]
    return {
        name: frozenset[str]().union(*(begun_again(needs, each) for each in consuming[name])) or every for name in names
    }


def changed_parts(before: Configuration, after: Configuration) -> frozenset[str]:
    """The groups, and ENGRAVING and ARTWORK, in which two designs differ."""
    groups = before.choices.keys() | after.choices.keys()
    found = {group for group in groups if before.choices.get(group) != after.choices.get(group)}
    if (before.engraving, before.font) != (after.engraving, after.font):
        found.add(ENGRAVING)
    if before.artwork != after.artwork:
        found.add(ARTWORK)
    return frozenset(found)


def _consumed_by(operation: OperationRow) -> Iterator[str]:
    yield from operation.fixes
    yield from operation.extra_minutes
    yield from operation.families
    for condition in (operation.when, *(fault.when for fault in operation.faults)):
        yield from _named_in(condition)


def _named_in(condition: Condition) -> Iterator[str]:
    yield from condition.options
    if condition.engraved:
        yield ENGRAVING
    if condition.printed:
        yield ARTWORK

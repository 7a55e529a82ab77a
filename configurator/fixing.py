"""What is fixed when: which operations consume a group's choice, the personal text and the picture. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from configurator.configuration import Configuration
from configurator.definition import Condition, OperationRow, ProductDefinition
from configurator.definition.routes import begun_again, needs_of

ENGRAVING = "engraving"
ARTWORK = "artwork"
"""What is personal, beside the groups' ids."""


def consumers_of(definition: ProductDefinition) -> Mapping[str, frozenset[str]]:
    """By group, and for ENGRAVING and ARTWORK, the operations that consume it, in whatever design.

    What no operation consumes is consumed by every one: it is fixed with the first.
    """
    consuming: defaultdict[str, set[str]] = defaultdict(set)
    for operation in definition.operations:
        for name in _consumed_by(operation):
            consuming[name].add(operation.id)
    first = definition.operations[0].id
    for material in definition.materials:
        for name in _named_in(material.when):
            consuming[name].add(material.operation or first)
    names = [*(group.id for group in definition.groups), ENGRAVING, ARTWORK]
    every = frozenset(operation.id for operation in definition.operations)
    return {name: frozenset(consuming[name]) or every for name in names}


def fixed_by(definition: ProductDefinition, route: Collection[str]) -> Mapping[str, frozenset[str]]:
    """By part, the operations of a piece's route with whose first beginning it is fixed.

    Those that consume it. Where the route has none of them, those that come after them: a piece that has no text yet
    can be given one until what follows the cutting begins.
    """
    needs, kept = needs_of(definition.operations), frozenset(route)
    return {
        part: kept & consumers or kept.intersection(chain.from_iterable(begun_again(needs, each) for each in consumers))
        for part, consumers in consumers_of(definition).items()
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
    yield from _named_in(operation.when)


def _named_in(condition: Condition) -> Iterator[str]:
    yield from condition.options
    if condition.engraved:
        yield ENGRAVING
    if condition.printed:
        yield ARTWORK

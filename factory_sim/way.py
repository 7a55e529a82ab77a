"""The way of a piece through its stations as a drawing: a stop for each operation, branches side by side. Pure.

Rows go down and lanes to the right. An operation stands one row below the last of those that it needs; the longest
chain is lane 0, and a branch is in the first lane that is free from where it forks off to where it joins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from factory_sim.contracts import OperationSpec, needs_in

Needs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Stop:
    """Where an operation stands in the drawing, from 0."""

    operation: str
    row: int
    lane: int


@dataclass(frozen=True)
class Way:
    """The stops in the order of the route, and the links from stop to stop as (origin, target)."""

    stops: tuple[Stop, ...]
    links: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        return 1 + max(stop.row for stop in self.stops)

    @property
    def lanes(self) -> int:
        return 1 + max(stop.lane for stop in self.stops)

    def after(self, operation: str) -> tuple[str, ...]:
        """The stops to which links go from one."""
        return tuple(target for origin, target in self.links if origin == operation)


def way_of(operations: Sequence[OperationSpec]) -> Way:
    """The drawing of a route, which has one operation at least."""
    needs = needs_in(operations)
    rows: dict[str, int] = {}
    for operation, needed in needs.items():
        rows[operation] = 1 + max((rows[each] for each in needed), default=-1)
    lanes = _lanes(needs, rows)
    return Way(
        stops=tuple(Stop(operation, rows[operation], lanes[operation]) for operation in needs),
        links=tuple(_links(needs)),
    )


def _lanes(needs: Needs, rows: Mapping[str, int]) -> dict[str, int]:
    """The lane of each operation; one that goes on from a branch's end stays in its lane."""
    lanes = dict.fromkeys(_longest_chain(needs, rows), 0)
    taken_until: list[int] = []
    ends: list[str] = []
    for operation in sorted(rows, key=lambda each: rows[each]):
        if operation in lanes:
            continue
        forks = max((rows[each] for each in needs[operation]), default=rows[operation])
        joins = min((rows[each] for each in needs if operation in needs[each]), default=rows[operation] + 1)
        goes_on = (number for number, end in enumerate(ends) if end in needs[operation])
        is_free = (number for number, until in enumerate(taken_until) if until <= forks)
        number = next(goes_on, next(is_free, len(ends)))
        if number == len(ends):
            ends.append("")
            taken_until.append(0)
        ends[number], taken_until[number] = operation, joins
        lanes[operation] = number + 1
    return lanes


def _longest_chain(needs: Needs, rows: Mapping[str, int]) -> list[str]:
    """The operations of a longest chain, the last one first."""
    chain = [max(rows, key=lambda each: rows[each])]
    while needed := needs[chain[-1]]:
        chain.append(max(needed, key=lambda each: rows[each]))
    return chain


def _links(needs: Needs) -> Iterator[tuple[str, str]]:
    """From each operation to those that need it, but for what follows from other links."""
    before: dict[str, set[str]] = {}
    for operation, needed in needs.items():
        before[operation] = set(needed).union(*(before[each] for each in needed))
        implied = set[str]().union(*(before[each] for each in needed))
        yield from ((each, operation) for each in needed if each not in implied)

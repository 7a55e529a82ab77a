"""The stages of a piece: what has happened at each operation of its route, up to its last event or up to an earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from configurator.compile import work_spec
from configurator.selectors import definition_of
from factory_sim.contracts import Kind, Making, OperationSpec, Progress, later_than, needs_in
from orders.models import Order

STATES = {Kind.QUEUED: "queued", Kind.STARTED: "working", Kind.FINISHED: "done"}


@dataclass(frozen=True)
class Stage:
    """One operation as the customer sees it: `state` is done, working, queued, coming, or again."""

    operation: OperationSpec
    state: str
    events: tuple[Progress, ...]
    tries: int


def stages(found: Order, made: Making | None) -> list[Stage]:
    """The route of the piece with what has happened at each operation."""
    if made is None:
        route = work_spec(definition_of(found.edition.version), found.configuration).operations
        return [Stage(operation, "coming", (), 0) for operation in route]
    return stages_of(made.operations, made.progress, made.current)


def stages_of(operations: Sequence[OperationSpec], progress: Sequence[Progress], current: str) -> list[Stage]:
    """The same after some events; `current` is the first operation then that is not done, "" when all are."""
    behind = later_than(operations, current) if current else set()
    return [_stage(operation, progress, operation.id in behind) for operation in operations]


def current_after(operations: Sequence[OperationSpec], progress: Sequence[Progress]) -> str:
    """The first operation that is queued or at work after some events; "" between two of them."""
    last = {event.operation: event.kind for event in progress if event.kind in STATES}
    going = (each.id for each in operations if last.get(each.id) in (Kind.QUEUED, Kind.STARTED))
    return next(going, "")


def finished_in(operations: Sequence[OperationSpec], progress: Sequence[Progress]) -> set[str]:
    """The operations that have been done to the piece. Scrap undoes all that led to it, but no other branch."""
    found: set[str] = set()
    for event in progress:
        if event.kind == Kind.SCRAPPED:
            found -= _leading_to(operations, event.operation)
        elif event.kind == Kind.FINISHED:
            found.add(event.operation)
    return found


def _leading_to(operations: Sequence[OperationSpec], operation: str) -> set[str]:
    """An operation and all before it; all there are, if a change has taken it out of the route."""
    needs = needs_in(operations)
    if operation not in needs:
        return set(needs)
    found = {operation}
    for each in reversed(operations):
        if each.id in found:
            found |= set(needs[each.id])
    return found


def _stage(operation: OperationSpec, progress: Sequence[Progress], is_behind: bool) -> Stage:
    """A finished operation that comes after the current one is done again: the piece was sent back. One that comes
    after it and queued did so before the design was changed.
    """
    events = tuple(event for event in progress if event.operation == operation.id)
    kinds = [event.kind for event in events if event.kind in STATES]
    state = STATES[Kind(kinds[-1])] if kinds else "coming"
    if is_behind:
        state = {"done": "again", "queued": "coming"}.get(state, state)
    return Stage(operation, state, events, kinds.count(Kind.STARTED))

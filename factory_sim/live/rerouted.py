"""A piece that is to be made otherwise than it was begun: what has begun stays as it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from factory_sim.contracts import OperationSpec, Phase, needs_in
from factory_sim.engine.model import BLOCKED, COMING, DONE, NEEDY, QUEUED, TRAVELLING, WORKING
from factory_sim.live.run import shown
from factory_sim.routes import standing_of
from factory_sim.standing import Job, OperationStanding

NOT_BEGUN = OperationStanding(NEEDY)


class NothingLeft(Exception):
    """By the new route all is done: a piece is completed by an operation that ends, and by nothing else."""


def begun_already(job: Job, operations: Sequence[OperationSpec], consumed: Collection[str]) -> str:
    """The first operation that has begun and that another route would undo; empty where there is none.

    It is among those `consumed`, it is another one there or left out, or it would need what has not begun.
    """
    begun = {operation for operation, visits in job.visits.items() if visits}
    wanted = {each.id: _alone(each) for each in operations}
    for each in job.operations:
        if each.id in begun and (each.id in consumed or wanted.get(each.id) != _alone(each)):
            return each.id
    needs = needs_in(operations)
    return next((each.id for each in operations if each.id in begun and not begun.issuperset(needs[each.id])), "")


def rerouted(job: Job, operations: Sequence[OperationSpec], minute: float) -> Job:
    """The piece with another route, of which nothing is `begun_already`, from a minute on.

    What has not begun goes on from where it waits, sets off at that minute where all that it needs is done, or waits
    for it. Raises NothingLeft.
    """
    if job.phase is Phase.COMING:
        return replace(job, operations=tuple(operations), position=0, standing=())
    before = dict(
        zip([each.id for each in job.operations], zip(job.operations, standing_of(job), strict=True), strict=True)
    )
    done = {operation for operation, (_, standing) in before.items() if standing.phase == DONE}
    needs = needs_in(operations)
    standing = tuple(_standing(each, before, minute, is_ready=done.issuperset(needs[each.id])) for each in operations)
    if all(each.phase == DONE for each in standing):
        raise NothingLeft
    return shown(replace(job, operations=tuple(operations), standing=standing))


def off_machines(before: Job, after: Job) -> list[OperationStanding]:
    """The operations that stood on a machine for want of room, and do not after a change of the route."""
    kept = {each.id for each, stands in zip(after.operations, after.standing, strict=False) if stands.phase == BLOCKED}
    pairs = zip(before.operations, standing_of(before), strict=True)
    return [stands for each, stands in pairs if stands.phase == BLOCKED and each.id not in kept]


def _alone(operation: OperationSpec) -> OperationSpec:
    """An operation but for what comes before it."""
    return replace(operation, needs=None)


def _standing(
    operation: OperationSpec,
    before: Mapping[str, tuple[OperationSpec, OperationStanding]],
    minute: float,
    *,
    is_ready: bool,
) -> OperationStanding:
    known, stood = before.get(operation.id, (operation, NOT_BEGUN))
    if stood.phase in {WORKING, DONE}:
        return stood
    if not is_ready:
        return OperationStanding(NEEDY, shelf=stood.shelf)
    waits = stood.phase in {COMING, QUEUED, TRAVELLING, BLOCKED} and known.station == operation.station
    return stood if waits else OperationStanding(TRAVELLING, minute)

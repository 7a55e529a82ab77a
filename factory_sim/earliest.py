"""When an operation can begin at the earliest: the work before it, when it goes fast, without any waiting. Pure."""

from __future__ import annotations

from factory_sim import draws
from factory_sim.contracts import OperationSpec, Phase, needs_in
from factory_sim.engine.model import DONE, WORKING
from factory_sim.routes import standing_of
from factory_sim.standing import Job, OperationStanding

FAST = 0.02
"""Work that takes less is as rare as that."""


def earliest_starts(job: Job, now: float) -> dict[str, float]:
    """By operation that has never begun, the working minute before which it is not going to begin, as it looks now.

    Work takes no longer than when it goes fast, of which what has passed is over; ways, queues, set-ups and repairs
    only make it later.
    """
    operations, needs = job.operations, needs_in(job.operations)
    standing = dict(zip((each.id for each in operations), standing_of(job), strict=True))
    start = max(now, job.released_at) if job.phase is Phase.COMING else now
    begins: dict[str, float] = {}
    ends: dict[str, float] = {}
    for each in operations:
        begins[each.id] = max((ends[need] for need in needs[each.id]), default=start)
        ends[each.id] = _end(each, standing[each.id], begins[each.id], now)
    return {operation: begin for operation, begin in begins.items() if not job.visits.get(operation)}


def _end(operation: OperationSpec, standing: OperationStanding, begin: float, now: float) -> float:
    if standing.phase == DONE:
        return now
    if standing.phase == WORKING and standing.since is not None:
        return max(now, standing.since + _least(operation))
    return begin + _least(operation)


def _least(operation: OperationSpec) -> float:
    if not operation.variation:
        return operation.minutes
    return draws.quantile(FAST, mean=operation.minutes, variation=operation.variation)

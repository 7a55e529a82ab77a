"""Routes of pieces: what each operation needs, and how operations stand where a piece knows only where it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from factory_sim.contracts import OperationSpec
from factory_sim.engine.model import COMING, DONE, NEEDY, QUEUED, WORKING
from factory_sim.promise_draws import SHORTEST_REST
from factory_sim.standing import Job, OperationStanding

PHASE_OF = {"coming": COMING, "queued": QUEUED, "working": WORKING}


def needs_of(operations: Sequence[OperationSpec]) -> list[int]:
    """For each operation the bits of those that it needs."""
    places = {operation.id: place for place, operation in enumerate(operations)}
    before = (((place - 1,) if place else ()) for place in range(len(operations)))
    named = (None if each.needs is None else tuple(places[need] for need in each.needs) for each in operations)
    return [
        sum(1 << place for place in (chain if own is None else own)) for own, chain in zip(named, before, strict=True)
    ]


def standing_of(job: Job) -> tuple[OperationStanding, ...]:
    """How the operations of a piece stand."""
    return job.standing or plain_standing(job)


def plain_standing(job: Job) -> tuple[OperationStanding, ...]:
    """The operations of a piece that knows no more than where it stands on a plain route."""
    phase = PHASE_OF.get(job.phase.value, DONE)
    minute = {COMING: job.released_at, QUEUED: job.since, WORKING: job.ends_at}.get(phase)
    here = OperationStanding(phase, minute, job.operation.station, job.machine, job.since)
    done, needy = OperationStanding(DONE), OperationStanding(NEEDY)
    if phase == COMING:
        coming = OperationStanding(COMING, job.released_at)
        return tuple(needy if bits else coming for bits in needs_of(job.operations))
    after = len(job.operations) - job.position - 1
    return (*[done] * job.position, here, *[needy] * after)


def expected_end(operation: OperationSpec, standing: OperationStanding, now: float, *, repaired: float = 0.0) -> float:
    """The working minute at which work that runs may be expected to end, if its machine is up.

    It takes its mean after its set-up; `repaired` are the minutes of repair that it has had already.
    """
    since = now if standing.since is None else standing.since
    end = since + standing.setup + operation.minutes + repaired
    return end if end > now else now + SHORTEST_REST * operation.minutes

"""Who is on which machine when: what happened, from the event log, and what is expected, at mean times. Pure.

Minutes are working minutes. What is expected is one run of the kernel in which every operation takes its mean and no
inspection finds a fault: it never peeks at what the simulation is going to draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from factory_sim import kernel
from factory_sim.contracts import Kind, OperationSpec, Phase
from factory_sim.kernel import Job
from factory_sim.kpis import Entry

SHORTEST_REST = 0.05
"""Of its mean: how long an operation that is overdue is expected to take still."""


@dataclass(frozen=True)
class Stint:
    """An operation of one piece on a machine; `end` is None while it runs, `waited` how long it queued before."""

    key: str
    operation: str
    station: str
    machine: int
    start: float
    end: float | None
    waited: float
    is_expected: bool


def done(log: Iterable[Entry]) -> list[Stint]:
    """What the log, in its order, says that machines did. Work that began before the log did is left out."""
    return [_stint(*each, is_expected=False) for each in _pairs(log)]


def expected(machines: Mapping[str, int], jobs: Iterable[Job], now: float, until: float) -> list[Stint]:
    """What the open pieces are expected to do from now on and begin by `until`; work that runs goes on to its end."""
    steady = [_steady(job, now) for job in jobs]
    running = {job.key: job for job in steady if job.phase is Phase.WORKING}
    events, _ = kernel.run(machines, steady, until, since=now)
    begun = [_begun(job) for job in running.values()]
    log = (Entry(each.minute, each.kind, each.key, each.operation, each.station, each.machine) for each in events)
    waiting = {(job.key, job.operation.id): job.since for job in steady if job.phase is Phase.QUEUED}
    return [_stint(*each, is_expected=True) for each in _pairs([*begun, *log], waiting)]


def moving(jobs: Iterable[Job]) -> list[Job]:
    """The pieces as far as they move of themselves: of those that are held, only what runs, to its end."""
    running = (job for job in jobs if not job.held or job.phase is Phase.WORKING)
    return [replace(job, operations=job.operations[: job.position + 1]) if job.held else job for job in running]


def _begun(job: Job) -> Entry:
    return Entry(job.since, Kind.STARTED, job.key, job.operation.id, job.operation.station, job.machine)


def _steady(job: Job, now: float) -> Job:
    """The same piece with its luck taken away."""
    steady = replace(
        job,
        operations=tuple(replace(each, variation=0.0, faults=()) for each in job.operations),
        released_at=max(job.released_at, now),
    )
    if job.phase is not Phase.WORKING:
        return steady
    return replace(steady, ends_at=max(job.since + job.operation.minutes, now + _shortest(job.operation)))


def _shortest(operation: OperationSpec) -> float:
    return SHORTEST_REST * operation.minutes


def _pairs(
    log: Iterable[Entry], waiting: Mapping[tuple[str, str], float] | None = None
) -> Iterator[tuple[Entry, float | None, float]]:
    """Each beginning of work with its end, None where it has none, and how long the piece waited for it."""
    queued = dict(waiting or {})
    running: dict[tuple[str, str], tuple[Entry, float]] = {}
    for each in log:
        name = each.key, each.operation
        if each.kind == Kind.QUEUED:
            queued[name] = each.minute
        elif each.kind == Kind.STARTED:
            running[name] = each, each.minute - queued.pop(name, each.minute)
        elif each.kind in {Kind.FINISHED, Kind.ABORTED}:
            ended = [name] if each.kind == Kind.FINISHED else [other for other in running if other[0] == each.key]
            for start, waited in (running.pop(other) for other in ended if other in running):
                yield start, each.minute, waited
    yield from ((start, None, waited) for start, waited in running.values())


def _stint(start: Entry, end: float | None, waited: float, *, is_expected: bool) -> Stint:
    return Stint(
        start.key, start.operation, start.station, start.machine, start.minute, end, max(waited, 0.0), is_expected
    )

"""What would become of all open pieces if something were different: P50 and P90 before and after. Pure; NumPy only.

Both are the promise's own calculation with the same draws, so that a difference is the change and not luck. Nothing is
applied. A piece that goes first is the next in the queue in which it waits, and comes to the stations after it so much
sooner; one that is on a machine gains nothing. A machine that goes down finishes its work when it is up again.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from factory_sim import promise
from factory_sim.contracts import OperationSpec, Phase
from factory_sim.kernel import Job
from factory_sim.promise import Minutes, quantiles
from factory_sim.timetable import Stint, expected, moving

REPAIR = "a machine that is down"
FIRST = -1.0
"""Before every working minute, and every rank."""


@dataclass(frozen=True)
class Change:
    """What is different: one more machine at a station, a piece that goes first, a machine that is down until a minute.

    Any of them may be left out.
    """

    more_at: str = ""
    first: str = ""
    down_at: str = ""
    down_machine: int = 0
    down_until: float = 0.0


@dataclass(frozen=True)
class Effect:
    """A piece's P50 and P90 in working minutes, as it is and as it would be, and its chance to be late.

    The chances are None where nothing is promised.
    """

    key: str
    likely: float
    safe: float
    likely_then: float
    safe_then: float
    chance: float | None = None
    chance_then: float | None = None

    @property
    def later(self) -> float:
        """By how many working minutes the P90 moves."""
        return self.safe_then - self.safe


def effects(
    machines: Mapping[str, int], jobs: Sequence[Job], change: Change, now: float, due: Mapping[str, float]
) -> list[Effect]:
    """What a change does to every piece that is not held, the worst first."""
    before = promise.behind(machines, moving(jobs), (), now).ready
    then_machines, then_jobs = changed(machines, moving(jobs), change, now)
    after = promise.behind(then_machines, then_jobs, (), now).ready
    keys = [job.key for job in jobs if not job.held]
    found = [_effect(key, before[key], after[key], due.get(key)) for key in keys]
    return sorted(found, key=lambda each: (-each.later, each.key))


@dataclass(frozen=True)
class Help:
    """What one more machine at `station` ("": none) would leave: how many pieces late, by how many minutes together."""

    station: str
    late: int
    tardiness: float


def helpful(machines: Mapping[str, int], jobs: Sequence[Job], due: Mapping[str, float], now: float) -> list[Help]:
    """What is, and then what one more machine would do at each station where somebody waits, the best first.

    A rough look, at mean times; `effects` says it with its chances.
    """
    stints = expected(machines, jobs, now, math.inf)
    queues = {stint.station for stint in stints if min(stint.waited, stint.start - now) > 0}
    more = [
        _help(station, expected({**machines, station: machines[station] + 1}, jobs, now, math.inf), due)
        for station in sorted(queues)
    ]
    return [_help("", stints, due), *sorted(more, key=lambda each: (each.tardiness, each.station))]


def _help(station: str, stints: Sequence[Stint], due: Mapping[str, float]) -> Help:
    ends: dict[str, float] = defaultdict(float)
    for stint in stints:
        ends[stint.key] = max(ends[stint.key], stint.end or 0.0)
    late = [ends[key] - minute for key, minute in due.items() if key in ends and ends[key] > minute]
    return Help(station, len(late), sum(late))


def changed(
    machines: Mapping[str, int], jobs: Sequence[Job], change: Change, now: float
) -> tuple[dict[str, int], list[Job]]:
    """Machines and pieces as they would be."""
    then = {station: count + (station == change.more_at) for station, count in machines.items()}
    pieces = [_first(job) if job.key == change.first else job for job in jobs]
    if change.down_at and change.down_until > now:
        pieces = _broken(pieces, change, now)
    return then, pieces


def _first(job: Job) -> Job:
    """It has waited longest of all; what it is working on takes as long as it does."""
    return job if job.phase is Phase.WORKING else replace(job, since=FIRST, rank=int(FIRST))


def _broken(jobs: Sequence[Job], change: Change, now: float) -> list[Job]:
    """The work on the machine ends so much later; where there is none, its repair is its work."""
    minutes = change.down_until - now
    for number, job in enumerate(jobs):
        if job.phase is Phase.WORKING and (job.operation.station, job.machine) == (change.down_at, change.down_machine):
            return [*jobs[:number], replace(job, since=job.since + minutes), *jobs[number + 1 :]]
    repair = OperationSpec(REPAIR, change.down_at, minutes, 0.0, {})
    work = Job(REPAIR, int(FIRST), 0, now, (repair,), phase=Phase.WORKING, since=now, visits={REPAIR: 1})
    return [*jobs, replace(work, machine=change.down_machine, ends_at=change.down_until)]


def _effect(key: str, before: Minutes, after: Minutes, due: float | None) -> Effect:
    chances = (None, None) if due is None else (float(np.mean(before > due)), float(np.mean(after > due)))
    return Effect(key, *quantiles(before), *quantiles(after), *chances)

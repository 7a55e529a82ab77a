"""What is going to happen to all pieces, in many replications of the engine, with draws of the promise. Pure; workers.

The engine runs from where the plant stands, with all pieces that are going to come. What chance has decided and people
know is kept: work that runs has lasted so long already, and a machine that is down is down. All else is drawn anew.
One thing is left out: that what runs at this moment may still be interrupted by a breakdown to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from factory_sim import engine, promise_draws, routes
from factory_sim.contracts import Maker
from factory_sim.draws import log_normal_parameters
from factory_sim.engine import draws
from factory_sim.engine.model import PASS, WORKING, Breakdowns, Clock, Floats, Floor, Numbers, Result, Standing, Work
from factory_sim.live.arrays import (
    Names,
    breakdowns_of,
    floor_of,
    most_visits,
    standing_of,
    verdict_of,
    work_of,
)
from factory_sim.live.breakdowns import Stretch, by_calendar
from factory_sim.plant import PlantDefinition, StationType
from factory_sim.promise_draws import NORMAL_STRATA, REPLICATIONS, Minutes, rests, shuffle
from factory_sim.standing import Job, MachineName, Machines, OperationStanding

BREAKDOWN_SEED = 0
AT_FIRST, AT_MOST = 4, 1_024
"""Breakdowns drawn for each machine. A thousand and one would make no date any truer, and each takes memory."""
AT_PRESENT = 1 << 30
"""The number of a breakdown that has begun."""
KEPT_LOGS = 4_096


@dataclass(frozen=True)
class Forecast:
    """The pieces in their order, and what the engine says of them in every replication, from a minute on."""

    names: Names
    now: float
    result: Result

    def ready(self) -> dict[str, Minutes]:
        """The finishing minutes of each piece, shape (REPLICATIONS,); infinite for those that are held."""
        finished = np.where(np.isnan(self.result.completed), np.inf, self.result.completed)
        return {job.key: finished[:, number] for number, job in enumerate(self.names.jobs)}


@dataclass(frozen=True)
class Case:
    """What the engine is given: a plant with all that is in it and comes to it, and what chance will have it do."""

    names: Names
    floor: Floor
    work: Work
    standing: Standing


def forecast(plant: PlantDefinition, jobs: Iterable[Job], machines: Machines, now: float) -> Forecast:
    """All `jobs`, as they stand at working minute `now` or are going to be released, to their end."""
    case = case_of(plant, jobs, machines, now)
    result = engine.run(case.floor, case.work, standing=case.standing, since=now, compiled=True)
    return Forecast(case.names, now, result)


def case_of(plant: PlantDefinition, jobs: Iterable[Job], machines: Machines, now: float) -> Case:
    """The same for the engine, or for whoever wants to know whether it is right."""
    names = Names(plant, sorted(jobs, key=lambda job: job.rank), machines)
    present = _Present(names, now)
    floor = floor_of(names, present.breakdowns)
    standing = standing_of(names, floor)
    standing = standing._replace(minute=present.minutes(standing), left=_work_left(floor))
    return Case(names, floor, work_of(names, _minutes(names), _verdicts(names)), standing)


class _Present:
    """What is known at a minute: which machines are down, and how long they have worked on what they work on."""

    def __init__(self, names: Names, now: float) -> None:
        self.names, self.now = names, now
        # Nothing takes longer than if one thing were done after the other.
        self.longest = sum(operation.minutes for _, operation in names.operations)
        self.longest += max((job.released_at for job in names.jobs), default=now) - now

    def breakdowns(self, station: StationType) -> Breakdowns | None:
        """A station's next breakdowns, at most AT_MOST. Times up and under repair are memoryless: both begin anew."""
        row = station.breakdowns
        if row is None:
            return None
        number = AT_FIRST
        up, repair = self._drawn(station, number)
        while number < AT_MOST and up.sum(axis=2).min() <= self.longest:
            number *= 2
            up, repair = self._drawn(station, number)
        clock = Clock(row.clock)
        if clock is Clock.CALENDAR:
            is_down = np.array([self._is_down(station, each) for each in range(station.machines)])
            up[:, :, 0] = np.where(is_down, self.now, self.now + up[:, :, 0])
        return Breakdowns(clock, up, repair)

    def minutes(self, standing: Standing) -> Floats:
        """Of each operation [REPLICATIONS, operations]; those that run end when they may, if they have not yet."""
        minutes = np.repeat(standing.minute, REPLICATIONS, axis=0)
        for name, numbers in self._at_work(standing).items():
            minutes[:, numbers] = (self.now + self._rest(name, numbers, standing))[:, None]
        return minutes

    def _at_work(self, standing: Standing) -> dict[MachineName, list[int]]:
        """The operations on each machine that works."""
        found: dict[MachineName, list[int]] = defaultdict(list)
        for number in np.flatnonzero(standing.phase[0] == WORKING).tolist():
            found[self.names.machines[standing.machine[0, number]]].append(number)
        return found

    def _rest(self, name: MachineName, numbers: Sequence[int], standing: Standing) -> Minutes:
        begun = [self._begun(number) for number in numbers]
        latest = max(range(len(numbers)), key=lambda at: begun[at].since or 0.0)
        here, (job, operation) = begun[latest], self.names.operations[numbers[latest]]
        down = [span for span in self.names.machine(name).ahead if span[0] <= self.now]
        worked = self.now - (self.now if here.since is None else here.since) - here.setup
        worked -= sum(min(end, self.now) - start for start, end in down)
        operations = [self.names.operations[number][1] for number in numbers]
        rest = rests(operations, worked, job.key, int(standing.visits[0, numbers[latest]]) - 1)
        station = self.names.plant.station(operation.station)
        return rest + self._repair(station, name[1]) if self._is_down(station, name[1]) else rest

    def _begun(self, number: int) -> OperationStanding:
        job = self.names.operations[number][0]
        return routes.standing_of(job)[number - int(self.names.first[self.names.jobs.index(job)])]

    def _is_down(self, station: StationType, machine: int) -> bool:
        """What the simulation has drawn says nothing of a plant that reports."""
        if station.breakdowns is None or self.names.plant.maker is Maker.REPORTS:
            return False
        spans: Iterable[Sequence[float]] = self.names.machine((station.id, machine)).ahead
        if station.breakdowns.clock == Clock.CALENDAR.value:
            known = breakdowns_of(self.names, station, Stretch(self.now, self.now, 0.0))
            spans = [] if known is None else by_calendar(known, machine).tolist()
        return any(start <= self.now < end for start, end in spans)

    def _repair(self, station: StationType, machine: int) -> Minutes:
        """What is left of a repair that has begun; by the calendar it is the first absence of `breakdowns`."""
        is_absence = station.breakdowns is not None and station.breakdowns.clock == Clock.CALENDAR.value
        return self._drawn(station, 1, first=0 if is_absence else AT_PRESENT)[1][:, machine, 0]

    def _drawn(self, station: StationType, number: int, *, first: int = 0) -> tuple[Floats, Floats]:
        """Minutes up and under repair [REPLICATIONS, machines, number]."""
        assert station.breakdowns is not None  # noqa: S101 (for the type checker)
        keys = draws.keys([f"promise {station.id} {machine}" for machine in range(station.machines)])
        row, shape = station.breakdowns, (REPLICATIONS, number)
        return draws.breakdowns(
            BREAKDOWN_SEED, machines=keys, up=row.between, repair=row.repair, shape=shape, first=first
        )


def _work_left(floor: Floor) -> Floats:
    """Minutes of work [REPLICATIONS, machines] until each machine breaks down on the operating clock."""
    left = np.full((REPLICATIONS, int(floor.machines.sum())), np.inf)
    first = 0
    for station in floor.stations:
        if station.breakdowns is not None and station.breakdowns.clock is Clock.OPERATING:
            left[:, first : first + station.machines] = station.breakdowns.uptimes[:, :, 0]
        first += station.machines
    return left


def _minutes(names: Names) -> Floats:
    """Of every operation and visit [REPLICATIONS, operations, visits]."""
    visits = range(most_visits(names.jobs))
    shuffles = np.stack(
        [[shuffle(job.key, operation.id, visit) for visit in visits] for job, operation in names.operations]
    )
    logs = [_logs(operation.minutes, operation.variation) for _, operation in names.operations]
    mu, sigma = np.array(logs).T[:, :, None, None]
    minutes = np.exp(mu + sigma * NORMAL_STRATA[shuffles])
    for number, (_, operation) in enumerate(names.operations):
        if operation.variation == 0:
            minutes[number] = operation.minutes
    return np.ascontiguousarray(np.moveaxis(minutes, 2, 0))


@lru_cache(KEPT_LOGS)
def _logs(minutes: float, variation: float) -> tuple[float, float]:
    return log_normal_parameters(minutes, variation)


def _verdicts(names: Names) -> Numbers:
    """What inspections say [REPLICATIONS, operations, visits]; the last look passes every piece."""
    visits = most_visits(names.jobs)
    verdicts = np.full((REPLICATIONS, len(names.operations), visits), PASS)
    for number, (job, operation) in enumerate(names.operations):
        for visit in range(min(operation.most_reworks, visits - 1) if operation.faults else 0):
            u = promise_draws.uniforms(job.key, operation.id, visit + 1)
            for fault in operation.faults:
                verdicts[u < fault.rate, number, visit] = verdict_of(job, fault)
                u = np.where(u < fault.rate, 2.0, u - fault.rate)
    return verdicts

"""Who is on which machine when: what happened, from the event log, and what is expected, at mean times. Pure.

Minutes are working minutes. What is expected is one run in which every operation takes its mean and no inspection finds
a fault: it never peeks at what the simulation is going to draw.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from factory_sim.contracts import Kind
from factory_sim.engine.model import BLOCKED, COMING, DONE, QUEUED, TRAVELLING, WORKING
from factory_sim.kpis import Entry
from factory_sim.routes import expected_end, needs_of, standing_of
from factory_sim.standing import Job, OperationStanding

COMES = -1
"""Instead of a slot: the piece comes to its operation."""


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
    return [_stint(*each) for each in _pairs(log)]


@dataclass(frozen=True)
class Machines:
    """How many machines each station has, and how many pieces one takes at once where that is not one."""

    count: Mapping[str, int]
    batch: Mapping[str, int] = field(default_factory=dict)

    def size(self, station: str) -> int:
        return self.batch.get(station, 1)

    @property
    def slots(self) -> dict[str, int]:
        """How many pieces each station works on at once. A machine for twelve is much like twelve machines."""
        return {station: count * self.size(station) for station, count in self.count.items()}

    def more(self, station: str) -> Machines:
        """The same with one more machine at a station."""
        return replace(self, count={**self.count, station: self.count[station] + 1})


def expected(machines: Machines, jobs: Iterable[Job], now: float, until: float = math.inf) -> list[Stint]:
    """What the open pieces are expected to do from now on and begin by `until`; work that runs goes on to its end.

    Set-ups to come, breakdowns, finite room and the wait for a batch are left out.
    """
    return _Expectation(machines, jobs, now).run(until)


def _pairs(log: Iterable[Entry]) -> Iterator[tuple[Entry, float | None, float]]:
    """Each beginning of work with its end, None where it has none, and how long the piece waited for it."""
    queued: dict[tuple[str, str], float] = {}
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


def _stint(start: Entry, end: float | None, waited: float) -> Stint:
    return Stint(start.key, start.operation, start.station, start.machine, start.minute, end, max(waited, 0.0), False)


class _Expectation:
    """One run at mean times: stations with so many slots, served by urgency, arrival, and place in the plant."""

    def __init__(self, machines: Machines, jobs: Iterable[Job], now: float) -> None:
        self.machines = machines
        self.now = now
        self.jobs = sorted(jobs, key=lambda job: job.rank)
        self.needs = [needs_of(job.operations) for job in self.jobs]
        self.done = [0] * len(self.jobs)
        self.free = {station: list(range(count)) for station, count in machines.slots.items()}
        self.queues: dict[str, list[tuple[int, float, int, int]]] = {station: [] for station in self.free}
        self.due: list[tuple[float, int, int, int]] = []
        self.stints: list[Stint] = []
        standings = [standing_of(job) for job in self.jobs]
        for number, standing in enumerate(standings):
            for place, each in enumerate(standing):
                self.done[number] |= (each.phase == DONE) << place
                if each.phase == WORKING:
                    self._go_on_working(number, place, each)
        for number, standing in enumerate(standings):
            for place, each in enumerate(standing):
                if not self.jobs[number].held:
                    self._take_up(number, place, each)

    def _go_on_working(self, number: int, place: int, standing: OperationStanding) -> None:
        """On the first free slot of its machine; on a plant that has become smaller there may be none."""
        operation = self.jobs[number].operations[place]
        size, slots = self.machines.size(operation.station), self.free[operation.station]
        first = standing.machine * size
        slot = next((each for each in range(first, first + size) if each in slots), first)
        if slot in slots:
            slots.remove(slot)
        since = self.now if standing.since is None else standing.since
        self._work(number, place, slot, (since, expected_end(operation, standing, self.now)), 0.0)

    def _take_up(self, number: int, place: int, standing: OperationStanding) -> None:
        """What waits is in its queue; what is on its way, or has no room, comes."""
        minute = self.now if standing.minute is None else standing.minute
        if standing.phase == QUEUED:
            self._queue(number, place, minute)
        elif standing.phase in {COMING, TRAVELLING, BLOCKED}:
            heapq.heappush(self.due, (max(minute, self.now), number, place, COMES))

    def run(self, until: float) -> list[Stint]:
        for station in self.queues:
            self._start(station, self.now)
        while self.due and self.due[0][0] <= until:
            minute, number, place, slot = heapq.heappop(self.due)
            if slot == COMES:
                self._queue(number, place, minute)
                self._start(self.jobs[number].operations[place].station, minute)
            else:
                self._end(number, place, slot, minute)
        return self.stints

    def _queue(self, number: int, place: int, minute: float) -> None:
        station = self.jobs[number].operations[place].station
        heapq.heappush(self.queues[station], (self.jobs[number].urgency, minute, number, place))

    def _end(self, number: int, place: int, slot: int, minute: float) -> None:
        job, needs = self.jobs[number], self.needs[number]
        self.done[number] |= 1 << place
        heapq.heappush(self.free[job.operations[place].station], slot)
        for other, bits in enumerate(needs):
            if not job.held and bits >> place & 1 and not bits & ~self.done[number]:
                self._queue(number, other, minute)
                self._start(job.operations[other].station, minute)
        self._start(job.operations[place].station, minute)

    def _start(self, station: str, minute: float) -> None:
        while self.free[station] and self.queues[station]:
            _urgency, since, number, place = heapq.heappop(self.queues[station])
            operation = self.jobs[number].operations[place]
            slot = heapq.heappop(self.free[station])
            self._work(number, place, slot, (minute, minute + operation.minutes), minute - since)

    def _work(self, number: int, place: int, slot: int, span: tuple[float, float], waited: float) -> None:
        key, operation = self.jobs[number].key, self.jobs[number].operations[place]
        heapq.heappush(self.due, (span[1], number, place, slot))
        machine = slot // self.machines.size(operation.station)
        self.stints.append(Stint(key, operation.id, operation.station, machine, *span, max(waited, 0.0), True))

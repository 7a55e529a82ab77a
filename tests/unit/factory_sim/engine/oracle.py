"""The engine's rules as a SimPy model: slow, step by step, sharing no code with the engine but its data.

Every clock of the model is SimPy's: work is waited for piece of time by piece of time, up to each closing and each
failure. A rule may be broken on purpose (`Broken`), to show that comparing would find it.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from enum import Enum
from heapq import heappush

import numpy as np
import simpy

from factory_sim.engine.model import (
    ARRIVED,
    COMPLETED,
    DOWN,
    ENDED,
    FREED,
    HELD,
    PASS,
    REMAKE,
    STARTED,
    UP,
    Clock,
    Floats,
    Floor,
    Result,
    Station,
    Work,
)

Process = Generator[simpy.Event, None, None]
Line = tuple[int, int, int, float, float]
"""Kind, operation, machine, minute, set-up; -1 where none belongs."""


class Broken(Enum):
    """A rule that the oracle leaves out."""

    BLOCKING = "blocking"
    SETUP_CHOICE = "which machine has the smallest set-up"
    SETUPS = "set-ups"
    CLOSINGS = "closings"
    BREAKDOWNS = "breakdowns"
    BATCHES = "batches wait until they are full"
    REWORK = "verdicts"
    BRANCHES = "branches run side by side"
    TRANSPORT = "transport"
    URGENCY = "the urgent go first"
    OLDEST = "a batch is as patient as its oldest piece, not as its first"


@dataclass(frozen=True)
class Log:
    """One replication: `completed` [jobs], `started`, `ended` [operations, visits], SimPy's events, its lines."""

    completed: Floats
    started: Floats
    ended: Floats
    events: int
    lines: list[Line]


@dataclass
class Machine:
    """`holds` is what stands on it: pieces at work, or done and without a place to go. `name` numbers them through."""

    number: int
    name: int
    station: Post
    uptimes: list[float]
    repairs: list[float]
    calendar: list[tuple[float, float]]
    holds: set[int] = field(default_factory=set)
    family: int | None = None

    def is_away(self, minute: float) -> bool:
        return any(start <= minute < end for start, end in self.calendar)

    def back_at(self, minute: float) -> float:
        while self.is_away(minute):
            minute = max(end for start, end in self.calendar if start <= minute < end)
        return minute


@dataclass
class Post:
    """A station: its queue of (urgency, arrival, operation), who is let in next, and how many are on their way."""

    number: int
    rules: Station
    machines: list[Machine] = field(default_factory=list)
    queue: list[tuple[int, float, int]] = field(default_factory=list)
    blocked: list[tuple[float, int, Machine]] = field(default_factory=list)
    travelling: int = 0

    def idle(self) -> list[Machine]:
        return [machine for machine in self.machines if not machine.holds]

    def has_room(self) -> bool:
        places = math.inf if self.rules.places is None else self.rules.places
        return len(self.queue) + self.travelling < places + len(self.idle()) * self.rules.batch


class Oracle:
    """One replication of a floor and its work."""

    def __init__(self, floor: Floor, work: Work, replication: int, broken: Broken | None = None) -> None:
        self.env = simpy.Environment()
        self.floor, self.work, self.broken = floor, work, broken
        self.minutes, self.verdicts = work.minutes[replication], work.verdicts[replication]
        visits = self.minutes.shape[1]
        self.visits = [0] * work.operations
        self.done: list[set[int]] = [set() for _ in range(work.jobs)]
        self.shelf = [-math.inf] * work.operations
        self.completed = np.full(work.jobs, np.nan)
        self.started = np.full((work.operations, visits), np.nan)
        self.ended = np.full((work.operations, visits), np.nan)
        self.lines: list[Line] = []
        self.posts = [self.post(number, station, replication) for number, station in enumerate(floor.stations)]
        self.needs = [
            [place for place in range(number) if int(bits) >> place & 1]
            for bits, number in zip(work.needs, work.place, strict=True)
        ]
        if broken is Broken.BRANCHES:
            self.needs = [[int(place) - 1] if place else [] for place in work.place]

    def post(self, number: int, station: Station, replication: int) -> Post:
        post = Post(number, station)
        closings = [] if self.broken is Broken.CLOSINGS else [(float(a), float(b)) for a, b in station.closings]
        for machine in range(station.machines):
            uptimes: list[float] = []
            repairs: list[float] = []
            calendar = list(closings)
            breakdowns = None if self.broken is Broken.BREAKDOWNS else station.breakdowns
            if breakdowns:
                row = min(replication, len(breakdowns.uptimes) - 1)
                uptimes = breakdowns.uptimes[row, machine].tolist()
                repairs = breakdowns.repairs[row, machine].tolist()
            if breakdowns and breakdowns.clock is Clock.CALENDAR:
                minute = 0.0
                for up, repair in zip(uptimes, repairs, strict=True):
                    calendar.append((minute + up, minute + up + repair))
                    minute += up + repair
                uptimes = repairs = []
            name = sum(each.machines for each in self.floor.stations[:number]) + machine
            post.machines.append(Machine(machine, name, post, uptimes[::-1], repairs[::-1], sorted(calendar)))
        return post

    def run(self) -> Log:
        for number in range(self.work.operations):
            if not self.needs[number]:
                self.env.process(self.release(number))
        self.env.run()
        return Log(self.completed, self.started, self.ended, next(self.env._eid), self.lines)

    # --- Time ---------------------------------------------------------------------------------------

    def at(self, minute: float, order: float) -> simpy.Event:
        """The minute itself, not now plus a difference; `order` decides among events of the same minute."""
        event = simpy.Event(self.env)
        event._ok, event._value = True, None
        heappush(self.env._queue, (minute, order, next(self.env._eid), event))  # type: ignore[misc]
        return event

    # --- Pieces -------------------------------------------------------------------------------------

    def release(self, number: int) -> Process:
        yield self.at(float(self.work.released[self.work.job[number]]), number)
        self.arrive(number)
        self.settle(self.post_of(number))

    def post_of(self, number: int) -> Post:
        return self.posts[int(self.work.station[number])]

    def tell(self, kind: int, number: int = -1, machine: int = -1, setup: float = 0.0) -> None:
        self.lines.append((kind, number, machine, self.env.now, setup))

    def arrive(self, number: int) -> None:
        self.tell(ARRIVED, number)
        post = self.post_of(number)
        urgency = np.broadcast_to(self.work.urgency, self.work.jobs)[self.work.job[number]]
        post.queue.append((0 if self.broken is Broken.URGENCY else int(urgency), self.env.now, number))
        post.queue.sort()

    def send(self, number: int, origin: Post) -> bool:
        """Let an operation's piece go to its station; whether it is there already."""
        post = self.post_of(number)
        way = 0.0 if self.broken is Broken.TRANSPORT else float(self.floor.transport[origin.number, post.number])
        arrival = max(self.env.now + way, self.shelf[number])
        if arrival == self.env.now:
            self.arrive(number)
            return True
        post.travelling += 1
        self.env.process(self.travel(number, arrival))
        return False

    def travel(self, number: int, arrival: float) -> Process:
        yield self.at(arrival, number)
        self.post_of(number).travelling -= 1
        self.arrive(number)
        self.settle(self.post_of(number))

    def finish(self, number: int, machine: Machine) -> None:
        """An operation is done: decide what comes next, and let it go or stay on the machine."""
        job, place, post = self.work.job[number], int(self.work.place[number]), machine.station
        visit = min(self.visits[number], self.minutes.shape[1]) - 1
        self.ended[number, visit] = self.env.now
        self.tell(ENDED, number, machine.name)
        self.done[job].add(place)
        verdict = PASS if self.broken is Broken.REWORK else int(self.verdicts[number, visit])
        coming = self.next_of(number) if verdict == PASS else self.sent_back(number, verdict)
        if len(self.done[job]) == self.work.first[job + 1] - self.work.first[job]:
            self.completed[job] = self.env.now
            self.tell(COMPLETED, number, machine.name)
        machine.holds.remove(number)
        there = []
        for follower in coming:
            target = self.post_of(follower)
            if target.number > post.number and not target.has_room() and self.broken is not Broken.BLOCKING:
                target.blocked.append((self.env.now, follower, machine))
                target.blocked.sort(key=lambda each: each[:2])
                machine.holds.add(follower)
                self.tell(HELD, follower, machine.name)
            elif self.send(follower, post):
                there.append(target)
        for target in [*there, post]:
            self.settle(target)

    def next_of(self, number: int) -> list[int]:
        """The operations that can begin now that this one is done; of the others the part lies on the shelf."""
        job, place = self.work.job[number], int(self.work.place[number])
        first = int(self.work.first[job])
        ready = []
        for follower in range(first, int(self.work.first[job + 1])):
            if place not in self.needs[follower]:
                continue
            if set(self.needs[follower]) <= self.done[job]:
                ready.append(follower)
            else:
                way = float(self.floor.transport[self.work.station[number], self.work.station[follower]])
                self.shelf[follower] = max(self.shelf[follower], self.env.now + way)
        return ready

    def sent_back(self, number: int, verdict: int) -> list[int]:
        """Undo everything between the operation named and the inspection; those with which it begins again."""
        job, place = self.work.job[number], int(self.work.place[number])
        first = int(self.work.first[job])
        before = self.leading_to(first, {place})
        undone = {each for each in before if verdict == REMAKE or verdict in self.leading_to(first, {each})}
        self.done[job] -= undone
        return [first + each for each in sorted(undone) if not undone & set(self.needs[first + each])]

    def leading_to(self, first: int, places: Iterable[int]) -> set[int]:
        """These operations of a job and all that they need, directly or not."""
        found = set(places)
        while more := {need for place in found for need in self.needs[first + place]} - found:
            found |= more
        return found

    # --- Stations -----------------------------------------------------------------------------------

    def settle(self, post: Post) -> None:
        """Start what can start, then let those in who wait before the door, one after the other."""
        self.start_all(post)
        while post.blocked and post.has_room():
            _, number, machine = post.blocked.pop(0)
            machine.holds.remove(number)
            self.tell(FREED, number, machine.name)
            self.send(number, machine.station)
            if not machine.holds:
                self.settle(machine.station)
            self.start_all(post)

    def start_all(self, post: Post) -> None:
        while (batch := self.next_batch(post)) and (machine := self.choose(post, batch[0])):
            post.queue = [each for each in post.queue if each[2] not in batch]
            machine.holds |= set(batch)
            self.env.process(self.work_on(machine, batch, self.setup(machine, batch[0])))
            machine.family = int(self.work.family[batch[0]])

    def next_batch(self, post: Post) -> list[int]:
        """The first batch of the queue that may start; if there is none, look again when patience ends."""
        looks = []
        for _, _, number in post.queue:
            family = [each for each in post.queue if self.work.family[each[2]] == self.work.family[number]]
            arrivals = [arrival for _, arrival, _ in family]
            until = (arrivals[0] if self.broken is Broken.OLDEST else min(arrivals)) + post.rules.patience
            if len(family) >= post.rules.batch or self.env.now >= until or self.broken is Broken.BATCHES:
                return [each[2] for each in family[: post.rules.batch]]
            looks.append(until)
        if looks:
            self.env.process(self.look_again(post, min(looks)))
        return []

    def look_again(self, post: Post, minute: float) -> Process:
        yield self.at(minute, self.work.operations + post.number)
        self.settle(post)

    def choose(self, post: Post, number: int) -> Machine | None:
        idle = post.idle()
        up = [machine for machine in idle if not machine.is_away(self.env.now)]
        if idle and not up:
            minute = min(machine.back_at(self.env.now) for machine in idle)
            self.env.process(self.look_again(post, minute))
        if self.broken is Broken.SETUP_CHOICE:
            return up[0] if up else None
        return min(up, key=lambda machine: (self.setup(machine, number), machine.number), default=None)

    def setup(self, machine: Machine, number: int) -> float:
        if machine.family is None or self.broken is Broken.SETUPS:
            return 0.0
        setups = machine.station.rules.setups
        family = int(self.work.family[number])
        return float(setups[machine.family, family]) if max(machine.family, family) < len(setups) else 0.0

    def work_on(self, machine: Machine, batch: list[int], setup: float) -> Process:
        """Wait for the work: while the machine is up, until it fails, through its repair, and on."""
        last = self.minutes.shape[1] - 1
        left = setup + max(float(self.minutes[number, min(self.visits[number], last)]) for number in batch)
        for number in batch:
            self.tell(STARTED, number, machine.name, setup)
            self.started[number, min(self.visits[number], last)] = self.env.now
            self.visits[number] += 1
        while machine.uptimes and left > machine.uptimes[-1]:
            left -= machine.uptimes[-1]
            yield from self.spend(machine, machine.uptimes.pop(), min(batch))
            self.tell(DOWN, machine=machine.name)
            yield from self.spend(machine, machine.repairs.pop(), min(batch))
            self.tell(UP, machine=machine.name)
        if machine.uptimes:
            machine.uptimes[-1] -= left
        yield from self.spend(machine, left, min(batch))
        for number in sorted(batch):
            self.finish(number, machine)

    def spend(self, machine: Machine, minutes: float, order: int) -> Process:
        """So many minutes in which the machine is neither closed nor down by the calendar."""
        while True:
            yield self.at(machine.back_at(self.env.now), order)
            next_away = min((start for start, _ in machine.calendar if start >= self.env.now), default=math.inf)
            if self.env.now + minutes <= next_away:
                yield self.at(self.env.now + minutes, order)
                return
            minutes -= next_away - self.env.now
            yield self.at(next_away, order)


def farthest(floor: Floor, work: Work, result: Result, broken: Broken | None = None) -> float:
    """The largest difference in minutes between a result and the oracle, over all replications and all that is told."""
    differences = [0.0]
    for replication in range(work.replications):
        log = Oracle(floor, work, replication, broken).run()
        differences.append(widest(log.completed, result.completed[replication]))
        differences.append(widest(log.started, result.started[replication]))
        differences.append(widest(log.ended, result.ended[replication]))
    return max(differences)


def same_lines(floor: Floor, work: Work, result: Result, broken: Broken | None = None) -> bool:
    """Whether the log of the first replication tells what the oracle tells, in any order, within 1e-9 minutes."""
    theirs = sorted(Oracle(floor, work, 0, broken).run().lines)
    mine = sorted(
        (
            int(line["kind"]),
            -1 if line["kind"] in {DOWN, UP} else int(line["operation"]),
            int(line["machine"]),
            float(line["minute"]),
            float(line["setup"]),
        )
        for line in result.log
    )
    return [line[:3] for line in mine] == [line[:3] for line in theirs] and bool(
        np.allclose([line[3:] for line in mine], [line[3:] for line in theirs], rtol=0, atol=1e-9)
    )


def widest(one: Floats, other: Floats) -> float:
    """The largest difference; infinite where only one of them has happened."""
    if (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0))

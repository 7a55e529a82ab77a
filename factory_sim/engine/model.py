"""A floor and the work on it, as the engine sees them: arrays, minutes, no names. Pure; NumPy only.

Minutes are the floor's own clock, which runs in working minutes: a closing of a station is a closing besides
those of the whole plant. Replications are the first axis of everything that luck decides.

The rules, which every engine keeps to:

* Events happen one at a time, by (minute, number of the operation); jobs stand in the order in which ties are decided.
* A station serves its queue by (urgency, arrival, number), the lowest first: first come, first served where all are
  equally urgent. Pieces that are released, and those that travel from station to station, arrive as events. What
  becomes free is used at once, before anything else moves.
* The first waiting piece takes, of the idle machines that are up, the one with the smallest set-up from the family it
  worked on last, then the lowest number. A machine that has not worked yet needs no set-up.
* A batch is of one family. It starts when it is full or when any piece of the family has waited `patience`; it takes
  the first of the family in the queue, and as long as its longest piece.
* Block after service: a piece holds its machine until the next station has room, which it has for as many as it has
  places, and idle machines times their batch. A piece on its way has its room already. First blocked, first let in,
  however urgent.
* Stations are numbered downstream, and places bind only those who go downstream. Who is released, sent back, or goes to
  the same or a lower number always finds room, so that no circle of stations can wait for one another.
* Work that is begun is finished by the machine that began it: it stands still while the station is closed or the
  machine is down, and goes on where it stopped. Set-ups are work. Nothing begins in a closed minute or on a machine
  that is down.
* A breakdown on the operating clock comes after so many minutes of work, and in the next work if a piece ends just
  then; its repair stands still while the station is closed. One on the calendar's clock comes and goes whatever the
  machine does.
* An operation begins when all that it needs is done and has arrived; parts that wait for others lie on a shelf without
  bounds. The last of them to be done is the one that may have to wait on its machine for room.
* An inspection sends back: all operations from there to the inspection are done again, with draws of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Records = NDArray[np.void]
Record: TypeAlias = Any
"""An element of Records; compiled code reads and writes its fields as attributes."""

PASS = -1
"""The verdict that lets a piece go on."""
REMAKE = -2
"""The verdict that scraps the piece: it is made again from its first operations, under the same number."""
MOST_OPERATIONS = 62
"""Of one job: they are bits of an integer."""
ALWAYS_OPEN = np.empty((0, 2))
NO_SETUPS = np.zeros((1, 1))


class Clock(Enum):
    """What brings a breakdown nearer: work, or time."""

    OPERATING = "operating"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Breakdowns:
    """Minutes up and then minutes under repair, in turns, both [replications or 1, machines, n]; none comes after."""

    clock: Clock
    uptimes: Floats
    repairs: Floats

    def __post_init__(self) -> None:
        if self.uptimes.shape != self.repairs.shape or self.uptimes.ndim != 3:
            raise ValueError("uptimes and repairs must be given in pairs")
        if not (np.isfinite(self.uptimes) & (self.uptimes > 0) & np.isfinite(self.repairs) & (self.repairs >= 0)).all():
            raise ValueError("uptimes must be above 0, repairs not below")


@dataclass(frozen=True)
class Station:
    """Equal machines with one queue.

    `places` is how many pieces may wait, None for any number; `setups` [families, families] the minutes from the
    family before to the next; `closings` [n, 2] minutes from and to, in order and apart.
    """

    machines: int = 1
    places: int | None = None
    setups: Floats = field(default_factory=lambda: NO_SETUPS)
    batch: int = 1
    patience: float = 0.0
    closings: Floats = field(default_factory=lambda: ALWAYS_OPEN)
    breakdowns: Breakdowns | None = None

    def __post_init__(self) -> None:
        if self.machines < 1 or self.batch < 1 or (self.places is not None and self.places < 0):
            raise ValueError("a station has a machine at least, a batch a piece, and places are not negative")
        if not 0 <= self.patience < math.inf:
            raise ValueError("patience must end, or a batch that never fills is never fired")
        edges = self.closings.ravel()
        if (np.diff(edges) <= 0).any():
            raise ValueError("closings must be in order and apart")
        if self.breakdowns is not None and self.breakdowns.uptimes.shape[1] != self.machines:
            raise ValueError("breakdowns must be given for every machine")


@dataclass(frozen=True)
class Floor:
    """Stations, numbered downstream; `transport` [stations, stations] is the minutes from one to another."""

    stations: tuple[Station, ...]
    transport: Floats

    def __post_init__(self) -> None:
        if self.transport.shape != (len(self.stations), len(self.stations)) or (self.transport < 0).any():
            raise ValueError("transport must be given from every station to every other")

    @cached_property
    def machines(self) -> Numbers:
        """How many machines each station has."""
        return np.array([station.machines for station in self.stations])

    @cached_property
    def has_breakdowns(self) -> bool:
        return any(station.breakdowns is not None for station in self.stations)

    @cached_property
    def has_closings(self) -> bool:
        return any(len(station.closings) for station in self.stations)


@dataclass(frozen=True)
class Work:
    """Jobs and their operations, which stand together, job after job, each after those that it needs.

    `released` [jobs]; `first` [jobs + 1] is the number of each job's first operation; `station`, `family` and `needs`
    [operations], where `needs` has bit i set if operation i of the same job must be done before. `minutes` and
    `verdicts` are [replications, operations, visits]: a verdict is PASS, REMAKE, or the place in its job of the
    operation to which the piece goes back. Visits beyond the last have the draws of the last, which passes. `urgency`
    [jobs], or [1] for all alike, is before whom they are served where they wait: lower numbers first.
    """

    released: Floats
    first: Numbers
    station: Numbers
    family: Numbers
    needs: Numbers
    minutes: Floats
    verdicts: Numbers
    urgency: Numbers = field(default_factory=lambda: np.zeros(1, np.int64))

    def __post_init__(self) -> None:
        self._check_jobs()
        self._check_draws()
        if not self.is_chain:
            self._check_branches()

    def _check_jobs(self) -> None:
        if self.first[0] != 0 or self.first[-1] != self.operations or len(self.first) != self.jobs + 1:
            raise ValueError("every operation must be of one job")
        if self.urgency.shape not in {(1,), (self.jobs,)}:
            raise ValueError("urgency must be given for every job, or one for all")
        if not np.isfinite(self.released).all():
            raise ValueError("a job must be released some time")
        if np.diff(self.first).max(initial=0) > MOST_OPERATIONS:
            raise ValueError(f"a job has at most {MOST_OPERATIONS} operations")
        if (np.diff(self.first) < 1).any():
            raise ValueError("a job has an operation at least")
        if (self.needs >> self.place).any():
            raise ValueError("an operation may need only those before it in its job")

    def _check_draws(self) -> None:
        if self.minutes.shape != self.verdicts.shape or self.minutes.shape[1] != self.operations:
            raise ValueError("minutes and verdicts must be given for every operation and visit")
        if not (self.minutes >= 0).all():
            raise ValueError("minutes must not be negative")
        if (self.verdicts[:, :, -1] != PASS).any():
            raise ValueError("the last visit must pass, or a piece would never be done")
        if (self.verdicts < REMAKE).any() or (self.verdicts > self.place[:, None]).any():
            raise ValueError("an inspection sends back to itself or to an operation before it")

    def _check_branches(self) -> None:
        """What an inspection sends back must not run beside an operation that goes on meanwhile."""
        for number in np.flatnonzero((self.verdicts != PASS).any(axis=(0, 2))):
            first = self.first[self.job[number]]
            before, after = reach(self.needs[first : self.first[self.job[number] + 1]])
            beside = ~(before[number - first] | after[number - first])
            for target in set(self.verdicts[:, number].ravel().tolist()) - {PASS}:
                begun = after[target] if target >= 0 else (1 << len(after)) - 1
                if begun & beside or not begun >> int(number - first) & 1:
                    raise ValueError("an inspection must not send back to a branch that it does not close")

    @property
    def jobs(self) -> int:
        return len(self.released)

    @property
    def operations(self) -> int:
        return len(self.station)

    @property
    def replications(self) -> int:
        return len(self.minutes)

    @property
    def families(self) -> int:
        return int(self.family.max(initial=0)) + 1

    @cached_property
    def job(self) -> Numbers:
        """Of which job each operation is."""
        return np.repeat(np.arange(self.jobs), np.diff(self.first))

    @cached_property
    def place(self) -> Numbers:
        """Where each operation stands in its job, from 0."""
        return np.arange(self.operations) - self.first[self.job]

    @cached_property
    def is_chain(self) -> bool:
        """Whether every operation needs just the one before it."""
        before = np.where(self.place == 0, 0, 1 << np.maximum(self.place - 1, 0))
        return bool((self.needs == before).all())

    @cached_property
    def is_equally_urgent(self) -> bool:
        return bool((self.urgency == self.urgency[0]).all())

    @cached_property
    def sends_back(self) -> bool:
        return bool((self.verdicts != PASS).any())


def reach(needs: Iterable[int]) -> tuple[list[int], list[int]]:
    """For each operation of one job the bits of itself and all before it, and of itself and all after it."""
    before: list[int] = []
    for place, needed in enumerate(needs):
        all_before = 1 << place
        for other, others in enumerate(before):
            all_before |= others if int(needed) >> other & 1 else 0
        before.append(all_before)
    bits = range(len(before))
    return before, [sum(1 << later for later in bits if before[later] >> place & 1) for place in bits]


def chain(lengths: Numbers) -> tuple[Numbers, Numbers]:
    """`first` and `needs` of jobs with so many operations each, one after the other."""
    first = np.concatenate([[0], np.cumsum(lengths)])
    place = np.arange(first[-1]) - np.repeat(first[:-1], lengths)
    return first, np.where(place == 0, 0, 1 << np.maximum(place - 1, 0))


NEEDY, COMING, TRAVELLING, QUEUED, WORKING, BLOCKED, DONE = range(7)
"""Phases of an operation: it needs others; its piece is not released, on its way, waits, is at work, has no room."""


class Standing(NamedTuple):
    """How a floor stands between two events: all that the future depends on besides the draws.

    The first axis is the replications, or 1 for all alike. Of operations: `phase`; `minute`, at which it is released,
    arrives, or ends, or since which it waits; the `machine` on which it is at work or keeps its piece waiting for room;
    the `visits` begun; `shelf`, when the latest part arrives that waits for others. Of machines, numbered through:
    the `family` worked on last (-1: none), how often it has `broken` down on the operating clock, and the minutes of
    work `left` until it does again.
    """

    phase: Numbers
    minute: Floats
    machine: Numbers
    visits: Numbers
    shelf: Floats
    family: Numbers
    broken: Numbers
    left: Floats


ARRIVED, STARTED, ENDED, COMPLETED, HELD, FREED, DOWN, UP = range(8)
"""What the log tells: an operation's piece is there, starts, ends; its job is done; a machine holds a piece that has no
room to go on to its operation, and is free of it again; a machine breaks down, and is up again."""

LOG = np.dtype(
    [
        ("minute", np.float64),
        ("kind", np.int64),
        ("operation", np.int64),
        ("machine", np.int64),
        ("visit", np.int64),
        ("setup", np.float64),
    ]
)
"""A line of the log: of a start and an end also the visit, from 0, and of a start the minutes of its set-up.

Lines stand in the order in which things happen, but for a breakdown on the operating clock: it is told when the work
starts in which it comes, with the minute in which it will come, and so is its end. A breakdown on the calendar's clock
is not told: it is known beforehand.
"""


@dataclass(frozen=True)
class Result:
    """What happened: minutes, NaN for what did not by the end of the run.

    `completed` [replications, jobs]; `started` and `ended` [replications, operations, visits]. `engine` says which one
    ran, `events` how many events it counted, `standing` how the kernel left the floor: it can run on from there. `log`
    is what the kernel told of the first replication, if it was asked to.
    """

    completed: Floats
    started: Floats
    ended: Floats
    engine: str
    events: int
    standing: Standing | None = None
    log: Records = field(default_factory=lambda: np.empty(0, LOG))

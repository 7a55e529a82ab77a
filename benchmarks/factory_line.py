"""The factory's engine: a line beside SimPy, and a year of orders.

`factory.line`: 8 stations with 3 places each between them, log-normal minutes (variation 0.5) of 9 to 12, breakdowns
every 120 minutes of work for 8 minutes, 1,000 pieces that are all there at the beginning, 256 replications. The peer is
the textbook's SimPy model of the same line (a Store per buffer, a process per machine) on the same draws; two
replications of it are timed. An event is a piece's release or the end of one of its operations, for both.

`factory.year`: 100,000 orders over 250 days of two shifts; 8 stations of 2 to 8 machines, every other one with a break
in the middle of each day; set-ups between 6 families at two stations; an inspection that sends 5 % back three steps.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import chain as chained

import numpy as np
import simpy

from benchmarks.harness import Figure, benchmark, race, require
from factory_sim import engine
from factory_sim.engine import draws
from factory_sim.engine.draws import Purposes
from factory_sim.engine.model import (
    ALWAYS_OPEN,
    NO_SETUPS,
    PASS,
    Breakdowns,
    Clock,
    Floats,
    Floor,
    Station,
    Work,
    chain,
)

SEED = 1
STATIONS = 8
VARIATION = 0.5
ROUNDS = 5

PIECES = 1_000
REPLICATIONS = 256
LINE_MINUTES = np.array([10.0, 11, 9, 12, 10, 11, 9, 10])
PLACES = 3
UP, REPAIR, MOST_BREAKDOWNS = 120.0, 8.0, 180
SIMPY_RUNS = 2
EQUAL = 1e-9

ORDERS = 100_000
DAYS, DAY_MINUTES, BREAK = 250, 960.0, (480.0, 510.0)
YEAR_MINUTES = np.array([4.0, 9, 13, 5, 9, 9, 5, 4])
MACHINES = (2, 6, 8, 3, 6, 6, 3, 2)
FAMILIES, WITH_SETUPS = 6, (2, 5)
INSPECTION, REWORK_FROM, REWORK_RATE = 6, 3, 0.05


@benchmark("factory.line")
def against_simpy() -> Iterator[Figure]:
    """Events per second of the line's recursion, and of SimPy."""
    floor, work = line()
    ours = engine.run(floor, work, compiled=True)
    require(ours.engine == "serial, compiled", f"the line was run by {ours.engine}")
    for replication in range(SIMPY_RUNS):
        apart = np.abs(SimpyLine(floor, work, replication).run() - ours.completed[replication]).max()
        require(apart <= EQUAL, f"SimPy says otherwise, by {apart} minutes")
    contenders = {
        "ours": lambda _: engine.run(floor, work, compiled=True),
        "simpy": lambda _: [SimpyLine(floor, work, replication).run() for replication in range(SIMPY_RUNS)],
    }
    laps = race(contenders, [None], ROUNDS)
    mine = laps["ours"].median(lambda seconds: ours.events / sum(seconds))
    simpys = laps["simpy"].median(lambda seconds: ours.events * SIMPY_RUNS / REPLICATIONS / sum(seconds))
    yield Figure("events_per_second", mine, "1/s", "SimPy", simpys)


@benchmark("factory.year")
def year() -> Iterator[Figure]:
    """Seconds for a year, and events per second of the kernel in it."""
    floor, work = a_year()
    result = engine.run(floor, work, compiled=True)
    require(bool(np.isfinite(result.completed).all()), "an order was not finished")
    laps = race({"ours": lambda _: engine.run(floor, work, compiled=True)}, [None], ROUNDS)["ours"]
    yield Figure("seconds", laps.median(sum), "s")
    yield Figure("events_per_second", laps.median(lambda seconds: result.events / sum(seconds)), "1/s")


def line() -> tuple[Floor, Work]:
    stations = tuple(line_station(number) for number in range(STATIONS))
    first, needs = chain(np.full(PIECES, STATIONS))
    minutes = draws.durations(SEED, purposes(PIECES, REPLICATIONS, 1), **of_each(LINE_MINUTES, PIECES))
    work = Work(
        released=np.zeros(PIECES),
        first=first,
        station=np.tile(np.arange(STATIONS), PIECES),
        family=np.zeros(first[-1], np.int64),
        needs=needs,
        minutes=minutes,
        verdicts=np.full(minutes.shape, PASS),
    )
    return Floor(stations, np.zeros((STATIONS, STATIONS))), work


def line_station(number: int) -> Station:
    machines, shape = draws.keys([f"machine {number}"]), (REPLICATIONS, MOST_BREAKDOWNS)
    uptimes, repairs = draws.breakdowns(SEED, machines=machines, up=UP, repair=REPAIR, shape=shape)
    return Station(places=PLACES, breakdowns=Breakdowns(Clock.OPERATING, uptimes, repairs))


def a_year() -> tuple[Floor, Work]:
    rng = np.random.default_rng(SEED)
    setups = rng.uniform(1, 6, (FAMILIES, FAMILIES)) * (1 - np.eye(FAMILIES))
    breaks = np.arange(DAYS)[:, None] * DAY_MINUTES + np.array(BREAK)
    stations = tuple(
        Station(
            machines=machines,
            setups=setups if number in WITH_SETUPS else NO_SETUPS,
            closings=breaks if number % 2 else ALWAYS_OPEN,
        )
        for number, machines in enumerate(MACHINES)
    )
    asked = purposes(ORDERS, 1, 2)
    first, needs = chain(np.full(ORDERS, STATIONS))
    station = np.tile(np.arange(STATIONS), ORDERS)
    rates = np.where(station == INSPECTION, REWORK_RATE, 0.0)
    work = Work(
        released=np.sort(rng.uniform(0, DAYS * DAY_MINUTES, ORDERS)),
        first=first,
        station=station,
        family=np.repeat(rng.integers(0, FAMILIES, ORDERS), STATIONS),
        needs=needs,
        minutes=draws.durations(SEED, asked, **of_each(YEAR_MINUTES, ORDERS)),
        verdicts=draws.verdicts(SEED, asked, rates=rates, back_to=np.full(len(station), REWORK_FROM)),
    )
    return Floor(stations, np.zeros((STATIONS, STATIONS))), work


def purposes(orders: int, replications: int, visits: int) -> Purposes:
    names = draws.keys([f"order {number}" for number in range(orders)])
    steps = draws.keys([f"step {number}" for number in range(STATIONS)])
    return Purposes(np.repeat(names, STATIONS), np.tile(steps, orders), replications, visits)


def of_each(means: Floats, orders: int) -> dict[str, Floats]:
    """The mean and variation of every operation."""
    return {"means": np.tile(means, orders), "variations": np.full(orders * STATIONS, VARIATION)}


class SimpyLine:
    """The line as one would write it with SimPy: a Store for each buffer, a process for each machine."""

    def __init__(self, floor: Floor, work: Work, replication: int) -> None:
        self.env = simpy.Environment()
        self.minutes = work.minutes[replication, :, 0].reshape(work.jobs, -1).tolist()
        buffers = (simpy.Store(self.env, capacity=PLACES) for _ in floor.stations[1:])
        self.buffers = [*chained([simpy.Store(self.env)], buffers, [simpy.Store(self.env)])]
        self.ended = np.empty(work.jobs)
        for job in range(work.jobs):
            self.buffers[0].put(job)
        for number, station in enumerate(floor.stations):
            assert station.breakdowns is not None
            uptimes, repairs = station.breakdowns.uptimes[replication, 0], station.breakdowns.repairs[replication, 0]
            self.env.process(self.machine(number, uptimes.tolist(), repairs.tolist()))

    def run(self) -> Floats:
        """When each piece is done."""
        self.env.run()
        return self.ended

    def machine(self, number: int, uptimes: list[float], repairs: list[float]) -> Generator[simpy.Event, int, None]:
        breakdowns = zip(uptimes, repairs, strict=True)
        left, repair = next(breakdowns)
        while True:
            job = yield self.buffers[number].get()
            work = self.minutes[job][number]
            while work > left:
                yield self.env.timeout(left)
                work -= left
                yield self.env.timeout(repair)
                left, repair = next(breakdowns)
            yield self.env.timeout(work)
            left -= work
            self.ended[job] = self.env.now
            yield self.buffers[number + 1].put(job)

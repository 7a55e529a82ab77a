"""Random small floors with work on them: every feature of the model, and mixtures of them, by a seed."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from factory_sim.engine.model import (
    PASS,
    REMAKE,
    Breakdowns,
    Clock,
    Floor,
    Numbers,
    Station,
    Work,
    chain,
    reach,
)

FAMILIES = 3
VISITS = 3
REPLICATIONS = 2
FEATURES = (
    "machines",
    "places",
    "setups",
    "batch",
    "closings",
    "breakdowns",
    "transport",
    "verdicts",
    "branches",
    "urgency",
)


@dataclass(frozen=True)
class World:
    """A floor, its work, and which features it was given."""

    floor: Floor
    work: Work
    features: frozenset[str]


def random_world(seed: int) -> World:
    """Any mixture of features, on any routes."""
    rng = np.random.default_rng(seed)
    features = frozenset(feature for feature in FEATURES if rng.random() < 0.5)
    stations = int(rng.integers(1, 6))
    floor = random_floor(rng, stations, features)
    first, needs = random_jobs(rng, int(rng.integers(2, 15)), features)
    if rng.random() < 0.6:
        # Mostly downstream, so that places bind.
        routes = [np.sort(rng.integers(0, stations, count)) for count in np.diff(first)]
    else:
        routes = [rng.integers(0, stations, count) for count in np.diff(first)]
    return World(floor, random_work(rng, first, needs, np.concatenate(routes), features), features)


def random_line(seed: int) -> World:
    """Single machines, which every piece passes in the same order: what `line.serial` can do."""
    rng = np.random.default_rng(seed)
    wanted = ("places", "setups", "closings", "breakdowns", "transport")
    features = frozenset(feature for feature in wanted if rng.random() < 0.5)
    stations, jobs = int(rng.integers(1, 6)), int(rng.integers(2, 25))
    floor = random_floor(rng, stations, features)
    first, needs = chain(np.full(jobs, stations))
    return World(floor, random_work(rng, first, needs, np.tile(np.arange(stations), jobs), features), features)


def random_flow(seed: int) -> World:
    """Several machines with room for all, always up, passed downstream: what `line.stationwise` can do."""
    rng = np.random.default_rng(seed)
    features = frozenset({"machines", "setups", "transport"})
    stations, jobs = int(rng.integers(1, 6)), int(rng.integers(2, 25))
    floor = random_floor(rng, stations, features)
    routes = [np.flatnonzero(rng.random(stations) < 0.8) for _ in range(jobs)]
    routes = [route if len(route) else np.array([0]) for route in routes]
    first, needs = chain(np.array([len(route) for route in routes]))
    return World(floor, random_work(rng, first, needs, np.concatenate(routes), features), features)


def random_floor(rng: Generator, count: int, features: frozenset[str]) -> Floor:
    stations = tuple(random_station(rng, features) for _ in range(count))
    transport = rng.uniform(0, 6, (count, count)) if "transport" in features else np.zeros((count, count))
    return Floor(stations, transport * (rng.random((count, count)) < 0.7))


def random_station(rng: Generator, features: frozenset[str]) -> Station:
    has = {feature: feature in features and rng.random() < 0.7 for feature in FEATURES}
    machines = int(rng.integers(2, 4)) if has["machines"] else 1
    edges = np.sort(rng.uniform(0, 150, 2 * int(rng.integers(1, 4))))
    setups = rng.uniform(1, 8, (FAMILIES, FAMILIES)) * (1 - np.eye(FAMILIES))
    plain = Station()
    return Station(
        machines=machines,
        places=int(rng.integers(0, 3)) if has["places"] else None,
        setups=setups if has["setups"] else plain.setups,
        batch=int(rng.integers(2, 5)) if has["batch"] else 1,
        patience=float(rng.uniform(0, 25)) if has["batch"] else 0.0,
        closings=edges.reshape(-1, 2) if has["closings"] else plain.closings,
        breakdowns=random_breakdowns(rng, machines) if has["breakdowns"] else None,
    )


def random_breakdowns(rng: Generator, machines: int) -> Breakdowns:
    shape = (int(rng.choice([1, REPLICATIONS])), machines, 6)
    clock = Clock.OPERATING if rng.random() < 0.5 else Clock.CALENDAR
    return Breakdowns(clock, rng.exponential(30, shape), rng.exponential(8, shape))


def random_jobs(rng: Generator, jobs: int, features: frozenset[str]) -> tuple[Numbers, Numbers]:
    """`first` and `needs`: chains, or operations that each need one or two of those before them."""
    lengths = rng.integers(1, 7, jobs)
    first, needs = chain(lengths)
    if "branches" not in features:
        return first, needs
    place = np.arange(first[-1]) - np.repeat(first[:-1], lengths)
    for number in np.flatnonzero(place):
        chosen = rng.choice(place[number], size=min(place[number], int(rng.integers(0, 3))), replace=False)
        needs[number] = sum(1 << int(each) for each in chosen)
    return first, needs


def random_work(rng: Generator, first: Numbers, needs: Numbers, station: Numbers, features: frozenset[str]) -> Work:
    jobs, operations = len(first) - 1, len(station)
    shape = (REPLICATIONS, operations, VISITS)
    return Work(
        released=rng.uniform(0, 8 * jobs, jobs),
        first=first,
        station=station,
        family=rng.integers(0, FAMILIES, operations),
        needs=needs,
        minutes=rng.lognormal(2.0, 0.6, shape),
        verdicts=random_verdicts(rng, first, needs) if "verdicts" in features else np.full(shape, PASS),
        urgency=rng.integers(-1, 3, jobs) if "urgency" in features else np.zeros(1, np.int64),
    )


def random_verdicts(rng: Generator, first: Numbers, needs: Numbers) -> Numbers:
    """Some operations inspect: they send back, or have the piece made again, wherever that is allowed."""
    verdicts = np.full((REPLICATIONS, len(needs), VISITS), PASS)
    for begin, end in pairwise(first.tolist()):
        before, after = reach(needs[begin:end])
        for place in range(end - begin):
            targets = [target for target in [REMAKE, *range(place + 1)] if may_return(before, after, place, target)]
            if targets and rng.random() < 0.4:
                drawn = rng.choice(targets, (REPLICATIONS, VISITS - 1))
                failing = rng.random((REPLICATIONS, VISITS - 1)) < 0.5
                verdicts[:, begin + place, :-1] = np.where(failing, drawn, PASS)
    return verdicts


def may_return(before: list[int], after: list[int], place: int, target: int) -> bool:
    """Whether nothing that begins again with `target` runs beside the inspection at `place`."""
    begun = (1 << len(before)) - 1 if target == REMAKE else after[target]
    return bool(begun >> place & 1) and not begun & ~(before[place] | after[place])

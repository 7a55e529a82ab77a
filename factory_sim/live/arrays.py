"""Definitions and jobs as the engine's arrays, and the engine's standing as jobs and machines again. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from factory_sim import draws
from factory_sim.contracts import Fault, OperationSpec
from factory_sim.engine.model import (
    BLOCKED,
    PASS,
    REMAKE,
    WORKING,
    Breakdowns,
    Clock,
    Floats,
    Floor,
    Numbers,
    Standing,
    Station,
    Work,
)
from factory_sim.live import breakdowns
from factory_sim.live.breakdowns import Stretch
from factory_sim.live.held import never_arriving
from factory_sim.plant import PlantDefinition, StationType
from factory_sim.routes import needs_of, plain_standing
from factory_sim.standing import Job, MachineName, Machines, MachineStanding, OperationStanding

NO_FAMILY = ""
MOST_KEPT = 20_000


@dataclass(frozen=True)
class Names:
    """What the engine's numbers stand for: stations downstream, machines numbered through, families, operations."""

    plant: PlantDefinition
    jobs: Sequence[Job]
    machines_before: Machines

    @cached_property
    def stations(self) -> dict[str, int]:
        return {station.id: number for number, station in enumerate(self.plant.stations)}

    @cached_property
    def machines(self) -> list[MachineName]:
        return [(station.id, number) for station in self.plant.stations for number in range(station.machines)]

    @cached_property
    def machine_numbers(self) -> dict[MachineName, int]:
        return {name: number for number, name in enumerate(self.machines)}

    @cached_property
    def families(self) -> dict[str, int]:
        """Those that anything names; that of operations without one is 0."""
        named = {family for station in self.plant.stations for family in station.families()}
        named |= {operation.family for job in self.jobs for operation in job.operations}
        named |= {standing.family for standing in self.machines_before.values() if standing.family is not None}
        return {family: number for number, family in enumerate([NO_FAMILY, *sorted(named - {NO_FAMILY})])}

    @cached_property
    def operations(self) -> list[tuple[Job, OperationSpec]]:
        return [(job, operation) for job in self.jobs for operation in job.operations]

    @cached_property
    def first(self) -> Numbers:
        return np.concatenate([[0], np.cumsum([len(job.operations) for job in self.jobs])]).astype(np.int64)

    def machine(self, name: MachineName) -> MachineStanding:
        return self.machines_before.get(name, MachineStanding())


@dataclass(frozen=True)
class Luck:
    """What is drawn for every operation and visit: minutes, and the fault that an inspection finds."""

    minutes: Floats
    faults: list[list[Fault | None]]


def luck_of(names: Names) -> Luck:
    """The draws of all pieces, keyed by piece, operation and visit: the same whoever else is in the plant."""
    visits = most_visits(names.jobs)
    minutes = [
        _minutes(job.seed, operation.id, operation.minutes, operation.variation, visits)
        for job, operation in names.operations
    ]
    nothing: list[Fault | None] = [None] * visits
    faults = [
        [draws.found_fault(job.seed, operation, visit + 1) for visit in range(visits)] if operation.faults else nothing
        for job, operation in names.operations
    ]
    return Luck(np.array(minutes), faults)


def most_visits(jobs: Iterable[Job]) -> int:
    """How often an operation may be visited: as often as all inspections of its piece may find faults, and once."""
    return 1 + max(sum(each.most_reworks for each in job.operations if each.faults) for job in jobs)


@lru_cache(maxsize=MOST_KEPT)
def _minutes(seed: int, operation: str, mean: float, variation: float, visits: int) -> tuple[float, ...]:
    """Kept from tick to tick: nothing but the piece and its operation decides it."""
    return tuple(draws.duration(seed, operation, visit, mean=mean, variation=variation) for visit in range(visits))


def live_work(names: Names, luck: Luck) -> Work:
    """The pieces with the luck that is theirs."""
    verdicts = [
        [PASS if fault is None else verdict_of(job, fault) for fault in row]
        for (job, _), row in zip(names.operations, luck.faults, strict=True)
    ]
    return work_of(names, luck.minutes[None], np.array(verdicts)[None])


def work_of(names: Names, minutes: Floats, verdicts: Numbers) -> Work:
    """The pieces as the engine sees them, with minutes and verdicts [replications, operations, visits]."""
    return Work(
        released=np.array([job.released_at for job in names.jobs]),
        first=names.first,
        station=np.array([names.stations[operation.station] for _, operation in names.operations]),
        family=np.array([names.families[operation.family] for _, operation in names.operations]),
        needs=np.array([bits for job in names.jobs for bits in needs_of(job.operations)]),
        minutes=minutes,
        verdicts=verdicts,
        urgency=np.array([job.urgency for job in names.jobs]),
    )


def verdict_of(job: Job, fault: Fault) -> int:
    """To which operation of its job a fault sends a piece back."""
    if fault.scrap:
        return REMAKE
    return next(place for place, operation in enumerate(job.operations) if operation.id == fault.rework_from)


def live_floor(names: Names, stretch: Stretch) -> Floor:
    """The stations with the breakdowns that the stretch may see."""
    return floor_of(names, lambda station: breakdowns_of(names, station, stretch))


def floor_of(names: Names, breakdowns_at: Callable[[StationType], Breakdowns | None]) -> Floor:
    """The stations and the ways between them."""
    transport = np.zeros((len(names.stations),) * 2)
    for way in names.plant.transport:
        transport[names.stations[way.origin], names.stations[way.target]] = way.minutes
    return Floor(tuple(_station(names, each, breakdowns_at(each)) for each in names.plant.stations), transport)


def _station(names: Names, station: StationType, breakdowns: Breakdowns | None) -> Station:
    return Station(
        machines=station.machines,
        places=station.places,
        setups=setups_of(names, station),
        batch=station.batch,
        patience=station.patience,
        breakdowns=breakdowns,
    )


def setups_of(names: Names, station: StationType) -> Floats:
    """Minutes from family to family [families, families]."""
    setups = np.zeros((len(names.families),) * 2)
    for before, row in station.setups.items():
        for after, minutes in row.items():
            setups[names.families[before], names.families[after]] = minutes
    return setups


def breakdowns_of(names: Names, station: StationType, stretch: Stretch) -> Breakdowns | None:
    if station.breakdowns is None:
        return None
    machines = [(station.id, number) for number in range(station.machines)]
    standings = [names.machine(each) for each in machines]
    return breakdowns.of_station(station.breakdowns, names.plant.seed, machines, standings, stretch)


def longest_work(plant: PlantDefinition, luck: Luck) -> float:
    """No work takes longer than this, set-up included."""
    setups = (minutes for station in plant.stations for row in station.setups.values() for minutes in row.values())
    return float(luck.minutes.max()) + max(setups, default=0.0)


def standing_of(names: Names, floor: Floor) -> Standing:
    """How the floor stands, from what was stored of pieces and machines."""
    operations = [each for job in names.jobs for each in _standing_before(job)]
    machines = [names.machine(name) for name in names.machines]
    visits = [job.visits.get(operation.id, 0) for job, operation in names.operations]
    numbers = [
        names.machine_numbers[each.station, each.machine] if each.phase in {WORKING, BLOCKED} else -1
        for each in operations
    ]
    lefts = [
        each.left if each.left is not None else _first_uptime(floor, names, name)
        for each, name in zip(machines, names.machines, strict=True)
    ]
    return Standing(
        phase=np.array([[each.phase for each in operations]]),
        minute=np.array([[math.nan if each.minute is None else each.minute for each in operations]]),
        machine=np.array([numbers]),
        visits=np.array([visits]),
        shelf=np.array([[-math.inf if each.shelf is None else each.shelf for each in operations]]),
        family=np.array([[-1 if each.family is None else names.families[each.family] for each in machines]]),
        broken=np.zeros((1, len(machines)), np.int64),
        left=np.array([lefts]),
    )


def _standing_before(job: Job) -> tuple[OperationStanding, ...]:
    standing = job.standing or plain_standing(job)
    return never_arriving(standing) if job.held else standing


def _first_uptime(floor: Floor, names: Names, name: MachineName) -> float:
    station = floor.stations[names.stations[name[0]]]
    if station.breakdowns is None or station.breakdowns.clock is not Clock.OPERATING:
        return math.inf
    return float(station.breakdowns.uptimes[0, name[1], 0])


def machines_after(
    names: Names, standing: Standing, ahead: Mapping[MachineName, Iterable[tuple[float, float]]]
) -> dict[MachineName, MachineStanding]:
    """How the machines stand after a run, but for breakdowns by the calendar."""
    families = list(names.families)
    after = {}
    for number, name in enumerate(names.machines):
        before, family = names.machine(name), int(standing.family[0, number])
        left = float(standing.left[0, number])
        after[name] = MachineStanding(
            family=None if family < 0 else families[family],
            gone=before.gone + int(standing.broken[0, number]),
            left=None if math.isinf(left) else left,
            up_since=before.up_since,
            ahead=tuple(ahead.get(name, ())),
        )
    return after

"""Random small plants with everything that a plant may say, and pieces with branches, faults and scrap."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from factory_sim.contracts import Fault, OperationSpec, Phase, WorkSpec
from factory_sim.live import Outcome, run
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.standing import Event, Job, MachineEvent, MachineName, MachineStanding, OperationStanding
from tests.unit.factory_sim.plants import NAME

STATIONS = ("clay", "glaze", "kiln", "bench")
FAMILIES = ("", "light", "dark")
LONG = 3000.0
"""Minutes by which everything is done."""


@dataclass(frozen=True)
class Rich:
    """A plant and the pieces that will come."""

    plant: PlantDefinition
    jobs: tuple[Job, ...]


def rich(seed: int) -> Rich:
    luck = random.Random(seed)
    jobs = [
        Job(f"piece {number}", number, luck.getrandbits(60), luck.uniform(0, 60), _route(luck))
        for number in range(luck.randint(2, 9))
    ]
    if seed % 2:
        jobs = [replace(job, urgency=luck.randint(0, 3)) for job in jobs]
    return Rich(plant_of([_station(luck, name) for name in STATIONS], luck=luck), tuple(jobs))


def plant_of(stations: Iterable[Mapping[str, Any]], *, luck: random.Random | None = None) -> PlantDefinition:
    """A plant that is always open but on Sundays."""
    ways = [
        {"origin": origin, "target": target, "minutes": luck.uniform(1, 6)}
        for origin in STATIONS
        for target in STATIONS
        if luck and luck.random() < 0.3
    ]
    return read_plant(
        {
            "schema_version": 2,
            "slug": "shed",
            "name": {"ko": "헛간", "en": "Shed"},
            "seed": luck.getrandbits(30) if luck else 1,
            "opening": {"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "opens": "00:00", "closes": "00:00"},
            "stations": [{"name": {"ko": "자리", "en": "Place"}, "machines": 1, **station} for station in stations],
            "transport": ways,
        }
    )


def _station(luck: random.Random, name: str) -> dict[str, Any]:
    station: dict[str, Any] = {"id": name, "machines": luck.randint(1, 3)}
    if luck.random() < 0.4:
        station["places"] = luck.randint(0, 2)
    if luck.random() < 0.4:
        station |= {"batch": luck.randint(2, 4), "patience": luck.uniform(1, 30)}
    if luck.random() < 0.5:
        station["setups"] = {"light": {"dark": luck.uniform(1, 9)}, "dark": {"light": luck.uniform(1, 20)}}
    if luck.random() < 0.6:
        clock = luck.choice(["operating", "calendar"])
        station["breakdowns"] = {"clock": clock, "between": luck.uniform(20, 80), "repair": luck.uniform(2, 15)}
    return station


def _route(luck: random.Random) -> tuple[OperationSpec, ...]:
    """Begun, then two branches side by side, then an inspection of both; now and then a plain route."""
    names = ["throw", "fire", "cut", "stitch", "look", "pack"]
    needs = [None, None, ("throw",), None, ("fire", "stitch"), None]
    faults = [
        Fault("crack", luck.choice([0.0, 0.5]), luck.choice(["throw", "fire", "stitch", "look"]), NAME),
        Fault("broken", luck.choice([0.0, 0.4]), "throw", NAME, scrap=True),
    ]
    is_plain = luck.random() < 0.3
    return tuple(
        OperationSpec(
            name,
            luck.choice(STATIONS),
            luck.uniform(2, 20),
            luck.choice([0.0, 0.4]),
            NAME,
            faults=tuple(faults) if name == "look" else (),
            needs=None if is_plain else need,
            family=luck.choice(FAMILIES),
        )
        for name, need in zip(names, needs, strict=True)
    )


@dataclass
class History:
    """What was told, run after run, and how all stands."""

    events: list[Event]
    machine_events: list[MachineEvent]
    jobs: dict[str, Job]
    machines: dict[MachineName, MachineStanding]


def told(world: Rich, stops: Iterable[float]) -> History:
    """Run to each minute in turn; between two runs everything is written as JSON and read again."""
    history = History([], [], {job.key: job for job in world.jobs}, {})
    since = 0.0
    for until in stops:
        going = [job for job in map(stored, history.jobs.values()) if job.phase is not Phase.DONE]
        outcome: Outcome = run(world.plant, going, stored_machines(history.machines), since=since, until=until)
        history.events += outcome.events
        history.machine_events += outcome.machine_events
        history.jobs |= outcome.jobs
        history.machines = outcome.machines
        since = until
    return history


def stored(job: Job) -> Job:
    """A job as a database gives it back."""
    row = json.loads(json.dumps(asdict(job), allow_nan=False))
    operations = WorkSpec.from_json({"title": {}, "operations": row["operations"], "materials": []}).operations
    standing = tuple(OperationStanding(**each) for each in row["standing"])
    return Job(**{**row, "operations": operations, "phase": Phase(row["phase"]), "standing": standing})


def stored_machines(machines: Mapping[MachineName, MachineStanding]) -> dict[MachineName, MachineStanding]:
    rows = {name: json.dumps(asdict(each), allow_nan=False) for name, each in machines.items()}
    return {name: MachineStanding.from_json(json.loads(row)) for name, row in rows.items()}

"""Random small plants and pieces for the kernel and the promise."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hypothesis import strategies as st

from factory_sim.contracts import Fault, OperationSpec, Phase, WorkSpec
from factory_sim.passage import Layout, Station
from factory_sim.standing import Event, Job

STATIONS = ("clay", "kiln", "bench")
NAME = {"en": "a name"}
SOON = 10.0**9
"""A minute by which everything is done."""


@dataclass(frozen=True)
class World:
    """A plant's machines and the pieces that will come."""

    machines: Mapping[str, int]
    jobs: tuple[Job, ...]


def step(
    name: str,
    station: str,
    minutes: float = 10.0,
    *,
    variation: float = 0.0,
    faults: Iterable[Fault] = (),
    most_reworks: int = 2,
) -> OperationSpec:
    return OperationSpec(name, station, minutes, variation, NAME, faults=tuple(faults), most_reworks=most_reworks)


def found(name: str, rate: float, rework_from: str) -> Fault:
    return Fault(name, rate, rework_from, NAME)


def piece(key: str, rank: int, operations: Iterable[OperationSpec], *, released_at: float = 0.0, seed: int = 1) -> Job:
    return Job(key=key, rank=rank, seed=seed, released_at=released_at, operations=tuple(operations))


def spec_of(*operations: OperationSpec) -> WorkSpec:
    return WorkSpec(title=NAME, operations=operations)


def layout(machines: Mapping[str, int]) -> Layout:
    """Stations that say no more than how many machines they have."""
    return Layout({station: Station(count) for station, count in machines.items()})


@st.composite
def routes(draw: st.DrawFn) -> tuple[OperationSpec, ...]:
    """One to five operations; any of them may inspect and send the piece back."""
    names = [f"step{number}" for number in range(draw(st.integers(1, 5)))]
    operations = []
    for number, name in enumerate(names):
        back = st.sampled_from(names[: number + 1])
        faults = st.builds(Fault, st.just("flaw"), st.sampled_from([0.2, 0.6, 1.0]), back, st.just(NAME))
        operations.append(
            step(
                name,
                draw(st.sampled_from(STATIONS)),
                draw(st.sampled_from([1.0, 5.0, 10.0])),
                variation=draw(st.sampled_from([0.0, 0.0, 0.5])),
                faults=draw(st.lists(faults, max_size=1)),
                most_reworks=draw(st.integers(0, 2)),
            )
        )
    return tuple(operations)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One to three machines a station, and up to six pieces; equal minutes, so ties, are common."""
    count = draw(st.integers(1, 6))
    ranks = draw(st.permutations(range(count)))
    jobs = tuple(
        piece(
            f"piece {number}",
            ranks[number],
            draw(routes()),
            released_at=draw(st.sampled_from([0.0, 5.0, 10.0, 12.5, 40.0])),
            seed=draw(st.integers(0, 2**63 - 1)),
        )
        for number in range(count)
    )
    return World({station: draw(st.integers(1, 3)) for station in STATIONS}, jobs)


def stored(jobs: Mapping[str, Job]) -> list[Job]:
    """Jobs as a database gives them back: written as JSON, read, and without those that are done."""
    rows = json.loads(json.dumps([asdict(job) for job in jobs.values()]))
    return [_read(row) for row in rows if row["phase"] != Phase.DONE]


def of_piece(events: Iterable[Event], key: str) -> list[Event]:
    return [event for event in events if event.key == key]


def _read(row: dict[str, Any]) -> Job:
    operations = WorkSpec.from_json({"title": {}, "operations": row["operations"], "materials": []}).operations
    return Job(**{**row, "operations": operations, "phase": Phase(row["phase"]), "standing": ()})

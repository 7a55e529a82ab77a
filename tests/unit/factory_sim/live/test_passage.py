"""The recursion against the engine, replication by replication: a piece that is alone in a plant with everything."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from factory_sim.live.forecast import forecast
from factory_sim.passage import idle
from factory_sim.plant import PlantDefinition
from factory_sim.promise import Arrival, Queue, behind, finishing_minutes
from factory_sim.promise_draws import NEWCOMER, Minutes
from factory_sim.standing import Job
from tests.unit.factory_sim.live.rich_plants import plant_of, rich
from tests.unit.factory_sim.plants import spec_of, step

NOW = 10.0


def by_engine(plant: PlantDefinition, *jobs: Job) -> dict[str, Minutes]:
    return forecast(plant, jobs, {}, NOW).ready()


@pytest.mark.parametrize("seed", range(60))
def test_alone_it_takes_as_long_as_the_engine_says(seed: int) -> None:
    """Branches, ways, patience, faults with their loops, scrap; there are machines enough for every branch."""
    world = rich(seed)
    plain: dict[str, Any] = {"breakdowns": None, "setups": {}, "machines": 6}
    stations = tuple(station.model_copy(update=plain) for station in world.plant.stations)
    plant = world.plant.model_copy(update={"stations": stations})
    # Of two loops the engine counts visits operation by operation, and the recursion looks: one has the same luck. No
    # two operations are of a family, so that no branch is fired with another; none takes less than a minute.
    route = tuple(
        replace(each, most_reworks=1, family=each.id, minutes=each.minutes + 10) for each in world.jobs[0].operations
    )
    layout = plant.layout()

    said = finishing_minutes(Queue(NOW, layout, idle(layout, NOW), {}), spec_of(*route), released_at=NOW)

    truth = by_engine(plant, Job(NEWCOMER, 1, 0, NOW, route))[NEWCOMER]
    assert said == pytest.approx(truth, abs=1e-6)


def test_control_such_pieces_do_go_back_wait_and_are_set_up() -> None:
    """What the test above compares is there."""
    routes = [rich(seed).jobs[0].operations for seed in range(60)]
    plants = [rich(seed).plant for seed in range(60)]

    assert sum(any(fault.rate for each in route for fault in each.faults) for route in routes) > 20
    assert sum(any(each.needs for each in route) for route in routes) > 20
    assert sum(any(station.batch > 1 for station in plant.stations) for plant in plants) > 20
    assert sum(bool(plant.transport) for plant in plants) > 20


KILN = [{"id": "kiln", "machines": 2, "batch": 3, "patience": 30}]


def three_after(minutes: tuple[float, float, float], families: tuple[str, str, str]) -> tuple[list[float], list[float]]:
    """When three pieces that come one after the other are fired for an hour, by the recursion and by the engine."""
    plant, names = plant_of(KILN), ("a", "b", "c")
    routes = [(replace(step("fire", "kiln", 60), family=family),) for family in families]
    arrivals = [
        Arrival(spec_of(*route), minute, name) for route, minute, name in zip(routes, minutes, names, strict=True)
    ]
    said = behind(plant.layout(), [], arrivals, NOW).ready
    jobs = [Job(each.key, rank, 0, each.released_at, each.spec.operations) for rank, each in enumerate(arrivals)]
    truth = by_engine(plant, *jobs)
    return [float(np.mean(said[name])) for name in names], [float(np.mean(truth[name])) for name in names]


@pytest.mark.parametrize(
    ("minutes", "families"),
    [
        ((20, 40, 60), ("", "", "")),
        ((20, 40, 45), ("", "dark", "")),
        ((20, 52, 60), ("", "", "")),
    ],
)
def test_who_comes_in_time_is_fired_with_the_first(
    minutes: tuple[float, float, float], families: tuple[str, str, str]
) -> None:
    said, truth = three_after(minutes, families)

    if families == ("", "dark", ""):
        # It remembers one batch that is being filled: the third one opens its own, on the machine after the first.
        assert said[:2] == truth[:2]
        assert said[2] > truth[2]
    else:
        assert said == truth


def test_a_full_batch_starts_sooner_than_the_recursion_knows() -> None:
    said, truth = three_after((20, 30, 35), ("", "", ""))

    assert said == [110, 110, 110]
    assert truth == [95, 95, 95]


def test_set_ups_count_from_what_the_machine_did_last() -> None:
    plant = plant_of([{"id": "glaze", "setups": {"light": {"dark": 7}, "dark": {"light": 3}}}])
    routes = [(replace(step("dip", "glaze", 10), family=family),) for family in ("light", "dark", "dark", "light")]
    arrivals = [Arrival(spec_of(*route), NOW, f"cup {number}") for number, route in enumerate(routes)]

    ready = behind(plant.layout(), [], arrivals, NOW).ready

    assert [float(np.mean(ready[f"cup {number}"])) for number in range(4)] == [20, 37, 47, 60]

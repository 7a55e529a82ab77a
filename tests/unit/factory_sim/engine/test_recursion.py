"""The recursions against the SimPy model on random floors, and what they refuse."""

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from factory_sim.engine import UnableToRun, line, line_compiled, run
from factory_sim.engine.model import Floor, Result, Station, Work, chain
from tests.unit.factory_sim.engine.floors import World, random_flow, random_line, random_world
from tests.unit.factory_sim.engine.oracle import Broken, farthest

FLOORS = int(os.environ.get("DURE_FACTORIES", "200")) // 4
"""A quarter of the random floors each for the line and for the flow; test_kernel.py takes them all."""
EQUAL = 1e-9
Recursion = Callable[[Floor, Work], Result]


@pytest.mark.parametrize("recursion", [line.serial, line_compiled.serial])
def test_the_line_is_simpys(recursion: Recursion) -> None:
    differing = {seed: apart(random_line(seed), recursion) for seed in range(FLOORS)}

    assert {seed: minutes for seed, minutes in differing.items() if minutes > EQUAL} == {}


def test_station_after_station_is_simpys() -> None:
    differing = {seed: apart(random_flow(seed), line.stationwise) for seed in range(FLOORS)}

    assert {seed: minutes for seed, minutes in differing.items() if minutes > EQUAL} == {}


@pytest.mark.parametrize(
    "broken", [Broken.BLOCKING, Broken.SETUPS, Broken.CLOSINGS, Broken.BREAKDOWNS, Broken.TRANSPORT]
)
def test_control_without_a_rule_the_line_would_be_found_out(broken: Broken) -> None:
    assert any(apart(random_line(seed), line.serial, broken) > EQUAL for seed in range(20))


def test_control_without_the_choice_of_machine_the_flow_would_be_found_out() -> None:
    assert any(apart(random_flow(seed), line.stationwise, Broken.SETUP_CHOICE) > EQUAL for seed in range(20))


def test_a_full_buffer_holds_the_piece_on_its_machine() -> None:
    # Two pieces of 1 and 1 minute, then 10 each, and no place between: the second leaves the first station at 11.
    first, needs = chain(np.array([2, 2, 2]))
    minutes = np.tile([1.0, 10.0], 3).reshape(1, 6, 1)
    floor = Floor((Station(), Station(places=0)), np.zeros((2, 2)))
    work = Work(np.zeros(3), first, np.tile([0, 1], 3), np.zeros(6, int), needs, minutes, np.full((1, 6, 1), -1))

    done = run(floor, work)

    assert done.engine == "serial"
    assert done.started[0, :, 0].tolist() == [0, 1, 1, 11, 11, 21]
    assert done.completed.tolist() == [[11, 21, 31]]


def test_the_web_process_refuses_what_only_the_kernel_can_do() -> None:
    world = random_world(0)
    assert not line.is_serial(world.floor, world.work)
    assert not line.is_stationwise(world.floor, world.work)

    with pytest.raises(UnableToRun):
        run(world.floor, world.work)


def test_the_recursion_is_taken_where_it_is_exact() -> None:
    a_line, a_flow = random_line(1), random_flow(4)
    other = replace(a_flow.floor.stations[0], machines=2)
    floor = Floor((other, *a_flow.floor.stations[1:]), a_flow.floor.transport)

    assert run(a_line.floor, a_line.work).engine == "serial"
    assert run(a_line.floor, a_line.work, compiled=True).engine == "serial, compiled"
    assert run(floor, a_flow.work).engine == "stationwise"


def test_where_the_urgent_go_first_no_recursion_is_taken() -> None:
    for world in (random_line(1), random_flow(4)):
        urgent = replace(world.work, urgency=np.arange(world.work.jobs))
        alike = replace(world.work, urgency=np.full(world.work.jobs, 7))

        assert run(world.floor, urgent, compiled=True).engine == "kernel"
        assert run(world.floor, alike).engine in {"serial", "stationwise"}
        with pytest.raises(UnableToRun):
            run(world.floor, urgent)


def apart(world: World, recursion: Recursion, broken: Broken | None = None) -> float:
    return farthest(world.floor, world.work, recursion(world.floor, world.work), broken)

"""The worker's forecast: the engine's own truth where nothing is left to chance, else its distribution. No peeking."""

import random
from dataclasses import replace

import numpy as np
import pytest

from factory_sim import live
from factory_sim.contracts import Kind, MachineKind, Maker, Phase
from factory_sim.engine.model import WORKING
from factory_sim.live.arrays import Names
from factory_sim.live.forecast import AT_MOST, _Present, forecast
from factory_sim.plant import PlantDefinition
from factory_sim.promise import behind
from factory_sim.promise_draws import REPLICATIONS
from factory_sim.standing import Job, MachineName, MachineStanding, OperationStanding
from tests.unit.factory_sim.live.rich_plants import LONG, Rich, plant_of, rich, told
from tests.unit.factory_sim.plants import layout, piece, step

NOW = 30.0


def steady(seed: int) -> Rich:
    """A plant with everything but luck."""
    world = rich(seed)
    stations = tuple(station.model_copy(update={"breakdowns": None}) for station in world.plant.stations)
    jobs = tuple(
        replace(job, operations=tuple(replace(each, variation=0.0, faults=()) for each in job.operations))
        for job in world.jobs
    )
    return Rich(world.plant.model_copy(update={"stations": stations}), jobs)


def ends_of(world: Rich, jobs: list[Job], machines: dict[MachineName, MachineStanding]) -> dict[str, float]:
    events = live.run(world.plant, jobs, machines, since=NOW, until=LONG).events
    return {event.key: event.minute for event in events if event.kind is Kind.COMPLETED}


@pytest.mark.parametrize("seed", range(40))
def test_without_luck_it_says_what_comes(seed: int) -> None:
    """Set-ups, batches, places, branches and ways, from the middle of it all."""
    world = steady(seed)
    half = told(world, [NOW])
    going = [job for job in half.jobs.values() if job.phase is not Phase.DONE]
    if not going:
        return
    said = forecast(world.plant, going, half.machines, NOW).ready()
    truth = ends_of(world, going, half.machines)

    assert said.keys() == truth.keys()
    for key, minutes in said.items():
        assert minutes == pytest.approx(np.full(len(minutes), truth[key]), abs=1e-6)


def test_on_rich_plants_dates_are_kept_as_often_as_they_say() -> None:
    """Half of the P50 and nine of ten of the P90, over many plants in the middle of everything, with unseen luck."""
    likely, safe = [], []
    for seed in range(100, 160):
        world = rich(seed)
        half = told(world, [NOW])
        going = [job for job in half.jobs.values() if job.phase is not Phase.DONE]
        if going:
            said = forecast(world.plant, going, half.machines, NOW).ready()
            for key, end in ends_of(world, going, half.machines).items():
                likely.append(end <= np.quantile(said[key], 0.5))
                safe.append(end <= np.quantile(said[key], 0.9))

    assert len(likely) > 200
    assert 0.40 <= np.mean(likely) <= 0.60
    assert 0.84 <= np.mean(safe) <= 0.96


def test_it_does_not_know_what_will_be_drawn() -> None:
    world = rich(3)
    half = told(world, [NOW])
    going = [job for job in half.jobs.values() if job.phase is not Phase.DONE]
    other = [replace(job, seed=job.seed + 1) for job in going]
    lucky = {name: replace(each, left=None if each.left is None else 5.0) for name, each in half.machines.items()}

    one, another = forecast(world.plant, going, half.machines, NOW), forecast(world.plant, other, lucky, NOW)

    assert all((one.ready()[key] == another.ready()[key]).all() for key in one.ready())
    assert ends_of(world, going, half.machines) != ends_of(world, other, half.machines), "control: the plant knows"


def shed(clock: str) -> PlantDefinition:
    breakdowns = {"clock": clock, "between": 200.0, "repair": 50.0}
    return plant_of([{"id": "clay", "breakdowns": breakdowns}], luck=None)


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_a_machine_that_is_down_is_known_to_be_down(clock: str) -> None:
    plant = shed(clock)
    jobs = [piece(f"cup {number}", number, [step("throw", "clay", 100)]) for number in range(30)]
    done = live.run(plant, jobs, {}, since=-1.0, until=LONG)
    down = next(event.minute for event in done.machine_events if event.kind is MachineKind.DOWN and event.minute > 100)

    def said(at: float) -> float:
        half = live.run(plant, jobs, {}, since=-1.0, until=at)
        after = {job.key: job for job in jobs} | half.jobs
        working = next(job for job in after.values() if job.phase is Phase.WORKING)
        return float(np.mean(forecast(plant, [working], half.machines, at).ready()[working.key])) - at

    # A repair of 50 minutes on average has begun in between; how long this one takes, nobody knows.
    assert said(down + 0.01) - said(down - 0.01) == pytest.approx(50.0, abs=12.0)


def test_in_a_plant_that_reports_no_machine_is_down_by_the_simulations_draws() -> None:
    plant = shed("calendar")
    reports = plant.model_copy(update={"maker": Maker.REPORTS})
    done = live.run(plant, [], {}, since=-1.0, until=LONG)
    at = next(event.minute for event in done.machine_events if event.kind is MachineKind.DOWN) + 0.01
    job = piece("cup", 0, [step("throw", "clay", 100)], released_at=at)

    def said(of: PlantDefinition) -> float:
        return float(np.mean(forecast(of, [job], {}, at).ready()["cup"])) - at

    assert said(plant) - said(reports) == pytest.approx(50.0, abs=12.0), "control: by its draws it is down"


def test_pieces_together_on_a_machine_that_were_begun_by_hand_one_after_the_other_end_with_the_last() -> None:
    plant = plant_of([{"id": "kiln", "batch": 2, "patience": 5}])
    fire = step("fire", "kiln", 100)

    def at_work(key: str, rank: int, since: float) -> Job:
        standing = (OperationStanding(WORKING, since + 100, "kiln", 0, since=since),)
        return replace(piece(key, rank, [fire]), phase=Phase.WORKING, visits={"fire": 1}, standing=standing)

    jobs = [at_work("first", 0, 0.0), at_work("last", 1, 30.0)]

    said = forecast(plant, jobs, {}, 90.0).ready()

    assert {key: set(minutes) for key, minutes in said.items()} == {"first": {130.0}, "last": {130.0}}
    recursion = behind(layout({"kiln": 1}), jobs, [], 90.0).ready
    assert {key: set(minutes) for key, minutes in recursion.items()} == {"first": {130.0}, "last": {130.0}}


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_of_a_machine_that_breaks_down_without_end_a_thousand_breakdowns_are_drawn(clock: str) -> None:
    plant = plant_of([{"id": "clay", "breakdowns": {"clock": clock, "between": 1.0, "repair": 1.0}}])
    names = Names(plant, [piece("cup", 0, [step("throw", "clay", 3000)])], {})

    drawn = _Present(names, 0.0).breakdowns(plant.station("clay"))

    assert drawn is not None
    assert drawn.uptimes.shape == (REPLICATIONS, 1, AT_MOST)
    minutes = forecast(plant, names.jobs, {}, 0.0).ready()["cup"]
    assert (minutes > 3900).all()
    assert np.isfinite(minutes).all()


def test_who_is_held_is_never_ready_and_in_nobodys_way() -> None:
    plant = plant_of([{"id": "clay"}])
    jobs = [piece(f"cup {number}", number, [step("throw", "clay", 10)]) for number in range(3)]
    held = [jobs[0], replace(jobs[1], held=True), jobs[2]]

    said = forecast(plant, held, {}, 0.0).ready()

    assert set(said["cup 0"]) == {10}
    assert set(said["cup 1"]) == {np.inf}
    assert set(said["cup 2"]) == {20}
    assert set(forecast(plant, jobs, {}, 0.0).ready()["cup 2"]) == {30}, "control"


def test_other_pieces_change_nobodys_luck() -> None:
    plant = plant_of([{"id": "clay", "machines": 9}])
    jobs = [piece(f"cup {number}", number, [step("throw", "clay", 10, variation=0.5)]) for number in range(4)]

    alone, together = (forecast(plant, some, {}, 0.0).ready() for some in (jobs[:1], jobs))

    assert (alone["cup 0"] == together["cup 0"]).all()
    assert np.unique(np.round([together[job.key] for job in jobs], 6)).size > random.Random(1).randint(200, 201)

"""The event kernel against the SimPy model on random floors, against the kernel of today, and by hand.

`DURE_FACTORIES=2000` compares 2,000 random floors instead of 200.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from factory_sim import draws
from factory_sim.contracts import Kind
from factory_sim.engine import kernel, line
from factory_sim.engine.model import PASS, REMAKE, Breakdowns, Clock, Floor, Result, Standing, Station, Work, chain
from factory_sim.standing import Job
from tests.unit.factory_sim.engine.floors import FEATURES, random_flow, random_line, random_world
from tests.unit.factory_sim.engine.oracle import Broken, farthest, same_lines, widest
from tests.unit.factory_sim.plain_kernel import run as run_today
from tests.unit.factory_sim.plants import SOON, STATIONS, World, worlds

FLOORS = int(os.environ.get("DURE_FACTORIES", "200"))
EQUAL = 1e-9
MOST_VISITS = 12
ARRANGE = (random_world, random_line, random_flow)
NO_WAY = np.zeros((3, 3))


# --- The oracle -------------------------------------------------------------------------------------


def test_the_kernel_is_simpys() -> None:
    differing = {}
    for seed in range(FLOORS):
        world = ARRANGE[max(0, seed % 5 - 2)](seed)
        result = kernel.run(world.floor, world.work)
        minutes = farthest(world.floor, world.work, result)
        if minutes > EQUAL or not np.isfinite(result.completed).all():
            differing[seed] = minutes

    assert differing == {}


def test_the_log_is_simpys() -> None:
    def tells_the_same(seed: int) -> bool:
        world = random_world(seed)
        return same_lines(world.floor, world.work, kernel.run(world.floor, world.work, tells=True))

    assert [seed for seed in range(FLOORS) if not tells_the_same(seed)] == []


@pytest.mark.parametrize(
    "broken", [Broken.SETUP_CHOICE, Broken.SETUPS, Broken.BREAKDOWNS, Broken.BLOCKING, Broken.URGENCY]
)
def test_control_a_log_without_a_rule_would_be_found_out(broken: Broken) -> None:
    def differs(seed: int) -> bool:
        world = random_world(seed)
        return not same_lines(world.floor, world.work, kernel.run(world.floor, world.work, tells=True), broken)

    assert sum(differs(seed) for seed in range(60)) >= 2


def test_a_log_says_no_more_than_it_is_asked_for() -> None:
    world = random_world(1)

    told, asked_nothing = kernel.run(world.floor, world.work, tells=True), kernel.run(world.floor, world.work)

    assert len(asked_nothing.log) == 0
    assert np.array_equal(told.ended, asked_nothing.ended, equal_nan=True)


def test_a_log_grows_with_what_there_is_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(1)
    whole = kernel.run(world.floor, world.work, tells=True).log

    monkeypatch.setattr(kernel, "LINES_AN_OPERATION", 1)

    assert np.array_equal(kernel.run(world.floor, world.work, tells=True).log, whole)


def test_the_random_floors_have_every_feature_and_mixtures() -> None:
    given_features = [random_world(seed).features for seed in range(60)]

    assert set().union(*given_features) == set(FEATURES)
    assert max(len(features) for features in given_features) >= 7


@pytest.mark.parametrize("broken", list(Broken))
def test_control_an_engine_without_a_rule_would_be_found_out(broken: Broken) -> None:
    def differs(seed: int) -> bool:
        world = random_world(seed)
        return farthest(world.floor, world.work, kernel.run(world.floor, world.work), broken) > EQUAL

    assert sum(differs(seed) for seed in range(60)) >= 2


def test_kernel_and_recursions_are_one() -> None:
    for seed in range(40):
        one, other = random_line(seed), random_flow(seed)
        assert widest(line.serial(one.floor, one.work).ended, kernel.run(one.floor, one.work).ended) <= EQUAL
        assert widest(line.stationwise(other.floor, other.work).ended, kernel.run(other.floor, other.work).ended) == 0


# --- From any state ---------------------------------------------------------------------------------


def test_running_on_from_where_the_floor_stands_is_the_same_as_one_run() -> None:
    for seed in range(60):
        world = random_world(seed)
        whole = kernel.run(world.floor, world.work)
        cuts = np.sort(np.random.default_rng(seed).uniform(0, np.nanmax(whole.ended), 3))

        parts = in_parts(world.floor, world.work, cuts)

        for told in ("completed", "started", "ended"):
            assert np.array_equal(merged(getattr(part, told) for part in parts), getattr(whole, told), equal_nan=True)
        assert same(parts[-1].standing, whole.standing)


def test_control_a_machine_that_forgets_its_family_is_found_out() -> None:
    def differs(seed: int) -> bool:
        world = random_world(seed)
        half = kernel.run(world.floor, world.work, until=40.0)
        assert half.standing is not None
        forgetful = half.standing._replace(family=np.full_like(half.standing.family, -1))
        rest = kernel.run(world.floor, world.work, standing=forgetful, since=40.0)
        whole = kernel.run(world.floor, world.work)
        return widest(merged([half.ended, rest.ended]), whole.ended) > EQUAL

    assert any(differs(seed) for seed in range(30))


def in_parts(floor: Floor, work: Work, cuts: Iterable[float]) -> list[Result]:
    parts = []
    since, standing = 0.0, None
    for until in [*cuts, np.inf]:
        parts.append(kernel.run(floor, work, standing=standing, since=since, until=until))
        since, standing = until, parts[-1].standing
    return parts


def merged(parts: Iterable[np.ndarray]) -> np.ndarray:
    """What several runs tell together: visits beyond the last are told once more."""
    together, *others = parts
    for other in others:
        together = np.where(np.isnan(other), together, other)
    return together


def same(one: Standing | None, other: Standing | None) -> bool:
    assert one is not None
    assert other is not None
    return all(np.array_equal(mine, theirs, equal_nan=True) for mine, theirs in zip(one, other, strict=True))


# --- The kernel of today ----------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_the_kernel_of_today_says_the_same_ties_included(world: World) -> None:
    jobs = sorted(world.jobs, key=lambda job: job.rank)
    floor = Floor(tuple(Station(machines=world.machines[name]) for name in STATIONS), NO_WAY)
    events, _ = run_today(world.machines, jobs, SOON)

    completed = kernel.run(floor, work_of(jobs)).completed[0]

    ends = {event.key: event.minute for event in events if event.kind is Kind.COMPLETED}
    assert completed.tolist() == [ends[job.key] for job in jobs]


def work_of(jobs: Sequence[Job]) -> Work:
    """Today's jobs as arrays, with today's draws."""
    first, needs = chain(np.array([len(job.operations) for job in jobs]))
    shape = (1, first[-1], MOST_VISITS)
    minutes, verdicts = np.empty(shape), np.full(shape, PASS)
    for job, start in zip(jobs, first, strict=False):
        ids = [operation.id for operation in job.operations]
        for place, operation in enumerate(job.operations):
            for visit in range(MOST_VISITS):
                minutes[0, start + place, visit] = draws.duration(
                    job.seed, operation.id, visit, mean=operation.minutes, variation=operation.variation
                )
                fault = draws.found_fault(job.seed, operation, visit + 1)
                verdicts[0, start + place, visit] = ids.index(fault.rework_from) if fault else PASS
    return Work(
        released=np.array([job.released_at for job in jobs]),
        first=first,
        station=np.array([STATIONS.index(each.station) for job in jobs for each in job.operations]),
        family=np.zeros(first[-1], np.int64),
        needs=needs,
        minutes=minutes,
        verdicts=verdicts,
    )


# --- By hand ----------------------------------------------------------------------------------------


def test_a_kiln_waits_until_it_is_full_or_its_oldest_piece_has_no_patience() -> None:
    # Two of family 0 fill the kiln at 3. The one of family 1 has waited 6 at 8, but the kiln is free only at 13.
    kiln = Station(batch=2, patience=6.0)
    released = [0.0, 2.0, 3.0]

    result = kernel.run(Floor((kiln,), np.zeros((1, 1))), simple(released, [[0]] * 3, [10, 1, 7], family=[0, 1, 0]))

    assert result.started[0, :, 0].tolist() == [3, 13, 3]
    assert result.completed.tolist() == [[13, 14, 13]]


def test_the_urgent_go_first_and_end_no_work_that_is_begun() -> None:
    work = replace(simple([0.0, 1.0, 2.0], [[0]] * 3, [10, 10, 10]), urgency=np.array([5, 5, -1]))

    result = kernel.run(Floor((Station(),), np.zeros((1, 1))), work)

    assert result.started[0, :, 0].tolist() == [0, 20, 10]


def test_a_kiln_starts_for_the_patience_of_a_piece_that_is_not_its_first() -> None:
    kiln = Station(batch=3, patience=6.0)
    work = replace(simple([0.0, 1.0], [[0]] * 2, [10, 10]), urgency=np.array([1, 0]))

    result = kernel.run(Floor((kiln,), np.zeros((1, 1))), work)

    assert result.started[0, :, 0].tolist() == [6, 6]


def test_however_urgent_the_first_that_is_blocked_is_let_in_first() -> None:
    # Pieces 0 and 1 fill the second station and its one place; 2 and 3 wait on their machines for room from 10 and 11.
    floor = Floor((Station(machines=4), Station(places=1)), np.zeros((2, 2)))
    work = replace(
        simple([0.0, 0.0, 0.0, 0.0], [[0, 1]] * 4, [1, 20, 2, 20, 10, 20, 11, 20]), urgency=np.array([3, 2, 1, 0])
    )

    result = kernel.run(floor, work)

    assert result.started[0, 1::2, 0].tolist() == [1, 21, 41, 61]


def test_the_idle_machine_with_the_smallest_setup_is_taken() -> None:
    setups = np.array([[0.0, 9.0], [4.0, 0.0]])
    bench = Station(machines=2, setups=setups)

    # Machines 0 and 1 begin with families 0 and 1; at 20 family 1 comes, and needs no set-up on machine 1.
    work = simple([0.0, 1.0, 20.0], [[0]] * 3, [5, 5, 5], family=[0, 1, 1])
    result = kernel.run(Floor((bench,), np.zeros((1, 1))), work)

    assert result.completed.tolist() == [[5, 6, 25]]
    assert result.standing is not None
    assert result.standing.machine.tolist() == [[0, 1, 1]]


def test_a_sleeve_is_cut_while_the_glaze_dries() -> None:
    # Operation 0, then 1 and 2 side by side at two stations, then 3, which needs both.
    first, needs = np.array([0, 4]), np.array([0, 1, 1, 6])
    minutes = np.array([10.0, 30.0, 4.0, 5.0]).reshape(1, 4, 1)
    work = Work(np.zeros(1), first, np.array([0, 1, 2, 0]), np.zeros(4, int), needs, minutes, np.full((1, 4, 1), PASS))

    result = kernel.run(Floor((Station(), Station(), Station()), NO_WAY), work)

    assert result.started[0, :, 0].tolist() == [0, 10, 10, 40]
    assert result.completed.tolist() == [[45]]


def test_a_scrapped_piece_is_made_again_under_its_number() -> None:
    first, needs = chain(np.array([2]))
    minutes = np.array([[[10.0, 20.0], [1.0, 2.0]]])
    verdicts = np.array([[[PASS, PASS], [REMAKE, PASS]]])
    work = Work(np.zeros(1), first, np.array([0, 1]), np.zeros(2, int), needs, minutes, verdicts)

    result = kernel.run(Floor((Station(), Station()), np.zeros((2, 2))), work)

    assert result.ended[0].tolist() == [[10, 31], [11, 33]]
    assert result.completed.tolist() == [[33]]


def test_routes_against_each_other_without_places_do_not_lock_each_other() -> None:
    floor = Floor((Station(places=0), Station(places=0)), np.zeros((2, 2)))

    result = kernel.run(floor, simple([0.0, 0.0, 0.0, 0.0], [[0, 1], [1, 0], [0, 1], [1, 0]], [5] * 8))

    assert np.isfinite(result.completed).all()


def simple(released: list[float], routes: list[list[int]], minutes: list[float], family: Sequence[int] = ()) -> Work:
    first, needs = chain(np.array([len(route) for route in routes]))
    shape = (1, int(first[-1]), 1)
    return Work(
        released=np.array(released),
        first=first,
        station=np.array([station for route in routes for station in route]),
        family=np.array(family or [0] * shape[1]),
        needs=needs,
        minutes=np.array(minutes, float).reshape(shape),
        verdicts=np.full(shape, PASS),
    )


# --- What the model refuses -------------------------------------------------------------------------


def test_a_batch_without_end_to_its_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="patience must end"):
        Station(batch=2, patience=np.inf)


def test_an_inspection_that_sends_back_beside_a_running_branch_is_refused() -> None:
    # Operation 1 inspects while 2 goes on; both need 0.
    minutes, verdicts = np.ones((1, 3, 2)), np.full((1, 3, 2), PASS)
    verdicts[0, 1, 0] = 0

    with pytest.raises(ValueError, match="branch"):
        Work(np.zeros(1), np.array([0, 3]), np.zeros(3, int), np.zeros(3, int), np.array([0, 1, 1]), minutes, verdicts)


def test_an_inspection_that_never_passes_is_refused() -> None:
    with pytest.raises(ValueError, match="last visit"):
        Work(
            np.zeros(1), np.array([0, 1]), np.zeros(1, int), np.zeros(1, int), np.zeros(1, int), np.ones((1, 1, 1)),
            np.zeros((1, 1, 1), int),
        )  # fmt: skip


def test_a_station_that_the_floor_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="does not have"):
        kernel.run(Floor((Station(),), np.zeros((1, 1))), simple([0.0], [[1]], [5]))


def test_breakdowns_for_some_replications_only_are_refused() -> None:
    some = Breakdowns(Clock.OPERATING, np.ones((2, 1, 1)), np.ones((2, 1, 1)))

    with pytest.raises(ValueError, match="one replication or for all"):
        kernel.run(Floor((Station(breakdowns=some),), np.zeros((1, 1))), simple([0.0], [[0]], [5]))


def test_the_standing_of_another_floor_is_refused() -> None:
    floor = Floor((Station(),), np.zeros((1, 1)))
    other = kernel.run(floor, simple([0.0, 0.0], [[0], [0]], [5, 5]), until=1.0).standing

    with pytest.raises(ValueError, match="not one of this floor"):
        kernel.run(floor, simple([0.0], [[0]], [5]), standing=other, since=1.0)


def test_a_piece_at_work_on_no_machine_is_refused() -> None:
    floor, work = Floor((Station(),), np.zeros((1, 1))), simple([0.0], [[0]], [5])
    half = kernel.run(floor, work, until=1.0).standing
    assert half is not None

    with pytest.raises(ValueError, match="on a machine"):
        kernel.run(floor, work, standing=half._replace(machine=np.full((1, 1), 7)), since=1.0)
    with pytest.raises(ValueError, match="knows families"):
        kernel.run(floor, work, standing=half._replace(family=np.full((1, 1), 3)), since=1.0)

"""The promise: the kernel's truth where the truth is certain, its distribution where it is not, and no flicker."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim import draws
from factory_sim.contracts import Kind, OperationSpec, Phase
from factory_sim.promise import Arrival, Queue, behind, finishing_minutes, quantiles
from factory_sim.promise_draws import REPLICATIONS
from factory_sim.standing import Job
from tests.unit.factory_sim.plain_kernel import run
from tests.unit.factory_sim.plants import SOON, found, layout, piece, spec_of, step, stored

MACHINES = {"clay": 2, "kiln": 2, "bench": 1}
# Two hours of uncertain work; one piece in three is fired again.
CUP = (
    step("throw", "clay", 20, variation=0.3),
    step("fire", "kiln", 60, variation=0.2),
    step("look", "bench", 10, variation=0.5, faults=[found("crack", 0.25, "fire"), found("speck", 0.1, "look")]),
    step("pack", "bench", 5, variation=0.1),
)
KERNEL_RUNS = 4_000


def queued(key: str, rank: int, operations: Sequence[OperationSpec] = CUP) -> Job:
    """A piece that waits for its first operation."""
    return replace(piece(key, rank, operations, seed=draws.seed_of(1, key)), phase=Phase.QUEUED)


def idle(now: float = 0.0) -> Queue:
    return behind(layout(MACHINES), [], [], now)


def completions(machines: dict[str, int], jobs: Sequence[Job]) -> dict[str, float]:
    """When the kernel completes each piece."""
    events, _ = run(machines, jobs, SOON)
    return {event.key: event.minute for event in events if event.kind is Kind.COMPLETED}


def error_of_level(level: float) -> float:
    """Standard error of a distribution's level at a quantile estimated from the replications, read off kernel runs."""
    return math.sqrt(level * (1 - level) * (1 / REPLICATIONS + 1 / KERNEL_RUNS))


# --- Against the kernel -----------------------------------------------------------------------------


@st.composite
def flow_lines(draw: st.DrawFn) -> tuple[dict[str, int], tuple[Job, ...], float]:
    """A plant without chance: all pieces take the same route, nothing varies, and a minute to look at it."""
    stations = draw(st.lists(st.sampled_from(["clay", "kiln", "bench"]), min_size=1, max_size=3, unique=True))
    route = tuple(step(f"at {each}", each, draw(st.sampled_from([20.0, 40.0]))) for each in stations)
    releases = sorted(draw(st.lists(st.sampled_from([0.0, 5.0, 15.0, 60.0]), min_size=1, max_size=6)))
    jobs = tuple(piece(f"cup {number}", number, route, released_at=at) for number, at in enumerate(releases))
    machines = {each: draw(st.integers(1, 3)) for each in stations}
    return machines, jobs, draw(st.sampled_from([0.0, 5.0, 25.0, 50.0, 75.0, 100.0]))


@settings(max_examples=150, deadline=None)
@given(flow_lines())
def test_without_chance_the_promise_is_what_happens(
    line: tuple[dict[str, int], tuple[Job, ...], float],
) -> None:
    machines, jobs, now = line
    left = stored(run(machines, jobs, now)[1])
    newcomer = piece("newcomer", 99, jobs[0].operations, released_at=max(now, *(job.released_at for job in jobs)))
    truth = completions(machines, [*left, newcomer])

    queue = behind(layout(machines), left, [], now)
    promised = finishing_minutes(queue, spec_of(*newcomer.operations), released_at=newcomer.released_at)

    assert {key: set(minutes) for key, minutes in queue.ready.items()} == {job.key: {truth[job.key]} for job in left}
    assert set(promised) == {truth["newcomer"]}


def test_in_an_idle_plant_p50_and_p90_are_those_of_the_kernel() -> None:
    likely, safe = quantiles(finishing_minutes(idle(), spec_of(*CUP), released_at=0))
    jobs = [piece("cup", 1, CUP, seed=draws.seed_of(2, f"run {number}")) for number in range(KERNEL_RUNS)]
    truth = np.array([completions(MACHINES, [job])["cup"] for job in jobs])

    assert abs((truth <= likely).mean() - 0.5) < 4 * error_of_level(0.5)
    assert abs((truth <= safe).mean() - 0.9) < 4 * error_of_level(0.9)


def test_behind_a_queue_p50_and_p90_are_those_of_the_kernel() -> None:
    # Ten pieces before it on plain routes through single machines: none overtakes, so nothing is simplified.
    route = tuple(replace(each, faults=()) for each in CUP)
    machines = {"clay": 1, "kiln": 1, "bench": 1}
    before = [queued(f"cup {number}", number, route) for number in range(10)]
    likely, safe = quantiles(
        finishing_minutes(behind(layout(machines), before, [], 0.0), spec_of(*route), released_at=0)
    )

    truth = []
    for number in range(1_000):
        jobs = [
            piece(job.key, job.rank, route, seed=draws.seed_of(number, job.key))
            for job in [*before, piece("new", 10, route)]
        ]
        truth.append(completions(machines, jobs)["new"])

    error = {level: math.sqrt(level * (1 - level) * (1 / REPLICATIONS + 1 / 1_000)) for level in (0.5, 0.9)}
    assert abs(np.mean(np.array(truth) <= likely) - 0.5) < 4 * error[0.5]
    assert abs(np.mean(np.array(truth) <= safe) - 0.9) < 4 * error[0.9]


# --- By hand ----------------------------------------------------------------------------------------


def test_a_machine_at_work_is_taken_even_when_its_piece_came_later() -> None:
    # At minute 0 piece 1 works at the clay until 10, piece 2 is on the only bench until 30; both need the bench for 20.
    route = (step("throw", "clay", 10), step("trim", "bench", 20))
    machines = {"clay": 1, "bench": 1}
    behind_it = replace(queued("one", 1, route), phase=Phase.WORKING, since=0.0, ends_at=10.0)
    longer = (step("throw", "clay", 10), step("trim", "bench", 30))
    ahead = replace(queued("two", 2, longer), phase=Phase.WORKING, position=1, since=0.0, ends_at=30.0)

    queue = behind(layout(machines), [behind_it, ahead], [], 0.0)

    # 1 waits until 30 and trims until 50; a new piece throws 10-20 and trims 50-70.
    assert set(queue.ready["two"]) == {30}
    assert set(queue.ready["one"]) == {50}
    assert set(finishing_minutes(queue, spec_of(*route), released_at=0)) == {70}
    assert completions(machines, [behind_it, ahead, piece("new", 3, route)]) == {"two": 30, "one": 50, "new": 70}


@pytest.mark.parametrize(("most_reworks", "minutes"), [(0, 20), (1, 40), (2, 60)])
def test_a_fault_that_is_always_found_costs_its_loop_as_often_as_it_may(most_reworks: int, minutes: float) -> None:
    look = step("look", "bench", faults=[found("crack", 1.0, "fire")], most_reworks=most_reworks)

    promised = finishing_minutes(idle(), spec_of(step("fire", "kiln"), look), released_at=0)

    assert set(promised) == {minutes}


def test_an_inspection_that_is_running_may_still_send_the_piece_back() -> None:
    look = step("look", "bench", faults=[found("crack", 1.0, "fire")], most_reworks=1)
    looked_at = replace(queued("cup", 1, (step("fire", "kiln"), look)), phase=Phase.WORKING, position=1, ends_at=10.0)

    # The look ends at 10, then once more fire and look.
    assert set(behind(layout(MACHINES), [looked_at], [], 0.0).ready["cup"]) == {30}


def test_a_piece_that_was_sent_back_does_not_keep_its_machines_from_others_while_it_is_away() -> None:
    plain = (step("fire", "kiln"), step("look", "bench"))
    look = step("look", "bench", faults=[found("crack", 1.0, "fire")], most_reworks=1)
    machines, first = {"kiln": 1, "bench": 1}, piece("first", 1, (plain[0], look))
    truth = completions(machines, [first, piece("new", 2, plain)])

    queue = behind(layout(machines), [first], [], 0.0)
    (promised,) = set(finishing_minutes(queue, spec_of(*plain), released_at=0))

    # The first fires 0-10 and 20-30 and is done at 40; the new one fires in between. If it had to wait until the
    # first was through with each machine, it would fire 30-40 and be done at 50.
    assert (truth["first"], truth["new"]) == (40, 30)
    assert set(queue.ready["first"]) == {40}
    assert 30 <= promised < 50


def test_one_look_finds_one_fault_at_its_rate() -> None:
    faults = [found("crack", 0.3, "fire"), found("speck", 0.5, "look")]
    look = step("look", "bench", faults=faults, most_reworks=1)

    promised = finishing_minutes(idle(), spec_of(step("fire", "kiln"), look), released_at=0)

    # 20 minutes, 20 more for a crack, 10 more for a speck.
    assert set(promised) == {20, 30, 40}
    for minutes, rate in ((40, 0.3), (30, 0.5), (20, 0.2)):
        assert abs((promised == minutes).mean() - rate) < 4 * math.sqrt(rate * (1 - rate) / REPLICATIONS)


def test_a_piece_goes_on_from_where_it_stands() -> None:
    route = (step("throw", "clay", 20), step("fire", "kiln", 60), step("pack", "bench", 5))
    half_way = replace(queued("cup", 1, route), phase=Phase.QUEUED, position=1)

    assert set(behind(layout(MACHINES), [half_way], [], 100.0).ready["cup"]) == {165}


def test_work_that_is_overdue_is_expected_to_end_soon_and_not_in_the_past() -> None:
    route = (step("fire", "kiln", 60),)
    late = replace(queued("cup", 1, route), phase=Phase.WORKING, since=0.0, ends_at=500.0)

    # A twentieth of its sixty minutes.
    assert set(behind(layout(MACHINES), [late], [], 400.0).ready["cup"]) == {403}


def test_nothing_is_promised_for_the_past() -> None:
    promised = finishing_minutes(idle(100.0), spec_of(step("fire", "kiln")), released_at=0)

    assert set(promised) == {110}


def test_quantiles_are_p50_and_p90() -> None:
    # Of 0, 1, … 100.
    assert quantiles(np.arange(101.0)) == (50, 90)


# --- No flicker -------------------------------------------------------------------------------------


def test_the_same_plant_makes_the_same_promise() -> None:
    jobs = [queued(f"cup {number}", number) for number in range(5)]

    promises = [
        finishing_minutes(
            behind(layout(MACHINES), order, [Arrival(spec_of(*CUP), 0.0)], 7.0), spec_of(*CUP), released_at=7.0
        ).tolist()
        for order in (jobs, jobs, jobs[::-1])
    ]

    assert promises[0] == promises[1] == promises[2]


def test_a_promise_does_not_use_up_the_queue() -> None:
    queue = behind(layout(MACHINES), [queued("cup", 1)], [], 0.0)
    free = {station: minutes.copy() for station, minutes in queue.state.free.items()}

    first, second = (finishing_minutes(queue, spec_of(*CUP), released_at=0).tolist() for _ in range(2))

    assert first == second
    assert all((queue.state.free[station] == free[station]).all() for station in free)


def test_a_promise_does_not_know_what_the_simulation_will_draw() -> None:
    jobs = [piece(f"cup {number}", number, CUP, seed=number) for number in range(3)]
    other_luck = [replace(job, seed=job.seed + 100) for job in jobs]

    one, other = (behind(layout(MACHINES), each, [], 0.0) for each in (jobs, other_luck))

    assert all((one.ready[job.key] == other.ready[job.key]).all() for job in jobs)
    # The control: the simulation itself does depend on the seeds.
    assert completions(MACHINES, jobs) != completions(MACHINES, other_luck)


@pytest.mark.parametrize("later", [1.0, 480.0])
def test_the_same_piece_has_the_same_luck_whenever_it_is_asked_for(later: float) -> None:
    now, then = (finishing_minutes(idle(), spec_of(*CUP), released_at=at) for at in (0.0, later))

    assert np.allclose(then - now, later, rtol=0, atol=1e-9)
    assert np.allclose(finishing_minutes(idle(later), spec_of(*CUP), released_at=0.0), then)


def test_two_pieces_have_luck_of_their_own() -> None:
    ready = behind(layout({"clay": 9, "kiln": 9, "bench": 9}), [queued("one", 1), queued("two", 2)], [], 0.0).ready

    assert abs(np.corrcoef(ready["one"], ready["two"])[0, 1]) < 4 / math.sqrt(REPLICATIONS)


def test_a_longer_queue_makes_every_outcome_later_or_the_same() -> None:
    jobs = [queued(f"cup {number}", number) for number in range(4)]
    lengths = [
        finishing_minutes(
            behind(layout(MACHINES), jobs, [Arrival(spec_of(*CUP), 0.0)] * count, 0.0), spec_of(*CUP), released_at=0
        )
        for count in range(5)
    ]

    for shorter, longer in pairwise(lengths):
        assert (longer >= shorter).all()
        assert longer.mean() > shorter.mean() + 1
        assert quantiles(longer)[0] > quantiles(shorter)[0]


def test_pieces_that_wait_come_after_all_that_are_in_the_plant() -> None:
    jobs = [queued("cup", 1)]

    alone, followed = (
        behind(layout(MACHINES), jobs, waiting, 0.0) for waiting in ([], [Arrival(spec_of(*CUP), 0.0)] * 3)
    )

    assert (alone.ready["cup"] == followed.ready["cup"]).all()
    assert set(followed.ready) == {"cup"}


def test_a_slower_option_is_later_with_the_same_luck() -> None:
    slower = (CUP[0], replace(CUP[1], minutes=80), *CUP[2:])

    usual, later = (finishing_minutes(idle(), spec_of(*each), released_at=0) for each in (CUP, slower))

    assert (later > usual).all()

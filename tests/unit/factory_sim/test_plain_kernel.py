"""The kernel: what a plant may do, that ticks may fall anywhere, and that nobody's future is changed by a newcomer."""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim import draws
from factory_sim.contracts import Kind, OperationSpec, Phase
from factory_sim.standing import Event, Job
from tests.unit.factory_sim.plain_kernel import run
from tests.unit.factory_sim.plants import SOON, World, found, of_piece, piece, routes, step, stored, worlds

MANY = settings(max_examples=150, deadline=None)
SOME = settings(max_examples=40, deadline=None)
MINUTES = st.one_of(st.sampled_from([0.0, 5.0, 10.0, 12.5, 15.0, 20.0, 40.0]), st.floats(0, 200))


def everything(world: World) -> list[Event]:
    return run(world.machines, world.jobs, SOON)[0]


def spans(events: Iterable[Event]) -> dict[tuple[str, int], list[tuple[float, float, str]]]:
    """By station and machine: from when until when it worked, and on which piece."""
    started: dict[str, Event] = {}
    worked: dict[tuple[str, int], list[tuple[float, float, str]]] = defaultdict(list)
    for event in events:
        if event.kind is Kind.STARTED:
            started[event.key] = event
        elif event.kind is Kind.FINISHED:
            begin = started.pop(event.key)
            assert (begin.station, begin.machine, begin.operation) == (event.station, event.machine, event.operation)
            worked[event.station, event.machine].append((begin.minute, event.minute, event.key))
    assert not started
    return worked


# --- Ticks may fall anywhere ------------------------------------------------------------------------


@MANY
@given(worlds(), st.lists(MINUTES, min_size=1, max_size=4))
def test_running_on_from_stored_jobs_is_the_same_as_one_run(world: World, cuts: list[float]) -> None:
    whole, standing = run(world.machines, world.jobs, SOON)

    pieces: list[Event] = []
    jobs: Sequence[Job] = world.jobs
    states: dict[str, Job] = {}
    for until in [*sorted(cuts), SOON]:
        events, left = run(world.machines, jobs, until)
        pieces += events
        states |= left
        jobs = stored(left)

    assert pieces == whole
    assert states == standing


@SOME
@given(worlds(), MINUTES)
def test_a_tick_tells_all_that_happened_until_its_minute_and_nothing_later(world: World, until: float) -> None:
    events, _ = run(world.machines, world.jobs, until)

    assert events == [event for event in everything(world) if event.minute <= until]
    assert run(world.machines, stored(run(world.machines, world.jobs, until)[1]), until)[0] == []


def test_control_the_visits_must_be_stored_or_a_reworked_piece_relives_its_luck() -> None:
    # Without the count of visits, the second firing after a restart would take the minutes of the first.
    route = (step("fire", "kiln", variation=0.5), step("look", "bench", faults=[found("crack", 1.0, "fire")]))
    machines, job = {"kiln": 1, "bench": 1}, piece("cup", 1, route)
    whole, _ = run(machines, [job], SOON)
    second_start = [event for event in whole if event.kind is Kind.STARTED and event.operation == "fire"][1].minute
    left = stored(run(machines, [job], second_start - 1)[1])

    forgetful = [replace(each, visits={"look": each.visits["look"]}) for each in left]

    assert run(machines, left, SOON)[0][-1].minute == whole[-1].minute
    assert run(machines, forgetful, SOON)[0][-1].minute != whole[-1].minute


# --- Conservation -----------------------------------------------------------------------------------


@SOME
@given(worlds())
def test_a_machine_works_on_one_piece_at_a_time(world: World) -> None:
    for (station, machine), worked in spans(everything(world)).items():
        assert 0 <= machine < world.machines[station]
        assert all(end <= start for (_, end, _), (start, _, _) in pairwise(sorted(worked)))


@SOME
@given(worlds())
def test_no_machine_is_free_while_a_piece_waits_for_it(world: World) -> None:
    events = everything(world)
    waiting: Counter[str] = Counter()
    working: Counter[str] = Counter()
    moves = {Kind.QUEUED: (1, 0), Kind.STARTED: (-1, 1), Kind.FINISHED: (0, -1)}
    for number, event in enumerate(events):
        queue, machines = moves.get(event.kind, (0, 0))
        if queue or machines:
            waiting[event.station] += queue
            working[event.station] += machines
        assert working[event.station] <= world.machines.get(event.station, 0)
        minute_is_over = number + 1 == len(events) or events[number + 1].minute > event.minute
        for station in world.machines if minute_is_over else ():
            assert waiting[station] == 0 or working[station] == world.machines[station]


@SOME
@given(worlds())
def test_a_station_serves_first_come_first_served(world: World) -> None:
    ranks = {job.key: job.rank for job in world.jobs}
    waiting: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    for event in everything(world):
        if event.kind is Kind.QUEUED:
            waiting[event.station].append((event.minute, ranks[event.key], event.key))
        elif event.kind is Kind.STARTED:
            served = min(waiting[event.station])
            assert served[2] == event.key
            waiting[event.station].remove(served)


@SOME
@given(worlds())
def test_every_piece_completes_and_its_events_count_without_a_gap(world: World) -> None:
    events, jobs = run(world.machines, world.jobs, SOON)

    assert {job.phase for job in jobs.values()} == {Phase.DONE}
    assert [event.minute for event in events] == sorted(event.minute for event in events)
    for job in world.jobs:
        mine = of_piece(events, job.key)
        assert [event.seq for event in mine] == list(range(1, len(mine) + 1))
        assert [mine[0].kind, mine[-1].kind] == [Kind.RELEASED, Kind.COMPLETED]
        assert mine[0].minute == job.released_at
        assert [event.kind for event in mine].count(Kind.COMPLETED) == 1
        assert jobs[job.key].next_seq == len(mine) + 1


@SOME
@given(worlds())
def test_work_takes_the_minutes_that_were_drawn_for_the_visit(world: World) -> None:
    operations = {(job.key, each.id): (job.seed, each) for job in world.jobs for each in job.operations}
    visits: Counter[tuple[str, str]] = Counter()
    started: dict[str, float] = {}
    for event in everything(world):
        if event.kind is Kind.STARTED:
            started[event.key] = event.minute
        elif event.kind is Kind.FINISHED:
            seed, operation = operations[event.key, event.operation]
            visit = visits[event.key, event.operation]
            minutes = draws.duration(seed, operation.id, visit, mean=operation.minutes, variation=operation.variation)
            assert event.minute - started[event.key] == pytest.approx(minutes, abs=1e-9)
            visits[event.key, event.operation] += 1


# --- Rework -----------------------------------------------------------------------------------------


@SOME
@given(worlds())
def test_a_piece_goes_on_to_the_next_operation_or_back_to_the_one_its_fault_names(world: World) -> None:
    events = everything(world)
    for job in world.jobs:
        route = [operation.id for operation in job.operations]
        at, after_fault = 0, ""
        for event in of_piece(events, job.key):
            if event.kind is Kind.QUEUED:
                assert event.operation == (after_fault or route[at])
                at, after_fault = route.index(event.operation), ""
            elif event.kind is Kind.FAILED:
                faults = {fault.id: fault.rework_from for fault in job.operations[at].faults}
                after_fault = faults[event.fault]
            elif event.kind is Kind.PASSED or (event.kind is Kind.FINISHED and not job.operations[at].faults):
                at += 1
        assert at == len(route)


@SOME
@given(worlds())
def test_an_inspection_sends_a_piece_back_no_more_often_than_it_may(world: World) -> None:
    failed = Counter((event.key, event.operation) for event in everything(world) if event.kind is Kind.FAILED)

    assert all(
        failed[job.key, operation.id] <= operation.most_reworks for job in world.jobs for operation in job.operations
    )


@pytest.mark.parametrize("most_reworks", [0, 1, 3])
def test_a_fault_that_is_always_there_is_found_as_often_as_it_may_and_then_let_pass(most_reworks: int) -> None:
    look = step("look", "bench", faults=[found("crack", 1.0, "fire")], most_reworks=most_reworks)
    route = (step("throw", "clay"), step("fire", "kiln"), look, step("pack", "bench"))

    events, _ = run({"clay": 1, "kiln": 1, "bench": 1}, [piece("cup", 1, route)], SOON)

    started = [event.operation for event in events if event.kind is Kind.STARTED]
    assert started == ["throw", "fire", "look", *["fire", "look"] * most_reworks, "pack"]
    # Ten minutes each and nobody else in the plant.
    assert events[-1].minute == 10 * len(started)


def test_faults_are_found_at_their_rates() -> None:
    faults = [found("pinhole", 0.05, "look"), found("stitch", 0.3, "look")]
    route = (step("look", "bench", faults=faults, most_reworks=1),)
    jobs = [piece(f"cup {number}", number, route, seed=draws.seed_of(1, f"cup {number}")) for number in range(4_000)]

    events, _ = run({"bench": 1}, jobs, SOON)

    shares = Counter(event.fault for event in events if event.kind is Kind.FAILED)
    for name, rate in (("pinhole", 0.05), ("stitch", 0.3)):
        assert abs(shares[name] / 4_000 - rate) < 4 * math.sqrt(rate * (1 - rate) / 4_000)


# --- Determinism and newcomers ----------------------------------------------------------------------


@SOME
@given(worlds(), st.randoms(use_true_random=False))
def test_a_run_depends_on_nothing_but_the_plant_and_its_pieces(world: World, dice: random.Random) -> None:
    shuffled = list(world.jobs)
    dice.shuffle(shuffled)

    assert run(world.machines, shuffled, SOON)[0] == everything(world)


@MANY
@given(worlds(), routes(), MINUTES)
def test_a_piece_that_comes_later_changes_nothing_before_its_release(
    world: World, route: tuple[OperationSpec, ...], released_at: float
) -> None:
    # An earlier rank than anybody's: only the release may matter.
    newcomer = piece("newcomer", -1, route, released_at=released_at)

    with_it, _ = run(world.machines, [*world.jobs, newcomer], SOON)

    assert [event for event in with_it if event.minute < released_at] == [
        event for event in everything(world) if event.minute < released_at
    ]


def test_control_a_piece_that_comes_now_does_change_what_follows() -> None:
    machines, route = {"kiln": 1}, (step("fire", "kiln"),)
    first = piece("first", 1, route)

    alone, _ = run(machines, [first], SOON)
    together, _ = run(machines, [first, piece("newcomer", 0, route)], SOON)

    assert (alone[-1].minute, of_piece(together, "first")[-1].minute) == (10, 20)


@SOME
@given(worlds(), routes(), MINUTES)
def test_another_piece_in_the_plant_changes_nobody_s_luck(
    world: World, route: tuple[OperationSpec, ...], released_at: float
) -> None:
    newcomer = piece("newcomer", -1, route, released_at=released_at)
    with_it, _ = run(world.machines, [*world.jobs, newcomer], SOON)
    without_it = everything(world)

    for job in world.jobs:
        lives = [
            [(event.kind, event.operation, event.fault) for event in of_piece(events, job.key)]
            for events in (with_it, without_it)
        ]
        assert lives[0] == lives[1]


# --- By hand ----------------------------------------------------------------------------------------


def test_two_pieces_share_two_kilns_and_queue_for_one_bench() -> None:
    route = (step("fire", "kiln", 30), step("trim", "bench", 20))
    jobs = [piece("a", 1, route), piece("b", 2, route, released_at=5)]

    events, _ = run({"kiln": 2, "bench": 1}, jobs, SOON)

    # a fires 0-30 and trims 30-50; b fires 5-35 on the other kiln, waits, and trims 50-70.
    assert [(e.key, e.kind, e.minute, e.station, e.machine) for e in events] == [
        ("a", Kind.RELEASED, 0, "", 0),
        ("a", Kind.QUEUED, 0, "kiln", 0),
        ("a", Kind.STARTED, 0, "kiln", 0),
        ("b", Kind.RELEASED, 5, "", 0),
        ("b", Kind.QUEUED, 5, "kiln", 0),
        ("b", Kind.STARTED, 5, "kiln", 1),
        ("a", Kind.FINISHED, 30, "kiln", 0),
        ("a", Kind.QUEUED, 30, "bench", 0),
        ("a", Kind.STARTED, 30, "bench", 0),
        ("b", Kind.FINISHED, 35, "kiln", 1),
        ("b", Kind.QUEUED, 35, "bench", 0),
        ("a", Kind.FINISHED, 50, "bench", 0),
        ("a", Kind.COMPLETED, 50, "", 0),
        ("b", Kind.STARTED, 50, "bench", 0),
        ("b", Kind.FINISHED, 70, "bench", 0),
        ("b", Kind.COMPLETED, 70, "", 0),
    ]


def test_of_two_pieces_that_come_in_the_same_minute_the_one_of_lower_rank_is_served_first() -> None:
    jobs = [piece("late", 2, (step("fire", "kiln"),)), piece("early", 1, (step("fire", "kiln"),))]

    events, _ = run({"kiln": 1}, jobs, SOON)

    assert [event.key for event in events if event.kind is Kind.COMPLETED] == ["early", "late"]


def test_nothing_happens_before_a_release_and_the_release_minute_belongs_to_the_tick() -> None:
    job = piece("cup", 1, (step("fire", "kiln"),), released_at=10)

    assert run({"kiln": 1}, [job], 9.999)[0] == []
    assert [event.kind for event in run({"kiln": 1}, [job], 10)[0]] == [Kind.RELEASED, Kind.QUEUED, Kind.STARTED]

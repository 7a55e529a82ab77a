"""The timetable: what the log says machines did, and what open pieces are expected to do at mean times."""

import math
from dataclasses import replace

from hypothesis import given, settings

from factory_sim.contracts import Kind, Phase
from factory_sim.engine.model import DONE, NEEDY, WORKING
from factory_sim.kpis import Entry
from factory_sim.routes import needs_of, plain_standing
from factory_sim.standing import Event, Job, OperationStanding
from factory_sim.timetable import Machines, Stint, done, expected
from tests.unit.factory_sim import plain_kernel
from tests.unit.factory_sim.live.rich_plants import rich
from tests.unit.factory_sim.live.rich_plants import told as told_until
from tests.unit.factory_sim.plants import SOON, World, found, piece, step, stored, worlds

PLAIN = Machines({"clay": 1, "kiln": 1})
ROUTE = (step("form", "clay", 10), step("fire", "kiln", 30))


def entries(events: list[Event]) -> list[Entry]:
    return [Entry(each.minute, each.kind, each.key, each.operation, each.station, each.machine) for each in events]


def spans(stints: list[Stint]) -> list[tuple[str, str, int, float, float | None, float]]:
    return [(each.key, each.operation, each.machine, each.start, each.end, each.waited) for each in stints]


def test_what_was_done_begins_ends_and_tells_how_long_it_waited() -> None:
    events, _ = plain_kernel.run({"clay": 1, "kiln": 1}, [piece("a", 1, ROUTE), piece("b", 2, ROUTE)], 25)

    assert spans(done(entries(events))) == [
        ("a", "form", 0, 0, 10, 0),
        ("b", "form", 0, 10, 20, 10),
        ("a", "fire", 0, 10, None, 0),
    ]


def test_work_that_runs_ends_after_its_set_up() -> None:
    job = replace(piece("a", 1, ROUTE), phase=Phase.WORKING)
    standing = (OperationStanding(WORKING, 10.0, "clay", 0, since=0.0, setup=7.0), OperationStanding(NEEDY))

    told = expected(PLAIN, [replace(job, standing=standing)], 3.0)

    assert [each[3:5] for each in spans(told)] == [(0.0, 17.0), (17.0, 47.0)]


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_without_luck_what_is_expected_is_what_comes(world: World) -> None:
    """From wherever the plant stands, if every operation takes its mean and no inspection finds anything."""
    steady = [_without_luck(job) for job in world.jobs]
    _, left = plain_kernel.run(world.machines, steady, 17)
    standing = stored(left)
    future, _ = plain_kernel.run(world.machines, standing, SOON)
    begun = [
        Entry(job.since, Kind.STARTED, job.key, job.operation.id, job.operation.station, job.machine)
        for job in standing
        if job.phase is Phase.WORKING
    ]
    real = done([*begun, *entries(future)])

    told = expected(Machines(world.machines), standing, 17)

    assert sorted(each[:5] for each in spans(told)) == sorted(each[:5] for each in spans(real))


def test_expectations_do_not_peek_at_what_will_be_drawn() -> None:
    wild = [step("form", "clay", 10, variation=2.0), step("look", "bench", 5, faults=[found("crack", 1.0, "form")])]
    lucky, unlucky = (piece("a", 1, wild, seed=seed) for seed in (1, 2))
    machines = {"clay": 1, "bench": 1}
    one, other = (plain_kernel.run(machines, [job], SOON)[0] for job in (lucky, unlucky))
    assert one != other, "control: they differ"

    told = [expected(Machines(machines), [job], 0) for job in (lucky, unlucky)]

    assert told[0] == told[1]
    assert spans(told[0]) == [("a", "form", 0, 0, 10, 0), ("a", "look", 0, 10, 15, 0)]


def test_work_that_is_overdue_is_expected_to_end_soon() -> None:
    job = replace(piece("a", 1, ROUTE), phase=Phase.WORKING, since=0.0, ends_at=95.0, visits={"form": 1})

    told = expected(PLAIN, [job], 60)

    assert spans(told)[0] == ("a", "form", 0, 0, 60.5, 0)


def test_a_queue_that_began_before_now_counts_in_full() -> None:
    at_work = replace(piece("a", 1, ROUTE), phase=Phase.WORKING, since=5.0, ends_at=15.0, visits={"form": 1})
    queued = replace(piece("b", 2, ROUTE), phase=Phase.QUEUED, since=2.0)

    told = {(each.key, each.operation): each for each in expected(PLAIN, [at_work, queued], 12)}

    assert (told["b", "form"].start, told["b", "form"].waited) == (15, 13)


def test_a_kiln_for_two_works_on_two_at_once() -> None:
    kiln = Machines({"clay": 1, "kiln": 1}, {"kiln": 2})
    fire = (step("fire", "kiln", 30),)
    at_work = [
        replace(piece(key, rank, fire), phase=Phase.WORKING, since=5.0, ends_at=35.0, visits={"fire": 1})
        for rank, key in enumerate("ab")
    ]
    queued = replace(piece("c", 3, fire), phase=Phase.QUEUED, since=6.0)

    told = {each.key: (each.machine, each.start, each.end) for each in expected(kiln, [*at_work, queued], 10)}

    assert told == {"a": (0, 5, 35), "b": (0, 5, 35), "c": (0, 35, 65)}


def test_branches_run_side_by_side_and_what_is_done_is_not_done_again() -> None:
    """On plants with everything, a piece is expected to do just what is left of it."""
    for seed in range(20):
        world = rich(seed)
        half = told_until(world, [40.0])
        open_jobs = [job for job in half.jobs.values() if job.phase is not Phase.DONE]
        machines = Machines(world.plant.machines(), {station.id: station.batch for station in world.plant.stations})
        stints = expected(machines, open_jobs, 40.0)

        left = {
            (job.key, operation.id)
            for job in open_jobs
            for operation, each in zip(job.operations, job.standing or plain_standing(job), strict=True)
            if each.phase != DONE
        }
        assert {(stint.key, stint.operation) for stint in stints} == left
        assert len(stints) == len(left)
        start = {(stint.key, stint.operation): stint.start for stint in stints}
        end = {(stint.key, stint.operation): stint.end or 0.0 for stint in stints}
        for job in open_jobs:
            for operation, bits in zip(job.operations, needs_of(job.operations), strict=True):
                needed = [each.id for place, each in enumerate(job.operations) if bits >> place & 1]
                assert all(
                    end.get((job.key, need), 0.0) <= start.get((job.key, operation.id), math.inf) for need in needed
                )


def test_a_held_piece_is_expected_to_end_what_runs() -> None:
    job = replace(piece("a", 1, ROUTE), phase=Phase.WORKING, since=0.0, ends_at=9.0, visits={"form": 1}, held=True)

    assert spans(expected(PLAIN, [job], 5)) == [("a", "form", 0, 0, 10, 0)]
    assert expected(PLAIN, [replace(job, phase=Phase.QUEUED)], 5) == []
    assert len(expected(PLAIN, [replace(job, held=False)], 5)) == 2, "control"


def _without_luck(job: Job) -> Job:
    return replace(job, operations=tuple(replace(each, variation=0.0, faults=()) for each in job.operations))

"""The timetable: what the log says machines did, and what open pieces are expected to do at mean times."""

from dataclasses import replace

from hypothesis import given, settings

from factory_sim import kernel
from factory_sim.contracts import Kind, Phase
from factory_sim.kernel import Job
from factory_sim.kpis import Entry
from factory_sim.timetable import Stint, done, expected
from tests.unit.factory_sim.plants import SOON, World, found, piece, step, stored, worlds

ROUTE = (step("form", "clay", 10), step("fire", "kiln", 30))


def entries(events: list[kernel.Event]) -> list[Entry]:
    return [Entry(each.minute, each.kind, each.key, each.operation, each.station, each.machine) for each in events]


def spans(stints: list[Stint]) -> list[tuple[str, str, int, float, float | None, float]]:
    return [(each.key, each.operation, each.machine, each.start, each.end, each.waited) for each in stints]


def test_what_was_done_begins_ends_and_tells_how_long_it_waited() -> None:
    events, _ = kernel.run({"clay": 1, "kiln": 1}, [piece("a", 1, ROUTE), piece("b", 2, ROUTE)], 25)

    assert spans(done(entries(events))) == [
        ("a", "form", 0, 0, 10, 0),
        ("b", "form", 0, 10, 20, 10),
        ("a", "fire", 0, 10, None, 0),
    ]


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_without_luck_what_is_expected_is_what_comes(world: World) -> None:
    """From wherever the plant stands, if every operation takes its mean and no inspection finds anything."""
    steady = [_without_luck(job) for job in world.jobs]
    _, left = kernel.run(world.machines, steady, 17)
    standing = stored(left)
    future, _ = kernel.run(world.machines, standing, SOON)
    begun = [
        Entry(job.since, Kind.STARTED, job.key, job.operation.id, job.operation.station, job.machine)
        for job in standing
        if job.phase is Phase.WORKING
    ]
    real = done([*begun, *entries(future)])

    told = expected(world.machines, standing, 17, SOON)

    assert sorted(each[:5] for each in spans(told)) == sorted(each[:5] for each in spans(real))


def test_expectations_do_not_peek_at_what_will_be_drawn() -> None:
    wild = [step("form", "clay", 10, variation=2.0), step("look", "bench", 5, faults=[found("crack", 1.0, "form")])]
    lucky, unlucky = (piece("a", 1, wild, seed=seed) for seed in (1, 2))
    assert (
        kernel.run({"clay": 1, "bench": 1}, [lucky], SOON)[0] != kernel.run({"clay": 1, "bench": 1}, [unlucky], SOON)[0]
    )

    told = [expected({"clay": 1, "bench": 1}, [job], 0, SOON) for job in (lucky, unlucky)]

    assert told[0] == told[1]
    assert spans(told[0]) == [("a", "form", 0, 0, 10, 0), ("a", "look", 0, 10, 15, 0)]


def test_work_that_is_overdue_is_expected_to_end_soon() -> None:
    job = replace(piece("a", 1, ROUTE), phase=Phase.WORKING, since=0.0, ends_at=95.0, visits={"form": 1})

    told = expected({"clay": 1, "kiln": 1}, [job], 60, SOON)

    assert spans(told)[0] == ("a", "form", 0, 0, 60.5, 0)


def test_a_queue_that_began_before_now_counts_in_full() -> None:
    at_work = replace(piece("a", 1, ROUTE), phase=Phase.WORKING, since=5.0, ends_at=15.0, visits={"form": 1})
    queued = replace(piece("b", 2, ROUTE), phase=Phase.QUEUED, since=2.0)

    told = {(each.key, each.operation): each for each in expected({"clay": 1, "kiln": 1}, [at_work, queued], 12, SOON)}

    assert (told["b", "form"].start, told["b", "form"].waited) == (15, 13)


def _without_luck(job: Job) -> Job:
    return replace(job, operations=tuple(replace(each, variation=0.0, faults=()) for each in job.operations))

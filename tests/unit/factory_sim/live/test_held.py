"""Pieces that are held, on plants with everything: buffers, batches, branches, breakdowns, rework."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from factory_sim.contracts import Kind, Phase
from factory_sim.live import run
from factory_sim.live.held import let_go
from factory_sim.standing import Event, Job
from tests.unit.factory_sim.live.rich_plants import LONG, History, Rich, rich, stored, stored_machines, told

SEEDS = range(40)
HELD_FROM = 40.0
GO_ON = 400.0


def on_from(world: Rich, history: History, jobs: Iterable[Job], stops: Sequence[float]) -> History:
    """Run on from how all stands at `stops[0]` to each other minute in turn, stored in between."""
    after = History([], [], {job.key: job for job in jobs}, history.machines)
    for since, until in pairwise(stops):
        going = [job for job in map(stored, after.jobs.values()) if job.phase is not Phase.DONE]
        outcome = run(world.plant, going, stored_machines(after.machines), since=since, until=until)
        after.events += outcome.events
        after.machine_events += outcome.machine_events
        after.jobs |= outcome.jobs
        after.machines = outcome.machines
    return after


def held(history: History) -> list[Job]:
    """Every other piece is told to wait."""
    return [replace(job, held=number % 2 == 0) for number, job in enumerate(history.jobs.values())]


def started(events: Iterable[Event], keys: set[str]) -> list[Event]:
    return [event for event in events if event.key in keys and event.kind in {Kind.STARTED, Kind.QUEUED}]


@pytest.mark.parametrize("stops", [[HELD_FROM, 41.5, 60, 61, 140, GO_ON], [*range(40, 401, 9), GO_ON]])
def test_they_start_nothing_wherever_runs_are_cut(stops: list[float]) -> None:
    moved = 0
    for seed in SEEDS:
        world = rich(seed)
        half = told(world, [HELD_FROM])
        jobs = held(half)
        keys = {job.key for job in jobs if job.held}

        whole = on_from(world, half, jobs, [HELD_FROM, GO_ON])
        cut = on_from(world, half, jobs, stops)

        assert started(whole.events, keys) == []
        assert cut.events == whole.events
        assert cut.machine_events == whole.machine_events
        free = on_from(world, half, half.jobs.values(), [HELD_FROM, GO_ON])
        moved += len(started(free.events, keys))
    assert moved > len(SEEDS), "control: they would have started"


def test_they_go_on_to_their_end_when_they_may() -> None:
    for seed in SEEDS:
        world = rich(seed)
        half = told(world, [HELD_FROM])
        waited = on_from(world, half, held(half), [HELD_FROM, GO_ON])
        freed = [
            replace(job, held=False, standing=let_go(job.standing, GO_ON)) if job.held else job
            for job in waited.jobs.values()
        ]

        after = on_from(world, waited, freed, [GO_ON, LONG])

        assert {job.phase for job in after.jobs.values()} == {Phase.DONE}
        events = [*half.events, *waited.events, *after.events]
        for job in world.jobs:
            seqs = [event.seq for event in events if event.key == job.key]
            assert seqs == list(range(1, len(seqs) + 1))

"""What is said of the next piece: the engine's own answer for a usual one, close to it for others. Measured here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from factory_sim import live
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.contracts import OperationSpec, Phase, WorkSpec
from factory_sim.live import newcomers
from factory_sim.live.forecast import forecast
from factory_sim.live.newcomers import queue_behind
from factory_sim.promise import Arrival, Queue
from factory_sim.promise_draws import NEWCOMER
from factory_sim.standing import Job, MachineName, MachineStanding
from factory_sim.tail import from_bytes, tail_of, to_bytes
from tests.unit.factory_sim.live.rich_plants import Rich, _route, rich
from tests.unit.factory_sim.plants import NAME

PLANTS = 24
PIECES, COMING = 30, 8
NOW, REVIEW = 250.0, 60.0
SLOWER = 10.0
Route = tuple[OperationSpec, ...]


@dataclass(frozen=True)
class Busy:
    """A plant in the middle of a rush, with pieces of two routes in it and some in review."""

    world: Rich
    routes: tuple[Route, Route]
    jobs: tuple[Job, ...]
    machines: dict[MachineName, MachineStanding]
    waiting: tuple[Arrival, ...]

    @property
    def queue(self) -> Queue:
        behind = queue_behind(self.world.plant, self.jobs, self.machines, self.waiting, now=NOW, next_at=NOW + REVIEW)
        return from_bytes(to_bytes(tail_of(behind)), behind.layout).queue

    def by_engine(self, operations: Route) -> np.ndarray:
        rank = len(self.jobs) + len(self.waiting) + 1
        jobs = [
            *self.jobs,
            *(
                Job(each.key, rank + number, 0, each.released_at, each.spec.operations)
                for number, each in enumerate(self.waiting)
            ),
            Job(NEWCOMER, 10**6, 0, NOW + REVIEW, operations),
        ]
        return forecast(self.world.plant, jobs, self.machines, NOW).ready()[NEWCOMER]


def busy(seed: int) -> Busy:
    luck = random.Random(seed)
    world, routes = rich(seed), (_route(luck), _route(luck))
    jobs = [Job(f"cup {n}", n, luck.getrandbits(60), luck.uniform(0, 240), luck.choice(routes)) for n in range(PIECES)]
    half = live.run(world.plant, jobs, {}, since=0.0, until=NOW)
    after = {job.key: job for job in jobs} | half.jobs
    left = tuple(job for job in after.values() if job.phase is not Phase.DONE)
    waiting = [
        Arrival(spec_of(luck.choice(routes)), NOW + luck.uniform(0, REVIEW), f"order {n}") for n in range(COMING)
    ]
    return Busy(world, routes, left, half.machines, tuple(sorted(waiting, key=lambda each: each.released_at)))


def spec_of(route: Route) -> WorkSpec:
    return WorkSpec(title=NAME, operations=route)


def slower(route: Route) -> Route:
    """An option that makes the second operation longer."""
    return (route[0], replace(route[1], minutes=route[1].minutes + SLOWER), *route[2:])


@dataclass(frozen=True)
class Errors:
    """By what share of the time to it P50 lies elsewhere, and how often P90 would be kept."""

    likely: np.ndarray
    kept: np.ndarray


@cache
def errors(*, with_gaps: bool, option: bool) -> Errors:
    likely, kept = [], []
    for seed in range(PLANTS):
        case = busy(seed)
        queue = case.queue if with_gaps else replace(case.queue, gaps=())
        routes = [slower(route) if option else route for route in case.routes]
        for said, route in zip(_said(queue, routes), routes, strict=True):
            truth = case.by_engine(route)
            likely.append((np.median(said) - np.median(truth)) / (np.median(truth) - NOW))
            kept.append((truth <= np.quantile(said, 0.9)).mean())
    return Errors(np.array(likely), np.array(kept))


def _said(queue: Queue, routes: Sequence[Route]) -> np.ndarray:
    return finishing_minutes_of_each(queue, [spec_of(route) for route in routes], released_at=NOW + REVIEW)


def test_a_usual_newcomer_has_the_engines_dates() -> None:
    found = errors(with_gaps=True, option=False)

    # What is left is that dates travel in single precision.
    assert np.abs(found.likely).max() < 1e-4
    assert np.abs(found.kept - 0.9).max() < 0.02


def test_what_an_option_does_is_nearly_what_the_engine_says() -> None:
    found = errors(with_gaps=True, option=True)

    assert abs(found.likely.mean()) < 0.01
    assert np.abs(found.likely).max() < 0.10
    assert abs(found.kept.mean() - 0.9) < 0.02


@pytest.mark.parametrize("option", [False, True])
def test_control_the_recursion_alone_is_far_off_on_such_plants(option: bool) -> None:
    found = errors(with_gaps=False, option=option)

    assert np.abs(found.likely).mean() > 0.05
    assert abs(found.kept.mean() - 0.9) > 0.05


def test_a_plant_in_which_nobody_works_is_as_it_was_left() -> None:
    case = busy(1)
    queue = queue_behind(case.world.plant, [], case.machines, [], now=NOW, next_at=NOW)

    assert queue.ready == {}
    assert queue.gaps == ()
    assert all((free == NOW).all() for free in queue.state.free.values())


def test_where_more_wait_than_the_engine_takes_the_last_come_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    case = busy(3)
    whole = case.queue.state.free
    monkeypatch.setattr(newcomers, "MOST_BY_ENGINE", len(case.jobs) + COMING - 3)

    behind = queue_behind(case.world.plant, case.jobs, case.machines, case.waiting, now=NOW, next_at=NOW + REVIEW)

    assert set(behind.ready) == {*(job.key for job in case.jobs), *(each.key for each in case.waiting)}
    assert all(np.isfinite(minutes).all() for minutes in behind.ready.values())
    assert np.mean([free.mean() for free in behind.state.free.values()]) == pytest.approx(
        np.mean([free.mean() for free in whole.values()]), rel=0.1
    )


def test_everybody_in_it_has_the_engines_dates() -> None:
    case = busy(2)
    waiting = [Job(each.key, 100 + n, 0, each.released_at, each.spec.operations) for n, each in enumerate(case.waiting)]
    truth = forecast(case.world.plant, [*case.jobs, *waiting], case.machines, NOW).ready()

    behind = queue_behind(case.world.plant, case.jobs, case.machines, case.waiting, now=NOW, next_at=NOW)

    assert behind.ready.keys() == truth.keys()
    assert all((behind.ready[key] == truth[key]).all() for key in truth)

"""The queue that a worker publishes: what the engine says of all in it, and of the next piece. Pure; for workers.

The engine also makes a newcomer of each usual kind, behind all others and in a run of its own. How that one finds the
stations is the state behind which the recursion puts others; by how much the engine is later than the recursion is a
gap that is added to each of them, replication by replication. So the promise is the engine's own for a newcomer of a
usual kind, and for others the engine's with a difference that the recursion makes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from factory_sim.contracts import Load, OperationSpec, WorkSpec
from factory_sim.live.forecast import Forecast, forecast
from factory_sim.passage import NEVER_WORKED, Batch, Layout, State, idle
from factory_sim.plant import PlantDefinition
from factory_sim.promise import Arrival, Gap, Queue, finishing_minutes, with_more
from factory_sim.promise_draws import NEWCOMER, REPLICATIONS, Minutes
from factory_sim.standing import Job, Machines
from factory_sim.steps import code

MOST_KINDS = 2
MOST_BY_ENGINE = 600
"""Pieces; a thousand would take 300 MB."""
Operations = tuple[OperationSpec, ...]


def queue_behind(
    plant: PlantDefinition,
    jobs: Iterable[Job],
    machines: Machines,
    waiting: Sequence[Arrival],
    *,
    now: float,
    next_at: float,
) -> Queue:
    """The plant behind all `jobs` and all `waiting` pieces, seen from `now`; the next piece comes at `next_at`.

    Where more wait than the engine takes, the last of them are put behind by the recursion.
    """
    made = list(jobs)
    room = max(MOST_BY_ENGINE - len(made), 0)
    first_rank = 1 + max((job.rank for job in made), default=0)
    coming = [_job(each, first_rank + number, now) for number, each in enumerate(waiting[:room])]
    queue = _by_engine(plant, [*made, *coming], machines, now=now, next_at=max(now, next_at))
    return with_more(queue, waiting[room:], 0)


def _job(arrival: Arrival, rank: int, now: float) -> Job:
    released_at = max(now, arrival.released_at)
    return Job(arrival.key or f"waiting {rank}", rank, 0, released_at, arrival.spec.operations)


def _by_engine(
    plant: PlantDefinition, everybody: Sequence[Job], machines: Machines, *, now: float, next_at: float
) -> Queue:
    layout = plant.layout()
    queue = Queue(now, layout, _as_left(layout, machines, now), {})
    if not everybody:
        return queue
    queue = replace(queue, ready=forecast(plant, everybody, machines, now).ready())
    last_rank = 1 + max(job.rank for job in everybody)
    for number, operations in enumerate(_usual(everybody)):
        newcomer = Job(NEWCOMER, last_rank, 0, next_at, operations)
        seen = forecast(plant, [*everybody, newcomer], machines, now)
        if number == 0:
            queue = replace(queue, state=_as_found(seen, queue.state))
        queue = replace(queue, gaps=(*queue.gaps, *_gap(queue, seen)))
    return queue


def _usual(jobs: Iterable[Job]) -> list[Operations]:
    """The most usual work of each of the most usual routes."""
    routes: dict[frozenset[tuple[str, str]], Counter[tuple[Load, ...]]] = {}
    operations = {}
    for job in jobs:
        work = tuple(map(Load.of, job.operations))
        operations[work] = job.operations
        routes.setdefault(frozenset(load[:2] for load in work), Counter())[work] += 1
    in_order = sorted(routes.values(), key=lambda works: -works.total())
    return [operations[works.most_common(1)[0][0]] for works in in_order[:MOST_KINDS]]


def _gap(queue: Queue, seen: Forecast) -> list[Gap]:
    """The gap; none if the newcomer may wait for ever, behind a piece that is held."""
    newcomer = seen.names.jobs[-1]
    spec = WorkSpec(title={}, operations=newcomer.operations)
    quick = finishing_minutes(queue, spec, released_at=newcomer.released_at)
    operations = frozenset((each.id, each.station) for each in newcomer.operations)
    ready = seen.ready()[NEWCOMER]
    return [Gap(operations, ready - quick)] if np.isfinite(ready).all() else []


def _as_left(layout: Layout, machines: Machines, now: float) -> State:
    """An idle plant whose machines are set up as they were left."""
    state = idle(layout, now)
    for station, families in state.family.items():
        for number in range(len(families)):
            standing = machines.get((station, number))
            known = standing is not None and standing.family is not None
            families[number] = code(standing.family or "") if standing and known else NEVER_WORKED
    return state


def _as_found(seen: Forecast, left: State) -> State:
    """How the last piece finds each station: after all visits that begin before its own, or before it is ready."""
    free, family, batch = dict(left.free), dict(left.family), dict(left.batch)
    for station in left.free:
        visits = _Visits(seen, station)
        free[station], families = visits.machines(left.free[station], left.family.get(station))
        if families is not None:
            family[station] = families
        if station in batch and visits.own_family is not None:
            batch[station] = visits.batch(seen.names.plant.station(station).batch)
    return State(free, family, batch)


class _Visits:
    """All visits to a station before the newcomer's first one [REPLICATIONS, visits]."""

    def __init__(self, seen: Forecast, station: str) -> None:
        names, result = seen.names, seen.result
        mine = int(names.first[-2])
        numbers = [n for n, (_, operation) in enumerate(names.operations) if operation.station == station]
        others, own = [n for n in numbers if n < mine], [n for n in numbers if n >= mine]
        visits = result.ended.shape[2]
        ended = result.ended[:, others].reshape(REPLICATIONS, -1)
        started = result.started[:, others].reshape(REPLICATIONS, -1)
        # What had begun before the run has no start in it.
        started = np.where(np.isnan(started) & ~np.isnan(ended), -np.inf, started)
        families = np.repeat([code(names.operations[n][1].family) for n in others], visits).astype(np.int64)
        used = ~np.isnan(ended).all(axis=0)
        self.started, self.ended, self.families = started[:, used], ended[:, used], families[used]
        self.is_batched = names.plant.station(station).batch > 1
        self.own_family = code(names.operations[own[0]][1].family) if own else None
        self.limit = np.nan_to_num(result.started[:, own[0], 0] if own else result.completed[:, -1], nan=np.inf)
        self.before = self.started <= self.limit[:, None]

    def machines(self, free: Minutes, family: np.ndarray | None) -> tuple[Minutes, np.ndarray | None]:
        """When the machines become free, and what for they are set up then [machines, REPLICATIONS]."""
        ends = np.where(self.before, self.ended, -np.inf)
        order = np.argsort(-ends, axis=1)
        ends = np.take_along_axis(ends, order, axis=1)
        if self.is_batched:
            # Those of one batch end together: they are one visit of a machine.
            ends[:, 1:][ends[:, 1:] == ends[:, :-1]] = -np.inf
            again = np.argsort(-ends, axis=1)
            order, ends = np.take_along_axis(order, again, axis=1), np.take_along_axis(ends, again, axis=1)
        count = min(len(free), ends.shape[1])
        found, last = free.copy(), None if family is None else family.copy()
        found[:count] = np.maximum(ends[:, :count].T, free[:count])
        if last is not None:
            worked = np.isfinite(ends[:, :count])
            last[:count] = np.where(worked, self.families[order[:, :count]], last[:count].T).T
        return found, last

    def batch(self, size: int) -> Batch:
        """The batch in which the newcomer is, without it; none where it is alone."""
        own = np.full(REPLICATIONS, self.own_family, dtype=np.int64)
        with_it = (self.started == self.limit[:, None]) & (self.families == own[:, None])
        members = with_it.sum(axis=1)
        return Batch(np.where(members > 0, self.limit, -np.inf), np.maximum(size - members, 0), own)

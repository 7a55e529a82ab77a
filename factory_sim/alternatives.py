"""When each of many possible pieces would be ready, at once: what each option of a screen does to the date. Pure.

Each alternative is the one next piece behind the same queue, in a world of its own, and all have the same luck. They
are carried through the stations together, in NumPy arrays of alternatives times replications; the minutes are those
that `promise.finishing_minutes` says of each alone, bit for bit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from factory_sim.contracts import Load, WorkSpec
from factory_sim.draws import log_normal_parameters
from factory_sim.promise import (
    EVERY,
    NEWCOMER,
    REPLICATIONS,
    Minutes,
    Queue,
    Rows,
    finishing_minutes,
    normals,
    uniforms,
)

Name = TypeVar("Name", bound=Hashable)
Work = tuple[Load, ...]
REMEMBERED_STEPS = 512
"""Screens whose options are the same work, of some kilobytes each."""


def finishing_minutes_of_each(queue: Queue, specs: Sequence[WorkSpec], *, released_at: float) -> Minutes:
    """When one more piece would be ready, for each work it might be: shape (specs, REPLICATIONS), in their order.

    Equal work is computed once and has equal minutes.
    """
    different = {spec.work: spec for spec in specs}
    minutes = _finishing_minutes(queue, different, released_at)
    rows = {work: row for row, work in enumerate(different)}
    return minutes[[rows[spec.work] for spec in specs]]


def _finishing_minutes(queue: Queue, different: Mapping[Work, WorkSpec], released_at: float) -> Minutes:
    try:
        steps = _steps(tuple(different))
    except CycleError:
        # Routes that have no order in common cannot be walked together.
        return np.stack([finishing_minutes(queue, spec, released_at=released_at) for spec in different.values()])
    return _Alternatives(queue, steps, len(different), max(queue.now, released_at)).run()


def _in_one_order(sequences: Iterable[Sequence[Name]]) -> list[Name]:
    """All names, so that each sequence is in this order; raises CycleError where there is none."""
    before: TopologicalSorter[Name] = TopologicalSorter()
    for sequence in sequences:
        for name in sequence:
            before.add(name)
        for first, second in pairwise(sequence):
            before.add(second, first)
    return list(before.static_order())


class _Step:
    """An operation as the alternatives have it: a column per alternative, and `has` says which ones do it."""

    def __init__(self, name: tuple[str, str], routes: Sequence[Work]) -> None:
        self.name, self.station = name
        found = [next((each for each in route if each[:2] == name), None) for route in routes]
        self.has = np.array([each is not None for each in found])
        self.minutes = np.array([each.minutes if each else 0.0 for each in found])
        logs = [log_normal_parameters(each.minutes, each.variation) if each else (0.0, 0.0) for each in found]
        self.mu, self.sigma = np.array(logs).T
        self.varies = np.array([each is not None and each.variation > 0 for each in found])
        self.most_reworks = np.array([each.most_reworks if each and each.faults else 0 for each in found])
        faults = _in_one_order([(fault, back) for fault, _, back in each.faults] for each in found if each)
        self.rates = {fault: np.array([_rate(each, fault) if each else 0.0 for each in found]) for fault in faults}


@lru_cache(REMEMBERED_STEPS)
def _steps(routes: tuple[Work, ...]) -> tuple[_Step, ...]:
    """The steps of all routes in one order; raises CycleError where there is none."""
    order = _in_one_order([load[:2] for load in route] for route in routes)
    return tuple(_Step(name, routes) for name in order)


def _rate(load: Load, name: tuple[str, str]) -> float:
    return next((rate for fault, rate, back in load.faults if (fault, back) == name), 0.0)


class _Alternatives:
    """All alternatives on their way. Rows are flat: alternative · REPLICATIONS + replication.

    A station's machines are kept by when they become free, the first one first: shape (machines, rows).
    """

    def __init__(self, queue: Queue, steps: Sequence[_Step], count: int, start: float) -> None:
        self.steps = steps
        self.at = np.full(count * REPLICATIONS, start)
        self.late = np.zeros(len(self.at), bool)
        self.alternative = np.repeat(np.arange(count), REPLICATIONS)
        self.replication = np.tile(EVERY, count)
        stations = {step.station for step in self.steps}
        self.free = {each: np.tile(np.sort(queue.free[each].T, axis=0), count) for each in stations}

    def run(self) -> Minutes:
        """The finishing minutes, shape (alternatives, REPLICATIONS)."""
        for index, step in enumerate(self.steps):
            rows = np.flatnonzero(step.has[self.alternative])
            self._visit(step, 0, rows)
            self._rework(index, rows)
        return self.at.reshape(-1, REPLICATIONS)

    def _rework(self, index: int, looking: Rows) -> None:
        """Send back the rows in which an inspection finds a fault, as often as it may; see promise._Piece.rework."""
        inspection = self.steps[index]
        names = [step.name for step in self.steps]
        for attempt in range(1, int(inspection.most_reworks.max()) + 1):
            looking = looking[inspection.most_reworks[self.alternative[looking]] >= attempt]
            u = uniforms(NEWCOMER, inspection.name, attempt)[self.replication[looking]]
            failed: list[Rows] = []
            for fault, rates in inspection.rates.items():
                rate = rates[self.alternative[looking]]
                hit, u = looking[u < rate], np.where(u < rate, 2.0, u - rate)
                self.late[hit] = True
                for step in self.steps[names.index(fault[1]) : index + 1]:
                    self._visit(step, attempt, hit[step.has[self.alternative[hit]]])
                failed.append(hit)
            looking = np.sort(np.concatenate(failed))

    def _visit(self, step: _Step, attempt: int, rows: Rows) -> None:
        """Work on the machine that becomes free first; see promise._Piece._visit."""
        if not rows.size:
            return
        free = self.free[step.station]
        arrives, first = self.at[rows], free[0, rows]
        ends = np.maximum(arrives, first) + self._durations(step, attempt, rows)
        taken = np.where(self.late[rows] & (first < arrives), first, ends)
        for machine in range(1, len(free)):
            later = free[machine, rows]
            free[machine - 1, rows] = np.minimum(taken, later)
            taken = np.maximum(taken, later)
        free[-1, rows] = taken
        self.at[rows] = ends

    def _durations(self, step: _Step, attempt: int, rows: Rows) -> NDArray[np.float64]:
        which = self.alternative[rows]
        drawn = normals(NEWCOMER, step.name, attempt)[self.replication[rows]]
        durations = np.exp(step.mu[which] + step.sigma[which] * drawn)
        return durations if step.varies.all() else np.where(step.varies[which], durations, step.minutes[which])

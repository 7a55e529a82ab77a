"""Pieces passing a plant's stations one after the other: the quick recursion behind promises. Pure; NumPy only.

All alternatives of one next piece are walked together, in arrays of alternatives times replications, all with the same
luck. The rules are the engine's (`engine/model.py`), but for what looking at one piece at a time leaves out:

* who comes later never goes first, but past a piece that was sent back and is still away;
* a batch starts when the piece that opened it has waited `patience`: not sooner when it is full;
* there is room for all, and no machine breaks down;
* who finds several machines idle takes the one on which it is done first.

Promises do not rest on it alone: a worker says by how much the engine's own answer differs (`live/newcomers.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from factory_sim.promise_draws import EVERY, REPLICATIONS, Minutes, normals, uniforms
from factory_sim.steps import After, Step

Codes = NDArray[np.int64]
Rows = NDArray[np.int64]
NEVER_WORKED = -1
SHORTLY = 1.0
"""Minutes after its start in which a batch may be joined: it may have started as it was full, with the newcomer."""


class Station(NamedTuple):
    """Equal machines; `setups` are (family, next family, minutes)."""

    machines: int
    batch: int = 1
    patience: float = 0.0
    setups: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True)
class Layout:
    """The stations of a plant, and the minutes from one to another where they are not 0."""

    stations: Mapping[str, Station]
    ways: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """The last batch that was opened at a station [rows]: when it starts, how many places it has left, its family."""

    start: Minutes
    left: Codes
    family: Codes


@dataclass(frozen=True)
class State:
    """When machines become free and what they were set up for [machines, rows], and the last batches.

    Only stations with set-ups have a `family`, and only those with batches a `batch`. Rows are replications, or
    alternatives · REPLICATIONS + replication.
    """

    free: Mapping[str, Minutes]
    family: Mapping[str, Codes]
    batch: Mapping[str, Batch]

    def copied(self, stations: Iterable[str], count: int = 1) -> State:
        """Some stations once more, for each of so many alternatives."""
        names = set(stations)
        return State(
            free={name: np.tile(each, count) for name, each in self.free.items() if name in names},
            family={name: np.tile(each, count) for name, each in self.family.items() if name in names},
            batch={
                name: Batch(np.tile(each.start, count), np.tile(each.left, count), np.tile(each.family, count))
                for name, each in self.batch.items()
                if name in names
            },
        )


def idle(layout: Layout, now: float) -> State:
    """A plant in which nobody works."""
    stations = layout.stations.items()
    return State(
        free={name: np.full((each.machines, REPLICATIONS), now) for name, each in stations},
        family={name: np.full((each.machines, REPLICATIONS), NEVER_WORKED) for name, each in stations if each.setups},
        batch={name: no_batch() for name, each in stations if each.batch > 1},
    )


def no_batch() -> Batch:
    """Nobody has opened one."""
    return Batch(np.full(REPLICATIONS, -np.inf), np.zeros(REPLICATIONS, np.int64), np.zeros(REPLICATIONS, np.int64))


class Passage:
    """All alternatives on their way through a state, which they change; each comes at the minutes `start` [rows]."""

    def __init__(self, layout: Layout, state: State, steps: Sequence[Step], key: str, start: Minutes) -> None:
        self.layout, self.state, self.steps, self.key, self.start = layout, state, steps, key, start
        count = len(start) // REPLICATIONS
        self.rows = np.arange(len(start))
        self.alternative = np.repeat(np.arange(count), REPLICATIONS)
        self.replication = np.tile(EVERY, count)
        self.ended = np.full((len(steps), len(start)), -np.inf)
        # The rows in which it has been sent back.
        self.late = np.zeros(len(start), bool)

    def run(self, known: Mapping[int, Minutes] | None = None, looked: Iterable[int] = ()) -> Minutes:
        """The finishing minutes, shape (alternatives, REPLICATIONS).

        Steps that have been done, or whose end is `known`, are not done; those in `looked` have passed inspection, too.
        """
        ends = known or {}
        for index, step in enumerate(self.steps):
            rows = self.rows if step.has.all() else self.rows[step.has[self.alternative]]
            if index in ends:
                self.ended[index] = ends[index]
            else:
                self._visit(index, 0, rows, self._arrives(index, step.after, rows, self.start[rows]))
            if index not in looked:
                self._rework(index, rows)
        finished: Minutes = self.ended.max(axis=0).reshape(-1, REPLICATIONS)
        return finished

    def _arrives(self, index: int, after: After, rows: Rows, arrives: Minutes) -> Minutes:
        """When the pieces are at a step that comes after others."""
        for before, mask in after:
            came = np.maximum(arrives, self.ended[before, rows] + self._way(before, index))
            arrives = came if mask.all() else np.where(mask[self.alternative[rows]], came, arrives)
        return arrives

    def _way(self, before: int, index: int) -> float:
        return self.layout.ways.get((self.steps[before].station, self.steps[index].station), 0.0)

    def _rework(self, index: int, looking: Rows) -> None:
        """After an inspection: send the rows in which it finds a fault back, as often as it may."""
        inspection = self.steps[index]
        for attempt in range(1, int(inspection.most_reworks.max()) + 1):
            looking = looking[inspection.most_reworks[self.alternative[looking]] >= attempt]
            u = uniforms(self.key, inspection.name, attempt)[self.replication[looking]]
            failed: list[Rows] = []
            for fault, rates in inspection.rates.items():
                rate = rates[self.alternative[looking]]
                hit, u = looking[u < rate], np.where(u < rate, 2.0, u - rate)
                self.late[hit] = True
                found_at = self.ended[index, hit]
                for again in inspection.loops[fault]:
                    does = again.has[self.alternative[hit]]
                    rows = hit[does]
                    back = found_at[does] + self._way(index, again.step)
                    self._visit(again.step, attempt, rows, self._arrives(again.step, again.after, rows, back))
                failed.append(hit)
            looking = np.sort(np.concatenate(failed))

    def _visit(self, index: int, attempt: int, rows: Rows, arrives: Minutes) -> None:
        """Work on the machine on which the pieces are done first."""
        if not rows.size:
            return
        step = self.steps[index]
        station = self.layout.stations[step.station]
        machines = self.state.free[step.station]
        minutes = self._durations(step, attempt, rows)
        if station.setups:
            setups = self._setups(step, station, rows)
            chosen = (np.maximum(machines[:, rows], arrives) + setups).argmin(axis=0)
            minutes += setups[chosen, np.arange(len(rows))]
        else:
            chosen = machines[:, rows].argmin(axis=0) if len(machines) > 1 else np.zeros(len(rows), np.int64)
        free = machines[chosen, rows]
        # A piece that was sent back comes late. Until it does, the machine stands idle for those behind it, and
        # they pass: they have no longer to wait for it.
        is_passed = self.late[rows] & (free < arrives)
        if station.batch > 1:
            starts, joins = self._batch(step, rows, arrives, np.maximum(arrives + station.patience, free))
            self._open_batch(step, rows[~is_passed], starts[~is_passed], joins[~is_passed])
            ends, is_passed = starts + minutes, is_passed | joins
        else:
            ends = np.maximum(arrives, free) + minutes
        machines[chosen, rows] = np.where(is_passed, free, ends)
        if station.setups:
            families = self.state.family[step.station]
            families[chosen, rows] = np.where(is_passed, families[chosen, rows], step.family[self.alternative[rows]])
        self.ended[index, rows] = ends

    def _batch(self, step: Step, rows: Rows, arrives: Minutes, alone: Minutes) -> tuple[Minutes, NDArray[np.bool_]]:
        """When the pieces start, and whether they join the last batch; others open a new one, which starts `alone`."""
        last, family = self.state.batch[step.station], step.family[self.alternative[rows]]
        start = last.start[rows]
        has_place = (last.family[rows] == family) & (last.left[rows] > 0)
        joins = has_place & (arrives <= start + SHORTLY) & (start <= alone)
        return np.where(joins, np.maximum(start, arrives), alone), joins

    def _open_batch(self, step: Step, rows: Rows, starts: Minutes, joins: NDArray[np.bool_]) -> None:
        last, size = self.state.batch[step.station], self.layout.stations[step.station].batch
        last.start[rows], last.family[rows] = starts, step.family[self.alternative[rows]]
        last.left[rows] = np.where(joins, last.left[rows], size) - 1

    def _setups(self, step: Step, station: Station, rows: Rows) -> Minutes:
        """The minutes that each machine would have to be set up [machines, rows]."""
        families, family = self.state.family[step.station][:, rows], step.family[self.alternative[rows]]
        setups = np.zeros(families.shape)
        for before, after, minutes in station.setups:
            setups += minutes * ((families == before) & (family == after))
        return setups

    def _durations(self, step: Step, attempt: int, rows: Rows) -> Minutes:
        which = self.alternative[rows]
        drawn = normals(self.key, step.name, attempt)[self.replication[rows]]
        durations: Minutes = np.exp(step.mu[which] + step.sigma[which] * drawn)
        return durations if step.varies.all() else np.where(step.varies[which], durations, step.minutes[which])

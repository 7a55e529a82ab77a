"""What there is to plan: jobs with their steps, stations with their machines, and what lateness costs.

A plan is an order of the jobs. Every station serves them in that order. Times are working minutes on any one
scale, costs are points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Minutes = NDArray[np.float64]
Numbers = NDArray[np.int64]
Families = NDArray[np.uint32]
Records = NDArray[Any]

NO_STEP = -1
NEVER = np.inf
UNKNOWN_FAMILY = -1


JOB = np.dtype(
    [
        ("steps", np.int64),
        ("released_at", np.float64),
        ("due_at", np.float64),
        ("weight", np.float64),
        ("promised_at", np.float64),
    ]
)
STEP = np.dtype([("minutes", np.float64), ("station", np.uint32), ("family", np.uint32)])
STATION = np.dtype([("first_machine", np.uint32), ("machines", np.uint32)])


class Tables(NamedTuple):
    """A problem as the compiled functions read it.

    `jobs` [jobs] are JOB records, `steps` [jobs, steps] STEP records, `stations` [stations] STATION records;
    machines are numbered through all stations. Families count from 1, 0 is UNKNOWN_FAMILY, in `set_up`
    [stations, families + 1, families + 1] too. `free_at` and `family_at` are [machines].
    """

    jobs: Records
    steps: Records
    stations: Records
    set_up: Minutes
    free_at: Minutes
    family_at: Families
    set_up_price: float
    churn_price: float


@dataclass(frozen=True, eq=False)
class Problem:
    """The jobs that a plant has still to finish, and the plant as it stands.

    `minutes`, `station` and `family` have the shape [jobs, steps]: how long each remaining step of a job takes,
    at which station (NO_STEP after its last), and the family that its machine must be set up for.
    `machines` counts each station's equal machines. `set_up` gives, for each station that needs it, the minutes
    from family to family, [families, families]; a machine is changed over as soon as it is free, before the job comes.
    `released_at` is when a job may begin, `due_at` when it is due, `weight` the points per minute after that.
    `promised_at` is the P90 that a customer was told (NEVER: none was); each minute after it costs `churn_price`
    besides. A minute of set-up costs `set_up_price`.
    `free_at` and `family_at` have one entry per machine, station by station: from when it is free, and what it
    is set up for (UNKNOWN_FAMILY: its first set-up costs nothing). Left out, all are free at minute 0.

    Raises ValueError when shapes, stations, families or times do not fit.
    """

    minutes: ArrayLike
    station: ArrayLike
    machines: tuple[int, ...]
    released_at: ArrayLike
    due_at: ArrayLike
    weight: ArrayLike
    family: ArrayLike = 0
    set_up: Mapping[int, ArrayLike] = field(default_factory=dict)
    promised_at: ArrayLike = NEVER
    free_at: ArrayLike = 0.0
    family_at: ArrayLike = UNKNOWN_FAMILY
    set_up_price: float = 2.0
    churn_price: float = 20.0

    def __post_init__(self) -> None:
        _check(self.tables, self.set_up)

    @property
    def jobs(self) -> int:
        return len(self.tables.jobs)

    @property
    def is_monotone(self) -> bool:
        """Whether a plant whose machines become free later can never come to a cheaper end.

        Where a station with set-ups has several machines it can: a later start may happen to save a set-up.
        """
        return all(self.machines[station] == 1 for station in self.set_up)

    @cached_property
    def tables(self) -> Tables:
        shape = np.shape(self.minutes)
        if len(shape) != 2 or np.shape(self.station) != shape:
            raise ValueError("minutes and stations have the shape [jobs, steps]")
        station = np.asarray(self.station, np.int64)
        is_step = station != NO_STEP
        if min(self.machines, default=0) < 1 or (is_step & ((station < 0) | (station >= len(self.machines)))).any():
            raise ValueError("a step is at a station that does not exist, or a station has no machine")
        if (is_step[:, 1:] > is_step[:, :-1]).any():
            raise ValueError("a job has a step after its last")
        # Where nothing is set up there is one family, so that equal states of the plant look equal.
        has_set_up = np.isin(np.arange(len(self.machines)), list(self.set_up))
        family = np.where(is_step & has_set_up[station], self.family, UNKNOWN_FAMILY) + 1
        machines = sum(self.machines)
        family_at = np.where(np.repeat(has_set_up, self.machines), self.family_at, UNKNOWN_FAMILY) + 1
        return Tables(
            jobs=_records(
                JOB,
                shape[:1],
                steps=is_step.sum(axis=1),
                released_at=self.released_at,
                due_at=self.due_at,
                weight=self.weight,
                promised_at=self.promised_at,
            ),
            steps=_records(STEP, shape, minutes=self.minutes, station=np.where(is_step, station, 0), family=family),
            stations=_records(
                STATION,
                (len(self.machines),),
                first_machine=np.cumsum([0, *self.machines[:-1]]),
                machines=self.machines,
            ),
            set_up=_set_up(self.set_up, len(self.machines)),
            free_at=np.broadcast_to(np.asarray(self.free_at, np.float64), machines).copy(),
            family_at=family_at.astype(np.uint32),
            set_up_price=float(self.set_up_price),
            churn_price=float(self.churn_price),
        )


def _records(kind: np.dtype[np.void], shape: tuple[int, ...], **columns: ArrayLike) -> Records:
    records = np.zeros(shape, kind)
    for name, values in columns.items():
        records[name] = values
    return records


def _set_up(by_station: Mapping[int, ArrayLike], stations: int) -> Minutes:
    """[stations, 1 + families, 1 + families]; no minutes from an unknown family, nor where a station has no matrix."""
    families = max((len(np.asarray(matrix)) for matrix in by_station.values()), default=0)
    table = np.zeros((stations, 1 + families, 1 + families))
    for station, matrix in by_station.items():
        size = 1 + len(np.asarray(matrix))
        table[station, 1:size, 1:size] = matrix
    return table


def _check(tables: Tables, set_up: Mapping[int, ArrayLike]) -> None:
    """Refuse what the compiled functions, which check nothing, would read wrongly."""
    of_machine = np.repeat(np.arange(len(tables.stations)), tables.stations["machines"])
    for station, matrix in set_up.items():
        used = tables.steps["family"][tables.steps["station"] == station]
        at_start = tables.family_at[of_machine == station]
        if max(used.max(initial=0), at_start.max()) > len(np.asarray(matrix)):
            raise ValueError(f"station {station} has no such family")
    for spent in (tables.steps["minutes"], tables.set_up, tables.jobs["weight"], tables[-2:]):
        if not (np.isfinite(spent).all() and np.greater_equal(spent, 0).all()):
            raise ValueError("minutes, set-ups, weights and prices are finite and not negative")
    if not (np.isfinite(tables.jobs["released_at"]).all() and np.isfinite(tables.free_at).all()):
        raise ValueError("jobs and machines come at a finite time")
    if np.isnan(tables.jobs["due_at"]).any() or np.isnan(tables.jobs["promised_at"]).any():
        raise ValueError("jobs are due at some time, or NEVER")

"""A floor as plain arrays: what the recursions and the kernel calculate with. Pure; NumPy only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from factory_sim.engine.model import COMING, NEEDY, Clock, Floats, Floor, Numbers, Standing, Station, Work

UNBOUNDED = 1 << 40


class Shop(NamedTuple):
    """A floor whose machines are numbered through, station after station.

    `first_machine` [stations + 1], `station_of` [machines], `places`, `batch` and `patience` [stations], `setups`
    [stations, families, families], `transport` [stations, stations]. `away` and `breakdowns` are [replications or 1,
    machines, n, 2]: from when to when a machine is closed or down by the calendar, and its uptimes and repairs on the
    operating clock; both end with infinity.
    """

    first_machine: Numbers
    station_of: Numbers
    places: Numbers
    batch: Numbers
    patience: Floats
    setups: Floats
    transport: Floats
    away: Floats
    breakdowns: Floats


def lowered(floor: Floor, work: Work) -> Shop:
    """The arrays of a floor for some work; raises ValueError if they do not fit each other."""
    stations = floor.stations
    if work.station.min() < 0 or work.station.max() >= len(stations):
        raise ValueError("an operation is at a station that the floor does not have")
    if work.family.min() < 0:
        raise ValueError("families are numbered from 0")
    for breakdowns in (station.breakdowns for station in stations):
        if breakdowns is not None and len(breakdowns.uptimes) not in {1, work.replications}:
            raise ValueError("breakdowns must be given for one replication or for all")
    return Shop(
        first_machine=np.concatenate([[0], np.cumsum(floor.machines)]),
        station_of=np.repeat(np.arange(len(stations)), floor.machines),
        places=np.array([UNBOUNDED if station.places is None else station.places for station in stations]),
        batch=np.array([station.batch for station in stations]),
        patience=np.array([station.patience for station in stations]),
        setups=_setups(stations, work.families),
        transport=np.ascontiguousarray(floor.transport, dtype=float),
        away=_padded([rows for station in stations for rows in _away(station)]),
        breakdowns=_padded([rows for station in stations for rows in _breakdowns(station, Clock.OPERATING)]),
    )


def fresh(floor: Floor, work: Work) -> Standing:
    """The floor before the first release: one row for all replications, or one for each if breakdowns differ."""
    left = lowered(floor, work).breakdowns[:, :, 0, 0]
    rows, machines = left.shape
    is_root = work.needs == 0

    def each(of_one: NDArray) -> NDArray:
        return np.repeat(of_one[None, :], rows, axis=0)

    return Standing(
        phase=each(np.where(is_root, COMING, NEEDY)),
        minute=each(np.where(is_root, work.released[work.job], np.nan)),
        machine=each(np.full(work.operations, -1)),
        visits=each(np.zeros(work.operations, np.int64)),
        shelf=each(np.full(work.operations, -np.inf)),
        family=each(np.full(machines, -1)),
        broken=each(np.zeros(machines, np.int64)),
        left=left,
    )


def _setups(stations: tuple[Station, ...], families: int) -> Floats:
    """All matrices in one array; a family that a matrix does not name needs no set-up there."""
    families = max(families, *(len(station.setups) for station in stations))
    setups = np.zeros((len(stations), families, families))
    for number, station in enumerate(stations):
        setups[number, : len(station.setups), : len(station.setups)] = station.setups
    return setups


def _away(station: Station) -> list[list[Floats]]:
    """Per machine and replication: when it is closed or down by the calendar [n, 2], in order and apart."""
    return [[_merged(station.closings, each) for each in rows] for rows in _breakdowns(station, Clock.CALENDAR)]


def _merged(closings: Floats, breakdowns: Floats) -> Floats:
    """The union of closings and of breakdowns, given as uptimes and repairs."""
    back = np.cumsum(breakdowns.sum(axis=1))
    spans = np.concatenate([closings, np.stack([back - breakdowns[:, 1], back], axis=1)])
    merged: list[list[float]] = []
    for start, end in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        elif end > start:
            merged.append([start, end])
    return np.array(merged).reshape(-1, 2)


def _breakdowns(station: Station, clock: Clock) -> list[list[Floats]]:
    """Per machine and replication: uptimes and repairs [n, 2]; none if they come on the other clock."""
    breakdowns = station.breakdowns
    if breakdowns is None or breakdowns.clock is not clock:
        return [[np.empty((0, 2))] for _ in range(station.machines)]
    pairs = np.stack([breakdowns.uptimes, breakdowns.repairs], axis=-1)
    return [list(pairs[:, machine]) for machine in range(station.machines)]


def _padded(rows: list[list[Floats]]) -> Floats:
    """Pairs per machine and replication (or one row for all) as one array, with infinity behind them."""
    replications = max(len(each) for each in rows)
    longest = max(len(row) for each in rows for row in each)
    padded = np.full((replications, len(rows), longest + 1, 2), np.inf)
    for machine, each in enumerate(rows):
        for replication in range(replications):
            row = each[replication if len(each) > 1 else 0]
            padded[replication, machine, : len(row)] = row
    return padded

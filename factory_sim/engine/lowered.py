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
    [stations, families, families], `transport` [stations, stations]. `away_from` and `away_to` [replications or 1,
    machines, n] are when a machine is closed or down by the calendar, `uptimes` and `repairs` its breakdowns on the
    operating clock; all four end with infinity.
    """

    first_machine: Numbers
    station_of: Numbers
    places: Numbers
    batch: Numbers
    patience: Floats
    setups: Floats
    transport: Floats
    away_from: Floats
    away_to: Floats
    uptimes: Floats
    repairs: Floats


def lowered(floor: Floor, *, families: int = 1) -> Shop:
    """The arrays of a floor for work of so many families."""
    stations = floor.stations
    away = [rows for station in stations for rows in _away(station)]
    uptimes = [rows for station in stations for rows in _on_clock(station, Clock.OPERATING, 0)]
    repairs = [rows for station in stations for rows in _on_clock(station, Clock.OPERATING, 1)]
    return Shop(
        first_machine=np.concatenate([[0], np.cumsum(floor.machines)]),
        station_of=np.repeat(np.arange(len(stations)), floor.machines),
        places=np.array([UNBOUNDED if station.places is None else station.places for station in stations]),
        batch=np.array([station.batch for station in stations]),
        patience=np.array([station.patience for station in stations]),
        setups=_setups(stations, families),
        transport=np.ascontiguousarray(floor.transport, dtype=float),
        away_from=_padded([[row[:, 0] for row in rows] for rows in away]),
        away_to=_padded([[row[:, 1] for row in rows] for rows in away]),
        uptimes=_padded(uptimes),
        repairs=_padded(repairs),
    )


def fresh(floor: Floor, work: Work) -> Standing:
    """The floor before the first release: one row for all replications, or one for each if breakdowns differ."""
    left = lowered(floor).uptimes[:, :, 0]
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
    """Per machine and replication: from when to when it is closed or down by the calendar, in order and apart."""
    uptimes = _on_clock(station, Clock.CALENDAR, 0)
    repairs = _on_clock(station, Clock.CALENDAR, 1)
    return [
        [_merged(station.closings, up, down) for up, down in zip(ups, downs, strict=True)]
        for ups, downs in zip(uptimes, repairs, strict=True)
    ]


def _merged(closings: Floats, uptimes: Floats, repairs: Floats) -> Floats:
    """The union of closings and breakdowns [n, 2]."""
    back = np.cumsum(uptimes + repairs)
    spans = np.concatenate([closings, np.stack([back - repairs, back], axis=1)])
    merged: list[list[float]] = []
    for start, end in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        elif end > start:
            merged.append([start, end])
    return np.array(merged).reshape(-1, 2)


def _on_clock(station: Station, clock: Clock, which: int) -> list[list[Floats]]:
    """Uptimes (0) or repairs (1) per machine and replication; nothing if breakdowns come on the other clock."""
    breakdowns = station.breakdowns
    if breakdowns is None or breakdowns.clock is not clock:
        return [[np.empty(0)] for _ in range(station.machines)]
    minutes = (breakdowns.uptimes, breakdowns.repairs)[which]
    return [[replication[machine] for replication in minutes] for machine in range(station.machines)]


def _padded(rows: list[list[Floats]]) -> Floats:
    """Rows per machine and replication (or one for all) as [replications or 1, machines, longest + 1], infinity behind."""
    replications = max(len(each) for each in rows)
    longest = max(len(row) for each in rows for row in each)
    padded = np.full((replications, len(rows), longest + 1), np.inf)
    for machine, each in enumerate(rows):
        for replication in range(replications):
            row = each[replication if len(each) > 1 else 0]
            padded[replication, machine, : len(row)] = row
    return padded

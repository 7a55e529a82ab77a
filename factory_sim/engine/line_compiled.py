"""The line's recursion compiled: the same as `line.serial`, in one pass without arrays between. For workers and tests."""

from __future__ import annotations

import numpy as np
from numba import njit

from factory_sim.engine.line import line_setups
from factory_sim.engine.lowered import Shop, lowered
from factory_sim.engine.model import Floats, Floor, Numbers, Result, Work


def serial(floor: Floor, work: Work) -> Result:
    """The line's recursion; the floor and the work must be `line.is_serial`."""
    shop = lowered(floor, families=work.families)
    order = np.argsort(work.released, kind="stable")
    started, ended = np.full(work.minutes.shape, np.nan), np.full(work.minutes.shape, np.nan)
    setups = line_setups(shop, work, order)
    for row in range(work.replications):
        _pass_line(shop, row, work.released, order, setups, work.minutes[row], started[row], ended[row])
    return Result(
        completed=ended[:, work.first[1:] - 1, 0],
        started=started,
        ended=ended,
        engine="serial, compiled",
        events=work.replications * (work.jobs + work.operations),
    )


@njit(cache=True)
def _pass_line(
    shop: Shop,
    row: int,
    released: Floats,
    order: Numbers,
    setups: Floats,
    minutes: Floats,
    started: Floats,
    ended: Floats,
) -> None:
    """One replication: `minutes`, `started` and `ended` are [operations, visits], `setups` [turns, stations]."""
    stations = len(shop.places)
    away_row, broken_row = min(row, len(shop.away_from) - 1), min(row, len(shop.uptimes) - 1)
    away, broken = np.zeros(stations, np.int64), np.zeros(stations, np.int64)
    left = shop.uptimes[broken_row, :, 0].copy()
    gone = np.empty((len(order), stations))
    for turn in range(len(order)):
        job = order[turn]
        arrives = released[job]
        for station in range(stations):
            start = max(arrives, gone[turn - 1, station]) if turn else arrives
            closed, opened = shop.away_from[away_row, station], shop.away_to[away_row, station]
            while opened[away[station]] <= start:
                away[station] += 1
            if closed[away[station]] <= start:
                start = opened[away[station]]
                away[station] += 1
            operation = job * stations + station
            started[operation, 0] = start
            work = setups[turn, station] + minutes[operation, 0]
            rest, repairs = work, 0.0
            while rest > left[station]:
                rest -= left[station]
                repairs += shop.repairs[broken_row, station, broken[station]]
                broken[station] += 1
                left[station] = shop.uptimes[broken_row, station, broken[station]]
            left[station] -= rest
            end, work = start, work + repairs
            while end + work > closed[away[station]]:
                work -= closed[away[station]] - end
                end = opened[away[station]]
                away[station] += 1
            end += work
            ended[operation, 0] = end
            gone[turn, station] = end
            if station + 1 < stations:
                ahead = turn - shop.places[station + 1] - 1
                if ahead >= 0:
                    gone[turn, station] = max(end, gone[ahead, station + 1])
                arrives = gone[turn, station] + shop.transport[station, station + 1]

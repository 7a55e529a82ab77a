"""The line's recursion compiled: `line.serial` in one pass, without arrays between. For workers and tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from factory_sim.engine.compiled import compiled
from factory_sim.engine.line import line_setups
from factory_sim.engine.lowered import lowered
from factory_sim.engine.machines import MACHINE, finish_minute, up_from
from factory_sim.engine.model import Floats, Floor, Numbers, Records, Result, Work


def serial(floor: Floor, work: Work) -> Result:
    """The line's recursion; the floor and the work must be `line.is_serial`."""
    shop = lowered(floor, work)
    order = np.argsort(work.released, kind="stable")
    started, ended = np.full(work.minutes.shape, np.nan), np.full(work.minutes.shape, np.nan)
    setups = line_setups(shop, work, order)
    gone = np.empty(setups.shape)
    for row in range(work.replications):
        away, breakdowns = shop.away[row % len(shop.away)], shop.breakdowns[row % len(shop.breakdowns)]
        machines = np.zeros(len(shop.places), MACHINE)
        machines["left"] = breakdowns[:, 0, 0]
        line = Line(work.released, order, shop.places, shop.transport, setups, machines, away, breakdowns)
        _pass_line(line, gone, work.minutes[row], started[row], ended[row])
    return Result(
        completed=ended[:, work.first[1:] - 1, 0],
        started=started,
        ended=ended,
        engine="serial, compiled",
        events=work.replications * (work.jobs + work.operations),
    )


class Line(NamedTuple):
    """One replication: `released` [jobs], their `order`, `setups` [turns, stations]; the rest is the `Shop`'s."""

    released: Floats
    order: Numbers
    places: Numbers
    transport: Floats
    setups: Floats
    machines: Records
    away: Floats
    breakdowns: Floats


@compiled
def _pass_line(line: Line, gone: Floats, minutes: Floats, started: Floats, ended: Floats) -> None:
    """Fill `gone` [turns, stations], when pieces leave, and `started` and `ended` [operations, visits]."""
    stations = len(line.places)
    for turn in range(len(line.order)):
        job = line.order[turn]
        arrives = line.released[job]
        for station in range(stations):
            start = max(arrives, gone[turn - 1, station]) if turn else arrives
            operation, machine, away = job * stations + station, line.machines[station], line.away[station]
            start = up_from(machine, away, start)
            work = line.setups[turn, station] + minutes[operation, 0]
            end = finish_minute(machine, away, line.breakdowns[station], start, work)
            started[operation, 0], ended[operation, 0] = start, end
            ahead = turn - line.places[station + 1] - 1 if station + 1 < stations else -1
            gone[turn, station] = max(end, gone[ahead, station + 1]) if ahead >= 0 else end
            if station + 1 < stations:
                arrives = gone[turn, station] + line.transport[station, station + 1]

"""When machines break down in a stretch of time: drawn by the machine's name and the number of the breakdown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from factory_sim.engine import draws
from factory_sim.engine.model import Breakdowns, Clock, Floats
from factory_sim.plant import BreakdownRow
from factory_sim.standing import MachineName, MachineStanding

AT_FIRST = 8
GRID = 2.0**20
"""Steps of a minute to which breakdowns are drawn: sums of them are exact, from wherever one begins to count."""


@dataclass(frozen=True)
class Stretch:
    """From when to when a plant runs, and the longest work that may begin in it."""

    since: float
    until: float
    longest: float


def of_station(
    row: BreakdownRow, seed: int, names: Sequence[MachineName], standings: Sequence[MachineStanding], stretch: Stretch
) -> Breakdowns:
    """The breakdowns of a station's machines from where they stand, as many as the stretch may see."""
    clock = Clock(row.clock)
    number = AT_FIRST
    while True:
        pairs = [_drawn(row, seed, *each, number) for each in zip(names, standings, strict=True)]
        firsts = [_until_the_first(clock, each, drawn[0, 0]) for each, drawn in zip(standings, pairs, strict=True)]
        for drawn, first in zip(pairs, firsts, strict=True):
            drawn[0, 0] = first
        begin = stretch.since if clock is Clock.OPERATING else 0.0
        if min(drawn[0].sum() for drawn in pairs) > stretch.until - begin + stretch.longest:
            return Breakdowns(clock, *(np.stack([drawn[part] for drawn in pairs])[None] for part in (0, 1)))
        number *= 2


def by_calendar(breakdowns: Breakdowns, machine: int) -> Floats:
    """From when to when a machine is down by the calendar [n, 2]."""
    back = np.cumsum(breakdowns.uptimes[0, machine] + breakdowns.repairs[0, machine])
    return np.stack([back - breakdowns.repairs[0, machine], back], axis=1)


def moved(standing: MachineStanding, by: float) -> MachineStanding:
    """A machine at a plant that counts its working minutes otherwise: what is to come is as far away as before.

    Whole steps of the grid, lest the sums of what is drawn be no longer exact.
    """
    by = round(by * GRID) / GRID
    ahead = tuple((start + by, end + by) for start, end in standing.ahead)
    return replace(standing, up_since=max(standing.up_since + by, 0.0), ahead=ahead)


def _drawn(row: BreakdownRow, seed: int, name: MachineName, standing: MachineStanding, number: int) -> Floats:
    """Uptimes and repairs [2, number] after those that have gone by."""
    machine = draws.keys([f"{name[0]} {name[1]}"])
    up, repair = draws.breakdowns(
        seed, machines=machine, up=row.between, repair=row.repair, shape=(1, number), first=standing.gone
    )
    return np.ceil(np.stack([up[0, 0], repair[0, 0]]) * GRID) / GRID


def _until_the_first(clock: Clock, standing: MachineStanding, drawn: float) -> float:
    """Work left until the next breakdown, or the minute of the calendar at which it comes."""
    if clock is Clock.CALENDAR:
        return standing.up_since + drawn
    # The engine wants an uptime; where nothing is left, the machine breaks down as its next work begins.
    return drawn if standing.left is None else max(standing.left, np.finfo(float).tiny)

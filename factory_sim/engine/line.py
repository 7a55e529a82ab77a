"""Recursions over all replications at once, for lines and for flows that know no waiting for room. Pure; NumPy only.

`serial` is the classic recursion of a line with finite buffers: a piece leaves station m when it is done there and the
piece that is `places + 1` before it has left station m + 1. `stationwise` takes one station after the other and keeps,
as Kiefer and Wolfowitz do, the minutes at which its machines become free. Both are exact where they may be used, with
one difference among ties: in `stationwise` a piece that arrives in the very minute in which a machine becomes free may
always choose that one.
"""

from __future__ import annotations

import numpy as np

from factory_sim.engine.lowered import Shop, lowered
from factory_sim.engine.model import Floats, Floor, Numbers, Result, Work


def is_serial(floor: Floor, work: Work) -> bool:
    """Whether every piece passes every station once, in their order, and each is a single machine."""
    stations = len(floor.stations)
    return (
        all(station.machines == station.batch == 1 for station in floor.stations)
        and work.is_chain
        and work.is_equally_urgent
        and not work.sends_back
        and bool((np.diff(work.first) == stations).all())
        and bool((work.station == work.place).all())
    )


def is_stationwise(floor: Floor, work: Work) -> bool:
    """Whether every piece goes downstream past stations that are always up and have room for all."""
    downstream = (np.diff(work.station) > 0) | (np.diff(work.job) > 0)
    return (
        all(station.batch == 1 and station.places is None for station in floor.stations)
        and not floor.has_closings
        and not floor.has_breakdowns
        and work.is_chain
        and work.is_equally_urgent
        and not work.sends_back
        and bool(downstream.all())
    )


def serial(floor: Floor, work: Work) -> Result:
    """The line's recursion; the floor and the work must be `is_serial`."""
    shop, stations, replications = lowered(floor, work), len(floor.stations), work.replications
    order = np.argsort(work.released, kind="stable")
    minutes = np.ascontiguousarray(work.minutes[:, :, 0].T).reshape(work.jobs, stations, replications)
    minutes = minutes[order] + line_setups(shop, work, order)[:, :, None]
    machines = [_Machine(shop, number, replications) for number in range(stations)]
    started, ended, left = (np.empty_like(minutes) for _ in range(3))
    for turn, job in enumerate(order):
        arrives = np.full(replications, work.released[job])
        for number, machine in enumerate(machines):
            free = left[turn - 1, number] if turn else arrives
            started[turn, number] = machine.up_from(np.maximum(arrives, free))
            ended[turn, number] = machine.finish(started[turn, number], minutes[turn, number])
            left[turn, number] = ended[turn, number]
            if number + 1 < stations:
                ahead = turn - shop.places[number + 1] - 1
                if ahead >= 0:
                    np.maximum(ended[turn, number], left[ahead, number + 1], out=left[turn, number])
                arrives = left[turn, number] + shop.transport[number, number + 1]
    back = np.argsort(order)
    spans = [each[back].reshape(work.operations, replications).T[:, :, None] for each in (started, ended)]
    return _result(work, spans[0], spans[1], "serial")


def line_setups(shop: Shop, work: Work, order: Numbers) -> Floats:
    """Set-up minutes [turns, stations] of a line whose pieces come in this order; nobody overtakes."""
    families = work.family.reshape(work.jobs, -1)[order]
    setups = np.zeros(families.shape)
    setups[1:] = shop.setups[np.arange(families.shape[1]), families[:-1], families[1:]]
    return setups


class _Machine:
    """When one machine is up: walked through once from the past to the future, in all replications."""

    def __init__(self, shop: Shop, machine: int, replications: int) -> None:
        self.away_from, self.away_to = shop.away[:, machine, :, 0], shop.away[:, machine, :, 1]
        self.uptimes, self.repairs = shop.breakdowns[:, machine, :, 0], shop.breakdowns[:, machine, :, 1]
        every = np.arange(replications)
        self.away_row = every if len(self.away_from) > 1 else np.zeros_like(every)
        self.row = every if len(self.uptimes) > 1 else np.zeros_like(every)
        self.next_away = np.zeros_like(every)
        self.broken = np.zeros_like(every)
        self.left = self.uptimes[self.row, self.broken]

    def up_from(self, minute: Floats) -> Floats:
        """The minute itself where the machine is up, else when it is up again."""
        while (passed := self.away_to[self.away_row, self.next_away] <= minute).any():
            self.next_away += passed
        at = (self.away_row, self.next_away)
        up: Floats = np.where(self.away_from[at] <= minute, self.away_to[at], minute)
        return up

    def finish(self, minute: Floats, work: Floats) -> Floats:
        """When work is done that begins in a minute in which the machine is up."""
        self.up_from(minute)
        end = minute + (work + self._repairs(work))
        while (cut := self.away_from[self.away_row, self.next_away] < end).any():
            at = (self.away_row, self.next_away)
            end += np.subtract(self.away_to[at], self.away_from[at], out=np.zeros_like(end), where=cut)
            self.next_away += cut
        return end

    def _repairs(self, work: Floats) -> Floats:
        """Minutes of repair within the work."""
        total = np.zeros_like(work)
        while (breaks := work > self.left).any():
            total += np.where(breaks, self.repairs[self.row, self.broken], 0.0)
            work = np.where(breaks, work - self.left, work)
            self.broken += breaks
            self.left = np.where(breaks, self.uptimes[self.row, self.broken], self.left)
        self.left = self.left - work
        return total


def stationwise(floor: Floor, work: Work) -> Result:
    """Station after station; the floor and the work must be `is_stationwise`."""
    shop = lowered(floor, work)
    arrives, started, ended = (np.empty((work.replications, work.operations)) for _ in range(3))
    arrives[:, work.first[:-1]] = work.released
    for number, machines in enumerate(floor.machines):
        here = np.flatnonzero(work.station == number)
        started[:, here], ended[:, here] = _pass_station(
            shop.setups[number], int(machines), arrives[:, here], work.minutes[:, here, 0], work.family[here]
        )
        going_on = here[here + 1 < np.append(work.first, work.operations)[work.job[here] + 1]]
        way = shop.transport[number, work.station[np.minimum(going_on + 1, work.operations - 1)]]
        arrives[:, going_on + 1] = ended[:, going_on] + way
    return _result(work, started[:, :, None], ended[:, :, None], "stationwise")


def _pass_station(
    setups: Floats, machines: int, arrives: Floats, minutes: Floats, family: Numbers
) -> tuple[Floats, Floats]:
    """Start and end [replications, pieces] at one station, whose machines the pieces take in order of arrival."""
    every = np.arange(len(arrives))
    order = np.argsort(arrives, axis=1, kind="stable")
    free = np.full((len(arrives), machines), -np.inf)
    last = np.full((len(arrives), machines), len(setups))
    # The last row is that of a machine which has not worked yet.
    setups = np.concatenate([setups, np.zeros((1, len(setups)))])
    started, ended = np.empty_like(arrives), np.empty_like(arrives)
    for piece in order.T:
        start = np.maximum(arrives[every, piece], free.min(axis=1))
        setup = np.where(free <= start[:, None], setups[last, family[piece][:, None]], np.inf)
        machine = setup.argmin(axis=1)
        end = start + (setup[every, machine] + minutes[every, piece])
        free[every, machine], last[every, machine] = end, family[piece]
        started[every, piece], ended[every, piece] = start, end
    return started, ended


def _result(work: Work, started: Floats, ended: Floats, engine: str) -> Result:
    """Each job's end is its last operation's; an event is a release or an end."""
    empty = np.full(work.minutes.shape, np.nan)
    all_started, all_ended = empty, empty.copy()
    all_started[:, :, :1], all_ended[:, :, :1] = started, ended
    return Result(
        completed=ended[:, work.first[1:] - 1, 0],
        started=all_started,
        ended=all_ended,
        engine=engine,
        events=work.replications * (work.jobs + work.operations),
    )

"""The timetable's page: a chart of all machines, a table of one station, and a file of everything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.words import text_in
from factory_sim.contracts import Text
from factory_sim.floor import PlantNow
from factory_sim.gantt import Bar, Frame, bars, within
from factory_sim.models import ProductionOrder
from factory_sim.outlook import log_from
from factory_sim.timetable import Stint, done, expected
from factory_sim.workdays import workdays

NEIGHBOURS = {"1": 0, "3": 1}
"""How many days before and after today are shown, by how many there are together."""
CSV_HEADER = ("station", "machine", "piece", "operation", "from", "to", "state")


@dataclass(frozen=True)
class Line:
    """A row of the table: a stint in words, in factory time; `to` is None while nothing is known of its end."""

    order_id: int
    stint: Stint
    operation: Text
    since: datetime
    to: datetime | None
    state: str


@dataclass(frozen=True)
class DrawnBar:
    """A bar of the chart with its classes of the style sheet, and the words that a mouse finds."""

    bar: Bar
    kind: str
    words: str


@dataclass(frozen=True)
class Stints:
    """What was done and what is expected, with the pieces that it names."""

    plant: PlantNow
    all: tuple[Stint, ...]
    orders: dict[str, ProductionOrder]

    def operation(self, stint: Stint) -> Text:
        """The name of a stint's operation."""
        operations = self.orders[stint.key].work_spec["operations"]
        found: Text = next(each["name"] for each in operations if each["id"] == stint.operation)
        return found

    def lines(self) -> Iterator[Line]:
        """In the order in which they begin. Work that runs is told once, with its expected end."""
        clock = self.plant.calendar.to_clock
        told = [each for each in self.all if each.is_expected or each.end is not None]
        for each in sorted(told, key=lambda each: (each.start, each.station, each.machine)):
            yield Line(
                order_id=self.orders[each.key].pk,
                stint=each,
                operation=self.operation(each),
                since=clock(each.start, opening=True),
                to=None if each.end is None else clock(each.end),
                state=state_of(each, self.plant.minute),
            )


def stints_of(plant: PlantNow, since: float, until: float) -> Stints:
    """What was done since a minute, and what is expected to begin by another."""
    log = log_from(plant, plant.calendar.to_clock(since, opening=True))
    was = (each for each in done(log.entries) if within(each, plant.minute)[1] > since)
    to_come = (each for each in expected(plant.machines, plant.jobs, plant.minute) if each.start < until)
    orders = {each.external_ref: each for each in (*log.orders, *plant.orders)}
    return Stints(plant, (*was, *to_come), orders)


def state_of(stint: Stint, now: float) -> str:
    """The name of a stint's state at a minute."""
    if not stint.is_expected:
        return "done"
    return "running" if stint.start <= now else "expected"


def timetable_context(plant: PlantNow, *, days: str, station: str, ref: str, language: str) -> dict[str, Any]:
    """Chart and table; where an address asks for what there is not, the usual."""
    days = days if days in NEIGHBOURS else "3"
    names = {each.id: each.name.model_dump() for each in plant.definition.stations}
    station = station if station in names else next(iter(names))
    shown = workdays(plant.calendar, plant.minute, before=NEIGHBOURS[days], after=NEIGHBOURS[days])
    machines = [(each.id, number) for each in plant.definition.stations for number in range(each.machines)]
    frame = Frame(machines, shown)
    stints = stints_of(plant, frame.since, frame.until)
    return {
        "days": days,
        "station": station,
        "station_names": names,
        "ref": ref,
        "frame": frame,
        "rows": [(frame.y(row), names[name], number + 1) for row, (name, number) in enumerate(machines)],
        "day_marks": [(frame.x(each.since), each.midnight) for each in shown],
        "now_at": frame.x(plant.minute),
        "bars": [_drawn(stints, bar, ref, language) for bar in bars(frame, stints.all, plant.minute)],
        "lines": [line for line in stints.lines() if line.stint.station == station],
    }


def timetable_rows(plant: PlantNow) -> Iterator[tuple[Any, ...]]:
    """From the day of work before today to the end of the last piece: rows under CSV_HEADER, times with their zone."""
    since = workdays(plant.calendar, plant.minute, before=1, after=0)[0].since
    for line in stints_of(plant, since, math.inf).lines():
        stint = line.stint
        times = (each.isoformat(timespec="minutes") if each else "" for each in (line.since, line.to))
        yield stint.station, stint.machine + 1, stint.key, stint.operation, *times, line.state


def _drawn(stints: Stints, bar: Bar, ref: str, language: str) -> DrawnBar:
    stint, plant = bar.stint, stints.plant
    start, end = (plant.calendar.to_clock(each) for each in within(stint, plant.minute))
    kind = ("expected" if stint.is_expected else "done") + (" chosen" if stint.key == ref else "")
    name = text_in(stints.operation(stint), language)
    return DrawnBar(bar, kind, f"{stint.key} · {name} · {start:%H:%M}–{end:%H:%M}")

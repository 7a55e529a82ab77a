"""What the floor's pages show, from what its reads found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from factory_sim.contracts import Text
from factory_sim.floor import PlantNow
from factory_sim.kpis import PlantKpis, StationKpis
from factory_sim.lateness import AT_RISK, Lateness
from factory_sim.models import ProductionOrder
from factory_sim.outlook import Log, figures_of, late_pieces, log_from
from factory_sim.whatif import Change, Effect, effects, helpful
from factory_sim.workdays import Workday, workdays

MOST_LATE_SHOWN = 20
DAYS_BACK = 6
ELEMENTS = ("closed", "down", "production", "setup", "blocked", "idle")
RATIOS = (
    *("availability", "effectiveness", "quality_ratio", "oee", "nee"),
    *("setup_ratio", "first_pass_yield"),
)
FIGURES_HEADER = ("day", "station", "operations", "faulty", *ELEMENTS, *RATIOS)


@dataclass(frozen=True)
class LatePiece:
    """A row of the list of pieces that are late or at risk, with dates in factory time."""

    order_id: int
    ref: str
    title: Text
    due_at: datetime
    likely_at: datetime
    safe_at: datetime
    chance: float
    is_late: bool
    station_id: str
    station: Text
    waits: float
    is_first: bool


def outlook_context(plant: PlantNow) -> dict[str, Any]:
    """Today's key figures, and who is late or at risk."""
    found = late_pieces(plant)
    today = figures_of(plant, plant.today, log_from(plant, plant.today.midnight))
    return {
        "today": today,
        "late": _late_rows(plant, found[:MOST_LATE_SHOWN]),
        "late_count": sum(each.is_late for each in found),
        "risk_count": sum(not each.is_late for each in found),
        "left_out": max(len(found) - MOST_LATE_SHOWN, 0),
        "dated": len(plant.due),
    }


@dataclass(frozen=True)
class EffectRow:
    """A row of what a change does: a piece's dates (P50, P90) as they are and as they would be."""

    order_id: int
    effect: Effect
    due_at: datetime | None
    likely_at: datetime
    safe_at: datetime
    likely_then_at: datetime
    safe_then_at: datetime


def what_if_context(plant: PlantNow, change: Change) -> dict[str, Any]:
    """What a change would do to every open piece, the worst first; takes as long as two promises for all."""
    found = effects(plant.machines, plant.jobs, change, plant.minute, plant.due)
    orders = {order.external_ref: order for order in plant.orders}
    clock = plant.calendar.to_clock
    return {
        "effects": [
            EffectRow(
                order_id=orders[each.key].pk,
                effect=each,
                due_at=orders[each.key].due_at,
                likely_at=clock(each.likely),
                safe_at=clock(each.safe),
                likely_then_at=clock(each.likely_then),
                safe_then_at=clock(each.safe_then),
            )
            for each in found
        ],
        "later_count": sum(round(each.later) > 0 for each in found),
        "sooner_count": sum(round(each.later) < 0 for each in found),
        "risky": sum((each.chance or 0.0) > AT_RISK for each in found),
        "risky_then": sum((each.chance_then or 0.0) > AT_RISK for each in found),
        "first": _to_be_first(orders, change),
    }


def _to_be_first(orders: Mapping[str, ProductionOrder], change: Change) -> ProductionOrder | None:
    """The piece that a change puts first, if it is no more than that and not done yet: this can be applied."""
    if change != Change(first=change.first):
        return None
    order = orders.get(change.first)
    return None if order is None or order.is_first else order


def help_context(plant: PlantNow) -> dict[str, Any]:
    """Where one more machine would help; takes a run at mean times for every station with a queue."""
    found = helpful(plant.machines, plant.jobs, plant.due, plant.minute)
    names = {each.id: each.name.model_dump() for each in plant.definition.stations}
    return {"usual": found[0], "help": [(each, names[each.station]) for each in found[1:]]}


@dataclass(frozen=True)
class Figures:
    """The key figures of a day, station by station."""

    day: Workday
    plant: PlantKpis
    stations: list[tuple[Text, StationKpis]]


def figures_context(plant: PlantNow, asked: str) -> dict[str, Any]:
    """The key figures of a day of the last week, which is the last one where the address names none of them."""
    days = workdays(plant.calendar, plant.minute, before=DAYS_BACK, after=0)
    shown = next((day for day in days if day.date.isoformat() == asked), days[-1])
    return {"days": days, "figures": _figures(plant, shown, log_from(plant, shown.midnight))}


def figures_rows(plant: PlantNow) -> Iterator[tuple[Any, ...]]:
    """Rows under FIGURES_HEADER: every station on every day of the last week; ratios from 0 to 1, times in minutes."""
    days = workdays(plant.calendar, plant.minute, before=DAYS_BACK, after=0)
    log = log_from(plant, days[0].midnight)
    for day in days:
        for station, found in figures_of(plant, day, log).stations.items():
            elements = (getattr(found.elements, name) for name in ELEMENTS)
            ratios = (getattr(found, name) for name in RATIOS)
            numbers = ("" if each is None else round(each, 4) for each in (*elements, *ratios))
            yield day.date.isoformat(), station, found.quantity, found.faulty, *numbers


def _figures(plant: PlantNow, day: Workday, log: Log) -> Figures:
    found = figures_of(plant, day, log)
    names = {each.id: each.name.model_dump() for each in plant.definition.stations}
    return Figures(day, found, [(names[station], each) for station, each in found.stations.items()])


def _late_rows(plant: PlantNow, found: list[Lateness]) -> list[LatePiece]:
    """A piece may have become ready since it was found."""
    orders = {order.external_ref: order for order in plant.orders}
    clock = plant.calendar.to_clock
    return [
        LatePiece(
            order_id=orders[each.key].pk,
            ref=each.key,
            title=orders[each.key].work_spec["title"],
            due_at=orders[each.key].due_at or clock(each.due),
            likely_at=clock(each.likely),
            safe_at=clock(each.safe),
            chance=each.chance,
            is_late=each.is_late,
            station_id=each.station,
            station=plant.definition.station(each.station).name.model_dump() if each.station else {},
            waits=each.waits,
            is_first=orders[each.key].is_first,
        )
        for each in found
        if each.key in orders
    ]

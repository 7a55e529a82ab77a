"""What the floor's pages show, from what its reads found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from factory_sim.contracts import Text
from factory_sim.floor import PlantNow
from factory_sim.lateness import Lateness
from factory_sim.outlook import figures_of, late_pieces, log_from

MOST_LATE_SHOWN = 20


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


def _late_rows(plant: PlantNow, found: list[Lateness]) -> list[LatePiece]:
    """A piece may have become ready since it was found."""
    orders = {order.external_ref: order for order in plant.orders}
    clock = plant.calendar.to_clock
    return [
        LatePiece(
            order_id=orders[each.key].pk,
            ref=each.key,
            title=orders[each.key].work_spec["title"],
            due_at=clock(each.due),
            likely_at=clock(each.likely),
            safe_at=clock(each.safe),
            chance=each.chance,
            is_late=each.is_late,
            station_id=each.station,
            station=plant.definition.station(each.station).name.model_dump() if each.station else {},
            waits=each.waits,
        )
        for each in found
        if each.key in orders
    ]

"""What the floor's figures are read from: key figures of a day, and the pieces that may come late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Q

from factory_sim.floor import PlantNow, due_minutes
from factory_sim.jobs import working_machines
from factory_sim.kpis import Entry, PlantKpis, kpis
from factory_sim.lateness import Lateness, lateness
from factory_sim.models import MachineLogEntry, ProductionEvent, ProductionOrder
from factory_sim.timetable import expected
from factory_sim.whatif import ready
from factory_sim.workdays import Workday

RISK_SECONDS = 30
LONGEST_DOWN = timedelta(days=7)


@dataclass(frozen=True)
class Log:
    """Events of a plant, those of one piece in their order, and the pieces to which they happened."""

    entries: tuple[Entry, ...]
    orders: tuple[ProductionOrder, ...]


def late_pieces(plant: PlantNow) -> list[Lateness]:
    """The pieces that are late or at risk; worked out twice a minute at most, whoever asks."""
    key = f"factory.late.{plant.clock.plant.slug}"
    found: list[Lateness] | None = cache.get(key)
    if found is None:
        found = _late_pieces(plant)
        cache.set(key, found, RISK_SECONDS)
    return found


def _late_pieces(plant: PlantNow) -> list[Lateness]:
    found = ready(plant.machines, plant.jobs, plant.minute)
    return lateness(found, plant.due, expected(plant.machines, plant.jobs, plant.minute), plant.minute)


def log_from(plant: PlantNow, since: datetime) -> Log:
    """Everything that happened, since their releases, to the pieces to which something happened since a moment, and to
    those that are on a machine now, which may have begun before.

    Minutes are those of the opening hours as they are now, whatever they were then. Three statements.
    """
    minute_of = plant.calendar.to_working
    moved = ProductionEvent.objects.filter(order__plant=plant.clock.plant, at__gte=since).values("order")
    at_work = [order.pk for order, job in zip(plant.orders, plant.jobs, strict=True) if working_machines(job)]
    found = ProductionOrder.objects.filter(Q(pk__in=moved) | Q(pk__in=at_work))
    orders = {order.pk: order for order in found}
    events = ProductionEvent.objects.filter(order__in=found).order_by("order", "seq")
    means = {pk: _mean_minutes(order) for pk, order in orders.items()}
    entries = (
        Entry(
            minute_of(each.at),
            each.kind,
            orders[each.order_id].external_ref,
            each.operation,
            each.station,
            each.machine,
            planned=means[each.order_id].get(each.operation, 0.0),
            setup=each.setup,
        )
        for each in events
    )
    return Log((*entries, *_of_machines(plant, since)), tuple(orders.values()))


def _of_machines(plant: PlantNow, since: datetime) -> Iterator[Entry]:
    """What happened to machines, from long enough before that it can still last."""
    rows = MachineLogEntry.objects.filter(plant=plant.clock.plant, at__gte=since - LONGEST_DOWN)
    for each in rows.order_by("pk"):
        yield Entry(
            plant.calendar.to_working(each.at), each.kind, each.external_ref, station=each.station, machine=each.machine
        )


def _mean_minutes(order: ProductionOrder) -> dict[str, float]:
    return {operation["id"]: operation["minutes"] for operation in order.work_spec["operations"]}


def figures_of(plant: PlantNow, day: Workday, log: Log) -> PlantKpis:
    """The key figures of a day so far; the log must reach back to its beginning."""
    window = day.window(plant.calendar, plant.minute)
    due = due_minutes(plant.calendar, log.orders)
    return kpis(log.entries, machines=plant.definition.machines(), window=window, due=due)

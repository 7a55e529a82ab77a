"""What staff see of the floor at this moment: stations with their machines and queues. Nothing without its event.

The moment is the last one that is in the event log, even if the clock shows a later one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from factory_sim.calendar import ShiftCalendar
from factory_sim.contracts import FactoryTime, Kind, Phase, Text
from factory_sim.jobs import HELD, job_of, open_orders
from factory_sim.kernel import Job
from factory_sim.models import ClockAct, FactoryClock, ProductionEvent, ProductionOrder
from factory_sim.plant import PlantDefinition, StationType, read_plant
from factory_sim.time import factory_now
from factory_sim.workdays import Workday, workdays

FIRST_IN_QUEUE = 4
ACTS_SHOWN = 3


@dataclass(frozen=True)
class PlantNow:
    """A plant with its open pieces, as the event log leaves them at the working minute `minute`."""

    clock: FactoryClock
    definition: PlantDefinition
    calendar: ShiftCalendar
    orders: tuple[ProductionOrder, ...]

    @property
    def minute(self) -> float:
        return self.clock.horizon

    @property
    def today(self) -> Workday:
        return workdays(self.calendar, self.minute, before=0, after=0)[0]

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(job_of(order) for order in self.orders)

    @cached_property
    def due(self) -> dict[str, float]:
        """The promised working minute of each open piece that has one."""
        return due_minutes(self.calendar, self.orders)


@dataclass(frozen=True)
class Piece:
    """A piece in a queue or on a machine, there for `minutes` of working time."""

    order_id: int
    ref: str
    title: Text
    operation: Text
    minutes: float


@dataclass(frozen=True)
class Machine:
    """A machine by its number from 1, with the pieces that are on it; idle without."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Station:
    """A station type: its machines, how many pieces wait there, the first of them, and those that are held there."""

    id: str
    name: Text
    machines: tuple[Machine, ...]
    waiting: int
    queue: tuple[Piece, ...]
    held: tuple[Piece, ...]

    @property
    def busy(self) -> int:
        return sum(bool(machine.pieces) for machine in self.machines)

    @property
    def oldest(self) -> float:
        """How long the first one has waited, in working minutes."""
        return self.queue[0].minutes if self.queue else 0.0

    @property
    def left_out(self) -> int:
        return self.waiting - len(self.queue)


@dataclass(frozen=True)
class Floor:
    """A plant at one moment: its stations downstream, and how many pieces stand where."""

    clock: FactoryTime
    stations: tuple[Station, ...]
    coming: int
    made_today: int
    acts: tuple[ClockAct, ...]

    @property
    def busy(self) -> int:
        return sum(station.busy for station in self.stations)

    @property
    def waiting(self) -> int:
        return sum(station.waiting for station in self.stations)


def due_minutes(calendar: ShiftCalendar, orders: Iterable[ProductionOrder]) -> dict[str, float]:
    """The promised working minutes, by piece, of those that have one."""
    return {each.external_ref: calendar.to_working(each.due_at) for each in orders if each.due_at}


def plant_now(plant_slug: str) -> PlantNow:
    """The plant with its open pieces; raises FactoryClock.DoesNotExist. Two statements."""
    clock = FactoryClock.objects.select_related("plant").get(plant__slug=plant_slug)
    definition = read_plant(clock.plant.definition)
    return PlantNow(clock, definition, definition.opening.calendar(), tuple(open_orders(clock.plant)))


def floor(plant: PlantNow, now: datetime) -> Floor:
    """The floor as the event log leaves it; two statements, whatever there is on it."""
    at: dict[tuple[str, str], list[ProductionOrder]] = defaultdict(list)
    for order in plant.orders:
        if order.phase in (Phase.QUEUED, Phase.WORKING):
            is_held = order.phase == Phase.QUEUED and order.status in HELD
            at[_operation(order)["station"], "held" if is_held else order.phase].append(order)
    completed = ProductionEvent.objects.filter(
        order__plant=plant.clock.plant, kind=Kind.COMPLETED, at__gte=plant.today.midnight
    )
    return Floor(
        clock=_clock(plant, now),
        stations=tuple(_station(each, at, plant.minute) for each in plant.definition.stations),
        coming=sum(order.phase == Phase.COMING for order in plant.orders),
        made_today=completed.count(),
        acts=tuple(
            ClockAct.objects.filter(plant=plant.clock.plant).select_related("actor").order_by("-pk")[:ACTS_SHOWN]
        ),
    )


def _clock(plant: PlantNow, now: datetime) -> FactoryTime:
    shown = factory_now(plant.clock, now)
    return FactoryTime(
        at=shown,
        speed=plant.clock.speed,
        paused=plant.clock.paused,
        is_open=plant.calendar.is_open(shown),
        opens_at=plant.calendar.next_opening(shown),
    )


def _operation(order: ProductionOrder) -> dict[str, Any]:
    found: dict[str, Any] = order.work_spec["operations"][order.position]
    return found


def _station(station: StationType, at: Mapping[tuple[str, str], list[ProductionOrder]], minute: float) -> Station:
    """`at` are the pieces by station and by phase, or "held"."""
    queue = sorted(at[station.id, Phase.QUEUED], key=lambda order: (order.since, order.pk))
    on_machines: dict[int, list[ProductionOrder]] = defaultdict(list)
    for order in at[station.id, Phase.WORKING]:
        on_machines[order.machine].append(order)
    return Station(
        id=station.id,
        name=station.name.model_dump(),
        machines=tuple(Machine(number + 1, _pieces(on_machines[number], minute)) for number in range(station.machines)),
        waiting=len(queue),
        queue=_pieces(queue[:FIRST_IN_QUEUE], minute),
        held=_pieces(at[station.id, "held"], minute),
    )


def _pieces(orders: Iterable[ProductionOrder], minute: float) -> tuple[Piece, ...]:
    return tuple(_piece(order, minute) for order in orders)


def _piece(order: ProductionOrder, minute: float) -> Piece:
    return Piece(
        order_id=order.pk,
        ref=order.external_ref,
        title=order.work_spec["title"],
        operation=_operation(order)["name"],
        minutes=max(minute - order.since, 0.0),
    )

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
from factory_sim.contracts import FactoryTime, Kind, MachineKind, Phase, Text
from factory_sim.engine.model import QUEUED, TRAVELLING, WORKING
from factory_sim.jobs import job_of, open_orders
from factory_sim.models import ClockAct, FactoryClock, MachineLogEntry, ProductionEvent, ProductionOrder
from factory_sim.plant import PlantDefinition, StationType, read_plant
from factory_sim.routes import standing_of
from factory_sim.standing import Job
from factory_sim.time import factory_now
from factory_sim.timetable import Machines
from factory_sim.workdays import Workday, workdays

FIRST_IN_QUEUE = 4
ACTS_SHOWN = 3
LOOKED_BACK = 7
"""How many working days into the machines' log: nothing is down for longer."""
Place = tuple[str, int]
"""A station with the number of a machine, or one of these:"""
IN_QUEUE, HELD_THERE = -1, -2


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

    @property
    def machines(self) -> Machines:
        stations = self.definition.stations
        return Machines(self.definition.machines(), {each.id: each.batch for each in stations})

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
    """A machine by its number from 1, with the pieces at work on it; it may be down, or blocked by `blocked_by`."""

    number: int
    pieces: tuple[Piece, ...]
    is_down: bool = False
    blocked_by: str = ""


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
    """The floor as the event log leaves it; three statements, whatever there is on it."""
    at = _pieces_by_place(plant)
    troubles = _troubles(plant)
    completed = ProductionEvent.objects.filter(
        order__plant=plant.clock.plant, kind=Kind.COMPLETED, at__gte=plant.today.midnight
    )
    return Floor(
        clock=_clock(plant, now),
        stations=tuple(_station(each, at, troubles) for each in plant.definition.stations),
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


def _pieces_by_place(plant: PlantNow) -> dict[Place, list[Piece]]:
    """The pieces on each machine, in each queue and held at each station, the first to come first."""
    found: dict[Place, list[tuple[int, float, Piece]]] = defaultdict(list)
    for order, job in zip(plant.orders, plant.jobs, strict=True):
        for operation, standing in zip(job.operations, standing_of(job), strict=True):
            if standing.phase == WORKING:
                place: Place = standing.station, standing.machine
                since = standing.since
            elif standing.phase in {QUEUED, TRAVELLING} and (job.held or standing.phase == QUEUED):
                place, since = (operation.station, HELD_THERE if job.held else IN_QUEUE), standing.minute
            else:
                continue
            since = plant.minute if since is None else since
            minutes = max(plant.minute - since, 0.0)
            piece = Piece(order.pk, order.external_ref, order.work_spec["title"], operation.name, minutes)
            found[place].append((job.urgency, since, piece))
    in_turn = {place: sorted(pieces, key=lambda each: (*each[:2], each[2].order_id)) for place, pieces in found.items()}
    return {place: [piece for _, _, piece in pieces] for place, pieces in in_turn.items()}


def _troubles(plant: PlantNow) -> dict[tuple[str, int], dict[str, Any]]:
    """Which machines are down or blocked, from the last working days of their log."""
    since = plant.calendar.days_before(plant.minute, LOOKED_BACK)
    rows = MachineLogEntry.objects.filter(plant=plant.clock.plant, at__gte=since)
    troubles: dict[tuple[str, int], dict[str, Any]] = {}
    for each in rows.order_by("pk"):
        found = troubles.setdefault((each.station, each.machine), {})
        if each.kind in (MachineKind.DOWN, MachineKind.UP):
            found["is_down"] = each.kind == MachineKind.DOWN
        elif each.kind == MachineKind.BLOCKED or found.get("blocked_by") == each.external_ref:
            found["blocked_by"] = each.external_ref if each.kind == MachineKind.BLOCKED else ""
    return troubles


def _station(
    station: StationType,
    at: Mapping[Place, list[Piece]],
    troubles: Mapping[tuple[str, int], dict[str, Any]],
) -> Station:
    def pieces(place: int) -> tuple[Piece, ...]:
        return tuple(at.get((station.id, place), ()))

    queue = pieces(IN_QUEUE)
    return Station(
        id=station.id,
        name=station.name.model_dump(),
        machines=tuple(
            Machine(number + 1, pieces(number), **troubles.get((station.id, number), {}))
            for number in range(station.machines)
        ),
        waiting=len(queue),
        queue=queue[:FIRST_IN_QUEUE],
        held=pieces(HELD_THERE),
    )

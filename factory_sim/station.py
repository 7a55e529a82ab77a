"""What people at a station see: the pieces that are worked on there and those that wait, as the log leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from factory_sim.contracts import MaterialSpec, OperationSpec, WorkSpec
from factory_sim.engine.model import QUEUED, TRAVELLING, WORKING
from factory_sim.floor import PlantNow
from factory_sim.models import ProductionOrder
from factory_sim.plant import StationType
from factory_sim.routes import standing_of
from factory_sim.standing import Job, OperationStanding

MOST_WAITING = 12


@dataclass(frozen=True)
class WorkAtStation:
    """An operation of a piece at a station: on a `machine` (from 1), or waiting (None), since a factory time."""

    order: ProductionOrder
    operation: OperationSpec
    machine: int | None
    since: datetime
    held: bool
    urgency: int

    @cached_property
    def spec(self) -> WorkSpec:
        return WorkSpec.from_json(self.order.work_spec)

    @property
    def is_rework(self) -> bool:
        starts: int = self.order.visits.get(self.operation.id, 0) - self.order.remade.get(self.operation.id, 0)
        return starts > (self.machine is not None)

    @property
    def materials(self) -> tuple[MaterialSpec, ...]:
        """What the operation uses up."""
        return self.spec.used_in(self.operation.id, is_rework=self.is_rework)


@dataclass(frozen=True)
class StationNow:
    """A station with its work; of those that wait only the first, and how many are left out."""

    type: StationType
    running: tuple[WorkAtStation, ...]
    waiting: tuple[WorkAtStation, ...]
    left_out: int

    @property
    def all_waiting(self) -> int:
        return len(self.waiting) + self.left_out


def station_now(plant: PlantNow, station_id: str, most: int = MOST_WAITING) -> StationNow:
    """With at most so many of those that wait, in the order of the plan.

    Raises StopIteration where the plant has no such station; no statement besides those of `plant`.
    """
    station = plant.definition.station(station_id)
    work = sorted(_work_at(plant, station_id), key=lambda each: (each.urgency, each.since, each.order.pk))
    waiting = [each for each in work if each.machine is None]
    running = sorted((each for each in work if each.machine is not None), key=lambda each: each.machine or 0)
    return StationNow(station, tuple(running), tuple(waiting[:most]), max(len(waiting) - most, 0))


def work_at_station(plant: PlantNow, station_id: str, order_id: int, operation_id: str) -> WorkAtStation | None:
    """One operation of a piece, where it is at work or waits there."""
    for each in _work_at(plant, station_id):
        if (each.order.pk, each.operation.id) == (order_id, operation_id):
            return each
    return None


def _work_at(plant: PlantNow, station_id: str) -> Iterator[WorkAtStation]:
    for order, job in zip(plant.orders, plant.jobs, strict=True):
        for operation, standing in zip(job.operations, standing_of(job), strict=True):
            if operation.station == station_id and _is_there(job, standing):
                is_running = standing.phase == WORKING
                minute = standing.since if is_running else standing.minute
                since = plant.calendar.to_clock(plant.minute if minute is None else min(minute, plant.minute))
                machine = standing.machine + 1 if is_running else None
                yield WorkAtStation(order, operation, machine, since, job.held, job.urgency)


def _is_there(job: Job, standing: OperationStanding) -> bool:
    """A held piece is kept as one that travels, wherever it waits."""
    return standing.phase in {QUEUED, WORKING} or (job.held and standing.phase == TRAVELLING)

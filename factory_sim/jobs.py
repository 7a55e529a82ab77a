"""Production orders as jobs, and machines as they stand: one mapping for services and selectors."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from factory_sim.contracts import MachineKind, OperationSpec, Phase, WorkSpec
from factory_sim.engine.model import WORKING
from factory_sim.models import FactoryClock, JobStatus, MachineLogEntry, Plant, ProductionOrder
from factory_sim.routes import standing_of
from factory_sim.standing import FIRST, Job, MachineName, Machines, MachineStanding, OperationStanding

DOWN_OR_UP = (MachineKind.DOWN, MachineKind.UP)
HELD = frozenset({JobStatus.NOT_ALLOWED_TO_START, JobStatus.INTERRUPTED})
"""States in which a piece starts nothing."""


def open_orders(plant: Plant) -> QuerySet[ProductionOrder]:
    """The production orders that are neither done nor aborted, in the order in which they came."""
    unfinished = ProductionOrder.objects.filter(plant=plant).exclude(phase=Phase.DONE)
    return unfinished.exclude(status=JobStatus.ABORTED).order_by("pk")


def job_of(order: ProductionOrder) -> Job:
    """The engine's view of a production order."""
    return Job(
        key=order.external_ref,
        rank=order.pk,
        seed=order.seed,
        released_at=order.released_at,
        operations=WorkSpec.from_json(order.work_spec).operations,
        phase=Phase(order.phase),
        position=order.position,
        visits=order.visits,
        since=order.since,
        machine=order.machine,
        ends_at=order.ends_at,
        next_seq=order.next_seq,
        standing=tuple(OperationStanding(**row) for row in order.standing),
        remade=order.remade,
        held=order.status in HELD,
        urgency=FIRST if order.is_first else order.urgency,
    )


def after_its_last(order: ProductionOrder, minute: float, at: datetime) -> tuple[float, datetime]:
    """A working minute and a factory time, neither before any event of the piece: its log does not run backwards."""
    last = order.events.aggregate(minute=Max("minute"), at=Max("at"))
    return (minute, at) if last["at"] is None else (max(minute, last["minute"]), max(at, last["at"]))


def machines_down(plant: Plant) -> frozenset[MachineName]:
    """The machines that the log has as broken down, whatever minute it was."""
    rows = MachineLogEntry.objects.filter(plant=plant, kind__in=DOWN_OR_UP)
    newest = rows.order_by("station", "machine", "-pk").distinct("station", "machine")
    return frozenset((each.station, each.machine) for each in newest if each.kind == MachineKind.DOWN)


def working_machines(job: Job) -> set[MachineName]:
    """The machines that work on a piece; it may be on several, where its route branches."""
    standing = standing_of(job)
    return {(each.station, each.machine) for each in standing if each.phase == WORKING}


def operations_ever(order: ProductionOrder) -> dict[str, OperationSpec]:
    """The operations of a piece's route by id, and those of routes that it had before it was changed."""
    before = order.changes.order_by("seq").values_list("from_spec", flat=True)
    specs = (WorkSpec.from_json(row) for row in (*before, order.work_spec))
    return {operation.id: operation for spec in specs for operation in spec.operations}


def machines_of(clock: FactoryClock) -> dict[MachineName, MachineStanding]:
    """How the machines of a plant stand."""
    return {(row["station"], row["machine"]): MachineStanding.from_json(row["standing"]) for row in clock.machines}


def rows_of(machines: Machines) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {"station": station, "machine": number, "standing": asdict(standing)}
        for (station, number), standing in machines.items()
    ]

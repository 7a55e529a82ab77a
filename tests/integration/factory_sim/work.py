"""Work to give to the demo's plant, and what came of it."""

from datetime import timedelta
from typing import Any

from core.models import OutboxMessage
from factory_sim.contracts import FINISHED_TOPIC, Fault, OperationSpec, WorkSpec
from factory_sim.models import MachineLogEntry, ProductionEvent, ProductionOrder
from tests.conftest import MONDAY

PLANT = "mangwon"
SPEED = 60
"""One real second is one minute in the factory."""

Row = tuple[Any, ...]


def step(operation_id: str, station: str, minutes: float, variation: float = 0, **more: Any) -> OperationSpec:
    """An operation that takes its minutes exactly, unless it is given a variation."""
    name = {"ko": f"{operation_id} 공정", "en": f"the {operation_id}"}
    return OperationSpec(operation_id, station, minutes, variation, name, **more)


def spec(*operations: OperationSpec) -> WorkSpec:
    return WorkSpec(title={"ko": "잔", "en": "a cup"}, operations=operations)


SIMPLE = spec(step("form", "forming", 30), step("press", "foil", 10))
HARD = spec(
    step("form", "forming", 20, 0.3),
    step("press", "foil", 15, 0.4),
    step(
        "look",
        "inspection",
        5,
        0.2,
        faults=(Fault("crack", 0.3, "form", {"ko": "금이 갔습니다.", "en": "It is cracked."}),),
    ),
)


def at(minutes: float) -> Any:
    """The real time at which the plant's clock, running at SPEED since MONDAY, shows this many minutes after 09:00."""
    return MONDAY + timedelta(minutes=minutes) / SPEED


def event_log() -> list[Row]:
    """Everything that happened, without ids."""
    columns = ("order__external_ref", "seq", "kind", "minute", "at", "operation", "station", "machine", "fault")
    return list(ProductionEvent.objects.order_by("order__external_ref", "seq").values_list(*columns))


def states() -> list[Row]:
    """How the pieces stand, without ids."""
    columns = ("external_ref", "status", "phase", "position", "visits", "since", "machine", "ends_at", "next_seq")
    return list(ProductionOrder.objects.order_by("external_ref").values_list(*columns))


def kinds(external_ref: str) -> list[str]:
    events = ProductionEvent.objects.filter(order__external_ref=external_ref).order_by("seq")
    return list(events.values_list("kind", flat=True))


def reported_finished() -> list[str]:
    """The pieces whose end was put into the outbox, as often as it was."""
    messages = OutboxMessage.objects.filter(topic=FINISHED_TOPIC).order_by("pk")
    return [message.payload["external_ref"] for message in messages]


def machine_log() -> list[Row]:
    """Everything that happened to machines, without ids."""
    columns = ("minute", "at", "station", "machine", "kind", "external_ref")
    return list(MachineLogEntry.objects.order_by("minute", "station", "machine", "kind").values_list(*columns))

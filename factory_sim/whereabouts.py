"""What a customer may know of where her piece is and why, and how likely its promise is to be kept."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime

from factory_sim.calendar import ShiftCalendar
from factory_sim.contracts import Delay, Kind, MachineKind, OperationSpec, Phase, Promise, Text, Whereabouts
from factory_sim.engine.model import QUEUED
from factory_sim.jobs import job_of, open_orders, operations_ever
from factory_sim.models import FactoryClock, JobStatus, MachineLogEntry, Plant, ProductionOrder
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.prospect import chance_by
from factory_sim.standing import Event, Job, MachineName
from factory_sim.time import factory_now
from factory_sim.why import PlantThen, Reason, longest_delay, reasons

LOOKED_BACK = 7
"""How many working days into the machines' log: nothing is down for longer."""


def whereabouts(*, external_ref: str) -> tuple[Whereabouts, ...]:
    """Where each part of an open piece is and why, as the logs leave it; empty before it is in the plant and once done.

    Five statements, whatever there is on the floor.
    """
    found = ProductionOrder.objects.select_related("plant__clock").filter(external_ref=external_ref).first()
    if found is None or found.phase in (Phase.COMING, Phase.DONE) or found.status == JobStatus.ABORTED:
        return ()
    definition = read_plant(found.plant.definition)
    down, blocked = _troubles(found.plant, found.plant.clock)
    piece = job_of(found)
    jobs = (piece, *_others(found))
    plant = PlantThen(definition, jobs, found.plant.clock.horizon, down, blocked)
    # The log may name an operation that a change has taken out of the route.
    ever = operations_ever(found)
    return tuple(_told(each, ever, definition) for each in reasons(piece, _log(found), plant))


def _others(found: ProductionOrder) -> Iterator[Job]:
    """The other pieces at stations where this one queues; a floor of hundreds is not read in full for one of them."""
    standing = zip(found.work_spec["operations"], found.standing, strict=False)
    queues = {operation["station"] for operation, each in standing if each["phase"] == QUEUED}
    for order in open_orders(found.plant) if queues or not found.standing else ():
        if order.pk != found.pk and (not order.standing or _stands_at(order, queues)):
            yield job_of(order)


def _stands_at(order: ProductionOrder, stations: Container[str]) -> bool:
    pairs = zip(order.work_spec["operations"], order.standing, strict=True)
    return any(
        each["station"] in stations or (each["phase"] == QUEUED and operation["station"] in stations)
        for operation, each in pairs
    )


def delay_of(*, external_ref: str) -> Delay | None:
    """What has cost a piece that is being made most time so far; None where nothing has."""
    found = ProductionOrder.objects.select_related("plant__clock").get(external_ref=external_ref)
    longest = longest_delay(_log(found), found.plant.clock.horizon)
    if longest is None or longest.until is None or longest.since is None:
        return None
    name = read_plant(found.plant.definition).station(longest.station).name.model_dump()
    return Delay(longest.cause, name, longest.until - longest.since)


def chance_to_keep(promise: Promise, *, plant_slug: str, due_at: datetime, now: datetime) -> float:
    """The chance that a piece with these dates is ready by a factory time; see `prospect.chance_by`."""
    clock = FactoryClock.objects.select_related("plant").get(plant__slug=plant_slug)
    calendar = read_plant(clock.plant.definition).opening.calendar()
    likely, safe, due = map(calendar.to_working, (promise.likely_at, promise.safe_at, due_at))
    return chance_by(due, now=calendar.to_working(factory_now(clock, now)), likely=likely, safe=safe)


def _log(order: ProductionOrder) -> list[Event]:
    """The piece's events as the engine told them."""
    columns = ("seq", "kind", "minute", "operation", "station", "machine", "fault", "setup")
    rows = order.events.order_by("seq").values_list(*columns)
    return [Event(order.external_ref, seq, Kind(kind), *rest) for seq, kind, *rest in rows]


def _troubles(plant: Plant, clock: FactoryClock) -> tuple[dict[MachineName, float], frozenset[MachineName]]:
    """Since which minute machines are down, and which are blocked."""
    calendar = _calendar(plant)
    since = calendar.days_before(clock.horizon, LOOKED_BACK)
    down: dict[MachineName, float] = {}
    blocked: dict[MachineName, str] = {}
    # Other opening hours count minutes otherwise, so only the order of the log and its times tell when something was.
    for each in MachineLogEntry.objects.filter(plant=plant, at__gte=since).order_by("pk"):
        name = each.station, each.machine
        if each.kind == MachineKind.DOWN:
            down[name] = calendar.to_working(each.at)
        elif each.kind == MachineKind.UP:
            down.pop(name, None)
        elif each.kind == MachineKind.BLOCKED:
            blocked[name] = each.external_ref
        elif blocked.get(name) == each.external_ref:
            del blocked[name]
    return down, frozenset(blocked)


def _told(reason: Reason, names: Mapping[str, OperationSpec], definition: PlantDefinition) -> Whereabouts:
    calendar = definition.opening.calendar()
    return Whereabouts(
        cause=reason.cause,
        operation=reason.operation,
        operation_name=names[reason.operation].name if reason.operation else {},
        station_name=definition.station(reason.station).name.model_dump() if reason.station else {},
        pieces=reason.pieces,
        since_at=_clock(calendar, reason.since),
        until_at=_clock(calendar, reason.until),
        waits_for=tuple(names[each].name for each in reason.waits_for),
        note=_sentence(names, reason),
    )


def _sentence(names: Mapping[str, OperationSpec], reason: Reason) -> Text:
    faults = names[reason.operation].faults if reason.fault else ()
    return next((fault.sentence for fault in faults if fault.id == reason.fault), {})


def _clock(calendar: ShiftCalendar, minute: float | None) -> datetime | None:
    return None if minute is None else calendar.to_clock(minute)


def _calendar(plant: Plant) -> ShiftCalendar:
    return read_plant(plant.definition).opening.calendar()

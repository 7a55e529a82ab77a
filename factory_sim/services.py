"""Everything that changes the factory: plants, clock, new production orders, and the tick that moves it on."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import outbox
from core.problems import Problem
from factory_sim import draws, live
from factory_sim.contracts import FINISHED_TOPIC, Kind, Maker, Phase, WorkSpec
from factory_sim.jobs import HELD, job_of, machines_of, open_orders, rows_of
from factory_sim.live.breakdowns import moved
from factory_sim.models import FactoryClock, JobStatus, MachineLogEntry, Plant, ProductionEvent, ProductionOrder
from factory_sim.outgoing import announce
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.readings import keep_simulated_readings
from factory_sim.reports import arrived
from factory_sim.standing import UNPLANNED, Event, Job, MachineEvent
from factory_sim.stores import take_materials
from factory_sim.time import factory_now

AFTER_HORIZON = 1e-6

log = structlog.get_logger("factory")


class UnknownStation(Exception):
    """A work specification names a station type that the plant does not have."""


class PlantInUse(Problem):
    """A changed definition would hurt the pieces or the products of a plant; it keeps the one that it has."""

    code = "plant_in_use"
    status = 409


@transaction.atomic
def load_plant(*, data: dict[str, Any], now: datetime) -> Plant:
    """Create or change a plant from its definition; a new one gets a clock that shows Monday, 09:00, or, where
    another plant has begun before, what that one's shows: dates of two plants can be compared.

    Raises PlantInUse when a station would go, or anything but new stations come while pieces are being made.
    """
    definition = read_plant(data)
    plant, is_new = Plant.objects.get_or_create(
        slug=definition.slug, defaults={"definition": definition.model_dump(mode="json")}
    )
    if is_new:
        start = _time_elsewhere() or monday_morning(now, definition)
        FactoryClock.objects.create(
            plant=plant,
            real_anchor=now,
            factory_anchor=start,
            paused=True,
            horizon=definition.opening.calendar().to_working(start),
        )
        return plant
    return _change_plant(definition)


def check_plant(*, definition: PlantDefinition) -> None:
    """Raise PlantInUse where `load_plant` would; nothing where there is no such plant yet."""
    plant = Plant.objects.filter(slug=definition.slug).first()
    if plant is not None:
        _refuse_what_hurts(plant, read_plant(plant.definition), definition)


def _time_elsewhere() -> datetime | None:
    """Up to when things have happened in the plant that has come farthest; None where there is none."""
    clocks = FactoryClock.objects.select_related("plant")
    reached = (read_plant(each.plant.definition).opening.calendar().to_clock(each.horizon) for each in clocks)
    return max(reached, default=None)


def _change_plant(definition: PlantDefinition) -> Plant:
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant__slug=definition.slug)
    old = read_plant(clock.plant.definition)
    if definition == old:
        return clock.plant
    _refuse_what_hurts(clock.plant, old, definition)
    clock.plant.definition = definition.model_dump(mode="json")
    clock.plant.save(update_fields=["definition"])
    if definition.opening != old.opening:
        _count_anew(clock, old, definition)
    if old.planned and not definition.planned:
        open_orders(clock.plant).update(urgency=UNPLANNED)
    _touch(clock)
    return clock.plant


def _count_anew(clock: FactoryClock, old: PlantDefinition, new: PlantDefinition) -> None:
    """Working minutes are counted in opening hours: the log ends at the same moment, but at another minute."""
    before = clock.horizon
    clock.horizon = new.opening.calendar().to_working(old.opening.calendar().to_clock(before))
    machines = {name: moved(each, clock.horizon - before) for name, each in machines_of(clock).items()}
    clock.machines = rows_of(machines)
    clock.save(update_fields=["horizon", "machines"])


def _refuse_what_hurts(plant: Plant, old: PlantDefinition, new: PlantDefinition) -> None:
    lost = old.machines().keys() - new.machines().keys()
    if lost:
        raise PlantInUse(
            _("The plant %(plant)s stays as it was: products and finished pieces name its stations (%(stations)s).")
            % {"plant": plant.slug, "stations": ", ".join(sorted(lost))}
        )
    count = open_orders(plant).count()
    if count and not new.only_adds_to(old):
        raise PlantInUse(
            ngettext(
                "The plant %(plant)s stays as it was: %(count)d piece is being made, "
                "and until it is done only stations can be added.",
                "The plant %(plant)s stays as it was: %(count)d pieces are being made, "
                "and until they are done only stations can be added.",
                count,
            )
            % {"plant": plant.slug, "count": count}
        )


def monday_morning(now: datetime, plant: PlantDefinition) -> datetime:
    """09:00 on the Monday of this week, in the plant's time zone."""
    local = now.astimezone(ZoneInfo(plant.opening.timezone))
    monday: date = local.date() - timedelta(days=local.weekday())
    return datetime(monday.year, monday.month, monday.day, 9, tzinfo=local.tzinfo)


@transaction.atomic
def run_clock(*, plant_slug: str, speed: float, now: datetime) -> FactoryClock:
    """Let a plant's clock run at a speed from where the event log ends: time in which nothing ran does not count."""
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant__slug=plant_slug)
    calendar = read_plant(clock.plant.definition).opening.calendar()
    shown = factory_now(clock, now)
    # A clock that ran on while no worker did is set back to the last thing that really happened.
    if not clock.paused and calendar.to_working(shown) > clock.horizon:
        shown = calendar.to_clock(clock.horizon)
    clock.real_anchor, clock.factory_anchor, clock.speed, clock.paused = now, shown, speed, False
    clock.save(update_fields=["real_anchor", "factory_anchor", "speed", "paused"])
    return clock


@transaction.atomic
def pause_clock(*, plant_slug: str, now: datetime) -> FactoryClock:
    """Stop a plant's clock where it stands."""
    clock = FactoryClock.objects.select_for_update().get(plant__slug=plant_slug)
    clock.factory_anchor = factory_now(clock, now)
    clock.real_anchor, clock.paused = now, True
    clock.save(update_fields=["real_anchor", "factory_anchor", "paused"])
    return clock


@transaction.atomic
def produce(
    *, plant_slug: str, external_ref: str, spec: WorkSpec, now: datetime, due_at: datetime | None = None
) -> ProductionOrder:
    """Take a piece into production; a reference that is known already returns its order and changes nothing.

    `due_at` is the factory time by which it was promised. Raises UnknownStation when the plant cannot do an operation.
    """
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant__slug=plant_slug)
    known = ProductionOrder.objects.filter(external_ref=external_ref).first()
    if known:
        return known
    definition = check_stations(clock.plant, spec)
    shown = definition.opening.calendar().to_working(factory_now(clock, now))
    order = ProductionOrder.objects.create(
        plant=clock.plant,
        external_ref=external_ref,
        seed=draws.seed_of(definition.seed, external_ref),
        work_spec=spec.as_json(),
        due_at=due_at,
        # Strictly after the horizon: what is in the log already can never be changed by a newcomer.
        released_at=max(shown, clock.horizon + AFTER_HORIZON),
    )
    if definition.maker is Maker.REPORTS:
        job, events = arrived(job_of(order), order.released_at)
        append_events(definition, {external_ref: order}, events)
        save_states({external_ref: order}, {external_ref: job})
    announce(order)
    _touch(clock)
    return order


def check_stations(plant: Plant, spec: WorkSpec) -> PlantDefinition:
    """The plant's definition; raises UnknownStation when it cannot do an operation."""
    definition = read_plant(plant.definition)
    missing = {operation.station for operation in spec.operations} - set(definition.machines())
    if missing:
        raise UnknownStation(f"{plant} has no station {', '.join(sorted(missing))}")
    return definition


@transaction.atomic
def tick(*, plant_slug: str, now: datetime) -> int:
    """Append everything that is due by now to the event log, and to that of the machines; count the pieces' events.

    Idempotent: one process at a time holds the clock's row, the others return at once; a tick that was
    lost is made up by the next one, and one that died left nothing behind. Where the maker reports, nothing is due.
    """
    clocks = FactoryClock.objects.select_for_update(skip_locked=True).select_related("plant")
    clock = clocks.filter(plant__slug=plant_slug).first()
    if clock is None:
        return 0
    definition = read_plant(clock.plant.definition)
    until = definition.opening.calendar().to_working(factory_now(clock, now))
    if until <= clock.horizon:
        return 0
    if definition.maker is Maker.REPORTS:
        clock.horizon = until
        clock.save(update_fields=["horizon"])
        return 0
    rows = {row.external_ref: row for row in open_orders(clock.plant)}
    done = live.run(definition, map(job_of, rows.values()), machines_of(clock), since=clock.horizon, until=until)
    clock.horizon, clock.machines = until, rows_of(done.machines)
    clock.save(update_fields=["horizon", "machines"])
    if done.events:
        append_events(definition, rows, done.events)
        take_materials(clock.plant, definition, rows, done.events)
        keep_simulated_readings(definition, rows, done.events)
    save_states(rows, done.jobs)
    if done.machine_events:
        _append_of_machines(clock.plant, definition, done.machine_events)
    if done.events or done.machine_events:
        _touch(clock)
    return len(done.events)


def append_events(
    definition: PlantDefinition, rows: dict[str, ProductionOrder], events: list[Event], *, at: datetime | None = None
) -> None:
    """Write events of pieces into the log, at a factory time, else at that of their minutes in opening hours.

    Whoever calls holds the plant's clock.
    """
    calendar = definition.opening.calendar()
    ProductionEvent.objects.bulk_create(
        (
            ProductionEvent(
                order=rows[event.key],
                seq=event.seq,
                kind=event.kind,
                minute=event.minute,
                at=at or calendar.to_clock(event.minute, opening=event.kind is Kind.STARTED),
                operation=event.operation,
                station=event.station,
                machine=event.machine,
                fault=event.fault,
                setup=event.setup,
            )
            for event in events
        ),
        ignore_conflicts=True,
    )
    for event in events:
        log.info("piece", ref=event.key, what=event.kind.value, operation=event.operation, fault=event.fault)


def _append_of_machines(plant: Plant, definition: PlantDefinition, events: list[MachineEvent]) -> None:
    calendar = definition.opening.calendar()
    MachineLogEntry.objects.bulk_create(
        (
            MachineLogEntry(
                plant=plant,
                station=event.station,
                machine=event.machine,
                kind=event.kind,
                minute=event.minute,
                at=calendar.to_clock(event.minute),
                external_ref=event.key,
            )
            for event in events
        ),
        ignore_conflicts=True,
    )
    log.info("machines", plant=plant.slug, events=len(events))


def save_states(rows: dict[str, ProductionOrder], jobs: dict[str, Job]) -> None:
    """Keep how pieces stand after their events, and tell of those that are done."""
    for key, job in jobs.items():
        row = rows[key]
        row.phase, row.position, row.visits = job.phase, job.position, dict(job.visits)
        row.since, row.machine, row.ends_at, row.next_seq = job.since, job.machine, job.ends_at, job.next_seq
        row.standing, row.remade = [asdict(each) for each in job.standing], dict(job.remade)
        row.status = _status_of(job, JobStatus(row.status))
        row.save()
        if job.phase is Phase.DONE:
            outbox.enqueue(FINISHED_TOPIC, external_ref=row.external_ref)


def _status_of(job: Job, status: JobStatus) -> JobStatus:
    if job.phase is Phase.DONE:
        return JobStatus.ENDED
    if status in HELD:
        return status
    return JobStatus.RUNNING if job.visits else JobStatus.ALLOWED_TO_START


def _touch(clock: FactoryClock) -> None:
    """Tell readers that keep derived state, such as the promise's queue, that it is out of date."""
    clock.revision += 1
    clock.save(update_fields=["revision"])

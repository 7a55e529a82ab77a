"""Reports of work: what people at a station or a plant's own system say is what happened.

A report goes into the same log as the simulation's events, under the same lock. One that cannot be true is refused and
changes nothing; one that came already changes nothing either, and is answered as it was.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Problem
from factory_sim.commands import STEPS
from factory_sim.contracts import REPORTED, JobResponse, Kind, Maker, Phase
from factory_sim.engine.model import WORKING
from factory_sim.jobs import after_its_last, job_of, open_orders
from factory_sim.models import Command, FactoryClock, JobStatus, Plant, ProductionOrder, WorkReport
from factory_sim.outgoing import announce
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.readings import keep_reported_readings
from factory_sim.reports import Refusal, UnableToReport, reported
from factory_sim.services import append_events, save_states
from factory_sim.standing import Event, Job
from factory_sim.stores import take_materials
from factory_sim.time import factory_now

MOST_AHEAD = timedelta(minutes=5)
"""So far a plant's clock may be ahead of ours."""
PAUSES = {Kind.PAUSED: Command.PAUSE, Kind.RESUMED: Command.RESUME}

WORDS: dict[Refusal, Callable[[], str]] = {
    Refusal.UNKNOWN_OPERATION: lambda: _("This piece has no such operation."),
    Refusal.NOT_YET: lambda: _("Something that this operation needs is not done yet."),
    Refusal.RUNNING: lambda: _("This operation has been started already."),
    Refusal.DONE: lambda: _("This operation is done already."),
    Refusal.NOT_STARTED: lambda: _("This operation has not been started."),
    Refusal.NEEDS_VERDICT: lambda: _("An inspection ends with its verdict: passed, or failed with a fault."),
    Refusal.NO_INSPECTION: lambda: _("This operation inspects nothing: it is finished, or the piece is scrapped."),
    Refusal.UNKNOWN_FAULT: lambda: _("This inspection knows no such fault."),
    Refusal.HELD: lambda: _("This piece is held: nothing of it can be started."),
}


class ReportRefused(Problem):
    """The report cannot be true as the piece stands, which may have changed meanwhile."""

    code = "report_refused"
    status = 409


class PlantIsSimulated(Problem):
    """A plant whose pieces the simulation makes takes no reports."""

    code = "plant_is_simulated"
    status = 409


class UnknownPiece(Problem):
    """The plant makes no piece with this reference."""

    code = "unknown_piece"
    status = 404


class ReportKeyReused(Problem):
    """The key came before with another report."""

    code = "report_key_reused"
    status = 409


class UnusableReport(Problem):
    """The report names something that there is not, or leaves out what it must say."""

    code = "unusable_report"
    status = 422


@transaction.atomic
def report(*, plant_slug: str, said: JobResponse, key: str, now: datetime, actor: User | None = None) -> WorkReport:
    """Take in a report. Its `key` is the sender's own; whoever sends the same again gets the same answer.

    Raises PlantIsSimulated, UnknownPiece, ReportRefused, ReportKeyReused, UnusableReport, FactoryClock.DoesNotExist.
    """
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant__slug=plant_slug)
    definition = read_plant(clock.plant.definition)
    if definition.maker is not Maker.REPORTS:
        raise PlantIsSimulated(_("The simulation makes the pieces of this plant: it takes no reports."))
    digest = digest_of(said)
    known = WorkReport.objects.filter(plant=clock.plant, key=key).first()
    if known is not None:
        return _same(known, digest)
    order = ProductionOrder.objects.filter(plant=clock.plant, external_ref=said.external_ref).first()
    if order is None:
        raise UnknownPiece(_("This plant makes no piece with this number."), field="piece")
    first_seq = order.next_seq
    _take_in(clock, definition, order, said, now)
    return WorkReport.objects.create(
        plant=clock.plant,
        key=key,
        digest=digest,
        order=order,
        kind=said.kind,
        operation=said.operation,
        fault=said.fault,
        reason=said.reason,
        first_seq=first_seq,
        last_seq=order.next_seq - 1,
        status=order.status,
        actor=actor,
        happened_at=said.at or now,
        received_at=now,
    )


def digest_of(said: JobResponse) -> str:
    """Equal for reports that say the same."""
    return sha256(json.dumps(asdict(said), sort_keys=True, default=str).encode()).hexdigest()


def _same(known: WorkReport, digest: str) -> WorkReport:
    if known.digest != digest:
        raise ReportKeyReused(_("This key was sent before with another report, which was taken. Please look again."))
    return known


def _take_in(
    clock: FactoryClock, definition: PlantDefinition, order: ProductionOrder, said: JobResponse, now: datetime
) -> None:
    """The log, the stores and the piece as they are after the report."""
    if order.phase == Phase.DONE or order.status == JobStatus.ABORTED:
        raise ReportRefused(_("%(piece)s is %(state)s.") % {"piece": order, "state": order.get_status_display()})
    if said.kind not in REPORTED:
        raise UnusableReport(_("Nobody reports that of a piece."), field="what")
    if said.kind is Kind.SCRAPPED and not said.reason:
        raise UnusableReport(_("Please say why the piece is scrapped."), field="reason")
    minute, at = _moment(clock, definition, order, said.at, now)
    status = _status_after(order, said.kind)
    job, events = _told(order, said, minute, _machine(clock.plant, definition, job_of(order), said))
    _check_readings(definition, said, events)
    append_events(definition, {order.external_ref: order}, events, at=at)
    keep_reported_readings(definition, order, said, events)
    take_materials(clock.plant, definition, {order.external_ref: order}, events)
    order.status = status
    save_states({order.external_ref: order}, {order.external_ref: job})
    if said.kind in PAUSES:
        announce(order)
    clock.horizon = max(clock.horizon, minute)
    clock.revision += 1
    clock.save(update_fields=["horizon", "revision"])


def _check_readings(definition: PlantDefinition, said: JobResponse, events: list[Event]) -> None:
    """Each sensor read once, in the operation that ended, in the unit that the plant's definition has for it."""
    if not said.readings:
        return
    ended = next((each for each in events if each.kind is Kind.FINISHED), None)
    if ended is None:
        raise UnusableReport(_("What was read belongs to an operation that ended: none did."), field="readings")
    read = Counter(each.sensor for each in said.readings)
    units = {each.id: each.unit for each in definition.station(ended.station).sensors}
    for each in said.readings:
        if read[each.sensor] > 1:
            sentence = _("The sensor %(sensor)s is named twice.")
            raise UnusableReport(sentence % {"sensor": each.sensor}, field="readings")
        if each.unit and each.unit != units.get(each.sensor, each.unit):
            sentence = _("The sensor %(sensor)s reads in %(unit)s.")
            raise UnusableReport(sentence % {"sensor": each.sensor, "unit": units[each.sensor]}, field="readings")


def _told(order: ProductionOrder, said: JobResponse, minute: float, machine: int) -> tuple[Job, list[Event]]:
    try:
        return reported(job_of(order), said, minute=minute, machine=machine)
    except UnableToReport as unable:
        words = WORDS[unable.refusal]()
        if unable.refusal in {Refusal.UNKNOWN_OPERATION, Refusal.UNKNOWN_FAULT}:
            raise UnusableReport(words, field="fault" if said.fault else "operation") from None
        raise ReportRefused(words, reason=unable.refusal.value) from None


def _status_after(order: ProductionOrder, kind: Kind) -> JobStatus:
    """Pausing and resuming are steps of the table of commands; the rest follows from how the piece stands."""
    status = JobStatus(order.status)
    if kind not in PAUSES:
        return status
    steps = STEPS[PAUSES[kind]]
    if status not in steps:
        raise ReportRefused(_("%(piece)s is %(state)s.") % {"piece": order, "state": order.get_status_display()})
    return steps[status]


def _moment(
    clock: FactoryClock, definition: PlantDefinition, order: ProductionOrder, at: datetime | None, now: datetime
) -> tuple[float, datetime]:
    """The working minute of a report and its factory time, which may be outside opening hours."""
    if at is not None and at > now + MOST_AHEAD:
        raise UnusableReport(_("The report's time lies in the future."), field="time")
    shown = factory_now(clock, min(at or now, now))
    return after_its_last(order, definition.opening.calendar().to_working(shown), shown)


def _machine(plant: Plant, definition: PlantDefinition, job: Job, said: JobResponse) -> int:
    """The machine on which an operation starts: the one that is named, or the first with room for one more piece."""
    station_id = next((each.station for each in job.operations if each.id == said.operation), "")
    if said.kind is not Kind.STARTED or not station_id:
        return 0
    station = definition.station(station_id)
    if said.machine is not None and not 0 <= said.machine < station.machines:
        raise UnusableReport(_("This station has no such machine."), field="machine")
    taken = pieces_on_machines(plant)
    asked = range(station.machines) if said.machine is None else (said.machine,)
    free = [number for number in asked if taken[station_id, number] < station.batch]
    if not free:
        raise ReportRefused(_("The machine is taken: please finish what is on it first."), reason="machine_taken")
    return free[0]


def pieces_on_machines(plant: Plant) -> Counter[tuple[str, int]]:
    """How many pieces each machine of a plant works on."""
    standings = open_orders(plant).values_list("standing", flat=True)
    rows = (row for standing in standings for row in standing if row["phase"] == WORKING)
    return Counter((row["station"], row["machine"]) for row in rows)

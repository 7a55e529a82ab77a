"""Commands to jobs after OPC 10031-4: staff revoke, allow, pause, resume, abort or put first what is to be made.

Whoever ordered a piece may have it aborted too, until its first operation begins.

A command is an event of the piece, at the last minute that is in the log already: it changes nothing that has happened.
Where the maker reports, nothing happens by itself, and it is at the minute that the clock shows.
A piece that is held ends the operation that runs and starts no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox
from core.problems import Problem
from core.words import text_in
from factory_sim.contracts import ABORTED_TOPIC, Kind, MachineKind, Maker, Phase
from factory_sim.engine.model import BLOCKED
from factory_sim.jobs import HELD, after_its_last, job_of, machines_of, open_orders, rows_of, working_machines
from factory_sim.live.held import let_go
from factory_sim.models import (
    Command,
    FactoryClock,
    JobCommand,
    JobStatus,
    MachineLogEntry,
    ProductionEvent,
    ProductionOrder,
)
from factory_sim.outgoing import announce
from factory_sim.plant import read_plant
from factory_sim.routes import standing_of
from factory_sim.services import AFTER_HORIZON
from factory_sim.standing import UNPLANNED, OperationStanding
from factory_sim.time import factory_now

PERMISSION = "factory_sim.command_job"
OPEN = {
    status: status
    for status in (
        JobStatus.NOT_ALLOWED_TO_START,
        JobStatus.ALLOWED_TO_START,
        JobStatus.RUNNING,
        JobStatus.INTERRUPTED,
    )
}
STEPS: Mapping[Command, Mapping[JobStatus, JobStatus]] = {
    Command.REVOKE: {JobStatus.ALLOWED_TO_START: JobStatus.NOT_ALLOWED_TO_START},
    Command.START: {JobStatus.NOT_ALLOWED_TO_START: JobStatus.ALLOWED_TO_START},
    Command.PAUSE: {JobStatus.RUNNING: JobStatus.INTERRUPTED},
    Command.RESUME: {JobStatus.INTERRUPTED: JobStatus.RUNNING},
    Command.ABORT: {
        JobStatus.NOT_ALLOWED_TO_START: JobStatus.ABORTED,
        JobStatus.ALLOWED_TO_START: JobStatus.ABORTED,
        JobStatus.RUNNING: JobStatus.ABORTED,
        JobStatus.INTERRUPTED: JobStatus.ABORTED,
    },
    Command.PUT_FIRST: OPEN,
    Command.IN_TURN: OPEN,
}
"""From which state a command leads to which."""
EVENTS = {
    Command.REVOKE: Kind.REVOKED,
    Command.START: Kind.ALLOWED,
    Command.PAUSE: Kind.PAUSED,
    Command.RESUME: Kind.RESUMED,
    Command.ABORT: Kind.ABORTED,
    Command.PUT_FIRST: Kind.PUT_FIRST,
    Command.IN_TURN: Kind.IN_TURN,
}
NEED_REASON = frozenset({Command.ABORT})


class UnableToCommand(Problem):
    """The job's state does not take the command, which may have changed since its page was drawn."""

    code = "job_state"
    status = 409


class TooLate(Problem):
    """The operation `operation` has begun, and with it what was to be changed is fixed.

    `upto` is the piece's last event at that moment.
    """

    code = "too_late"
    status = 409


class ReasonNeeded(Problem):
    """A command that cannot be taken back must say why."""

    code = "reason_needed"
    status = 422


def commands_for(status: str, *, is_first: bool = False) -> list[Command]:
    """What a job in this state takes; `is_first`: the staff have put it first."""
    pointless = Command.PUT_FIRST if is_first else Command.IN_TURN
    return [command for command, steps in STEPS.items() if status in steps and command is not pointless]


@transaction.atomic
def command_job(*, order_id: int, command: Command, actor: User, reason: str, now: datetime) -> JobCommand:
    """Give a job a command. The plant's clock is locked, so that no tick moves the piece meanwhile.

    Raises UnableToCommand, ReasonNeeded, ProductionOrder.DoesNotExist.
    """
    clock, order = locked_job(ProductionOrder.objects.get(pk=order_id).external_ref)
    return _command(clock, order, command, now, actor=actor, reason=reason)


@transaction.atomic
def withdraw_work(*, external_ref: str, reason: str, now: datetime) -> JobCommand:
    """Abort a piece for whoever ordered it.

    Raises TooLate once an operation has begun, UnableToCommand, ProductionOrder.DoesNotExist.
    """
    clock, order = locked_job(external_ref)
    begun = next((each for each in job_of(order).operations if order.visits.get(each.id)), None)
    if begun:
        sentence = _("“%(operation)s” has begun: it is too late to cancel.")
        name = text_in(begun.name, get_language() or "en")
        raise TooLate(sentence % {"operation": name}, operation=begun.id, upto=order.next_seq - 1)
    return _command(clock, order, Command.ABORT, now, actor=None, reason=reason)


def locked_job(external_ref: str) -> tuple[FactoryClock, ProductionOrder]:
    """A piece as it stands, and its plant's clock, locked: until the transaction ends nothing happens to the piece."""
    plant_id = ProductionOrder.objects.values_list("plant", flat=True).get(external_ref=external_ref)
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant=plant_id)
    return clock, ProductionOrder.objects.get(external_ref=external_ref)


def _command(
    clock: FactoryClock, order: ProductionOrder, command: Command, now: datetime, *, actor: User | None, reason: str
) -> JobCommand:
    """Give a job a command under its plant's clock."""
    found = JobStatus(order.status)
    if command not in commands_for(found, is_first=order.is_first):
        raise UnableToCommand(
            _("%(piece)s is %(state)s: it does not take this command.")
            % {"piece": order, "state": order.get_status_display()}
        )
    if command in NEED_REASON and not reason:
        raise ReasonNeeded(_("Please say why."), field="reason")
    wanted = STEPS[command][found]
    written = JobCommand.objects.create(
        order=order,
        seq=order.next_seq,
        command=command,
        from_status=found,
        to_status=wanted,
        reason=reason,
        actor=actor,
        at=now,
    )
    log_at(order, EVENTS[command], *moment_to_act(clock, order, now))
    if wanted is JobStatus.ABORTED:
        clear_machines(clock, order, job_of(order).standing)
        _end_breakdowns(clock, order)
        outbox.enqueue(ABORTED_TOPIC, external_ref=order.external_ref, reason=reason)
    if command in {Command.PUT_FIRST, Command.IN_TURN}:
        order.is_first = command is Command.PUT_FIRST
        # Its place in the plan is from before: its turn is the one that the next plan gives it.
        order.urgency = UNPLANNED if command is Command.IN_TURN else order.urgency
    _change(clock, order, wanted)
    return written


def moment_to_act(clock: FactoryClock, order: ProductionOrder, now: datetime) -> tuple[float, datetime]:
    """The working minute and factory time of what is done to a piece now; where the maker reports, the log gets there.

    Whoever calls holds the plant's clock.
    """
    definition = read_plant(clock.plant.definition)
    calendar = definition.opening.calendar()
    if definition.maker is Maker.REPORTS:
        shown = factory_now(clock, now)
        moment = after_its_last(order, calendar.to_working(shown), shown)
        clock.horizon = max(clock.horizon, moment[0])
        clock.save(update_fields=["horizon"])
        return moment
    return after_its_last(order, clock.horizon, calendar.to_clock(clock.horizon))


def log_at(order: ProductionOrder, kind: Kind, minute: float, at: datetime) -> None:
    """Write the piece's next event."""
    ProductionEvent.objects.create(order=order, seq=order.next_seq, kind=kind, minute=minute, at=at)


def clear_machines(clock: FactoryClock, order: ProductionOrder, leaving: Iterable[OperationStanding]) -> None:
    """A piece that had no room to go on to blocks its machine no longer."""
    calendar = read_plant(clock.plant.definition).opening.calendar()
    MachineLogEntry.objects.bulk_create(
        MachineLogEntry(
            plant=clock.plant,
            station=each.station,
            machine=each.machine,
            kind=MachineKind.UNBLOCKED,
            minute=clock.horizon,
            at=calendar.to_clock(clock.horizon),
            external_ref=order.external_ref,
        )
        for each in leaving
        if each.phase == BLOCKED
    )


def _end_breakdowns(clock: FactoryClock, order: ProductionOrder) -> None:
    """Whatever breaks down within work that the piece did alone does so no longer: its machine is free, and up."""
    others = open_orders(clock.plant).exclude(pk=order.pk)
    free = working_machines(job_of(order)) - {name for each in others for name in working_machines(job_of(each))}
    machines = machines_of(clock)
    at = read_plant(clock.plant.definition).opening.calendar().to_clock(clock.horizon)
    MachineLogEntry.objects.bulk_create(
        MachineLogEntry(
            plant=clock.plant, station=name[0], machine=name[1], kind=MachineKind.UP, minute=clock.horizon, at=at
        )
        for name in sorted(free & machines.keys())
        if any(start <= clock.horizon for start, _end in machines[name].ahead)
    )
    clock.machines = rows_of(
        {name: replace(each, ahead=()) if name in free else each for name, each in machines.items()}
    )
    clock.save(update_fields=["machines"])


def _change(clock: FactoryClock, order: ProductionOrder, status: JobStatus) -> None:
    """Who may go on joins its queue at its end: others have not waited for it meanwhile. People take whom they like."""
    is_simulated = read_plant(clock.plant.definition).maker is Maker.SIMULATION
    if order.status in HELD and status not in HELD and is_simulated:
        job = job_of(order)
        order.standing = [asdict(each) for each in let_go(standing_of(job), clock.horizon)]
        order.since = clock.horizon if order.phase == Phase.QUEUED else order.since
        order.released_at = max(order.released_at, clock.horizon + AFTER_HORIZON if not order.visits else 0.0)
        order.urgency = UNPLANNED
    order.status, order.next_seq = status, order.next_seq + 1
    order.save(update_fields=["status", "next_seq", "standing", "since", "released_at", "is_first", "urgency"])
    announce(order)
    # Whatever is derived from the queue is out of date.
    clock.revision += 1
    clock.save(update_fields=["revision"])

"""A piece that is changed while it is being made, until the operation that consumes what is changed begins."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core.problems import Problem
from core.words import text_in
from factory_sim.commands import TooLate, clear_machines, locked_job, log_at, moment_to_act
from factory_sim.contracts import Beginning, Kind, Maker, Phase, Promise, WorkSpec
from factory_sim.earliest import earliest_starts
from factory_sim.jobs import HELD, job_of
from factory_sim.live.rerouted import NothingLeft, begun_already, off_machines, rerouted
from factory_sim.models import (
    FactoryClock,
    GivenPromise,
    JobStatus,
    Plant,
    ProductionEvent,
    ProductionOrder,
    WorkChange,
)
from factory_sim.outgoing import announce
from factory_sim.plant import read_plant
from factory_sim.reports import settled
from factory_sim.services import append_events, check_stations
from factory_sim.standing import Job
from factory_sim.time import factory_now


class UnableToChange(Problem):
    """The piece is made, is not going to be made, or nothing would be left to do on it."""

    code = "unable_to_change"
    status = 409


@transaction.atomic
def change_work(
    *,
    external_ref: str,
    spec: WorkSpec,
    consumed: Collection[str],
    now: datetime,
    actor: User | None = None,
    due_at: datetime | None = None,
) -> WorkChange:
    """Make the rest of a piece otherwise. `consumed` are the operations of which none may have begun.

    It happens at the log's end, under the clock's row lock, which every tick takes: what the clock has shown beyond
    has not happened. So it is refused if and only if an operation has begun that it would undo. Where the maker
    reports, it happens now, and what becomes ready by it waits at its station at once. `due_at`, where given, is a new
    date in factory time. Raises TooLate, UnableToChange, UnknownStation, ProductionOrder.DoesNotExist.
    """
    clock, order = locked_job(external_ref)
    definition = check_stations(clock.plant, spec)
    job = _open_job(order, spec, consumed)
    minute, at = moment_to_act(clock, order, now)
    try:
        after = rerouted(job, spec.operations, minute)
    except NothingLeft as error:
        raise UnableToChange(_("Without this, the piece would be finished already.")) from error
    written = WorkChange.objects.create(
        order=order, seq=order.next_seq, from_spec=order.work_spec, to_spec=spec.as_json(), actor=actor, at=now
    )
    log_at(order, Kind.CHANGED, minute, at)
    after = replace(after, next_seq=order.next_seq + 1)
    if definition.maker is Maker.REPORTS:
        after, events = settled(after, minute)
        append_events(definition, {external_ref: order}, events, at=at)
    clear_machines(clock, order, off_machines(job, after))
    order.work_spec, order.next_seq = written.to_spec, after.next_seq
    order.standing = [asdict(each) for each in after.standing]
    order.phase, order.position, order.since = after.phase, after.position, after.since
    order.machine, order.ends_at, order.due_at = after.machine, after.ends_at, due_at or order.due_at
    order.save()
    announce(order)
    clock.revision += 1
    clock.save(update_fields=["revision"])
    return written


def check_change(*, external_ref: str, spec: WorkSpec, consumed: Collection[str]) -> None:
    """Raise TooLate or UnableToChange where `change_work` would as things stand; they may stand otherwise soon."""
    _open_job(ProductionOrder.objects.get(external_ref=external_ref), spec, consumed)


def move_promise(*, external_ref: str, likely_at: datetime, safe_at: datetime) -> None:
    """The dates that were promised with a piece are others, since it is another piece now."""
    GivenPromise.objects.filter(external_ref=external_ref).update(likely_at=likely_at, safe_at=safe_at)


def moved_dates(*, plant_slug: str, given: Promise, before: Promise, after: Promise) -> Promise:
    """Dates that were given, moved by the working time that lies between two other promises of the same plant."""
    calendar = read_plant(Plant.objects.get(slug=plant_slug).definition).opening.calendar()

    def moved(date: datetime, one: datetime, other: datetime) -> datetime:
        return calendar.to_clock(calendar.to_working(date) + calendar.to_working(other) - calendar.to_working(one))

    return replace(
        given,
        likely_at=moved(given.likely_at, before.likely_at, after.likely_at),
        safe_at=moved(given.safe_at, before.safe_at, after.safe_at),
    )


def beginnings(*, external_ref: str, now: datetime) -> Mapping[str, Beginning]:
    """By operation of a piece's route, when it began, or can begin at the earliest; empty when there is no piece.

    Where the maker reports, people may be as fast as they like: nobody knows when they begin.
    """
    order = ProductionOrder.objects.select_related("plant").filter(external_ref=external_ref).first()
    if order is None:
        return {}
    clock = FactoryClock.objects.get(plant=order.plant_id)
    definition = read_plant(order.plant.definition)
    calendar = definition.opening.calendar()
    job = job_of(order)
    is_simulated = definition.maker is Maker.SIMULATION
    is_moving = is_simulated and order.status not in HELD and not clock.paused and job.phase is not Phase.DONE
    minute = max(calendar.to_working(factory_now(clock, now)), clock.horizon)
    coming = earliest_starts(job, minute) if is_moving else {}
    starts = ProductionEvent.objects.filter(order=order, kind=Kind.STARTED).order_by("-seq")
    began = dict(starts.values_list("operation", "at"))
    return {
        each.id: Beginning(
            operation=each.id,
            began_at=began.get(each.id),
            not_before=calendar.to_clock(coming[each.id], opening=True) if each.id in coming else None,
        )
        for each in job.operations
    }


def _open_job(order: ProductionOrder, spec: WorkSpec, consumed: Collection[str]) -> Job:
    """The piece as it stands, if it may be made so instead."""
    job = job_of(order)
    if job.phase is Phase.DONE or order.status == JobStatus.ABORTED:
        sentence = _("%(piece)s is %(state)s: nothing about it can be changed any more.")
        raise UnableToChange(sentence % {"piece": order, "state": order.get_status_display()})
    if begun := begun_already(job, spec.operations, consumed):
        name = text_in(next(each.name for each in job.operations if each.id == begun), get_language() or "en")
        sentence = _("“%(operation)s” has begun: this cannot be changed any more.")
        raise TooLate(sentence % {"operation": name}, operation=begun, upto=order.next_seq - 1)
    return job

"""What the worker writes of promises: the published queue, the promises given, and when their pieces were ready."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Subquery

from factory_sim import calibration
from factory_sim.contracts import Kind, OrderedWork, Promise
from factory_sim.jobs import job_of, machines_of, open_orders
from factory_sim.live.newcomers import queue_behind
from factory_sim.models import FactoryClock, GivenPromise, Plant, ProductionEvent, QueuePublication
from factory_sim.plant_queue import Moment
from factory_sim.promises_due import promises_due
from factory_sim.tail import tail_of, to_bytes
from factory_sim.time import factory_now

AT_LEAST_EVERY = timedelta(seconds=20)
"""What is being worked on goes on while nothing happens: its end comes nearer."""
GRACE = timedelta(seconds=2)
"""An order is seen when it is committed, a moment after the time that it carries."""


@transaction.atomic
def publish_queue(
    *,
    plant_slug: str,
    waiting: Callable[[], Sequence[OrderedWork]],
    waiting_mark: str,
    review_minutes: float,
    now: datetime,
) -> bool:
    """Publish the queue behind a plant's pieces and all that wait for it, unless nothing has changed; say whether.

    `waiting_mark` changes with those that wait and was read before them. Idempotent: one process at a time holds the
    publication's row, the others return at once.
    """
    plant = Plant.objects.get(slug=plant_slug)
    QueuePublication.objects.get_or_create(plant=plant)
    row = QueuePublication.objects.select_for_update(skip_locked=True).filter(plant=plant).first()
    clock = FactoryClock.objects.select_related("plant").get(plant=plant)
    seen = f"{clock.revision} {waiting_mark}"
    if row is None or (row.seen == seen and now - row.published_at < AT_LEAST_EVERY):
        return False
    _fill(row, clock, waiting(), review_minutes, now)
    correction = calibration.learned(promises_due(clock, calibration.WINDOW, now))
    row.likely_stretch, row.safe_stretch = correction.likely, correction.safe
    row.learned_from = correction.learned_from
    row.version, row.published_at, row.counted_until, row.seen = uuid4(), now, now - GRACE, seen
    row.save()
    return True


def give_promise(*, plant_slug: str, external_ref: str, given: Promise, now: datetime) -> None:
    """Remember the dates that were promised with an order, to be compared with what will happen. Idempotent."""
    clock = FactoryClock.objects.get(plant__slug=plant_slug)
    GivenPromise.objects.get_or_create(
        external_ref=external_ref,
        defaults={"plant_id": clock.plant_id, "given_at": factory_now(clock, now), **asdict(given)},
    )


def withdraw_promise(*, external_ref: str, now: datetime) -> None:
    """Forget the promise of an order that is not going to be made; one that has come due stays in the record, broken.
    Idempotent.
    """
    given = GivenPromise.objects.select_related("plant__clock").filter(external_ref=external_ref).first()
    if given is not None and given.safe_at > factory_now(given.plant.clock, now):
        given.delete()


def note_ready(*, external_ref: str) -> None:
    """Write down, beside its promise, when a piece was ready. Idempotent."""
    done = ProductionEvent.objects.filter(order__external_ref=external_ref, kind=Kind.COMPLETED)
    GivenPromise.objects.filter(external_ref=external_ref, ready_at=None).update(ready_at=Subquery(done.values("at")))


def _fill(
    row: QueuePublication, clock: FactoryClock, waiting: Sequence[OrderedWork], review_minutes: float, now: datetime
) -> None:
    """Put the queue into the row: the engine runs on from the last event that is in the log.

    Those that wait were read first: one that has entered the plant since is in both, and stands where it is made.
    """
    moment = Moment.of(clock, review_minutes, now)
    jobs = [job_of(order) for order in open_orders(clock.plant)]
    made = {job.key for job in jobs}
    arrivals = moment.arrivals([each for each in waiting if each.ref not in made])
    queue = queue_behind(
        moment.plant.definition,
        jobs,
        machines_of(clock),
        arrivals,
        now=min(clock.horizon, moment.minute),
        next_at=max(moment.minute, moment.release(now)),
    )
    row.content, row.plant_shape = to_bytes(tail_of(queue)), moment.plant.shape

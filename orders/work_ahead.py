"""The work of orders that the factory does not have yet, and the plant's queue behind it.

A worker publishes the queue behind all of them (orders.services.publish). A reader adds those that were placed since,
which are few; where nothing is published that can be used, it counts the first MOST_WAITING itself.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db.models import F, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from configurator.compile import options_at_work, work_key, work_spec
from configurator.configuration import Configuration
from configurator.selectors import definition_with_id
from core.statements import Rows, Statement
from factory_sim.contracts import OrderedWork, WorkSpec
from factory_sim.plant_queue import PlantQueue, QueueNow, queue_now
from orders.models import Order, OrderEvent, OrderRevision, OrderStatus

MOST_WAITING = 200
MOST_SINCE = 150
MOST_LOOKED_AT = 1_000
"""Orders of which only those are counted that are for the plant, and not in what is published: at an opening that is
seconds old, and so are hundreds of orders in it.
"""
TO_COME = (OrderStatus.IN_REVIEW, OrderStatus.APPROVED)
REMEMBERED_WORK = 8_192
WAITING = Q(status__in=TO_COME)

log = structlog.get_logger("orders")


@dataclass(frozen=True)
class _Made:
    """What a version makes; equal where the operations are."""

    version_id: int
    key: Hashable
    configuration: Configuration = field(compare=False)


@dataclass(frozen=True)
class _Row:
    """An order's work, and the plant that it is for."""

    plant: str
    is_placed: bool
    work: OrderedWork


def queue_of(plant: str, now: datetime) -> QueueNow:
    """The plant's queue as it can be had now."""
    return queue_now(plant_slug=plant, review_minutes=settings.REVIEW_WORKING_MINUTES, now=now)


def queue_behind(queue: QueueNow, plant: str, now: datetime, ahead: Q = WAITING) -> PlantQueue:
    """The plant's queue behind those that are `ahead`: all that wait, or some of them, or others besides.

    Those that are published are in it in any case.
    """
    published = queue.published
    if published:
        since = _waiting_since if ahead is WAITING else partial(_placed_since, ahead)
        found = since(until=published.counted_until)
        uncounted = _for_plant(plant, found, MOST_SINCE + 1, lambda ref: not published.counts(ref))
        if len(uncounted) <= MOST_SINCE:
            rows = list(map(partial(_row, now), uncounted))
            placed, settling = ([row.work for row in rows if row.is_placed is each] for each in (True, False))
            return published.behind(placed, settling)
        log.warning("queue_not_published", plant=plant, why=f"over {MOST_SINCE} orders were placed since")
    first = _for_plant(plant, _in_order(Order.objects.filter(ahead))[:MOST_LOOKED_AT], MOST_WAITING)
    return queue.computed([_row(now, each).work for each in first])


def waiting_mark() -> str:
    """Changes whenever an order begins to wait or ceases to, or its design is changed; cheap."""
    last, changed = (rows.aggregate(last=Max("pk"))["last"] for rows in (OrderEvent.objects, OrderRevision.objects))
    return f"{last} {changed} {Order.objects.filter(WAITING).count()}"


def all_waiting(now: datetime) -> dict[str, list[OrderedWork]]:
    """All work that waits, by plant, the first to come first."""
    found: dict[str, list[OrderedWork]] = defaultdict(list)
    for each in map(_Found._make, _in_order(Order.objects.filter(WAITING))):
        row = _row(now, each)
        found[row.plant].append(row.work)
    return found


def work_of(version_id: int, configuration: Configuration) -> WorkSpec:
    """The operations of a configuration in a published version, which never changes; the materials may be another's."""
    return _work_of(_Made(version_id, work_key(configuration, _options_at_work(version_id)), configuration))


class _Found(NamedTuple):
    """What is read of an order."""

    version_id: int
    text: str
    status: str
    placed_at: datetime | None
    ref: str


def _placed_since(ahead: Q, until: datetime) -> Rows:
    """Those that are `ahead` and were placed after a moment, or are to be placed."""
    return _in_order(Order.objects.filter(ahead, Q(placed_at__gt=until) | Q(placed_at=None)))[:MOST_LOOKED_AT]


_waiting_since = Statement(partial(_placed_since, WAITING), until=datetime)


def _in_order(orders: QuerySet[Order]) -> Rows:
    """The first to come first, as the fields of `_Found`."""
    texts = orders.annotate(text=Cast("configuration_json", TextField()))
    in_order = texts.order_by(F("placed_at").asc(nulls_last=True), "pk")
    return in_order.values_list("edition__version", "text", "status", "placed_at", "reference")


def _for_plant(
    plant: str, found: Iterable[tuple[Any, ...]], most: int, counts: Callable[[str], bool] = bool
) -> list[_Found]:
    """The first so many that the plant is going to make and whose reference counts; every order has one."""
    ours = (
        each
        for each in map(_Found._make, found)
        if definition_with_id(each.version_id).plant == plant and counts(each.ref)
    )
    return list(islice(ours, most))


def _row(now: datetime, found: _Found) -> _Row:
    # What is being settled is in review from now on.
    since = None if found.status == OrderStatus.APPROVED else found.placed_at or now
    work = OrderedWork(_work_of_text(found.version_id, found.text), since, found.ref)
    return _Row(definition_with_id(found.version_id).plant, found.placed_at is not None, work)


@lru_cache(REMEMBERED_WORK)
def _work_of_text(version_id: int, configuration: str) -> WorkSpec:
    return work_of(version_id, Configuration.from_json(json.loads(configuration)))


@lru_cache(REMEMBERED_WORK)
def _options_at_work(version_id: int) -> dict[str, frozenset[str]]:
    return options_at_work(definition_with_id(version_id))


@lru_cache(REMEMBERED_WORK)
def _work_of(made: _Made) -> WorkSpec:
    return work_spec(definition_with_id(made.version_id), made.configuration)

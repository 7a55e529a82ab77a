"""The work of orders that the factory does not have yet, and the plant's queue behind it.

A worker publishes the queue behind all of them (orders.services.publish). A reader adds those that were placed since,
which are few; where nothing is published that can be used, it counts the first MOST_WAITING itself.
"""

import json
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import structlog
from django.conf import settings
from django.db.models import F, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from configurator.compile import options_at_work, work_key, work_spec
from configurator.configuration import Configuration
from configurator.selectors import definition_with_id
from factory_sim.contracts import OrderedWork, WorkSpec
from factory_sim.plant_queue import PlantQueue, QueueNow, queue_now
from orders.models import Order, OrderEvent, OrderRevision, OrderStatus

MOST_WAITING = 200
MOST_SINCE = 150
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
        since = Q(placed_at__gt=published.counted_until) | Q(placed_at=None)
        rows = _rows(Order.objects.filter(ahead, since), now, MOST_SINCE + 1)
        if len(rows) <= MOST_SINCE:
            uncounted = [row for row in rows if row.plant == plant and not published.counts(row.work.ref)]
            placed, settling = ([row.work for row in uncounted if row.is_placed is each] for each in (True, False))
            return published.behind(placed, settling)
        log.warning("queue_not_published", plant=plant, why=f"over {MOST_SINCE} orders were placed since")
    rows = _rows(Order.objects.filter(ahead), now, MOST_WAITING)
    return queue.computed([row.work for row in rows if row.plant == plant])


def waiting_mark() -> str:
    """Changes whenever an order begins to wait or ceases to, or its design is changed; cheap."""
    last, changed = (rows.aggregate(last=Max("pk"))["last"] for rows in (OrderEvent.objects, OrderRevision.objects))
    return f"{last} {changed} {Order.objects.filter(WAITING).count()}"


def all_waiting(now: datetime) -> dict[str, list[OrderedWork]]:
    """All work that waits, by plant, the first to come first."""
    found: dict[str, list[OrderedWork]] = defaultdict(list)
    for row in _rows(Order.objects.filter(WAITING), now):
        found[row.plant].append(row.work)
    return found


def work_of(version_id: int, configuration: Configuration) -> WorkSpec:
    """The operations of a configuration in a published version, which never changes; the materials may be another's."""
    return _work_of(_Made(version_id, work_key(configuration, _options_at_work(version_id)), configuration))


def _rows(orders: QuerySet[Order], now: datetime, most: int | None = None) -> list[_Row]:
    """The first to come first. What another plant makes is in nobody's way here, so each row says where."""
    texts = orders.annotate(text=Cast("configuration_json", TextField()))
    in_order = texts.order_by(F("placed_at").asc(nulls_last=True), "pk")
    columns = ("edition__version", "text", "status", "placed_at", "reference")
    found = []
    for version_id, text, status, placed_at, ref in in_order.values_list(*columns)[:most]:
        # What is being settled is in review from now on.
        since = None if status == OrderStatus.APPROVED else placed_at or now
        work = OrderedWork(_work_of_text(version_id, text), since, ref)
        found.append(_Row(definition_with_id(version_id).plant, placed_at is not None, work))
    return found


@lru_cache(REMEMBERED_WORK)
def _work_of_text(version_id: int, configuration: str) -> WorkSpec:
    return work_of(version_id, Configuration.from_json(json.loads(configuration)))


@lru_cache(REMEMBERED_WORK)
def _options_at_work(version_id: int) -> dict[str, frozenset[str]]:
    return options_at_work(definition_with_id(version_id))


@lru_cache(REMEMBERED_WORK)
def _work_of(made: _Made) -> WorkSpec:
    return work_spec(definition_with_id(made.version_id), made.configuration)

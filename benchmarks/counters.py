"""The textbook's ways to sell a limited number of things: one counter in one row, in tables of the bench's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, models, transaction
from django.db.models import F

from benchmarks.demo import CARD
from benchmarks.harness import UnableToMeasure
from editions.contracts import Offer
from editions.models import HOLD_MINUTES, new_token
from editions.pricing import PriceCard, price


class CounterEdition(models.Model):
    """An edition that only counts how many of its pieces are taken."""

    size = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    price_card = models.JSONField()
    orders_placed = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField()

    objects: ClassVar[models.Manager[CounterEdition]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        managed = False

    def __str__(self) -> str:
        return f"{self.taken} of {self.size}"


class CounterComponent(models.Model):
    """A scarce component of an edition of which only the units taken are counted."""

    edition = models.ForeignKey(CounterEdition, on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=40)
    stock = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[CounterComponent]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        managed = False

    def __str__(self) -> str:
        return f"{self.taken} of {self.stock}"


class CounterHold(models.Model):
    """The columns of editions.models.Hold, with the number that the counter gave."""

    token = models.CharField(max_length=40, unique=True, default=new_token)
    edition = models.ForeignKey(CounterEdition, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    configuration = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    counters = models.JSONField()
    breakdown = models.JSONField()
    holders = models.JSONField(default=list)
    total = models.PositiveBigIntegerField()
    likely_at = models.DateTimeField()
    safe_at = models.DateTimeField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects: ClassVar[models.Manager[CounterHold]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        managed = False
        constraints = [models.UniqueConstraint(name="benchmarks_number_once", fields=["edition", "number"])]

    def __str__(self) -> str:
        return f"number {self.number}"


@contextmanager
def counter_tables() -> Iterator[None]:
    """Within, the tables of both models exist."""
    with connection.schema_editor() as editor:
        editor.create_model(CounterEdition)
        editor.create_model(CounterComponent)
        editor.create_model(CounterHold)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(CounterHold)
            editor.delete_model(CounterComponent)
            editor.delete_model(CounterEdition)


@transaction.atomic
def hold_by_condition(edition_id: int, offer: Offer, now: datetime) -> int:
    """UPDATE … SET taken = taken + 1 WHERE taken < size: the row stays locked until the commit."""
    if not CounterEdition.objects.filter(pk=edition_id, taken__lt=F("size")).update(taken=F("taken") + 1):
        raise UnableToMeasure("the conditional counter is sold out")
    components = CounterComponent.objects.filter(edition_id=edition_id, taken__lt=F("stock"))
    for key in components.order_by("pk").values_list("pk", flat=True):
        if not components.filter(pk=key).update(taken=F("taken") + 1):
            raise UnableToMeasure("the conditional counter of a component is sold out")
    return _write_hold(CounterEdition.objects.get(pk=edition_id), offer, now)


@transaction.atomic
def hold_by_lock(edition_id: int, offer: Offer, now: datetime) -> int:
    """SELECT … FOR UPDATE, look, count, write back."""
    edition = CounterEdition.objects.select_for_update().get(pk=edition_id)
    if edition.taken >= edition.size:
        raise UnableToMeasure("the FOR UPDATE counter is sold out")
    edition.taken += 1
    edition.save(update_fields=["taken"])
    for component in CounterComponent.objects.filter(edition=edition).select_for_update().order_by("pk"):
        if component.taken >= component.stock:
            raise UnableToMeasure("the FOR UPDATE counter of a component is sold out")
        component.taken += 1
        component.save(update_fields=["taken"])
    return _write_hold(edition, offer, now)


def open_counters(size: int, slugs: Iterable[str], now: datetime) -> int:
    """The id of an edition that only counts, with as many units of each component as pieces."""
    edition = CounterEdition.objects.create(size=size, price_card=CARD.as_json(), opens_at=now)
    CounterComponent.objects.bulk_create(CounterComponent(edition=edition, slug=slug, stock=size) for slug in slugs)
    return int(edition.pk)


def _write_hold(edition: CounterEdition, offer: Offer, now: datetime) -> int:
    """Check what hold_piece checks and write what it writes; the number is the counter's new value."""
    extras = [line for line in offer.price.lines if line.kind != "base"]
    current = price(PriceCard.from_json(edition.price_card), edition.orders_placed, extras)
    if edition.opens_at > now or current.total > offer.price.total:
        raise UnableToMeasure("the counter's edition is closed or dearer")
    CounterHold.objects.create(
        edition=edition,
        number=edition.taken,
        configuration=offer.configuration.as_json(),
        fingerprint=offer.configuration.fingerprint,
        counters={"orders_placed": edition.orders_placed},
        breakdown=offer.price.as_json(),
        total=offer.price.total,
        likely_at=offer.likely_at,
        safe_at=offer.safe_at,
        created_at=now,
        expires_at=now + timedelta(minutes=HOLD_MINUTES),
    )
    return edition.taken

"""Reads of orders."""

import json
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast
from payments import PaymentStatus

from accounts.models import User
from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.models import ProductVersion
from configurator.selectors import definition_of, definition_with_id, versions_made_in
from editions.models import Hold
from factory_sim.contracts import OrderedWork, Promise, WorkSpec
from factory_sim.selectors import promise_for
from orders.models import Order, OrderEvent, OrderStatus, Payment

MOST_WAITING = 200
OVER = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
TO_COME = (OrderStatus.IN_REVIEW, OrderStatus.APPROVED)
AUTHORISED = (PaymentStatus.PREAUTH, PaymentStatus.CONFIRMED)
REMEMBERED_WORK = 4_096


def orders() -> QuerySet[Order]:
    """Orders with what their pages need."""
    found = Order.objects.select_related("edition__version__product", "piece__edition", "hold", "customer")
    return found.defer("edition__version__definition")


def order_with_token(token: str) -> Order:
    """An order by its secret name; raises Order.DoesNotExist."""
    return orders().get(token=token)


def order_of_hold(hold: Hold) -> Order | None:
    """The order that a hold has become, unless that is over."""
    return orders().filter(hold=hold).exclude(status__in=OVER).first()


def orders_of(customer: User) -> QuerySet[Order]:
    """A customer's orders that came about, the newest first."""
    return orders().filter(customer=customer, placed_at__isnull=False).order_by("-placed_at")


def makers_of(choices_key: str) -> int:
    """How many placed orders, not declined or cancelled, have these choices, on whatever version of the product."""
    return Order.objects.filter(choices_key=choices_key, placed_at__isnull=False).exclude(status__in=OVER).count()


def review_queue() -> QuerySet[Order]:
    """Orders that wait for a decision, the oldest first."""
    return orders().filter(status=OrderStatus.IN_REVIEW).order_by("placed_at")


def with_history(found: QuerySet[Order]) -> QuerySet[Order]:
    events = OrderEvent.objects.select_related("actor").order_by("pk")
    return found.prefetch_related(Prefetch("events", queryset=events), "payments")


def promise_of(version: ProductVersion, configuration: Configuration, now: datetime) -> Promise:
    """When a piece of a design would be ready if it were ordered now."""
    return _promise(version, configuration, since=now, waiting=_ordered_work(_to_come(), version, now), now=now)


def promise_before_settling(order: Order, now: datetime) -> Promise:
    """The same for an order that is paid: those that were ordered before it and are paid, too, come before it, even if
    they are being settled at this moment.
    """
    paid = Payment.objects.filter(order=OuterRef("pk"), status__in=AUTHORISED)
    settling = Q(Exists(paid), status=OrderStatus.AWAITING_PAYMENT, pk__lt=order.pk)
    waiting = Order.objects.filter(Q(status__in=TO_COME) | settling)
    work = _ordered_work(waiting.order_by(F("placed_at").asc(nulls_last=True), "pk"), order.edition.version, now)
    return _promise(order.edition.version, order.configuration, since=now, waiting=work, now=now)


def outlook(order: Order, now: datetime) -> Promise | None:
    """When a placed order that the factory does not have yet will be ready, as it looks now; None for any other."""
    if order.status not in TO_COME or order.placed_at is None:
        return None
    since = order.placed_at if order.status == OrderStatus.IN_REVIEW else None
    waiting = _ordered_work(_to_come().filter(placed_at__lt=order.placed_at), order.edition.version, now)
    return _promise(order.edition.version, order.configuration, since=since, waiting=waiting, now=now)


def _to_come() -> QuerySet[Order]:
    """Placed orders that the factory does not have yet, the first to come first."""
    return Order.objects.filter(status__in=TO_COME).order_by("placed_at")


def _ordered_work(waiting: QuerySet[Order], version: ProductVersion, now: datetime) -> list[OrderedWork]:
    """The work of those that wait for the plant of a version: what another plant makes is in nobody's way here.

    What is being settled is in review from `now` on.
    """
    ours = waiting.filter(edition__version__in=versions_made_in(definition_of(version).plant))
    texts = ours.annotate(text=Cast("configuration_json", TextField()))
    rows = texts.values_list("edition__version", "text", "status", "placed_at")[:MOST_WAITING]
    return [
        OrderedWork(_work_of(made, configuration), None if status == OrderStatus.APPROVED else placed_at or now)
        for made, configuration, status, placed_at in rows
    ]


@lru_cache(REMEMBERED_WORK)
def _work_of(version_id: int, configuration: str) -> WorkSpec:
    """The work of a configuration, which is JSON text, in a published version, which never changes."""
    return work_spec(definition_with_id(version_id), Configuration.from_json(json.loads(configuration)))


def _promise(
    version: ProductVersion,
    configuration: Configuration,
    *,
    since: datetime | None,
    waiting: list[OrderedWork],
    now: datetime,
) -> Promise:
    definition = definition_of(version)
    return promise_for(
        plant_slug=definition.plant,
        work=OrderedWork(work_spec(definition, configuration), since),
        waiting=waiting,
        review_minutes=settings.REVIEW_WORKING_MINUTES,
        now=now,
    )

"""Reads of orders."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from payments import PaymentStatus

from accounts.models import User
from configurator.configuration import Configuration
from configurator.models import ProductVersion
from configurator.selectors import definition_of
from core.statements import Rows, Statement
from editions.models import Hold
from editions.pricing import Breakdown
from factory_sim.contracts import OrderedWork, Promise
from factory_sim.plant_queue import PlantQueue
from orders.models import Order, OrderEvent, OrderStatus, Payment
from orders.work_ahead import TO_COME, WAITING, queue_behind, queue_of, work_of

OVER = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
AUTHORISED = (PaymentStatus.PREAUTH, PaymentStatus.CONFIRMED)


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
    return sum(count for (count,) in _makers(choices_key=choices_key))


def _orders_of_choices(choices_key: str) -> Rows:
    found = Order.objects.filter(choices_key=choices_key, placed_at__isnull=False).exclude(status__in=OVER)
    return found.order_by().values("choices_key").annotate(count=Count("pk")).values_list("count")


_makers = Statement(_orders_of_choices, choices_key=str)


def price_of_design(order: Order) -> Breakdown:
    """What the order's newest design costs, line by line; the total is what was charged."""
    newest = order.revisions.order_by("-number").first()
    return Breakdown.from_json(newest.breakdown) if newest else order.price


def review_queue() -> QuerySet[Order]:
    """Orders that wait for a decision, the oldest first."""
    return orders().filter(status=OrderStatus.IN_REVIEW).order_by("placed_at")


def with_history(found: QuerySet[Order]) -> QuerySet[Order]:
    events = OrderEvent.objects.select_related("actor").order_by("pk")
    return found.prefetch_related(Prefetch("events", queryset=events), "payments")


def queue_for(version: ProductVersion, now: datetime) -> PlantQueue:
    """The queue of the plant that makes a version, behind everything that is ordered."""
    plant = definition_of(version).plant
    return queue_behind(queue_of(plant, now), plant, now)


def promise_of(version: ProductVersion, configuration: Configuration, now: datetime) -> Promise:
    """When a piece of a design would be ready if it were ordered now."""
    (promise,) = queue_for(version, now).promises([work_of(version.pk, configuration)])
    return promise


def promise_before_settling(order: Order, now: datetime) -> Promise:
    """The same for an order that is paid: those that were ordered before it and are paid, too, come before it, even if
    they are being settled at this moment.
    """
    paid = Payment.objects.filter(order=OuterRef("pk"), status__in=AUTHORISED)
    settling = Q(Exists(paid), status=OrderStatus.AWAITING_PAYMENT, pk__lt=order.pk)
    version = order.edition.version
    plant = definition_of(version).plant
    queue = queue_behind(queue_of(plant, now), plant, now, WAITING | settling)
    (promise,) = queue.promises([work_of(version.pk, order.configuration)])
    return promise


def outlook(order: Order, now: datetime) -> Promise | None:
    """When a placed order that the factory does not have yet will be ready, as it looks now; None for any other."""
    if order.status not in TO_COME or order.placed_at is None:
        return None
    version = order.edition.version
    plant = definition_of(version).plant
    queue = queue_of(plant, now)
    if queue.published and queue.published.counts(order.reference):
        return queue.published.outlook(order.reference)
    since = order.placed_at if order.status == OrderStatus.IN_REVIEW else None
    ahead = queue_behind(queue, plant, now, WAITING & Q(placed_at__lt=order.placed_at))
    return ahead.promise(OrderedWork(work_of(version.pk, order.configuration), since))

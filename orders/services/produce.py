"""From an approved order to a finished piece."""

from datetime import datetime

from django.db import transaction

from configurator.compile import work_spec
from configurator.selectors import definition_of
from core.transitions import Step, change_status
from factory_sim.publishing import note_ready
from factory_sim.services import produce
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus
from orders.selectors import OVER
from orders.services.notify import notify
from orders.services.pay import locked_order

START_TOPIC = "orders.start_production"


@transaction.atomic
def start_production(*, order_id: int, now: datetime) -> None:
    """Turn the order's configuration into work and hand it to the factory. Idempotent on the order's reference.

    An order that is over meanwhile is left alone.
    """
    # Locked first: a customer may be changing the design, or cancelling.
    order = locked_order(order_id)
    if order.status in OVER:
        return
    definition = definition_of(order.edition.version)
    spec = work_spec(definition, order.configuration)
    produce(plant_slug=definition.plant, external_ref=order.reference, spec=spec, now=now, due_at=order.safe_at)
    change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.IN_PRODUCTION, now))


@transaction.atomic
def finish_production(*, external_ref: str, now: datetime) -> None:
    """The factory reports that a piece has passed its last operation. Idempotent."""
    order = Order.objects.get(reference=external_ref)
    note_ready(external_ref=external_ref)
    if change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.FINISHED, now)):
        notify(order)

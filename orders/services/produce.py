"""From an approved order to a finished piece."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.picture_address import picture_address
from configurator.selectors import definition_of
from configurator.studio import particulars
from core.transitions import Step, change_status
from factory_sim.contracts import Particular, WorkSpec
from factory_sim.publishing import note_ready
from factory_sim.services import produce
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus
from orders.selectors import OVER
from orders.services.notify import notify
from orders.services.pay import locked_order

START_TOPIC = "orders.start_production"
NUMBER = {"ko": "번호", "en": "Number"}
PICTURE_SIZE = 800


@transaction.atomic
def start_production(*, order_id: int, now: datetime) -> None:
    """Turn the order's configuration into work and hand it to the factory. Idempotent on the order's reference.

    An order that is over meanwhile is left alone.
    """
    # Locked first: a customer may be changing the design, or cancelling.
    order = locked_order(order_id)
    if order.status in OVER:
        return
    spec, plant = ordered_work(order), definition_of(order.edition.version).plant
    produce(plant_slug=plant, external_ref=order.reference, spec=spec, now=now, due_at=order.safe_at)
    change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.IN_PRODUCTION, now))


def ordered_work(order: Order, design: Configuration | None = None) -> WorkSpec:
    """The work of an ordered piece, with all that makes it this very one: its number, its design and its picture.

    Of another `design` than the order has, where one is given.
    """
    definition, configuration = definition_of(order.edition.version), design or order.configuration
    number = order.piece.engraved_number
    engraved = number if definition.numbering else ""
    return replace(
        work_spec(definition, configuration),
        particulars=(
            Particular("number", NUMBER, dict.fromkeys(NUMBER, number)),
            *particulars(definition, configuration),
        ),
        picture=picture_address(configuration, definition.views[0].id, PICTURE_SIZE, "jpeg", engraved),
    )


@transaction.atomic
def finish_production(*, external_ref: str, now: datetime) -> None:
    """The factory reports that a piece has passed its last operation. Idempotent."""
    order = Order.objects.get(reference=external_ref)
    note_ready(external_ref=external_ref)
    if change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.FINISHED, now)):
        notify(order)

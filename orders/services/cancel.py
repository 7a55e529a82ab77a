"""The end of an order before its piece is made: cancelled by its holder, or given up by the workshop."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import outbox
from core.problems import Problem
from core.transitions import Step, change_status
from editions.services import free_piece
from factory_sim.commands import TooLate, withdraw_work
from factory_sim.contracts import Kind
from factory_sim.publishing import withdraw_promise
from factory_sim.selectors import making
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus
from orders.selectors import OVER
from orders.services.notify import notify
from orders.services.pay import VOID_TOPIC, locked_order

CANCELLABLE = (OrderStatus.IN_REVIEW, OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION)


class UnableToCancel(Problem):
    """The making of the piece has begun, or the order has come to another end."""

    code = "unable_to_cancel"
    status = 409


@transaction.atomic
def cancel_order(*, order_id: int, now: datetime) -> bool:
    """Cancel an order for its holder, until the first operation on its piece begins.

    The piece and its units are free again, a promise that is not due yet is withdrawn, and the money is let go or given
    back. Says whether this call did it. Raises UnableToCancel.
    """
    order = locked_order(order_id)
    if order.status == OrderStatus.CANCELLED:
        return False
    if order.status not in CANCELLABLE:
        sentence = _("Order %(reference)s is %(status)s: it cannot be cancelled.")
        raise UnableToCancel(sentence % {"reference": order, "status": order.get_status_display()})
    if order.status == OrderStatus.IN_PRODUCTION:
        _take_from_the_plant(order, now)
    with override(order.language):
        reason = _("You cancelled it.")
    withdraw_promise(external_ref=order.reference, now=now)
    _end(order, Step(OrderStatus.CANCELLED, now, reason))
    return True


@transaction.atomic
def give_up_production(*, external_ref: str, reason: str, now: datetime) -> None:
    """The factory reports that a piece was aborted: its order is over, and what was paid is given back. Idempotent.

    Its promise stays in the record: it was given, and it is not kept.
    """
    order = locked_order(Order.objects.values_list("pk", flat=True).get(reference=external_ref))
    if order.status in OVER:
        return
    made = making(external_ref=external_ref)
    has_begun = made is not None and any(event.kind == Kind.STARTED for event in made.progress)
    with override(order.language):
        told = _("The workshop had to give up making this piece. %(reason)s") % {"reason": reason}
    _end(order, Step(OrderStatus.CANCELLED, now, told.strip()), units_are_used=has_begun)


def _take_from_the_plant(order: Order, now: datetime) -> None:
    try:
        withdraw_work(external_ref=order.reference, reason=_("Cancelled by the customer."), now=now)
    except TooLate as problem:
        raise UnableToCancel(f"{problem.detail} {why_not(order)}", operation=problem.extra["operation"]) from problem


def why_not(order: Order) -> str:
    """Why a piece that has begun cannot be cancelled any more."""
    if order.configuration.is_personal:
        return _("It carries your own text or picture: nobody else could have it.")
    return _("You can return the piece within seven days of its arrival.")


def _end(order: Order, step: Step, *, units_are_used: bool = False) -> None:
    """Bring a locked, paid order to its end."""
    change_status(order, ORDER_TRANSITIONS, step)
    free_piece(piece_id=order.piece_id, now=step.now, units_are_used=units_are_used)
    notify(order)
    outbox.enqueue(VOID_TOPIC, order_id=order.pk)

"""What follows from a payment: the piece is sold, or the order is given up; later capture or void."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from payments import PaymentStatus

from core import outbox
from core.transitions import Step, change_status
from editions.services import PieceTaken, sell_piece
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus, Payment

CAPTURE_TOPIC = "orders.capture_payment"
VOID_TOPIC = "orders.void_payment"
GIVE_UP_AFTER = timedelta(minutes=30)
AUTHORISED = (PaymentStatus.PREAUTH, PaymentStatus.CONFIRMED)

log = structlog.get_logger("orders")


@transaction.atomic
def settle_payment(*, order_id: int, now: datetime) -> Order:
    """Bring an order in line with its payments: authorised means sold and in review. Idempotent."""
    order = Order.objects.select_for_update(of=("self",)).select_related("hold").get(pk=order_id)
    if order.status != OrderStatus.AWAITING_PAYMENT:
        return order
    if not order.payments.filter(status__in=AUTHORISED).exists():
        return order
    try:
        # The customer will read the reason, whoever runs this.
        with transaction.atomic(), override(order.language):
            sell_piece(hold=order.hold)
    except PieceTaken as problem:
        change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.CANCELLED, now, problem.detail))
        outbox.enqueue(VOID_TOPIC, order_id=order.pk)
    else:
        change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.IN_REVIEW, now), placed_at=now)
        log.info("order_placed", order=order.reference)
    return order


def settle_open_payments(*, now: datetime) -> int:
    """Settle orders whose customer never came back from the provider, and give up those never paid; count them."""
    waiting = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT)
    paid = waiting.filter(payments__status__in=AUTHORISED).values_list("pk", flat=True).distinct()
    late = waiting.filter(created_at__lt=now - GIVE_UP_AFTER).exclude(payments__status__in=AUTHORISED)
    settled = [settle_payment(order_id=order_id, now=now) for order_id in paid]
    given_up = [give_up(order_id=order_id, now=now) for order_id in late.values_list("pk", flat=True)]
    return len(settled) + len(given_up)


@transaction.atomic
def give_up(*, order_id: int, now: datetime) -> Order:
    """Cancel an order that was never paid; its piece has come back by itself."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.status == OrderStatus.AWAITING_PAYMENT:
        with override(order.language):
            reason = _("It was not paid in time.")
        change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.CANCELLED, now, reason))
    return order


def capture_payment(*, order_id: int) -> None:
    """Take the money of an approved order. Idempotent: a captured payment is left alone."""
    for payment in _locked_payments(order_id, PaymentStatus.PREAUTH):
        payment.capture(payment.total)
        # The library saves the status, not the amount.
        payment.save()


def void_payment(*, order_id: int) -> None:
    """Let go of the authorised money of an order that did not come about, or give it back. Idempotent."""
    for payment in _locked_payments(order_id, *AUTHORISED):
        if payment.status == PaymentStatus.PREAUTH:
            payment.release()
        else:
            payment.refund(payment.captured_amount)


def _locked_payments(order_id: int, *statuses: str) -> list[Payment]:
    return list(
        Payment.objects.select_for_update(of=("self",)).filter(order_id=order_id, status__in=statuses).order_by("pk")
    )

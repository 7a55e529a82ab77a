"""From a payment to what follows: the piece is sold, or the order is given up; later capture or void."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from payments import PaymentStatus, RedirectNeeded

from configurator.selectors import definition_of
from core import outbox
from core.transitions import Step, change_status
from editions.services import PieceTaken, sell_piece
from factory_sim.publishing import give_promise, withdraw_promise
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus, Payment
from orders.selectors import AUTHORISED, promise_before_settling
from orders.services.notify import notify
from orders.services.place import new_payment

CAPTURE_TOPIC = "orders.capture_payment"
VOID_TOPIC = "orders.void_payment"
GIVE_UP_AFTER = timedelta(minutes=30)
OPEN = (PaymentStatus.WAITING, PaymentStatus.INPUT)
OVER = (OrderStatus.CANCELLED, OrderStatus.REJECTED)

log = structlog.get_logger("orders")


class NotCaptured(Exception):
    """The provider took no money for an approved order: production must not start."""


@transaction.atomic
def ask_for_payment(*, order_id: int, data: Mapping[str, str] | None) -> forms.Form | str:
    """The provider's form for an order, or the address to go on to when there is nothing more to fill in.

    One request at a time per order: a form that is sent twice never becomes two authorisations.
    """
    order = locked_order(order_id)
    latest = order.payments.order_by("-pk").first()
    if order.status != OrderStatus.AWAITING_PAYMENT or order.payments.filter(status__in=AUTHORISED).exists():
        return latest.get_success_url() if latest else order.get_absolute_url()
    payment = latest if latest and latest.status in OPEN else new_payment(order)
    try:
        form: forms.Form = payment.get_form(data=data)
    except RedirectNeeded as elsewhere:
        return str(elsewhere)
    return form


@transaction.atomic
def settle_payment(*, order_id: int, now: datetime) -> Order:
    """Bring an order in line with its payments. Idempotent.

    Authorised means sold and in review, with a promise that counts from now. Money that arrives for an order
    that is over is let go.
    """
    order = locked_order(order_id)
    if not order.payments.filter(status__in=AUTHORISED).exists():
        return order
    if order.status in OVER:
        outbox.enqueue_once(VOID_TOPIC, order_id=order.pk)
    if order.status != OrderStatus.AWAITING_PAYMENT:
        return order
    # Before the sale: that waits for others of the edition, and they must not wait for this.
    promise = promise_before_settling(order, now)
    plant = definition_of(order.edition.version).plant
    give_promise(plant_slug=plant, external_ref=order.reference, given=promise, now=now)
    try:
        # The customer will read the reason, whoever runs this.
        with transaction.atomic(), override(order.language):
            sell_piece(hold=order.hold, now=now)
    except PieceTaken as problem:
        withdraw_promise(external_ref=order.reference, now=now)
        change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.CANCELLED, now, problem.detail))
        outbox.enqueue(VOID_TOPIC, order_id=order.pk)
    else:
        change_status(
            order,
            ORDER_TRANSITIONS,
            Step(OrderStatus.IN_REVIEW, now),
            placed_at=now,
            likely_at=promise.likely_at,
            safe_at=promise.safe_at,
        )
        log.info("order_placed", order=order.reference)
    notify(order)
    return order


def settle_open_payments(*, now: datetime) -> int:
    """Settle orders whose customer never came back from the provider, and give up those never paid; count them."""
    authorised = Q(payments__status__in=AUTHORISED)
    waiting = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT)
    unsettled = Order.objects.filter(authorised, status__in=(OrderStatus.AWAITING_PAYMENT, *OVER))
    late = waiting.filter(created_at__lt=now - GIVE_UP_AFTER).exclude(authorised)
    settled = [settle_payment(order_id=key, now=now) for key in unsettled.values_list("pk", flat=True).distinct()]
    given_up = [give_up(order_id=key, now=now) for key in late.values_list("pk", flat=True)]
    return len(settled) + len(given_up)


@transaction.atomic
def give_up(*, order_id: int, now: datetime) -> Order:
    """Cancel an order that was never paid; its piece has come back by itself."""
    order = locked_order(order_id)
    with override(order.language):
        return _cancel_unpaid(order, now, _("It was not paid in time."))


@transaction.atomic
def withdraw_for_change(*, hold_token: str, now: datetime) -> None:
    """Cancel the unpaid order of a hold whose owner holds a changed design; without such an order do nothing.

    An order that is paid meanwhile is placed: its piece stays its owner's.
    """
    unpaid = Order.objects.filter(hold__token=hold_token, status=OrderStatus.AWAITING_PAYMENT).first()
    if unpaid:
        order = settle_payment(order_id=unpaid.pk, now=now)
        with override(order.language):
            _cancel_unpaid(order, now, _("You went back and changed the design."))


def capture_payment(*, order_id: int) -> bool:
    """Take the money of an approved order, once, and let go of what was authorised besides. Idempotent.

    Says whether it is taken: of an order that is over it is not. Raises NotCaptured when there is nothing to take or
    the provider refuses.
    """
    # Whoever cancels waits, or has cancelled: then nothing is taken.
    if locked_order(order_id).status in OVER:
        return False
    payments = _locked_payments(order_id)
    captured = [payment for payment in payments if payment.status == PaymentStatus.CONFIRMED]
    reserved = [payment for payment in payments if payment.status == PaymentStatus.PREAUTH]
    if not captured and reserved:
        payment = reserved.pop(0)
        payment.capture(payment.total)
        # The library saves the status, not the amount.
        payment.save()
        captured = [payment]
    if not captured or captured[0].status != PaymentStatus.CONFIRMED:
        raise NotCaptured(f"order {order_id} has no payment that could be captured")
    for payment in reserved:
        payment.release()
    return True


def void_payment(*, order_id: int) -> None:
    """Let go of the authorised money of an order that did not come about, or give it back. Idempotent."""
    for payment in _locked_payments(order_id):
        if payment.status == PaymentStatus.PREAUTH:
            payment.release()
        else:
            payment.refund(payment.captured_amount)


def _cancel_unpaid(order: Order, now: datetime, reason: str) -> Order:
    """Cancel a locked order unless it is paid, or was cancelled, meanwhile."""
    paid = order.payments.filter(status__in=AUTHORISED).exists()
    if order.status == OrderStatus.AWAITING_PAYMENT and not paid:
        change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.CANCELLED, now, reason))
    return order


def locked_order(order_id: int) -> Order:
    """An order, locked until the transaction ends: before its plant's clock, its edition and its piece."""
    orders = Order.objects.select_for_update(of=("self",)).select_related("hold", "edition__version__product", "piece")
    return orders.defer("edition__version__definition").get(pk=order_id)


def _locked_payments(order_id: int) -> list[Payment]:
    """The payments of an order that hold money, the oldest first, locked."""
    payments = Payment.objects.select_for_update(of=("self",)).filter(order_id=order_id, status__in=AUTHORISED)
    return list(payments.order_by("pk"))

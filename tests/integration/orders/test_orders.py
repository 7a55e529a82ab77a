"""From a hold to a finished piece, one service at a time."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from payments import PaymentStatus

from accounts.models import User
from core.models import OutboxMessage
from core.transitions import UnableToChangeStatus
from editions.models import Edition, Piece, PieceState
from editions.services import HoldExpired
from factory_sim.contracts import FINISHED_TOPIC
from factory_sim.models import ProductionOrder
from orders import tasks
from orders.models import Order, OrderEvent, OrderStatus
from orders.services.notify import NOTIFY_TOPIC
from orders.services.pay import CAPTURE_TOPIC, VOID_TOPIC, settle_open_payments, settle_payment, void_payment
from orders.services.place import AlreadyOrdered, Buyer, place_order
from orders.services.produce import START_TOPIC, finish_production, start_production
from orders.services.review import ReasonMissing, approve_order, reject_order
from tests import samples

pytestmark = pytest.mark.django_db

GUEST = Buyer(email="mina@example.com", language="ko", accepts_no_return=True)


def topics() -> list[str]:
    """What is to be done, apart from the letters."""
    messages = OutboxMessage.objects.exclude(topic=NOTIFY_TOPIC).order_by("pk")
    return list(messages.values_list("topic", flat=True))


def test_an_order_freezes_what_was_held(edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now, glaze="indigo")

    order = place_order(hold_token=held.token, buyer=GUEST, now=now)

    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert (order.piece, order.total, order.fingerprint) == (held.piece, 68_000, held.fingerprint)
    assert order.configuration.choices["glaze"] == "indigo"
    assert order.payments.get().total == 68_000
    edition.refresh_from_db()
    assert edition.orders_placed == 0


def test_the_same_hold_never_becomes_two_orders(edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now)
    order = place_order(hold_token=held.token, buyer=GUEST, now=now)

    with pytest.raises(AlreadyOrdered) as refused:
        place_order(hold_token=held.token, buyer=GUEST, now=now)

    assert refused.value.order == order
    assert Order.objects.count() == 1


@pytest.mark.parametrize("minutes", [10, 60])
def test_an_expired_hold_orders_nothing(edition: Edition, now: datetime, minutes: int) -> None:
    held = samples.held(edition, now=now)

    with pytest.raises(HoldExpired):
        place_order(hold_token=held.token, buyer=GUEST, now=now + timedelta(minutes=minutes))
    with pytest.raises(HoldExpired):
        place_order(hold_token="no-such-hold", buyer=GUEST, now=now)

    assert Order.objects.count() == 0


def test_an_authorised_payment_sells_the_piece_and_puts_the_order_in_review(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    settled = settle_payment(order_id=order.pk, now=now)
    again = settle_payment(order_id=order.pk, now=now)

    edition.refresh_from_db()
    assert (settled.status, again.status, settled.placed_at) == (OrderStatus.IN_REVIEW, OrderStatus.IN_REVIEW, now)
    assert edition.orders_placed == 1
    assert Piece.objects.get(pk=order.piece_id).state == PieceState.SOLD
    assert OrderEvent.objects.count() == 1


@pytest.mark.parametrize("status", [PaymentStatus.WAITING, PaymentStatus.INPUT, PaymentStatus.REJECTED])
def test_a_payment_that_is_not_authorised_sells_nothing(edition: Edition, now: datetime, status: str) -> None:
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(status)

    assert settle_payment(order_id=order.pk, now=now).status == OrderStatus.AWAITING_PAYMENT

    edition.refresh_from_db()
    assert edition.orders_placed == 0
    assert Piece.objects.get(pk=order.piece_id).state == PieceState.HELD


def test_money_for_a_piece_that_somebody_else_took_meanwhile_is_let_go(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    late = samples.unpaid_order(edition, now=now)
    samples.order_in_review(edition, now=now + timedelta(minutes=26))
    late.payments.get().change_status(PaymentStatus.PREAUTH)

    settled = settle_payment(order_id=late.pk, now=now + timedelta(minutes=27))

    assert settled.status == OrderStatus.CANCELLED
    assert "1번 작품을 다른 분이" in settled.events.get().reason
    assert topics() == [VOID_TOPIC]
    tasks.void_payment(order_id=late.pk)
    assert late.payments.get().status == PaymentStatus.REFUNDED
    edition.refresh_from_db()
    assert edition.orders_placed == 1


def test_a_customer_who_never_comes_back_from_the_bank_still_gets_her_piece(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    assert settle_open_payments(now=now) == 1

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_REVIEW


def test_an_order_that_is_never_paid_is_given_up_with_a_reason(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)

    assert settle_open_payments(now=now + timedelta(minutes=29)) == 0
    assert settle_open_payments(now=now + timedelta(minutes=31)) == 1

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert order.events.get().reason == "정해진 시간 안에 결제되지 않았습니다."
    assert samples.held(edition, now=now + timedelta(minutes=31)).piece == order.piece


def test_approving_takes_the_money_and_starts_production(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)

    assert approve_order(order_id=order.pk, actor=reviewer, now=now)
    tasks.capture_payment(order_id=order.pk)
    tasks.start_production(order_id=order.pk)

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PRODUCTION
    assert order.payments.get().status == PaymentStatus.CONFIRMED
    assert topics() == [CAPTURE_TOPIC, START_TOPIC]
    work = ProductionOrder.objects.get(external_ref=order.reference).work_spec
    assert "press" in [operation["id"] for operation in work["operations"]]


def test_approving_twice_does_nothing_twice(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)

    done = [approve_order(order_id=order.pk, actor=reviewer, now=now) for _ in range(2)]

    assert done == [True, False]
    assert topics() == [CAPTURE_TOPIC]
    assert [event.actor for event in order.events.order_by("pk")] == [None, reviewer]


def test_capturing_and_voiding_twice_moves_money_once(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    tasks.capture_payment(order_id=order.pk)
    tasks.capture_payment(order_id=order.pk)
    payment = order.payments.get()
    assert (payment.status, payment.captured_amount) == (PaymentStatus.CONFIRMED, Decimal(order.total))

    void_payment(order_id=order.pk)
    void_payment(order_id=order.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.captured_amount) == (PaymentStatus.REFUNDED, Decimal(0))


def test_declining_frees_the_piece_and_tells_why(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)

    assert reject_order(order_id=order.pk, actor=reviewer, now=now, reason=" The name is a trademark. ")
    tasks.void_payment(order_id=order.pk)

    order.refresh_from_db()
    event = order.events.order_by("pk").last()
    assert order.status == OrderStatus.REJECTED
    assert event is not None
    assert (event.reason, event.actor) == ("The name is a trademark.", reviewer)
    assert order.payments.get().status == PaymentStatus.REFUNDED
    assert samples.held(edition, now=now).piece == order.piece


def test_declining_needs_a_reason(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)

    with pytest.raises(ReasonMissing):
        reject_order(order_id=order.pk, actor=reviewer, now=now, reason="  ")

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_REVIEW
    assert topics() == []


def test_a_decision_cannot_be_turned_round(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=reviewer, now=now)

    with pytest.raises(UnableToChangeStatus):
        reject_order(order_id=order.pk, actor=reviewer, now=now, reason="second thoughts")

    assert Piece.objects.get(pk=order.piece_id).state == PieceState.SOLD
    assert topics() == [CAPTURE_TOPIC]


@pytest.mark.parametrize("kind", ["customer", "staff without the right", "reviewer who left"])
def test_only_reviewers_decide(edition: Edition, now: datetime, kind: str) -> None:
    order = samples.order_in_review(edition, now=now)
    if kind == "reviewer who left":
        actor = samples.reviewer()
        actor.is_active = False
        actor.save()
    else:
        actor = User.objects.create_user("someone@example.com", is_staff=kind != "customer")

    with pytest.raises(PermissionDenied):
        approve_order(order_id=order.pk, actor=actor, now=now)
    with pytest.raises(PermissionDenied):
        reject_order(order_id=order.pk, actor=actor, now=now, reason="no")

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_REVIEW
    assert topics() == []


def test_production_starts_once_and_finishes_the_order_once(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=reviewer, now=now)

    for _ in range(2):
        start_production(order_id=order.pk, now=now)
    for _ in range(2):
        finish_production(external_ref=order.reference, now=now)

    order.refresh_from_db()
    assert order.status == OrderStatus.FINISHED
    assert ProductionOrder.objects.count() == 1
    assert [event.to_status for event in order.events.order_by("pk")] == [
        OrderStatus.IN_REVIEW,
        OrderStatus.APPROVED,
        OrderStatus.IN_PRODUCTION,
        OrderStatus.FINISHED,
    ]


def test_the_factory_reports_to_the_orders() -> None:
    from core import outbox

    assert FINISHED_TOPIC in outbox.topics()

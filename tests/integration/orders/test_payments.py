"""Money: authorised once, taken once, and let go of whenever the order does not come about."""

import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from payments import PaymentStatus

from accounts.models import User
from core.models import OutboxMessage
from editions.models import Edition, PieceState
from editions.services import Wish
from factory_sim.models import FactoryClock
from orders import tasks
from orders.models import Order, OrderStatus
from orders.selectors import outlook, promise_before_settling, promise_of
from orders.services.hold import hold_design
from orders.services.pay import (
    NotCaptured,
    ask_for_payment,
    capture_payment,
    give_up,
    settle_open_payments,
    settle_payment,
    withdraw_for_change,
)
from orders.services.place import new_payment
from orders.services.produce import START_TOPIC
from orders.services.quote import make_quote
from orders.services.review import approve_order, reject_order
from tests import samples

pytestmark = pytest.mark.django_db

AUTHORISE = {"decision": "authorise"}


def statuses(order: Order) -> list[str]:
    return list(order.payments.order_by("pk").values_list("status", flat=True))


def authorise_another(order: Order) -> None:
    """A second authorisation, as a provider's call from outside may bring it."""
    new_payment(order).change_status(PaymentStatus.PREAUTH)


def voids() -> int:
    return OutboxMessage.objects.filter(topic="orders.void_payment").count()


# --- Promised anew ----------------------------------------------------------------------------------


def test_those_that_pay_at_the_same_moment_come_one_after_the_other(edition: Edition, now: datetime) -> None:
    orders = [samples.unpaid_order(edition, now=now) for _ in range(8)]
    for order in orders:
        authorise_another(order)

    # Nobody of them is sold yet; each is promised behind those that ordered before.
    promised = [promise_before_settling(order, now).likely_at for order in orders]

    assert promised == sorted(promised)
    assert promised[0] < promised[-1]
    assert promised[0] == promise_of(edition.version, orders[0].configuration, now).likely_at


def test_an_order_that_nobody_has_paid_for_is_in_nobodys_way(edition: Edition, now: datetime) -> None:
    orders = [samples.unpaid_order(edition, now=now) for _ in range(8)]

    assert len({promise_before_settling(order, now).likely_at for order in orders}) == 1


# --- Authorised once ---------------------------------------------------------------------------------


def test_a_second_click_authorises_nothing_more(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)

    addresses = [ask_for_payment(order_id=order.pk, data=AUTHORISE) for _ in range(2)]

    assert addresses[0] == addresses[1] == f"/en/orders/{order.token}/paid/"
    assert statuses(order) == [PaymentStatus.PREAUTH]


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_time_authorise_once(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    together = threading.Barrier(4)

    def click() -> None:
        together.wait()
        ask_for_payment(order_id=order.pk, data=AUTHORISE)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses(order) == [PaymentStatus.PREAUTH]


def test_after_a_refusal_there_is_a_new_payment_to_try(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    ask_for_payment(order_id=order.pk, data={"decision": "decline"})

    form = ask_for_payment(order_id=order.pk, data=None)

    assert not isinstance(form, str)
    assert statuses(order) == [PaymentStatus.REJECTED, PaymentStatus.INPUT]


# --- Taken once --------------------------------------------------------------------------------------


def test_of_two_authorisations_one_is_taken_and_one_let_go(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    authorise_another(order)

    capture_payment(order_id=order.pk)
    capture_payment(order_id=order.pk)

    assert statuses(order) == [PaymentStatus.CONFIRMED, PaymentStatus.REFUNDED]
    assert sum(payment.captured_amount for payment in order.payments.all()) == order.total


def test_the_database_refuses_to_take_twice(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    capture_payment(order_id=order.pk)

    with pytest.raises(IntegrityError, match="orders_paid_once"), transaction.atomic():
        new_payment(order).change_status(PaymentStatus.CONFIRMED)


def test_production_does_not_start_without_the_money(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=reviewer, now=now)
    order.payments.update(status=PaymentStatus.ERROR)

    with pytest.raises(NotCaptured):
        tasks.capture_payment(order_id=order.pk)

    assert not OutboxMessage.objects.filter(topic=START_TOPIC).exists()


# --- Let go of ---------------------------------------------------------------------------------------


def test_money_that_comes_after_the_order_was_given_up_is_let_go(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    give_up(order_id=order.pk, now=now + timedelta(minutes=31))
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    for minute in (32, 33):
        assert settle_open_payments(now=now + timedelta(minutes=minute)) == 1

    assert voids() == 1
    tasks.void_payment(order_id=order.pk)
    assert statuses(order) == [PaymentStatus.REFUNDED]
    assert settle_open_payments(now=now + timedelta(minutes=34)) == 0


def test_an_order_that_is_paid_at_the_last_moment_is_not_given_up(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    # The sweeper had listed it as unpaid a moment before.
    assert give_up(order_id=order.pk, now=now + timedelta(minutes=31)).status == OrderStatus.AWAITING_PAYMENT
    assert settle_payment(order_id=order.pk, now=now + timedelta(minutes=31)).status == OrderStatus.IN_REVIEW


def test_money_that_comes_after_a_refused_design_is_let_go(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)
    reject_order(order_id=order.pk, actor=reviewer, now=now, reason="상표가 들어 있어요.")
    tasks.void_payment(order_id=order.pk)
    OutboxMessage.objects.all().delete()
    authorise_another(order)

    settle_payment(order_id=order.pk, now=now)

    assert voids() == 1


# --- Back to the design ------------------------------------------------------------------------------


def test_a_changed_design_cancels_the_unpaid_order_and_keeps_the_number(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    offer = make_quote(edition=edition, data=samples.design(edition, glaze="indigo"), now=now).offer

    held = hold_design(edition=edition, offer=offer, now=now, wish=Wish(replaces=order.hold.token))

    order.refresh_from_db()
    assert (order.status, order.events.get().reason) == (OrderStatus.CANCELLED, "디자인을 바꾸러 돌아가셨습니다.")
    assert held.piece == order.piece


def test_a_paid_order_stands_whatever_is_held_after_it(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    offer = make_quote(edition=edition, data=samples.design(edition, glaze="indigo"), now=now).offer

    held = hold_design(edition=edition, offer=offer, now=now, wish=Wish(replaces=order.hold.token))

    order.refresh_from_db()
    order.piece.refresh_from_db()
    assert (order.status, order.piece.state) == (OrderStatus.IN_REVIEW, PieceState.SOLD)
    assert held.piece != order.piece


def test_a_hold_without_an_order_is_withdrawn_from_nothing(edition: Edition, now: datetime) -> None:
    with samples.nothing_written():
        withdraw_for_change(hold_token="nobody", now=now)


# --- The promise, and the letters --------------------------------------------------------------------


def test_the_promise_counts_from_the_order(edition: Edition, now: datetime) -> None:
    FactoryClock.objects.update(speed=720, real_anchor=now)
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    # Nine minutes at the bank are four and a half days in this demo's factory.
    settled = settle_payment(order_id=order.pk, now=now + timedelta(minutes=9))

    assert settled.safe_at > order.safe_at + timedelta(days=3)
    assert settled.likely_at <= settled.safe_at


def test_an_order_that_waits_for_its_review_says_when_it_will_be_ready_as_it_looks_now(
    edition: Edition, now: datetime
) -> None:
    FactoryClock.objects.update(speed=720, real_anchor=now)
    first, second = (samples.order_in_review(edition, now=now + timedelta(seconds=each)) for each in (0, 1))

    early, late = (outlook(first, now + timedelta(seconds=each)) for each in (0, 600))
    behind = outlook(second, now)

    assert early
    assert late
    assert behind
    assert abs(early.safe_at - first.safe_at) < timedelta(hours=1), "at first what was promised"
    assert late.safe_at > first.safe_at + timedelta(days=3), "a review that takes days delays the piece"
    assert behind.likely_at >= early.likely_at
    assert outlook(samples.unpaid_order(edition, now=now), now) is None


def newest_letter(order: Order, status: OrderStatus) -> mail.EmailMessage:
    """What the newest message to the customer becomes."""
    message = OutboxMessage.objects.filter(topic="orders.notify").latest("pk")
    assert message.payload == {"order_id": order.pk, "status": status}
    tasks.send_letter(**message.payload)
    letter = mail.outbox[-1]
    assert letter.to == ["mina@example.com"]
    assert f"/ko/orders/{order.token}/" in letter.body
    return letter


def test_letters_bring_the_address_of_the_order_and_say_where_it_stands(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    placed = newest_letter(order, OrderStatus.IN_REVIEW)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.IN_PRODUCTION)
    tasks.finish_production(external_ref=order.reference)
    finished = newest_letter(order, OrderStatus.FINISHED)

    assert (placed.subject, finished.subject) == ("1번 작품 주문", "1번 작품이 완성되었습니다")
    assert "1번 작품은 이제 당신의 것입니다" in placed.body
    assert "1번 작품이 완성되었습니다" in finished.body


def test_a_refusal_is_written_with_its_reason(edition: Edition, now: datetime, reviewer: User) -> None:
    order = samples.order_in_review(edition, now=now)
    reject_order(order_id=order.pk, actor=reviewer, now=now, reason="상표가 <들어> 있어요.")

    letter = newest_letter(order, OrderStatus.REJECTED)

    assert letter.subject == "1번 작품의 디자인이 거절되었습니다"
    assert "상표가 <들어> 있어요." in letter.body

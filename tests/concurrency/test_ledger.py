"""Twelve people pay at the same time: one chain without a gap, and a check that is not disturbed."""

import threading
from datetime import datetime

import pytest
from payments import PaymentStatus

from editions import locks, services
from editions.ledger_selectors import checked_tally
from editions.models import Edition
from editions.pricing import PriceCard, Step
from orders import ledger_audit
from orders.ledger_audit import audit_ledger
from orders.models import Order
from orders.services.pay import settle_payment
from tests import samples
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 12
STEEP = PriceCard((Step(1, 58_000), Step(4, 64_000), Step(8, 72_000)))


def paid_orders(edition: Edition, now: datetime) -> list[Order]:
    orders = [samples.unpaid_order(edition, now=now) for _ in range(BUYERS)]
    for order in orders:
        order.payments.get().change_status(PaymentStatus.PREAUTH)
    return orders


def test_orders_at_once_make_one_chain_and_what_was_shown_is_charged_and_entered(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=BUYERS, card=STEEP)
    orders = paid_orders(edition, now)

    at_once(BUYERS, lambda number: settle_payment(order_id=orders[number].pk, now=now))

    entries = list(edition.ledger.order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, BUYERS + 2))
    assert [entry.orders_placed for entry in entries[1:]] == list(range(BUYERS))
    assert {entry.piece: entry.total for entry in entries[1:]} == {order.piece.number: order.total for order in orders}
    assert {order.total for order in orders} == {order.hold.total for order in orders}
    tally = audit_ledger(edition.pk)
    assert (tally.orders, tally.net) == (BUYERS, sum(order.total for order in orders))


def test_control_without_the_editions_lock_the_database_refuses_what_does_not_follow(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.open_edition(now=now, size=2, card=STEEP)
    holds = [samples.held(edition, now=now) for _ in range(2)]
    together = threading.Barrier(2)

    def look_together(edition_id: int) -> Edition:
        found = Edition.objects.get(pk=edition_id)
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(locks, "lock_edition", look_together)
    refused: list[str] = []

    def sell(number: int) -> None:
        try:
            services.sell_piece(hold=holds[number], now=now)
        except Exception as error:  # noqa: BLE001 (its kind is what the test is about)
            refused.append(type(error).__name__)

    at_once(2, sell)

    assert refused == ["IntegrityError"]
    assert edition.ledger.count() == 2


def test_an_order_that_comes_in_during_a_check_is_not_taken_for_a_fault(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.open_edition(now=now, size=BUYERS, card=STEEP)
    samples.order_in_review(edition, now=now)
    unpaid = samples.unpaid_order(edition, now=now)
    unpaid.payments.get().change_status(PaymentStatus.PREAUTH)

    def order_meanwhile(found: Edition) -> object:
        tally = checked_tally(found)
        at_once(1, lambda _: settle_payment(order_id=unpaid.pk, now=now))
        return tally

    monkeypatch.setattr(ledger_audit, "checked_tally", order_meanwhile)

    assert audit_ledger(edition.pk).orders == 1
    monkeypatch.undo()
    assert audit_ledger(edition.pk).orders == 2

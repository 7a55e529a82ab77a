"""Status changes: what the table allows happens once and leaves one event; everything else is refused."""

import threading
from datetime import datetime
from itertools import product

import pytest
from django.db import connection, transaction

from accounts.models import User
from core.transitions import Step, UnableToChangeStatus, change_status
from editions.models import Edition
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus
from tests import samples


def with_status(order: Order, status: str) -> Order:
    Order.objects.filter(pk=order.pk).update(status=status)
    order.refresh_from_db()
    return order


@pytest.mark.django_db
def test_an_allowed_step_writes_the_status_and_one_event(edition: Edition, reviewer: User, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    changed = change_status(
        order, ORDER_TRANSITIONS, Step(OrderStatus.REJECTED, now, "too small to read", reviewer), note="seen"
    )

    assert changed is True
    assert (order.status, order.note) == ("rejected", "seen")
    event = order.events.latest("pk")
    assert (event.from_status, event.to_status, event.reason) == ("in_review", "rejected", "too small to read")
    assert (event.actor, event.at) == (reviewer, now)


@pytest.mark.django_db
def test_the_same_step_again_writes_nothing(edition: Edition, reviewer: User, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now, actor=reviewer))

    with samples.nothing_written():
        again = change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now), note="written?")

    assert again is False
    assert order.status == "approved"


@pytest.mark.django_db
def test_every_step_outside_the_table_is_refused_and_writes_nothing(edition: Edition, now: datetime) -> None:
    order = samples.unpaid_order(edition, now=now)
    refused = set()
    for found, wanted in product(OrderStatus.values, OrderStatus.values):
        with_status(order, found)
        with samples.nothing_written():
            try:
                with transaction.atomic():
                    change_status(order, ORDER_TRANSITIONS, Step(wanted, now))
                    transaction.set_rollback(True)
            except UnableToChangeStatus as error:
                refused.add((error.found, error.wanted, str(error)))

    allowed = {
        ("awaiting_payment", "in_review"),
        ("awaiting_payment", "cancelled"),
        ("in_review", "approved"),
        ("in_review", "rejected"),
        ("in_review", "cancelled"),
        ("approved", "in_production"),
        ("approved", "cancelled"),
        ("in_production", "finished"),
        ("in_production", "cancelled"),
    }
    others = {pair for pair in product(OrderStatus.values, OrderStatus.values) if pair[0] != pair[1]} - allowed
    assert refused == {(found, wanted, f"{found} cannot become {wanted}") for found, wanted in others}


@pytest.mark.django_db
def test_the_status_in_the_database_counts_and_not_the_one_in_memory(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    stale = Order.objects.get(pk=order.pk)
    change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.REJECTED, now, "no"))

    assert stale.status == "in_review"
    with pytest.raises(UnableToChangeStatus, match="rejected cannot become approved"):
        change_status(stale, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now))


@pytest.mark.django_db
def test_the_event_vanishes_with_the_callers_transaction(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    with samples.nothing_written(), transaction.atomic():
        assert change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now)) is True
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_are_one_decision(now: datetime) -> None:
    order = samples.order_in_review(samples.open_edition(now=now), now=now)
    answers: dict[str, object] = {}

    def decide(status: str) -> None:
        try:
            with transaction.atomic():
                answers[status] = change_status(
                    Order.objects.get(pk=order.pk), ORDER_TRANSITIONS, Step(status, now, "second")
                )
        except UnableToChangeStatus as error:
            answers[status] = str(error)
        finally:
            connection.close()

    others = [threading.Thread(target=decide, args=(status,)) for status in ("approved", "rejected")]
    with transaction.atomic():
        assert change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now, "first")) is True
        for other in others:
            other.start()
        for other in others:
            other.join(0.2)
            assert other.is_alive(), "it waits for the row"
    for other in others:
        other.join(20)

    assert answers == {"approved": False, "rejected": "approved cannot become rejected"}
    assert list(order.events.order_by("pk").values_list("to_status", "reason")) == [
        ("in_review", ""),
        ("approved", "first"),
    ]

"""A customer changes her design at the very moment in which production starts: one waits for the other."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from core.problems import Problem
from factory_sim.models import ProductionOrder
from orders.models import Order, OrderStatus
from orders.services import change
from orders.services.cancel import cancel_order
from orders.services.change import Consent, change_design
from orders.services.pay import capture_payment
from orders.services.produce import start_production
from orders.services.review import approve_order
from tests import samples
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30
A_WHILE = 1.5


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


@pytest.fixture
def order() -> Order:
    found = samples.order_in_review(samples.open_edition(now=MONDAY), now=MONDAY)
    approve_order(order_id=found.pk, actor=samples.superuser(), now=MONDAY)
    with transaction.atomic():
        capture_payment(order_id=found.pk)
    found.refresh_from_db()
    return found


def minutes_of_firing() -> float:
    (job,) = ProductionOrder.objects.all()
    return next(float(row["minutes"]) for row in job.work_spec["operations"] if row["id"] == "fire")


def race(order: Order, monkeypatch: pytest.MonkeyPatch, *, go_on_after: float) -> tuple[bool, float]:
    """A change that has looked at the order, then production starts: is it in the order, and in the work."""
    looked = threading.Event()
    propose = change.propose_change

    def slow(*args: Any) -> Any:
        proposal = propose(*args)
        looked.set()
        threading.Event().wait(go_on_after)
        return proposal

    monkeypatch.setattr(change, "propose_change", slow)
    wanted = {"choices": {**order.configuration.choices, "glaze": "indigo"}, "engraving": "지우", "font": ""}
    consent = Consent(order.fingerprint, order.safe_at + timedelta(days=30))
    with ThreadPoolExecutor(2) as pool:
        changing = pool.submit(
            in_thread, partial(change_design, order_id=order.pk, data=wanted, consent=consent, now=MONDAY)
        )
        assert looked.wait(PATIENCE)
        starting = pool.submit(in_thread, partial(start_production, order_id=order.pk, now=MONDAY))
        changing.result(PATIENCE)
        starting.result(PATIENCE)
    order.refresh_from_db()
    return order.configuration.choices["glaze"] == "indigo", minutes_of_firing()


@pytest.fixture
def costs_the_same(order: Order) -> Order:
    """The same order of a black piece, which costs what an indigo one does, and is fired for less long."""
    black = {**order.configuration_json, "choices": {**order.configuration.choices, "glaze": "iron-black"}}
    total = order.total + 5_000
    Order.objects.filter(pk=order.pk).update(configuration_json=black, total=total)
    order.refresh_from_db()
    Order.objects.filter(pk=order.pk).update(fingerprint=order.configuration.fingerprint)
    order.refresh_from_db()
    return order


def test_production_waits_and_starts_with_the_changed_design(
    costs_the_same: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race(costs_the_same, monkeypatch, go_on_after=A_WHILE) == (True, 170)


def test_control_without_the_lock_the_change_is_lost(costs_the_same: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)

    assert race(costs_the_same, monkeypatch, go_on_after=A_WHILE) == (True, 150)


def test_cancelling_and_starting_end_in_one_of_two_ways(order: Order) -> None:
    begin = threading.Barrier(2)

    def together(work: Callable[[], Any]) -> str:
        begin.wait(PATIENCE)
        try:
            work()
        except Problem as problem:
            return problem.code
        return ""

    works: list[Callable[[], Any]] = [
        partial(cancel_order, order_id=order.pk, now=MONDAY),
        partial(start_production, order_id=order.pk, now=MONDAY),
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = [
            each.result(PATIENCE) for each in [pool.submit(in_thread, partial(together, work)) for work in works]
        ]

    order.refresh_from_db()
    assert answers == ["", ""], "nothing has begun in the plant: both orders of events let her cancel"
    assert order.status == OrderStatus.CANCELLED
    assert list(ProductionOrder.objects.values_list("status", flat=True)) in ([], ["Aborted"])

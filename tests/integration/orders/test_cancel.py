"""An order that is cancelled by its holder, or given up by the workshop: money, piece, units, promise, letters."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from payments import PaymentStatus

from core.models import OutboxMessage
from editions.models import ComponentUnit, Edition, Piece, PieceState
from factory_sim import selectors
from factory_sim.commands import command_job
from factory_sim.contracts import ABORTED_TOPIC
from factory_sim.models import Command, GivenPromise, JobStatus, ProductionOrder
from factory_sim.selectors import factory_time, promise_record
from factory_sim.services import tick
from orders import tasks
from orders.ledger_audit import audit_ledger
from orders.models import Order, OrderStatus
from orders.services.cancel import UnableToCancel, cancel_order
from orders.services.notify import NOTIFY_TOPIC
from orders.services.pay import CAPTURE_TOPIC, VOID_TOPIC, settle_payment
from orders.services.place import Buyer, place_order
from orders.services.produce import start_production
from orders.services.review import approve_order, reject_order
from tests import samples
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db

PLANT = "mangwon"
LATER = timedelta(minutes=30)
NO_QUEUE = SimpleNamespace(queue=SimpleNamespace(ready={}))


@pytest.fixture
def now() -> datetime:
    """The workshop is open."""
    return MONDAY


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    found = samples.order_in_review(edition, now=now)
    Order.objects.update(language="en")
    return found


@pytest.fixture
def approved(order: Order, now: datetime) -> Order:
    approve_order(order_id=order.pk, actor=samples.superuser(), now=now)
    return order


@pytest.fixture
def in_production(approved: Order, now: datetime) -> Order:
    tasks.capture_payment(order_id=approved.pk)
    start_production(order_id=approved.pk, now=now)
    return approved


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def payment(order: Order) -> str:
    return str(order.payments.get().status)


def hear() -> None:
    """What the worker does with the letters and the money."""
    for message in OutboxMessage.objects.filter(topic__in=[VOID_TOPIC, NOTIFY_TOPIC]).order_by("pk"):
        handler = tasks.void_payment if message.topic == VOID_TOPIC else tasks.send_letter
        handler(**message.payload)


def piece_state(order: Order) -> str:
    return str(Piece.objects.get(pk=order.piece_id).state)


def test_an_order_in_review_is_cancelled_and_nothing_was_charged(order: Order, now: datetime) -> None:
    assert cancel_order(order_id=order.pk, now=now) is True
    hear()

    assert status(order) == OrderStatus.CANCELLED
    assert (payment(order), piece_state(order)) == (PaymentStatus.REFUNDED, PieceState.FREE)
    assert not GivenPromise.objects.exists()
    assert "Nothing was charged" in _letter()
    event = order.events.get(to_status=OrderStatus.CANCELLED)
    assert (event.actor, bool(event.reason)) == (None, True)


@pytest.mark.parametrize(("after_the_date", "kept"), [(-1, 0), (1, 1)])
@pytest.mark.parametrize("end", ["cancelled", "declined"])
def test_a_promise_that_is_broken_already_stays_in_the_record(
    order: Order, now: datetime, end: str, after_the_date: int, kept: int
) -> None:
    """The clock runs at the speed of real time."""
    till_due = order.safe_at - factory_time(plant_slug=PLANT, now=now).at
    moment = now + till_due + timedelta(seconds=after_the_date)
    if end == "cancelled":
        cancel_order(order_id=order.pk, now=moment)
    else:
        reject_order(order_id=order.pk, actor=samples.superuser(), now=moment, reason="no")

    record = promise_record(plant_slug=PLANT, now=order.safe_at + timedelta(days=2))
    assert [(each.of, each.safe) for each in record.batches] == [(1, 0)] * kept


def _letter() -> str:
    return str(mail.outbox[-1].body)


@pytest.mark.parametrize("path", ["", "progress/?status=cancelled"])
def test_of_a_cancelled_piece_no_date_is_computed(
    in_production: Order, now: datetime, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked: list[str] = []

    def computed(*_: Any) -> SimpleNamespace:
        asked.append("computed")
        return NO_QUEUE

    monkeypatch.setattr(selectors, "published_queue", lambda *_: None)
    monkeypatch.setattr(selectors, "computed_queue", computed)
    address = f"/en/orders/{in_production.token}/{path}"
    client.get(address)
    assert asked == ["computed"], "control"

    cancel_order(order_id=in_production.pk, now=now)
    assert client.get(address).status_code == 200
    assert selectors.expectation(external_ref=in_production.reference, now=now) is None
    assert asked == ["computed"]


def test_cancelling_twice_does_it_once(order: Order, now: datetime) -> None:
    cancel_order(order_id=order.pk, now=now)
    with samples.nothing_written():
        assert cancel_order(order_id=order.pk, now=now) is False


def test_an_approved_order_that_is_cancelled_is_neither_charged_nor_made(approved: Order, now: datetime) -> None:
    cancel_order(order_id=approved.pk, now=now)
    # What the approval had put into the outbox comes only now.
    tasks.capture_payment(order_id=approved.pk)
    tasks.start_production(order_id=approved.pk)
    hear()

    assert (status(approved), payment(approved)) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert approved.payments.get().captured_amount == 0
    assert not ProductionOrder.objects.exists()


def test_a_piece_in_the_plant_is_cancelled_until_it_begins(
    in_production: Order, now: datetime, edition: Edition
) -> None:
    assert payment(in_production) == PaymentStatus.CONFIRMED, "control: it was charged"
    cancel_order(order_id=in_production.pk, now=now)
    hear()

    assert (status(in_production), payment(in_production)) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert ProductionOrder.objects.get().status == JobStatus.ABORTED
    assert piece_state(in_production) == PieceState.FREE
    assert audit_ledger(edition.pk).net == 0
    assert "What you paid is given back" in _letter()


def test_the_plants_word_of_it_changes_nothing(in_production: Order, now: datetime) -> None:
    cancel_order(order_id=in_production.pk, now=now)
    (message,) = OutboxMessage.objects.filter(topic=ABORTED_TOPIC)
    with samples.nothing_written():
        tasks.give_up_production(**message.payload)


@pytest.mark.parametrize(("engraving", "why"), [("지우", "your own text"), ("", "seven days")])
def test_a_piece_that_has_begun_is_not_cancelled_and_she_is_told_why(
    edition: Edition, now: datetime, engraving: str, why: str
) -> None:
    order = _made(edition, now, engraving)
    tick(plant_slug=PLANT, now=now + LATER)

    with samples.nothing_written(), pytest.raises(UnableToCancel, match=why):
        cancel_order(order_id=order.pk, now=now + LATER)


def _made(edition: Edition, now: datetime, engraving: str, **choices: Any) -> Order:
    hold = samples.held(edition, now=now, engraving=engraving, **choices)
    buyer = Buyer(email="mina@example.com", language="ko", accepts_no_return=True)
    order = place_order(hold_token=hold.token, buyer=buyer, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    settle_payment(order_id=order.pk, now=now)
    approve_order(order_id=order.pk, actor=samples.superuser(), now=now)
    tasks.capture_payment(order_id=order.pk)
    start_production(order_id=order.pk, now=now)
    order.refresh_from_db()
    return order


@pytest.mark.parametrize("end", [OrderStatus.REJECTED, OrderStatus.AWAITING_PAYMENT])
def test_what_is_over_or_not_paid_is_not_cancelled(edition: Edition, now: datetime, end: str) -> None:
    if end == OrderStatus.REJECTED:
        order = samples.order_in_review(edition, now=now)
        reject_order(order_id=order.pk, actor=samples.superuser(), now=now, reason="no")
    else:
        order = samples.unpaid_order(edition, now=now)
    with samples.nothing_written(), pytest.raises(UnableToCancel):
        cancel_order(order_id=order.pk, now=now)


# --- Given up by the workshop -----------------------------------------------------------------------------


@pytest.fixture
def scarce(tmp_path: Path, now: datetime) -> Edition:
    return samples.scarce_edition(tmp_path, now=now)


@pytest.mark.parametrize("has_begun", [False, True])
def test_an_aborted_job_ends_its_order_and_the_money_comes_back(
    scarce: Edition, now: datetime, has_begun: bool
) -> None:
    order = _made(scarce, now, "", glaze="indigo")
    if has_begun:
        tick(plant_slug=PLANT, now=now + LATER)
    job = ProductionOrder.objects.get()
    command_job(
        order_id=job.pk,
        command=Command.ABORT,
        actor=samples.superuser("boss@dure.example"),
        reason="The kiln has cracked it.",
        now=now + LATER,
    )
    (message,) = OutboxMessage.objects.filter(topic=ABORTED_TOPIC)
    tasks.give_up_production(**message.payload)
    hear()

    assert (status(order), payment(order)) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert order.events.get(to_status=OrderStatus.CANCELLED).reason.endswith("The kiln has cracked it.")
    assert "The kiln has cracked it." in _letter()
    assert piece_state(order) == PieceState.FREE
    used = ComponentUnit.objects.filter(state=PieceState.SOLD).count()
    assert used == has_begun, "what was worked into it does not come back"
    assert GivenPromise.objects.filter(ready_at=None).count() == 1, "a promise that is not kept stays in the record"
    with samples.nothing_written():
        tasks.give_up_production(**message.payload)


def test_a_piece_that_was_given_up_can_be_ordered_again(edition: Edition, now: datetime) -> None:
    order = _made(edition, now, "")
    job = ProductionOrder.objects.get()
    boss = samples.superuser("boss@dure.example")
    command_job(order_id=job.pk, command=Command.ABORT, actor=boss, reason="a crack", now=now + LATER)
    tasks.give_up_production(external_ref=order.reference, reason="a crack")

    again = samples.order_in_review(edition, now=now)

    assert (again.piece_id, again.status) == (order.piece_id, OrderStatus.IN_REVIEW)
    assert audit_ledger(edition.pk).orders == 2
    assert OutboxMessage.objects.filter(topic=CAPTURE_TOPIC).count() == 1

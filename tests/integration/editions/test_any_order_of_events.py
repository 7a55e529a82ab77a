"""Whatever people, payments, staff and the worker do in whatever order and at whatever time: the shop is the model.

Hypothesis chooses the events; time is a number that it moves. Few of them here;
`DURE_SCHEDULES=500 make test TESTS=tests/integration/editions/test_any_order_of_events.py` chooses more, and new ones.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from payments import PaymentStatus

from accounts.models import User
from core.problems import Problem
from editions import services, waiting_service
from editions.contracts import public_availability
from editions.ledger_selectors import checked_tally
from editions.models import Edition, Hold, Piece, WaitingPlace
from editions.pricing import PriceCard, Step
from editions.selectors import availability, price_with
from editions.services import Wish
from editions.standing import standing_of
from editions.waiting_service import tend_lines
from editions.withdrawal import withdraw_highest
from orders.ledger_audit import audit_ledger
from orders.models import Order, OrderStatus
from orders.services.hold import hold_design
from orders.services.pay import settle_open_payments, settle_payment
from orders.services.place import Buyer, place_order
from orders.services.quote import make_offer
from orders.services.review import approve_order, reject_order
from tests import lines, samples
from tests.shop_model import SIZE, Kept, Model

pytestmark = pytest.mark.django_db

SCHEDULES = int(os.environ.get("DURE_SCHEDULES", "0"))
EVENTS = 30
CARD = PriceCard((Step(1, 58_000), Step(3, 64_000), Step(4, 72_000)))
PEOPLE = ("mina", "jun", "sora", "teo", "bora")
PAUSES = (timedelta(minutes=1), timedelta(minutes=11), timedelta(minutes=26), timedelta(hours=25))
UNPAID = timedelta(minutes=30)
people, pauses = st.sampled_from(PEOPLE), st.sampled_from(PAUSES)
numbers, turns = st.none() | st.integers(1, SIZE), st.integers(0, 9)


def result(act: Callable[[], Any]) -> Any:
    """What an act answers, or the code of its refusal, after which nothing of it is left."""
    try:
        with transaction.atomic():
            return act()
    except Problem as problem:
        return problem.code


class Shop(RuleBasedStateMachine):
    """The services beside the model; every rule is one event, and both must agree on what came of it."""

    edition: ClassVar[Edition]
    reviewer: ClassVar[User]
    maker: ClassVar[User]
    start: ClassVar[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now, self.model = self.start, Model()
        self.holds: list[Hold] = []
        self.orders: list[Order] = []

    def teardown(self) -> None:
        try:
            if not transaction.get_connection().needs_rollback:
                assert audit_ledger(self.edition.pk).net == self.model.net
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- Time and people ---------------------------------------------------------------------------

    @rule(pause=pauses)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule(number=numbers)
    def hold(self, number: int | None) -> None:
        expected = self.model.public_hold(number, self.now)
        found = self._hold(Wish(number=number))
        assert (found.piece.number if isinstance(found, Hold) else found) == expected

    @precondition(lambda self: self.holds)
    @rule(turn=turns)
    def change_the_design(self, turn: int) -> None:
        earlier = self.holds[turn % len(self.holds)]
        kept = self.model.pieces[earlier.piece.number]
        is_kept = kept.state == "held" and kept.hold == earlier.pk and earlier.expires_at > self.now
        expected = earlier.piece.number if is_kept else self.model.public_hold(None, self.now)
        order = next((each for each in self.orders if each.hold_id == earlier.pk), None)
        found = self._hold(Wish(replaces=earlier.token))
        assert (found.piece.number if isinstance(found, Hold) else found) == expected
        if order and isinstance(found, Hold):
            order.refresh_from_db()
            assert order.status != OrderStatus.AWAITING_PAYMENT

    @precondition(lambda self: self.holds)
    @rule(turn=turns)
    def order(self, turn: int) -> None:
        hold = self.holds[turn % len(self.holds)]
        kept = self.model.pieces[hold.piece.number]
        repeated = any(each.hold_id == hold.pk for each in self.orders)
        in_time = kept.hold == hold.pk and kept.state == "held" and kept.until is not None and kept.until > self.now
        buyer = Buyer(email="mina@example.com", language="en", accepts_no_return=True)
        found = result(lambda: place_order(hold_token=hold.token, buyer=buyer, now=self.now))
        if not isinstance(found, Order):
            assert found == ("already_ordered" if repeated else "hold_expired")
            assert repeated or not in_time
            return
        assert in_time
        assert found.total == hold.total
        kept.until = hold.expires_at + timedelta(minutes=15)
        self.orders.append(found)

    # --- Payments ----------------------------------------------------------------------------------

    @precondition(lambda self: self.orders)
    @rule(turn=turns)
    def pay(self, turn: int) -> None:
        order = self._order(turn)
        was, kept = order.status, self.model.pieces[order.piece.number]
        has_piece = kept.state == "held" and kept.hold == order.hold_id
        payment = order.payments.latest("pk")
        if payment.status == PaymentStatus.WAITING:
            payment.change_status(PaymentStatus.PREAUTH)
        order = settle_payment(order_id=order.pk, now=self.now)
        if was != OrderStatus.AWAITING_PAYMENT:
            assert order.status == was
        elif payment.status == PaymentStatus.PREAUTH:
            assert order.status == (OrderStatus.IN_REVIEW if has_piece else OrderStatus.CANCELLED)
            if has_piece:
                self.model.pieces[order.piece.number] = Kept("sold", order.reference, None, order.hold_id)
                self.model.orders_placed += 1
                self.model.net += order.total

    @precondition(lambda self: self.orders)
    @rule(turn=turns)
    def payment_fails(self, turn: int) -> None:
        payment = self._order(turn).payments.latest("pk")
        if payment.status == PaymentStatus.WAITING:
            payment.change_status(PaymentStatus.REJECTED)
            settle_payment(order_id=payment.order_id, now=self.now)

    @rule()
    def unpaid_orders_are_given_up(self) -> None:
        settle_open_payments(now=self.now)
        late = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT, created_at__lt=self.now - UNPAID)
        assert not late.exists()

    @precondition(lambda self: self.orders)
    @rule(turn=turns, is_good=st.booleans())
    def review(self, turn: int, is_good: bool) -> None:
        order = self._order(turn)
        if order.status != OrderStatus.IN_REVIEW:
            return
        if is_good:
            approve_order(order_id=order.pk, actor=self.reviewer, now=self.now)
            return
        reject_order(order_id=order.pk, actor=self.reviewer, now=self.now, reason="The name is a brand's.")
        self.model.pieces[order.piece.number] = Kept()
        self.model.net -= order.total

    # --- The line, the worker, the maker -----------------------------------------------------------

    @rule(name=people)
    def join(self, name: str) -> None:
        has_place = name in self.model.line or name in self.model.offered
        needed = bool(self.model.line) or not self.model.free(self.now)
        found = result(lambda: lines.joined(self.edition, name, self.now))
        assert (found == "nothing_to_wait_for") == (not needed)
        if needed and not has_place:
            self.model.line.append(name)

    @rule(name=people)
    def leave(self, name: str) -> None:
        place = self._place(name)
        assert (place is None) == (name not in self.model.line and name not in self.model.offered)
        if place is None:
            return
        waiting_service.leave_place(token=place.token, now=self.now)
        if name in self.model.line:
            self.model.line.remove(name)
        else:
            self._give_back(name)

    @rule(name=people)
    def take(self, name: str) -> None:
        place = self._place(name)
        if place is None:
            return
        number, until, placed = self.model.offered.get(name, (0, self.start, 0))
        expected = number if until > self.now else self.model.public_hold(None, self.now)
        found = self._hold(Wish(place=place.token), placed if until > self.now else None)
        assert (found.piece.number if isinstance(found, Hold) else found) == expected
        if isinstance(found, Hold) and until > self.now:
            assert found.expires_at == max(until, self.now + lines.HOLD)
            del self.model.offered[name]

    @rule()
    def the_worker_tends_the_line(self) -> None:
        tend_lines(now=self.now)
        for name in [name for name, (_, until, _) in self.model.offered.items() if until <= self.now]:
            self._give_back(name)
        for name, number in list(zip(self.model.line, self.model.free(self.now), strict=False)):
            until = self.now + lines.OFFER
            self.model.line.remove(name)
            self.model.offered[name] = (number, until, self.model.orders_placed)
            self.model.pieces[number] = Kept("held", name, until)

    @rule(count=st.integers(1, 2))
    def withdraw(self, count: int) -> None:
        free = self.model.free(self.now)
        possible = count <= len(free) and count < self.model.counts(self.now)["size"]
        found = result(
            lambda: withdraw_highest(edition_id=self.edition.pk, count=count, actor=self.maker, now=self.now)
        )
        assert found == (free[-count:] if possible else "unable_to_withdraw")
        for number in free[-count:] if possible else ():
            self.model.pieces[number] = Kept("withdrawn")

    # --- What always holds -------------------------------------------------------------------------

    @invariant()
    def the_pieces_are_the_models(self) -> None:
        rows = Piece.objects.filter(edition=self.edition).select_related("offered_to")
        found = {row.number: row for row in rows}
        assert found.keys() == self.model.pieces.keys(), "a piece is lost"
        for number, kept in self.model.pieces.items():
            row = found[number]
            assert (row.state, row.hold_id, row.held_until) == (kept.state, kept.hold, kept.until), number
            assert row.offered_to is None or row.offered_to.email == lines.email(kept.owner)

    @invariant()
    def what_is_shown_is_what_there_is(self) -> None:
        edition = Edition.objects.get(pk=self.edition.pk)
        left = availability(edition, self.now)
        assert left == public_availability(**self.model.counts(self.now)) == standing_of(edition, self.now).left
        assert min(left.available, left.held, left.sold) >= 0
        assert left.available + left.held + left.sold == left.size == edition.size

    @invariant()
    def no_piece_has_two_owners_and_the_ledger_is_the_sum_of_the_charges(self) -> None:
        owners = Order.objects.filter(placed_at__isnull=False).exclude(status=OrderStatus.REJECTED)
        charged = list(owners.values_list("piece__number", "total"))
        sold = [number for number, kept in self.model.pieces.items() if kept.state == "sold"]
        assert sorted(number for number, _ in charged) == sorted(sold)
        tally = checked_tally(Edition.objects.select_related("version__product").get(pk=self.edition.pk))
        assert tally.net == sum(total for _, total in charged) == self.model.net
        assert tally.orders == self.model.orders_placed

    def _hold(self, wish: Wish, placed: int | None = None) -> Any:
        """Hold a piece at the price that is shown; the model learns of it. `placed`: the counter that was promised."""
        edition = Edition.objects.get(pk=self.edition.pk)
        assert edition.orders_placed == self.model.orders_placed
        offer = make_offer(edition=edition, data=samples.design(edition), now=self.now)
        assert offer.price.total == CARD.amount_at(self.model.orders_placed)
        found = result(lambda: hold_design(edition=edition, offer=offer, now=self.now, wish=wish))
        if isinstance(found, Hold):
            counted = self.model.orders_placed if placed is None else placed
            assert found.total == CARD.amount_at(counted) <= offer.price.total
            self.model.pieces[found.piece.number] = Kept("held", "", found.expires_at, found.pk)
            self.holds.append(found)
        return found

    def _order(self, turn: int) -> Order:
        return Order.objects.select_related("piece").get(pk=self.orders[turn % len(self.orders)].pk)

    def _place(self, name: str) -> WaitingPlace | None:
        return WaitingPlace.objects.in_force().filter(email=lines.email(name)).first()

    def _give_back(self, name: str) -> None:
        """An offer is over; the piece is free, unless it went another way since the offer ran out."""
        number, until, _ = self.model.offered.pop(name)
        if self.model.pieces[number] == Kept("held", name, until):
            self.model.pieces[number] = Kept()


@pytest.fixture(autouse=True)
def _shop(now: datetime) -> None:
    Shop.edition = samples.open_edition(now=now, size=SIZE, card=CARD)
    Shop.reviewer, Shop.maker, Shop.start = samples.reviewer(), samples.maker(), now


def test_the_shop_is_the_model_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=SCHEDULES or 5,
            stateful_step_count=EVENTS,
            derandomize=not SCHEDULES,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def the_line_first(shop: Shop) -> None:
    """Everything is held, Mina waits, and the holds run out."""
    for _ in range(SIZE):
        shop.hold(number=None)
    shop.join(name="mina")
    shop.time_passes(pause=PAUSES[1])
    shop.hold(number=None)


def the_piece_once(shop: Shop) -> None:
    """A hold runs out, its owner pays late, and somebody else has the piece by then."""
    shop.hold(number=1)
    shop.order(turn=0)
    shop.time_passes(pause=PAUSES[2])
    shop.hold(number=1)
    shop.pay(turn=0)


def the_frozen_price(shop: Shop) -> None:
    """The price rises between the offer and the hold."""
    for turn in range(SIZE):
        shop.hold(number=None)
        if turn < 2:
            shop.order(turn=turn)
            shop.pay(turn=turn)
    shop.review(turn=0, is_good=False)
    shop.hold(number=1)
    shop.join(name="mina")
    shop.time_passes(pause=PAUSES[0])
    shop.order(turn=2)
    shop.time_passes(pause=PAUSES[1])
    shop.the_worker_tends_the_line()
    shop.pay(turn=2)
    shop.take(name="mina")


@pytest.mark.parametrize(
    ("story", "module", "name", "broken"),
    [
        (the_line_first, services, "check_line", lambda edition: None),
        (the_piece_once, services, "_is_held_by", lambda piece, hold: True),
        (the_frozen_price, services, "price_with", lambda edition, scarce, own, _: price_with(edition, scarce, own)),
    ],
)
def test_control_a_shop_without_a_guard_is_found_out(
    monkeypatch: pytest.MonkeyPatch, story: Callable[[Shop], None], module: Any, name: str, broken: Any
) -> None:
    def play() -> None:
        shop = Shop()
        try:
            story(shop)
            shop.the_pieces_are_the_models()
            shop.what_is_shown_is_what_there_is()
            shop.no_piece_has_two_owners_and_the_ledger_is_the_sum_of_the_charges()
        finally:
            shop.teardown()

    play()
    monkeypatch.setattr(module, name, broken)
    with pytest.raises(AssertionError):
        play()

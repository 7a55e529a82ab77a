"""Forty people and the last ten pieces, on PostgreSQL, with the guard on and with it off."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from core.problems import Problem
from editions import locks
from editions.models import Edition, Hold, Piece, PieceState
from editions.pricing import PriceCard, Step
from editions.services import hold_piece, sell_piece
from orders.models import Order
from orders.services.place import AlreadyOrdered, Buyer, place_order
from orders.services.quote import make_quote
from tests import samples

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 40
PIECES = 10


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run `act` in `count` threads that start together; each result, or the Problem that it met."""
    gate = threading.Barrier(count)
    results: list[object] = [None] * count

    def work(number: int) -> None:
        try:
            gate.wait()
            results[number] = act(number)
        except Problem as problem:
            results[number] = problem.code
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def rush(now: datetime) -> Callable[[], list[object]]:
    """Forty buyers ask for a piece at once; each gets a number, or is told why not."""
    # One price for all: nobody is refused because it rose meanwhile.
    edition = samples.open_edition(now=now, size=PIECES, card=PriceCard((Step(1, 58_000),)))
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    return lambda: at_once(
        BUYERS, lambda _: hold_piece(edition=samples.current(edition), offer=offer, now=now).piece.number
    )


def told(results: list[object]) -> Counter[object]:
    return Counter(result for result in results if isinstance(result, str))


def test_exactly_ten_of_forty_get_a_piece_and_thirty_are_told_sold_out(
    rush: Callable[[], list[object]], now: datetime
) -> None:
    results = rush()

    numbers = [result for result in results if isinstance(result, int)]
    assert sorted(numbers) == list(range(1, PIECES + 1))
    assert Hold.objects.count() == PIECES
    # Nothing is left, but a hold may lapse: that is what the thirty are told, until the ten have bought.
    assert told(results) == {"all_held": BUYERS - PIECES}
    at_once(PIECES, lambda number: sell_piece(hold=Hold.objects.get(piece__number=number + 1), now=now))
    assert told(rush()) == {"sold_out": BUYERS}
    assert Hold.objects.count() == PIECES
    assert Piece.objects.filter(state=PieceState.SOLD).count() == PIECES
    assert Edition.objects.get().orders_placed == PIECES


def test_control_without_the_row_lock_people_get_the_same_piece(
    rush: Callable[[], list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(BUYERS)

    def first_available_unlocked(edition_id: int, now: datetime) -> Piece | None:
        found = Piece.objects.available(now).filter(edition_id=edition_id).order_by("number").first()
        if together.n_waiting < BUYERS and not together.broken:
            # Everybody has looked before anybody writes: the race that the lock is there for.
            together.wait(timeout=30)
        return found

    monkeypatch.setattr(locks, "lock_first_available", first_available_unlocked)

    rush()

    held_twice = Counter(Hold.objects.values_list("piece__number", flat=True)).most_common(1)[0]
    assert held_twice[1] > 1


def test_skip_locked_alone_calls_an_edition_sold_out_that_is_not(now: datetime) -> None:
    """Control for the second look: while every free row is only locked, nothing is found, and nothing is sold out."""
    edition = samples.open_edition(now=now, size=1)
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    locked, release = threading.Event(), threading.Event()

    def look_and_leave() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                locks.lock_first_available(edition.pk, now)
                locked.set()
                release.wait(timeout=30)
        finally:
            connection.close()

    visitor = threading.Thread(target=look_and_leave)
    visitor.start()
    locked.wait(timeout=30)
    threading.Timer(0.3, release.set).start()

    from django.db import transaction

    with transaction.atomic():
        assert locks.lock_first_available(edition.pk, now) is None
    assert hold_piece(edition=samples.current(edition), offer=offer, now=now).piece.number == 1
    visitor.join(timeout=30)


def test_a_form_sent_eight_times_at_once_is_one_order(now: datetime) -> None:
    edition = samples.open_edition(now=now)
    held = samples.held(edition, now=now)
    buyer = Buyer(email="mina@example.com", language="ko", accepts_no_return=True)

    def order(_: int) -> str:
        try:
            return place_order(hold_token=held.token, buyer=buyer, now=now).token
        except AlreadyOrdered as repeated:
            return repeated.order.token

    tokens = at_once(8, order)

    assert len(set(tokens)) == 1
    assert Order.objects.count() == 1


def test_a_particular_hold_is_sold_once_even_when_settled_by_many(now: datetime) -> None:
    from payments import PaymentStatus

    from orders.services.pay import settle_payment

    edition = samples.open_edition(now=now)
    order = samples.unpaid_order(edition, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)

    at_once(8, lambda _: settle_payment(order_id=order.pk, now=now))

    edition.refresh_from_db()
    assert edition.orders_placed == 1
    assert order.events.count() == 1

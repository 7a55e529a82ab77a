"""A particular number, and a limit per person."""

from datetime import datetime, timedelta

import pytest

from editions.models import Edition, Hold
from editions.person_limit import LimitReached, holder
from editions.services import AllHeld, NoSuchNumber, NumberTaken, Wish, free_piece, sell_piece
from orders.services.place import Buyer, place_order
from tests import samples

pytestmark = pytest.mark.django_db

TEN_MINUTES = timedelta(minutes=10)
MINA, JIU = holder("session", "mina"), holder("session", "jiu")


def number(edition: Edition, wanted: int, now: datetime, replaces: str = "") -> Hold:
    return samples.held(edition, now=now, wish=Wish(number=wanted, replaces=replaces))


def test_a_free_number_can_be_asked_for(edition: Edition, now: datetime) -> None:
    assert number(edition, 7, now).piece.number == 7
    assert samples.held(edition, now=now).piece.number == 1


def test_a_taken_number_offers_the_nearest_free_ones(edition: Edition, now: datetime) -> None:
    for taken in (4, 5, 6):
        number(edition, taken, now)

    with pytest.raises(NumberTaken) as refused, samples.nothing_written():
        number(edition, 5, now)

    assert refused.value.extra == {"field": "number", "number": 5, "free": [3, 7, 2, 8, 1]}
    assert number(edition, 5, now + TEN_MINUTES).piece.number == 5, "control: it had lapsed"


def test_a_number_that_the_edition_does_not_have(edition: Edition, now: datetime) -> None:
    with pytest.raises(NoSuchNumber), samples.nothing_written():
        number(edition, 11, now)


def test_asking_for_a_number_when_nothing_is_left(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    number(edition, 1, now)
    with pytest.raises(AllHeld):
        number(edition, 1, now)


def test_another_number_frees_the_first_and_a_taken_one_keeps_it(edition: Edition, now: datetime) -> None:
    first = number(edition, 3, now)
    number(edition, 9, now)

    with pytest.raises(NumberTaken), samples.nothing_written():
        number(edition, 9, now, replaces=first.token)
    second = number(edition, 8, now + timedelta(minutes=1), replaces=first.token)

    assert (second.piece.number, second.expires_at) == (8, first.expires_at)
    assert number(edition, 3, now).piece.number == 3
    again = samples.held(edition, now=now, wish=Wish(replaces=second.token))
    assert again.piece.number == 8, "without a wish the number is kept"


def limited(now: datetime, most: int = 2) -> Edition:
    edition = samples.open_edition(now=now)
    edition.per_person = most
    edition.save(update_fields=["per_person"])
    return edition


def test_one_person_holds_and_orders_no_more_than_the_limit(now: datetime) -> None:
    edition, mine = limited(now), Wish(holders=(MINA,))
    first, second = samples.held(edition, now=now, wish=mine), samples.held(edition, now=now, wish=mine)

    with pytest.raises(LimitReached) as refused, samples.nothing_written():
        samples.held(edition, now=now, wish=mine)

    assert (refused.value.code, refused.value.extra) == ("limit_reached", {"limit": 2})
    samples.held(edition, now=now, wish=Wish(holders=(JIU,)))
    samples.held(edition, now=now, wish=Wish(replaces=first.token, holders=(MINA,)))
    sell_piece(hold=second, now=now)
    samples.held(edition, now=now + TEN_MINUTES, wish=mine)
    with pytest.raises(LimitReached):
        samples.held(edition, now=now + TEN_MINUTES, wish=mine)
    free_piece(piece_id=second.piece_id, now=now)
    samples.held(edition, now=now + TEN_MINUTES, wish=mine)


def test_without_a_limit_nobody_is_counted(edition: Edition, now: datetime) -> None:
    for _ in range(5):
        samples.held(edition, now=now, wish=Wish(holders=(MINA,)))


def test_an_order_is_checked_again_by_its_address(now: datetime) -> None:
    edition = limited(now, most=1)
    buyer = Buyer(email="mina@example.com", language="en", accepts_no_return=True)
    first = samples.held(edition, now=now, wish=Wish(holders=(MINA,)))
    second = samples.held(edition, now=now, wish=Wish(holders=(JIU,)))
    place_order(hold_token=first.token, buyer=buyer, now=now)

    shouting = Buyer(email="MINA@example.com", language="en", accepts_no_return=True)
    with pytest.raises(LimitReached), samples.nothing_written():
        place_order(hold_token=second.token, buyer=shouting, now=now)

    other = Buyer(email="jiu@example.com", language="en", accepts_no_return=True)
    place_order(hold_token=second.token, buyer=other, now=now)

"""Holding, prolonging and selling a piece."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from editions.models import Edition, Hold, Piece, PieceState
from editions.pricing import PriceCard, Step
from editions.selectors import availability, seconds_left
from editions.services import (
    AllHeld,
    EditionClosed,
    HoldExpired,
    PieceTaken,
    PriceChanged,
    SoldOut,
    Wish,
    free_piece,
    hold_piece,
    keep_for_payment,
    sell_piece,
)
from orders.services.quote import make_quote
from tests import samples

pytestmark = pytest.mark.django_db

TEN_MINUTES = timedelta(minutes=10)


def test_a_hold_takes_the_lowest_number_for_ten_minutes(edition: Edition, now: datetime) -> None:
    first, second = samples.held(edition, now=now), samples.held(edition, now=now)

    assert [first.piece.number, second.piece.number] == [1, 2]
    assert first.expires_at == now + TEN_MINUTES
    assert seconds_left(first, now) == 600
    left = availability(edition, now)
    assert (left.available, left.held, left.sold) == (8, 2, 0)


def test_an_expired_hold_needs_no_clean_up(edition: Edition, now: datetime) -> None:
    expired = samples.held(edition, now=now)

    later = samples.held(edition, now=now + TEN_MINUTES)

    assert later.piece == expired.piece
    assert seconds_left(expired, now + TEN_MINUTES) == 0


def test_holding_again_keeps_the_number_and_frees_nothing_else(edition: Edition, now: datetime) -> None:
    first = samples.held(edition, now=now)
    offer = make_quote(edition=edition, data=samples.design(edition, "지우", glaze="indigo"), now=now).offer

    second = hold_piece(edition=samples.current(edition), offer=offer, now=now, wish=Wish(replaces=first.token))

    assert second.piece == first.piece
    assert availability(edition, now).held == 1
    assert seconds_left(first, now) == 0


def test_someone_elses_number_cannot_be_taken_by_an_expired_token(edition: Edition, now: datetime) -> None:
    mine = samples.held(edition, now=now)
    theirs = samples.held(edition, now=now + TEN_MINUTES)
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer

    again = hold_piece(
        edition=samples.current(edition), offer=offer, now=now + TEN_MINUTES, wish=Wish(replaces=mine.token)
    )

    assert again.piece != theirs.piece


def test_all_held_and_sold_out_are_told_apart(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    held = samples.held(edition, now=now)

    with pytest.raises(AllHeld):
        samples.held(edition, now=now)
    sell_piece(hold=held, now=now)
    with pytest.raises(SoldOut):
        samples.held(edition, now=now)
    assert Hold.objects.count() == 1


def test_a_price_that_rose_since_it_was_shown_takes_nothing(now: datetime) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 100), Step(2, 200))))
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    sell_piece(hold=samples.held(edition, now=now), now=now)

    with pytest.raises(PriceChanged) as refused:
        hold_piece(edition=samples.current(edition), offer=offer, now=now)

    assert refused.value.extra == {"total": 200}
    assert availability(edition, now).held == 0


def test_a_hold_freezes_its_price_and_moves_no_counter(now: datetime) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 100), Step(2, 200))))
    held = samples.held(edition, now=now, engraving="")
    sell_piece(hold=samples.held(edition, now=now, engraving=""), now=now)

    assert held.total == 100
    sell_piece(hold=held, now=now)
    edition.refresh_from_db()
    assert edition.orders_placed == 2


def test_an_edition_that_is_not_open_sells_nothing(edition: Edition, now: datetime) -> None:
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer

    with pytest.raises(EditionClosed):
        hold_piece(edition=samples.current(edition), offer=offer, now=edition.opens_at - timedelta(seconds=1))
    assert Hold.objects.count() == 0


def test_a_hold_taken_over_again_and_again_ends_with_its_first_ten_minutes(edition: Edition, now: datetime) -> None:
    first = held = samples.held(edition, now=now)
    for minute in range(1, 10):
        moment = now + timedelta(minutes=minute)
        offer = make_quote(edition=edition, data=samples.design(edition), now=moment).offer
        held = hold_piece(edition=samples.current(edition), offer=offer, now=moment, wish=Wish(replaces=held.token))
        keep_for_payment(hold=held, now=moment)

    assert (held.piece, held.expires_at) == (first.piece, first.expires_at)
    assert Piece.objects.get(pk=first.piece_id).held_until == now + timedelta(minutes=25)
    over = hold_piece(
        edition=samples.current(edition), offer=offer, now=now + TEN_MINUTES, wish=Wish(replaces=held.token)
    )
    assert over.piece != first.piece


def test_paying_prolongs_a_hold_that_has_not_expired(edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now)

    until = keep_for_payment(hold=held, now=now + timedelta(minutes=9))

    assert until == now + timedelta(minutes=25)
    with pytest.raises(HoldExpired):
        keep_for_payment(hold=held, now=until)


def test_a_hold_that_expired_while_paying_is_honoured_unless_somebody_else_has_the_piece(
    edition: Edition, now: datetime
) -> None:
    late, lost = samples.held(edition, now=now), samples.held(edition, now=now)
    sell_piece(hold=late, now=now)
    samples.held(edition, now=now + TEN_MINUTES)

    with pytest.raises(PieceTaken):
        sell_piece(hold=lost, now=now)

    assert Piece.objects.get(pk=late.piece_id).state == PieceState.SOLD
    assert Piece.objects.filter(state=PieceState.SOLD).count() == 1


def test_a_returned_piece_can_be_held_again(edition: Edition, now: datetime) -> None:
    sold = samples.held(edition, now=now)
    sell_piece(hold=sold, now=now)

    free_piece(piece_id=sold.piece_id, now=now)

    assert samples.held(edition, now=now).piece == sold.piece
    edition.refresh_from_db()
    assert edition.orders_placed == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("size = size + 1", "never grows"),
        ("orders_placed = orders_placed - 1", "never falls"),
        ("price_card = '[]'", "never changes"),
        ("currency = 'USD'", "never changes"),
        ("shipping = '[]'", "never change"),
        ("archived_at = NULL", "stays archived"),
    ],
)
def test_the_database_refuses_to_break_a_promise(now: datetime, change: str, reason: str) -> None:
    edition = samples.open_edition(now=now, shipping=samples.ZONES)
    sell_piece(hold=samples.held(edition, now=now), now=now)

    Edition.objects.update(archived_at=now)

    with pytest.raises(IntegrityError, match=reason), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE editions_edition SET {change}")


def test_an_edition_may_shrink(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(size=5)

    edition.refresh_from_db()
    assert edition.size == 5


def test_a_card_published_less_than_a_day_ahead_is_refused(edition: Edition, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="editions_announced_a_day_ahead"), transaction.atomic():
        Edition.objects.create(
            slug="hasty",
            name_ko="급한",
            name_en="Hasty",
            version=edition.version,
            size=1,
            announced_size=1,
            price_card=edition.price_card,
            announced_at=now,
            opens_at=now + timedelta(hours=23, minutes=59),
        )

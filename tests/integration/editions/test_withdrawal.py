"""Pieces that are withdrawn: never one that somebody has, for good, and in the public ledger."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from editions.ledger import Fault, Kind
from editions.ledger_selectors import checked_tally
from editions.models import Edition, Piece, PieceState
from editions.selectors import availability
from editions.services import NoSuchNumber, Wish, sell_piece
from editions.waiting_service import tend_lines
from editions.withdrawal import UnableToWithdraw, withdraw_highest, withdraw_numbers
from tests import lines, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker(db: None) -> User:
    return samples.maker()


def withdrawn() -> list[int]:
    return list(Piece.objects.filter(state=PieceState.WITHDRAWN).order_by("number").values_list("number", flat=True))


def test_the_highest_free_numbers_go_and_the_ledger_says_so(edition: Edition, maker: User, now: datetime) -> None:
    samples.held(edition, now=now, wish=Wish(number=10))
    sold = samples.held(edition, now=now, wish=Wish(number=8))
    sell_piece(hold=sold, now=now)

    assert withdraw_highest(edition_id=edition.pk, count=3, actor=maker, now=now) == [6, 7, 9]

    edition.refresh_from_db()
    assert (withdrawn(), edition.size, edition.announced_size) == ([6, 7, 9], 7, 10)
    entry = edition.ledger.latest("sequence")
    assert (entry.kind, entry.terms, entry.total) == (Kind.WITHDRAWAL, {"withdrawn": [6, 7, 9], "size": 7}, 0)
    tally = checked_tally(edition)
    assert (tally.size, tally.announced, tally.withdrawn) == (7, 10, {6, 7, 9})
    left = availability(edition, now)
    assert (left.size, left.available, left.held, left.sold) == (7, 5, 1, 1)
    # What was made before is engraved as it was.
    assert sold.piece.engraved_number == "08/10"
    with pytest.raises(NoSuchNumber):
        samples.held(edition, now=now, wish=Wish(number=9))


def test_chosen_numbers_go_all_or_none(edition: Edition, maker: User, now: datetime) -> None:
    samples.held(edition, now=now, wish=Wish(number=3))

    for numbers in ([2, 3], [2, 11], []):
        with pytest.raises(UnableToWithdraw), samples.nothing_written():
            withdraw_numbers(edition_id=edition.pk, numbers=numbers, actor=maker, now=now)
    # The control: a hold that has lapsed is nobody's.
    assert withdraw_numbers(edition_id=edition.pk, numbers=[3, 2], actor=maker, now=now + lines.HOLD) == [2, 3]
    with pytest.raises(UnableToWithdraw):
        withdraw_numbers(edition_id=edition.pk, numbers=[2], actor=maker, now=now)


@pytest.mark.parametrize("count", [0, -1, 11])
def test_as_many_as_there_are_and_one_stays(edition: Edition, maker: User, now: datetime, count: int) -> None:
    for refused in (count, 10):
        with pytest.raises(UnableToWithdraw), samples.nothing_written():
            withdraw_highest(edition_id=edition.pk, count=refused, actor=maker, now=now)
    assert len(withdraw_highest(edition_id=edition.pk, count=9, actor=maker, now=now)) == 9


def test_only_who_may_withdraws(edition: Edition, reviewer: User, now: datetime) -> None:
    with pytest.raises(PermissionDenied), samples.nothing_written():
        withdraw_highest(edition_id=edition.pk, count=1, actor=reviewer, now=now)
    with pytest.raises(PermissionDenied), samples.nothing_written():
        withdraw_numbers(edition_id=edition.pk, numbers=[1], actor=reviewer, now=now)


def test_what_is_withdrawn_is_not_offered_and_what_is_offered_is_not_withdrawn(maker: User, now: datetime) -> None:
    edition, _ = lines.held_edition(now, size=3)
    mina = lines.joined(edition, "mina", now)
    at = now + lines.HOLD

    assert withdraw_highest(edition_id=edition.pk, count=2, actor=maker, now=at) == [2, 3]
    tend_lines(now=at)

    assert lines.offers(edition) == {1: "mina"}
    with pytest.raises(UnableToWithdraw), samples.nothing_written():
        withdraw_numbers(edition_id=edition.pk, numbers=[1], actor=maker, now=at + timedelta(hours=1))
    assert lines.taken(mina, at).piece.number == 1


def test_a_size_that_shrinks_without_an_entry_is_found(edition: Edition, now: datetime) -> None:
    Edition.objects.filter(pk=edition.pk).update(size=9)
    edition.refresh_from_db()
    with pytest.raises(Fault, match="10 of 10 pieces are entered, and there are 9 of 10"):
        checked_tally(edition)


def test_a_piece_that_is_withdrawn_behind_the_ledgers_back_is_found(
    edition: Edition, maker: User, now: datetime
) -> None:
    withdraw_numbers(edition_id=edition.pk, numbers=[4], actor=maker, now=now)
    Piece.objects.filter(number=4).update(state=PieceState.FREE)
    Piece.objects.filter(number=5).update(state=PieceState.WITHDRAWN)
    edition.refresh_from_db()
    with pytest.raises(Fault, match="piece 4 is withdrawn, or entered so"):
        checked_tally(edition)


@pytest.mark.parametrize("change", [{"size": 11}, {"announced_size": 11}, {"announced_size": 9}])
def test_no_edition_grows_again(edition: Edition, maker: User, now: datetime, change: dict[str, int]) -> None:
    withdraw_highest(edition_id=edition.pk, count=1, actor=maker, now=now)
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**change)

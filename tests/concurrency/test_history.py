"""The judge of what people were told, on stories whose end is known, and on a shop without its second look."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from core.problems import Problem
from editions import locks, services
from editions.models import Edition, PieceState
from editions.services import AllHeld, hold_piece
from orders.services.quote import make_quote
from tests import samples
from tests.concurrency.history import Change, History, Refusal, State, standing

PIECE = ("piece", 1)
FREE = State(PieceState.FREE)


def refused(now: datetime, code: str = "all_held") -> Refusal:
    """Told between the seconds 10 and 11 that no piece is left."""
    return Refusal(10, 11, code, "piece", 1, now)


@pytest.mark.parametrize(
    ("before", "changes", "is_false"),
    [
        (FREE, [], True),
        (FREE, [Change(1, 2, PIECE, State(PieceState.SOLD))], False),
        (FREE, [Change(9, 10.5, PIECE, State(PieceState.SOLD))], False),
        (FREE, [Change(12, 13, PIECE, State(PieceState.SOLD))], True),
        (State(PieceState.SOLD), [Change(1, 2, PIECE, FREE)], True),
        (State(PieceState.SOLD), [Change(10.5, 12, PIECE, FREE)], False),
        (FREE, [Change(1, 3, PIECE, State(PieceState.SOLD)), Change(2, 4, PIECE, FREE)], False),
    ],
)
def test_false_is_what_could_be_held_all_the_time(
    before: State, changes: list[Change], is_false: bool, now: datetime
) -> None:
    told = refused(now)

    found = History({PIECE: before}, changes, [told]).false_refusals()

    assert found == ([told] if is_false else [])


def test_held_is_not_sold_out_and_lapses(now: datetime) -> None:
    held, lapsed = (State(PieceState.HELD, now + timedelta(minutes=minutes)) for minutes in (1, -1))
    cases = [(held, "all_held"), (held, "sold_out"), (lapsed, "all_held"), (lapsed, "sold_out")]

    found = [bool(History({PIECE: state}, [], [refused(now, code)]).false_refusals()) for state, code in cases]

    assert found == [False, True, True, True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_again", [True, False])
def test_control_without_the_second_look_people_are_told_what_is_not_true(
    looks_again: bool, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.open_edition(now=now, size=1)
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    history = History(standing(edition))
    locked, release = threading.Event(), threading.Event()
    if not looks_again:
        monkeypatch.setattr(services, "_take_piece", first_or_nothing)

    def look_and_leave() -> None:
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
    begun = time.monotonic()
    try:
        hold_piece(edition=samples.current(edition), offer=offer, now=now)
    except Problem as problem:
        history.refusals.append(Refusal(begun, time.monotonic(), problem.code, "piece", 1, now))
    visitor.join(timeout=30)

    assert len(history.false_refusals()) == (0 if looks_again else 1)


def first_or_nothing(edition: Edition, now: datetime, _deadline: float) -> object:
    """SKIP LOCKED alone."""
    piece = locks.lock_first_available(edition.pk, now)
    if piece is None:
        raise AllHeld("naive")
    return piece

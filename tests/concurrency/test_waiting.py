"""A line and a crowd at once: no piece is offered twice, and the public never takes what the line waits for."""

import threading
from collections import Counter
from datetime import datetime

import pytest
from django.db import connection, transaction

from core.models import OutboxMessage
from editions import locks, services
from editions.contracts import LINE_TOPIC, News
from editions.models import Hold, Piece, PieceState, WaitingPlace
from editions.person_limit import holder
from editions.services import Wish, free_piece, hold_piece
from editions.waiting_service import confirm_place, leave_place, tend_line, tend_lines
from orders.services.quote import make_offer
from tests import lines, samples
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = 8


def offer_letters() -> Counter[int]:
    letters = OutboxMessage.objects.filter(topic=LINE_TOPIC, payload__news=News.OFFER)
    return Counter(letters.values_list("payload__place_id", flat=True))


def test_six_workers_offer_each_piece_once_and_write_once(now: datetime) -> None:
    edition, _ = lines.held_edition(now, size=3)
    places = lines.line(edition, ("mina", "jun", "sora", "teo"), now)

    at_once(6, lambda _: tend_lines(now=now + lines.HOLD))

    assert lines.offers(edition) == {1: "mina", 2: "jun", 3: "sora"}
    assert offer_letters() == {place.pk: 1 for place in places[:3]}


def test_control_without_the_locks_people_are_written_to_twice(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, _ = lines.held_edition(now, size=1)
    lines.joined(edition, "mina", now)
    together = threading.Barrier(2)

    def line_unlocked(edition_id: int) -> list[WaitingPlace]:
        return list(WaitingPlace.objects.in_force().filter(edition_id=edition_id).order_by("ticket"))

    def available_unlocked(edition_id: int, at: datetime, most: int | None = None) -> list[Piece]:
        found = list(Piece.objects.available(at).filter(edition_id=edition_id))
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(locks, "lock_line", line_unlocked)
    monkeypatch.setattr(locks, "lock_all_available", available_unlocked)

    at_once(2, lambda _: tend_line(edition_id=edition.pk, now=now + lines.HOLD))

    assert list(offer_letters().values()) == [2]


def test_a_crowd_gets_nothing_of_what_the_line_waits_for(now: datetime) -> None:
    """Pieces lapse; the public rushes at them, by number and without, while workers offer them to the line."""
    edition, _ = lines.held_edition(now, size=4)
    names = ("mina", "jun", "sora", "teo")
    lines.line(edition, names, now)
    at = now + lines.HOLD
    offer = make_offer(edition=edition, data=samples.design(edition), now=at)

    def visit(number: int) -> object:
        if number >= PUBLIC:
            tend_lines(now=at)
            return None
        wish = Wish(number=number % 4 + 1 if number % 2 else None)
        return hold_piece(edition=samples.current(edition), offer=offer, now=at, wish=wish).piece.number

    told = Counter(at_once(PUBLIC + 2, visit))

    assert not [each for each in told if isinstance(each, int)], told
    assert told[None] == 2
    assert sorted(lines.offers(edition).values()) == sorted(names)
    assert Hold.objects.count() == 4


def test_control_without_the_rule_the_crowd_is_quicker(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, _ = lines.held_edition(now, size=4)
    lines.line(edition, ("mina", "jun", "sora", "teo"), now)
    monkeypatch.setattr(services, "check_line", lambda edition: None)
    offer = make_offer(edition=edition, data=samples.design(edition), now=now)

    at_once(PUBLIC, lambda _: hold_piece(edition=samples.current(edition), offer=offer, now=now + lines.HOLD))

    assert Hold.objects.count() > 4


def test_a_piece_that_comes_back_while_somebody_joins_is_hers(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hold that had begun before she joined, and finds a piece that came back after: it looks at the line again."""
    edition = lines.sold_edition(now, size=1)
    place = lines.asked(edition, "mina", now)
    offer = make_offer(edition=edition, data=samples.design(edition), now=now)
    begun, joined = threading.Event(), threading.Event()
    plain = locks.lock_first_available

    def lock_late(edition_id: int, at: datetime) -> Piece | None:
        begun.set()
        joined.wait(timeout=30)
        return plain(edition_id, at)

    monkeypatch.setattr(locks, "lock_first_available", lock_late)

    def act(number: int) -> object:
        if number == 0:
            return hold_piece(edition=samples.current(edition), offer=offer, now=now).piece.number
        begun.wait(timeout=30)
        confirm_place(token=place.token, holders=(), now=now)
        free_piece(piece_id=Piece.objects.get().pk, now=now)
        joined.set()
        return "joined"

    assert at_once(2, act) == ["line_first", "joined"]
    tend_lines(now=now)
    assert lines.offers(edition) == {1: "mina"}


def test_one_person_in_eight_tabs_has_one_place_and_tickets_are_in_order(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    places = [lines.asked(edition, f"mina{number}", now) for number in range(8)]

    def confirm(number: int) -> object:
        # Two people, at four addresses each.
        mine = (holder("session", str(number % 2)),)
        return confirm_place(token=places[number].token, holders=mine, now=now).ticket

    told = Counter(at_once(8, confirm))

    assert told == {1: 1, 2: 1, "in_line_already": 6}


def test_who_leaves_while_she_takes_it_does_one_of_both(now: datetime) -> None:
    for attempt in range(6):
        edition = samples.open_edition(now=now, size=1, slug=f"firing-{attempt}")
        samples.held(edition, now=now)
        place = lines.joined(edition, "mina", now)
        at = now + lines.HOLD
        tend_lines(now=at)

        def act(number: int, place: WaitingPlace = place, at: datetime = at) -> object:
            if number:
                leave_place(token=place.token, now=at)
                return "left"
            lines.taken(place, at)
            return "taken"

        told = at_once(2, act)

        place.refresh_from_db()
        piece = Piece.objects.get(edition=edition)
        assert piece.offered_to is None
        if place.ending == "taken":
            assert (piece.state, told[0]) == (PieceState.HELD, "taken")
        else:
            # Nobody else waits: what she left is anybody's, hers as well.
            assert (place.ending, told[1]) == ("left", "left")
            assert told[0] in ("taken", "offer_over")


def test_a_public_hold_that_only_looks_does_not_keep_a_piece_from_the_line(now: datetime) -> None:
    edition, _ = lines.held_edition(now, size=1)
    lines.joined(edition, "mina", now)
    at = now + lines.HOLD
    locked, release = threading.Event(), threading.Event()

    def look_and_leave() -> None:
        try:
            with transaction.atomic():
                locks.lock_first_available(edition.pk, at)
                locked.set()
                release.wait(timeout=30)
        finally:
            connection.close()

    visitor = threading.Thread(target=look_and_leave)
    visitor.start()
    locked.wait(timeout=30)
    threading.Timer(0.3, release.set).start()

    tend_lines(now=at)

    visitor.join(timeout=30)
    assert lines.offers(edition) == {1: "mina"}
    assert WaitingPlace.objects.waiting().count() == 0

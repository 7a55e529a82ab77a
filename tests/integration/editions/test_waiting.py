"""The waiting list: a fair order, what comes back is the line's, an offer each, and nobody is known for longer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from editions import line as line_rules
from editions import services
from editions.ledger_selectors import checked_tally
from editions.lobby_models import Lobby
from editions.models import Edition, Hold, Piece, WaitingPlace
from editions.person_limit import LimitReached, holder
from editions.selectors import availability, nearest_free_numbers
from editions.services import AllHeld, HoldExpired, NumberTaken, SoldOut, Wish, free_piece, sell_piece
from editions.standing import standing_of
from editions.turn import NotYourTurn
from editions.waiting_selectors import position, takes_places
from editions.waiting_service import (
    KEEP_PEOPLE,
    InLineAlready,
    Newcomer,
    NothingToWaitFor,
    PlaceOver,
    ask_for_place,
    confirm_place,
    forget_waiting_people,
    leave_place,
    tend_lines,
)
from orders.services.place import Buyer, place_order
from tests import lines, lobbies, samples
from tests.lines import HOLD, OFFER

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=1)


# --- Joining -----------------------------------------------------------------------------------------


def test_only_where_nothing_is_left_is_there_something_to_wait_for(edition: Edition, now: datetime) -> None:
    with pytest.raises(NothingToWaitFor, match="without waiting"), samples.nothing_written():
        lines.asked(edition, "mina", now)
    assert not takes_places(edition, now)
    for _ in range(10):
        samples.held(edition, now=now)
    assert takes_places(edition, now)

    place = lines.asked(edition, "mina", now)

    assert (place.ticket, lines.told(place)) == (None, ["confirm"])
    Edition.objects.update(closes_at=now)
    with pytest.raises(NothingToWaitFor, match="not open"):
        lines.asked(edition, "jun", now)


def test_nobody_stands_in_line_before_the_address_is_confirmed_and_that_is_the_order(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    mina, jun = lines.asked(edition, "mina", now), lines.asked(edition, "jun", now)
    assert (availability(edition, now).waiting, position(mina)) == (0, 0)

    for each in (jun, mina):
        confirm_place(token=each.token, holders=(), now=now + SOON)

    for each in (jun, mina):
        each.refresh_from_db()
    assert [(each.ticket, position(each)) for each in (jun, mina)] == [(1, 1), (2, 2)]
    assert availability(edition, now).waiting == 2
    # Again: nothing.
    with samples.nothing_written():
        confirm_place(token=mina.token, holders=(), now=now + 2 * SOON)


def test_one_place_each_by_address_browser_and_account(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    lines.joined(edition, "mina", now)

    ask_for_place(edition_id=edition.pk, newcomer=Newcomer("Mina@Example.com", "en"), now=now)

    assert WaitingPlace.objects.filter(edition=edition).count() == 1
    other = lines.asked(edition, "another.address", now)
    with pytest.raises(InLineAlready), samples.nothing_written():
        confirm_place(token=other.token, holders=(holder("session", "mina"),), now=now)
    # The control: somebody else's browser.
    confirm_place(token=other.token, holders=(holder("session", "jun"),), now=now)


def test_control_the_database_refuses_a_second_place_of_one_address(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    lines.joined(edition, "mina", now)
    with pytest.raises(IntegrityError, match="editions_waiting_one_place_each"), transaction.atomic():
        WaitingPlace.objects.create(
            edition=edition, email="MINA@example.com", language="en", asked_at=now, ticket=2, joined_at=now
        )


def test_a_stranger_who_types_my_address_learns_nothing_and_takes_nothing(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    place = lines.joined(edition, "mina", now)

    ask_for_place(edition_id=edition.pk, newcomer=Newcomer(lines.email("mina"), "ko", design="/x"), now=now)

    # She is written to; her place is as it was.
    again = WaitingPlace.objects.get()
    assert (again.ticket, again.language, again.design, again.token) == (1, "en", "", place.token)
    assert lines.told(place) == ["confirm", "confirm"]


def test_who_has_her_limit_does_not_wait(now: datetime) -> None:
    edition, (hold, _) = lines.held_edition(now, per_person=1)
    mine = (holder("session", "mina"),)
    Hold.objects.filter(pk=hold.pk).update(holders=[*mine, holder("address", "jun@example.com")])

    with pytest.raises(LimitReached), samples.nothing_written():
        ask_for_place(edition_id=edition.pk, newcomer=Newcomer("m@example.com", "en", "", mine), now=now)
    # By address it is seen when the address is hers.
    jun = lines.asked(edition, "jun", now)
    with pytest.raises(LimitReached), samples.nothing_written():
        confirm_place(token=jun.token, holders=(), now=now)


def test_before_her_turn_nobody_joins(now: datetime) -> None:
    lobby: Lobby = lobbies.coming_lobby(now, size=1)
    lobbies.come(lobby, now, "mina", "jun")
    lobby = lobbies.draw(lobby, now)
    at, edition = now + lobbies.OPENS, lobby.edition
    first, second = lobby.entries.order_by("place")
    by_entry = {lobbies.come(lobby, now, name)[0].pk: lobbies.person(name) for name in ("mina", "jun")}
    samples.held(edition, now=at, wish=Wish(holders=by_entry[first.pk]))

    late = Newcomer("late@example.com", "en", holders=by_entry[second.pk])
    with pytest.raises(NotYourTurn), samples.nothing_written():
        ask_for_place(edition_id=edition.pk, newcomer=late, now=at)
    ask_for_place(edition_id=edition.pk, newcomer=late, now=at + timedelta(seconds=30))


# --- What comes back is the line's -------------------------------------------------------------------


def comes_back_by_expiry(edition: Edition, holds: list[Hold], now: datetime) -> datetime:
    return now + HOLD


def comes_back_by_return(edition: Edition, holds: list[Hold], now: datetime) -> datetime:
    sell_piece(hold=holds[0], now=now)
    free_piece(piece_id=holds[0].piece_id, now=now)
    return now + SOON


@pytest.mark.parametrize("comes_back", [comes_back_by_expiry, comes_back_by_return])
@pytest.mark.parametrize("number", [None, 1])
def test_the_public_leaves_alone_what_comes_back_while_somebody_waits(
    now: datetime, number: int | None, comes_back: Callable[..., datetime]
) -> None:
    edition, holds = lines.held_edition(now)
    mina = lines.joined(edition, "mina", now)
    at = comes_back(edition, holds, now)

    with pytest.raises(line_rules.LineFirst), samples.nothing_written():
        samples.held(edition, now=at, wish=Wish(number=number))
    left = availability(edition, at)
    assert (left.available, left.state, left.waiting) == (0, "all_held", 1)
    assert standing_of(edition, at).left == left
    assert nearest_free_numbers(edition, 1, at) == []
    # The control: without her it is anybody's.
    leave_place(token=mina.token, now=at)
    assert samples.held(edition, now=at, wish=Wish(number=number)).piece.number == 1
    assert standing_of(edition, at).left == availability(edition, at)


def test_control_without_the_rule_the_public_takes_what_the_line_waits_for(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, _ = lines.held_edition(now)
    lines.joined(edition, "mina", now)
    monkeypatch.setattr(services, "check_line", lambda edition: None)

    assert samples.held(edition, now=now + HOLD).piece.number == 1


def test_a_hold_is_changed_while_others_wait_and_another_number_is_not_had(now: datetime) -> None:
    edition, (mine, _) = lines.held_edition(now)
    lines.joined(edition, "mina", now)

    changed = samples.held(edition, now=now + SOON, wish=Wish(replaces=mine.token), glaze="indigo")

    assert (changed.piece.number, changed.expires_at) == (1, mine.expires_at)
    with pytest.raises((line_rules.LineFirst, NumberTaken)), samples.nothing_written():
        samples.held(edition, now=now + SOON, wish=Wish(number=2, replaces=changed.token))


# --- Offers ------------------------------------------------------------------------------------------


def test_each_piece_is_offered_to_the_first_in_line_and_the_rest_is_the_publics(now: datetime) -> None:
    edition, _ = lines.held_edition(now, size=3)
    mina, jun = lines.line(edition, ("mina", "jun"), now)
    tend_lines(now=now + SOON)
    assert lines.offers(edition) == {}
    at = now + HOLD

    tend_lines(now=at)

    assert lines.offers(edition) == {1: "mina", 2: "jun"}
    assert [lines.told(each) for each in (mina, jun)] == [["confirm", "offer"]] * 2
    mina.refresh_from_db()
    assert (mina.offered_at, mina.offer_ends_at, position(mina)) == (at, at + OFFER, 0)
    left = availability(edition, at)
    assert (left.available, left.held, left.waiting) == (1, 2, 0)
    assert samples.held(edition, now=at).piece.number == 3
    # Again: nothing, and no second letter.
    with samples.nothing_written():
        tend_lines(now=at + SOON)


def test_an_offer_is_taken_at_the_price_of_its_moment_for_as_long_as_it_lasts(now: datetime) -> None:
    """Pieces 1 to 3 cost 58,000, the next 64,000."""
    edition, holds = lines.held_edition(now, size=5)
    for hold in holds[:2]:
        sell_piece(hold=hold, now=now)
    mina = lines.joined(edition, "mina", now)
    sell_piece(hold=holds[2], now=now)
    free_piece(piece_id=holds[1].piece_id, now=now)
    tend_lines(now=now)
    mina.refresh_from_db()
    assert mina.offered_orders == 3
    for hold in holds[3:]:
        sell_piece(hold=hold, now=now)
    Edition.objects.update(orders_placed=7)
    assert lines.offers(edition) == {2: "mina"}

    late = now + OFFER - SOON
    hold = lines.taken(mina, late)

    assert (hold.piece.number, hold.counters, hold.price.step) == (2, {"orders_placed": 3}, 1)
    assert hold.expires_at == late + HOLD, "ten minutes at least"
    mina.refresh_from_db()
    assert (mina.over_at, mina.ending) == (late, "taken")
    assert lines.offers(edition) == {}


def test_a_taken_offer_is_sold_and_the_ledger_holds(now: datetime) -> None:
    edition = lines.sold_edition(now)
    mina = lines.joined(edition, "mina", now)
    free_piece(piece_id=Piece.objects.get(number=2).pk, now=now)
    tend_lines(now=now)

    hold = lines.taken(mina, now + SOON)
    assert hold.expires_at == now + OFFER
    sell_piece(hold=hold, now=now + 2 * SOON)

    edition.refresh_from_db()
    tally = checked_tally(edition)
    assert (tally.orders, sorted(tally.sold)) == (3, [1, 2])


def test_an_offer_that_is_taken_and_not_ordered_is_told_by_its_own_words(now: datetime) -> None:
    edition = lines.sold_edition(now)
    mina = lines.joined(edition, "mina", now)
    free_piece(piece_id=Piece.objects.get(number=2).pk, now=now)
    tend_lines(now=now)
    hold = lines.taken(mina, now)

    with pytest.raises(HoldExpired, match=r"The time is over and piece No\. 2 has gone"), samples.nothing_written():
        place_order(hold_token=hold.token, buyer=buyer("mina"), now=now + OFFER)
    # The control.
    assert place_order(hold_token=hold.token, buyer=buyer("mina"), now=now + OFFER - SOON).piece.number == 2


def test_an_offer_that_runs_out_goes_to_the_next_and_she_is_told(now: datetime) -> None:
    edition, (_, second) = lines.held_edition(now)
    sell_piece(hold=second, now=now)
    mina, jun = lines.line(edition, ("mina", "jun"), now)
    tend_lines(now=now + HOLD)
    assert lines.offers(edition) == {1: "mina"}
    end = now + HOLD + OFFER
    # Her piece is not hers any more, and nobody else's before the next in line.
    with pytest.raises(line_rules.LineFirst), samples.nothing_written():
        lines.taken(mina, end)

    tend_lines(now=end)

    assert lines.offers(edition) == {1: "jun"}
    for each in (mina, jun):
        each.refresh_from_db()
    assert (mina.ending, lines.told(mina)) == ("lapsed", ["confirm", "offer", "lapsed"])
    assert (jun.offered_at, lines.told(jun)) == (end, ["confirm", "offer"])


def test_who_leaves_hands_the_piece_on_at_once(now: datetime) -> None:
    edition, (_, second) = lines.held_edition(now)
    sell_piece(hold=second, now=now)
    mina, _jun = lines.line(edition, ("mina", "jun"), now)
    tend_lines(now=now + HOLD)

    leave_place(token=mina.token, now=now + HOLD + SOON)
    tend_lines(now=now + HOLD + SOON)

    assert lines.offers(edition) == {1: "jun"}
    with samples.nothing_written():
        leave_place(token=mina.token, now=now + OFFER)
    with pytest.raises(PlaceOver), samples.nothing_written():
        confirm_place(token=mina.token, holders=(), now=now + OFFER)
    # She can join again, behind the others.
    assert lines.joined(edition, "mina", now + HOLD + SOON).ticket == 3


def test_who_has_her_limit_meanwhile_gets_no_offer_and_takes_none(now: datetime) -> None:
    edition, holds = lines.held_edition(now, size=3, per_person=1)
    mina, jun = lines.line(edition, ("mina", "jun"), now)
    Hold.objects.filter(pk=holds[2].pk).update(holders=mina.holders)
    sell_piece(hold=holds[2], now=now)

    tend_lines(now=now + HOLD)

    mina.refresh_from_db()
    assert (mina.ending, lines.told(mina)) == ("limit", ["confirm", "limit"])
    assert lines.offers(edition) == {1: "jun"}
    # Another piece of hers is known by her address alone: the limit holds at the hold.
    own = samples.held(edition, now=now + HOLD)
    Hold.objects.filter(pk=own.pk).update(holders=[holder("address", lines.email("jun"))])
    with pytest.raises(LimitReached), samples.nothing_written():
        samples.held(edition, now=now + HOLD, wish=Wish(holders=(), place=jun.token))


def test_the_limit_holds_again_at_the_order_by_address(now: datetime) -> None:
    edition, holds = lines.held_edition(now, size=2, per_person=1)
    Hold.objects.filter(pk=holds[1].pk).update(holders=[holder("address", "other@example.com")])
    sell_piece(hold=holds[1], now=now)
    mina = lines.joined(edition, "mina", now)
    tend_lines(now=now + HOLD)
    hold = samples.held(edition, now=now + HOLD, wish=Wish(place=mina.token))
    assert hold.holders == mina.holders, "what her place knows of her counts, whatever browser she has"

    with pytest.raises(LimitReached), samples.nothing_written():
        place_order(hold_token=hold.token, buyer=buyer("other"), now=now + HOLD)
    # The control.
    place_order(hold_token=hold.token, buyer=buyer("mina"), now=now + HOLD)


def buyer(name: str) -> Buyer:
    return Buyer(email=lines.email(name), language="en", accepts_no_return=True)


def test_the_line_of_an_edition_that_closes_is_over(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    mina, jun = lines.line(edition, ("mina", "jun"), now)
    Edition.objects.update(closes_at=now + timedelta(hours=2))
    leave_place(token=jun.token, now=now)
    jun = lines.joined(edition, "jun", now)
    tend_lines(now=now + HOLD)
    mina.refresh_from_db()
    assert mina.offer_ends_at == now + timedelta(hours=2), "an offer ends with the edition"
    late = lines.joined(edition, "late", now + HOLD)

    tend_lines(now=now + timedelta(hours=2))

    for each, ending in ((mina, "lapsed"), (jun, "lapsed"), (late, "closed")):
        each.refresh_from_db()
        assert (each.ending, lines.told(each)[-1]) == (ending, ending)
    assert not WaitingPlace.objects.in_force().exists()


def test_whoever_wishes_another_number_keeps_the_offer(now: datetime) -> None:
    edition, _ = lines.held_edition(now, size=3)
    mina = lines.joined(edition, "mina", now)
    tend_lines(now=now + HOLD)
    other = samples.held(edition, now=now + HOLD, wish=Wish(number=3, place=mina.token))

    assert (other.piece.number, lines.offers(edition)) == (3, {1: "mina"})
    assert samples.held(edition, now=now + HOLD, wish=Wish(number=1, place=mina.token)).piece.number == 1


def test_a_design_of_scarce_components_takes_them_when_the_offer_is_taken(tmp_path: Path, now: datetime) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, size=1, cobalt=1, gold=1)
    samples.held(edition, now=now)
    mina = lines.joined(edition, "mina", now)
    tend_lines(now=now + HOLD)

    hold = lines.taken(mina, now + HOLD, glaze="indigo")

    assert (hold.units, hold.held_units.count()) == ({"cobalt": 1}, 1)


def test_an_edition_without_a_line_is_as_it_was(now: datetime) -> None:
    edition, holds = lines.held_edition(now)
    with pytest.raises(AllHeld):
        samples.held(edition, now=now)
    for hold in holds:
        sell_piece(hold=hold, now=now)
    with pytest.raises(SoldOut):
        samples.held(edition, now=now)
    with samples.nothing_written():
        tend_lines(now=now + OFFER)


# --- Forgetting --------------------------------------------------------------------------------------


def test_who_waited_is_forgotten_a_month_after_and_who_never_confirmed_after_two_days(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    gone, stays, never = (lines.asked(edition, name, now) for name in ("gone", "stays", "never"))
    for each in (gone, stays):
        confirm_place(token=each.token, holders=(), now=now)
    leave_place(token=gone.token, now=now)

    assert forget_waiting_people(now=now + timedelta(days=2)) == 0
    assert forget_waiting_people(now=now + timedelta(days=2, seconds=1)) == 1
    assert forget_waiting_people(now=now + KEEP_PEOPLE) == 0
    assert forget_waiting_people(now=now + KEEP_PEOPLE + SOON) == 1

    assert list(WaitingPlace.objects.all()) == [stays]
    assert not WaitingPlace.objects.filter(pk=never.pk).exists()

"""The lobby: a commitment that stays, one entry each, a draw that is held once, and nobody before her turn."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from editions import services
from editions.draw import commitment, digest, drawn_order
from editions.lobby_selectors import list_of, odds, order_of, place_of
from editions.lobby_service import (
    REVEAL_AFTER,
    AlreadyDrawn,
    LobbyClosed,
    NewLobby,
    SeedLost,
    UnsuitableLobby,
    advance_lobbies,
    advance_lobby,
    call_off_lobby,
    enter_lobby,
    forget_people,
    open_lobby,
)
from editions.models import Edition, Hold, Lobby, LobbyEntry, LobbyHolder
from editions.person_limit import holder
from editions.services import EditionClosed, Wish
from editions.turn import NotYourTurn, check_turn, whole_minute
from tests import lobbies, samples

pytestmark = pytest.mark.django_db

PEOPLE = ("mina", "jun", "sora", "teo", "bora")


@pytest.fixture
def lobby(now: datetime) -> Lobby:
    return lobbies.coming_lobby(now)


@pytest.fixture
def drawn(lobby: Lobby, now: datetime) -> Lobby:
    lobbies.come(lobby, now, *PEOPLE)
    return lobbies.draw(lobby, now)


def by_place(lobby: Lobby) -> dict[str, int]:
    """Everybody's place."""
    return {name: place_of(lobby, lobbies.person(name)) or 0 for name in PEOPLE}


def take(lobby: Lobby, name: str, at: datetime) -> Hold:
    return samples.held(lobby.edition, now=at, wish=Wish(holders=lobbies.person(name)))


def run(statement: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


# --- Opening it --------------------------------------------------------------------------------------


def test_the_commitment_is_public_and_the_database_does_not_know_the_seed(lobby: Lobby, settings: Settings) -> None:
    assert (lobby.seed, lobby.list_hash, lobby.drawn_at) == ("", "", None)
    columns = {field.attname: str(getattr(lobby, field.attname)) for field in Lobby._meta.concrete_fields}
    assert lobby.seed_hash not in {commitment(bytes.fromhex(each)) for each in columns.values() if len(each) == 64}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("opens_at", {"opens_at": timedelta(0)}),
        ("closes_at", {"closes_at": timedelta(minutes=10)}),
        ("closes_at", {"closes_at": timedelta(hours=2, seconds=1)}),
        ("pace", {"pace": 0}),
        ("pace", {"pace": 6_001}),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(now: datetime, field: str, change: dict[str, Any]) -> None:
    good = NewLobby(lobbies.coming_edition(now), now + timedelta(minutes=10), now + timedelta(hours=2), 6_000)
    moments = {name: now + value for name, value in change.items() if isinstance(value, timedelta)}

    with pytest.raises(UnsuitableLobby) as refused, samples.nothing_written():
        open_lobby(new=replace(good, **{**change, **moments}), now=now)
    assert refused.value.extra == {"field": field}

    # The control.
    open_lobby(new=good, now=now)


def test_an_edition_has_one_lobby_and_one_that_is_a_week_early_has_none(lobby: Lobby, now: datetime) -> None:
    edition = lobbies.as_read(lobby.edition, now)
    again = NewLobby(edition=edition, opens_at=lobby.opens_at, closes_at=lobby.closes_at, pace=1)
    with pytest.raises(UnsuitableLobby, match="has a lobby already"):
        open_lobby(new=again, now=now)
    other = lobbies.coming_edition(now, slug="second-firing")
    Edition.objects.update(opens_at=now + timedelta(days=7, minutes=11))
    other.refresh_from_db()
    with pytest.raises(UnsuitableLobby, match="seven days"):
        open_lobby(new=NewLobby(other, now + timedelta(minutes=10), now + timedelta(hours=2), 1), now=now)


# --- Coming in ---------------------------------------------------------------------------------------


def test_a_person_has_one_entry_however_often_and_by_whatever_she_is_known(lobby: Lobby, now: datetime) -> None:
    at = now + lobbies.COMES
    browser, account = holder("session", "mina"), holder("account", "7")

    first = enter_lobby(lobby=lobby, holders=(browser,), now=at)
    again = enter_lobby(lobby=lobby, holders=(browser, account), now=at + timedelta(minutes=5))
    other = enter_lobby(lobby=lobby, holders=(holder("session", "jun"), holder("account", "8")), now=at)
    by_account = enter_lobby(lobby=lobby, holders=(holder("session", "phone"), holder("account", "8")), now=at)

    assert (again, by_account) == (first, other)
    assert lobby.entries.count() == 2
    assert len({first.entry, other.entry}) == 2


@pytest.mark.parametrize("at", [lobbies.COMES - timedelta(seconds=1), lobbies.CLOSES])
def test_nobody_comes_in_before_or_after(lobby: Lobby, now: datetime, at: timedelta) -> None:
    with pytest.raises(LobbyClosed), samples.nothing_written():
        enter_lobby(lobby=lobby, holders=lobbies.person("mina"), now=now + at)
    # The control.
    enter_lobby(lobby=lobby, holders=lobbies.person("mina"), now=now + lobbies.CLOSES - timedelta(seconds=1))


def test_a_clock_that_is_behind_opens_no_closed_list(lobby: Lobby, now: datetime) -> None:
    (mina,) = lobbies.come(lobby, now, "mina")
    advance_lobby(lobby_id=lobby.pk, now=now + lobbies.CLOSES)

    with pytest.raises(LobbyClosed), samples.nothing_written():
        lobbies.come(lobby, now, "jun")
    # Who is on it is told so.
    assert lobbies.come(lobby, now, "mina") == [mina]


# --- The draw ----------------------------------------------------------------------------------------


def test_the_list_is_closed_first_and_half_a_minute_later_the_order_follows(lobby: Lobby, now: datetime) -> None:
    lobbies.come(lobby, now, *PEOPLE)
    close = now + lobbies.CLOSES

    early = advance_lobby(lobby_id=lobby.pk, now=close - timedelta(seconds=1))
    assert early.sealed_at is None
    sealed = advance_lobby(lobby_id=lobby.pk, now=close)
    assert (sealed.sealed_at, sealed.size, sealed.seed) == (close, 5, "")
    assert sealed.list_hash == digest(list_of(sealed))
    waiting = advance_lobby(lobby_id=lobby.pk, now=close + REVEAL_AFTER - timedelta(seconds=1))
    assert (waiting.drawn_at, place_of(waiting, lobbies.person("mina"))) == (None, None)
    drawn = advance_lobby(lobby_id=lobby.pk, now=close + REVEAL_AFTER)

    seed = bytes.fromhex(drawn.seed)
    assert commitment(seed) == lobby.seed_hash
    order = drawn_order(seed, drawn.list_hash, drawn.entries.values_list("entry", flat=True))
    assert list(drawn.entries.order_by("place").values_list("entry", "place")) == [
        (entry, place) for place, entry in enumerate(order, start=1)
    ]
    assert order_of(drawn).decode().split() == [drawn.seed, drawn.list_hash, *order]


def test_a_draw_that_is_repeated_changes_nothing(drawn: Lobby, now: datetime) -> None:
    with samples.nothing_written():
        advance_lobbies(now=now + timedelta(hours=3))
        advance_lobby(lobby_id=drawn.pk, now=now + timedelta(hours=3))


def test_what_is_due_is_done_and_only_that(drawn: Lobby, now: datetime) -> None:
    other = lobbies.coming_lobby(now, slug="second-firing")
    later = lobbies.coming_lobby(now + timedelta(hours=9), slug="third-firing")

    advance_lobbies(now=now + timedelta(hours=3))
    other.refresh_from_db()
    assert (other.size, other.drawn_at) == (0, None)
    advance_lobbies(now=now + timedelta(hours=4))
    for each in (other, later):
        each.refresh_from_db()
    assert (other.drawn_at, later.sealed_at) == (now + timedelta(hours=4), None)


def test_a_changed_secret_key_never_draws_with_another_seed(lobby: Lobby, now: datetime, settings: Settings) -> None:
    settings.SECRET_KEY = "another key, as long as a key should be, for good measure"
    with pytest.raises(SeedLost):
        lobbies.draw(lobby, now)
    # The task goes on with others, and staff can call this one off.
    advance_lobbies(now=now + timedelta(hours=1, minutes=55))
    lobby.refresh_from_db()
    assert (lobby.sealed_at, lobby.drawn_at) == (now + lobbies.CLOSES, None)
    call_off_lobby(lobby_id=lobby.pk, now=now + timedelta(hours=1, minutes=56))


def test_with_a_fallback_it_goes_on(lobby: Lobby, now: datetime, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, as long as a key should be, for good measure"

    assert lobbies.draw(lobby, now).drawn_at


# --- Turns -------------------------------------------------------------------------------------------


def test_nobody_takes_a_piece_before_her_turn(drawn: Lobby, now: datetime) -> None:
    """Two a minute: 0, 30, 60, 90, 120 seconds after the opening, and everybody after 150."""
    opening, places = drawn.edition.opens_at, by_place(drawn)
    assert sorted(places.values()) == [1, 2, 3, 4, 5]
    for name, place in sorted(places.items(), key=lambda each: each[1]):
        turn = opening + timedelta(seconds=30 * (place - 1))
        early = turn - timedelta(seconds=1)
        with pytest.raises(EditionClosed if early < opening else NotYourTurn), samples.nothing_written():
            take(drawn, name, early)
        assert take(drawn, name, turn).piece.number == place


def test_who_came_late_or_not_at_all_follows_after_the_last(drawn: Lobby, now: datetime) -> None:
    everybody = drawn.edition.opens_at + timedelta(seconds=150)

    for nobody in (lobbies.person("late"), ()):
        with pytest.raises(NotYourTurn) as refused, samples.nothing_written():
            samples.held(drawn.edition, now=everybody - timedelta(seconds=1), wish=Wish(holders=nobody))
        assert refused.value.extra == {"turn_at": everybody.isoformat()}
        assert "Those who came to the lobby choose first." in refused.value.detail
        samples.held(drawn.edition, now=everybody, wish=Wish(holders=nobody))


def test_a_hold_asks_once_while_people_are_let_in_and_never_again(
    drawn: Lobby, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edition = lobbies.as_read(drawn.edition, now)
    for seconds, queries in ((149, 1), (150, 0)):
        with django_assert_num_queries(queries):
            at = edition.opens_at + timedelta(seconds=seconds)
            check_turn(edition=edition, holders=lobbies.person("mina"), now=at)


def test_control_without_the_guard_the_last_one_is_served_first(drawn: Lobby, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "check_turn", lambda **_: None)
    last = max(by_place(drawn), key=by_place(drawn).__getitem__)

    assert take(drawn, last, drawn.edition.opens_at).piece.number == 1


def test_the_sentence_names_a_minute_that_is_not_too_early(drawn: Lobby) -> None:
    opening = drawn.edition.opens_at
    fourth = next(name for name, place in by_place(drawn).items() if place == 4)

    with pytest.raises(NotYourTurn, match=r"your place is 4 of 5") as refused:
        take(drawn, fourth, opening)
    assert refused.value.extra == {"turn_at": (opening + timedelta(seconds=90)).isoformat()}
    sharp = opening.replace(second=0, microsecond=0)
    assert whole_minute(sharp) == sharp
    assert whole_minute(sharp + timedelta(microseconds=1)) == sharp + timedelta(minutes=1)


def test_while_the_draw_is_late_nobody_is_served_and_then_the_turns_count_from_it(lobby: Lobby, now: datetime) -> None:
    lobbies.come(lobby, now, *PEOPLE)
    late = lobby.edition.opens_at + timedelta(minutes=5)
    with pytest.raises(NotYourTurn, match="is being drawn"):
        take(lobby, "mina", late)

    advance_lobbies(now=late)
    advance_lobbies(now=late + REVEAL_AFTER)

    lobby.refresh_from_db()
    assert lobby.turn_of(1) == late + REVEAL_AFTER
    assert lobby.turn_of(None) == late + REVEAL_AFTER + timedelta(seconds=150)


def test_an_empty_lobby_keeps_nobody_waiting(lobby: Lobby, now: datetime) -> None:
    drawn = lobbies.draw(lobby, now)

    assert drawn.size == 0
    take(drawn, "mina", drawn.edition.opens_at)


def test_a_lobby_that_was_called_off_is_everybodys_edition(lobby: Lobby, now: datetime) -> None:
    lobbies.come(lobby, now, *PEOPLE)

    assert call_off_lobby(lobby_id=lobby.pk, now=now).called_off_at == now
    assert call_off_lobby(lobby_id=lobby.pk, now=now + timedelta(hours=1)).called_off_at == now
    advance_lobbies(now=now + timedelta(hours=2))

    lobby.refresh_from_db()
    assert lobby.sealed_at is None
    take(lobby, "late", lobby.edition.opens_at)
    with pytest.raises(LobbyClosed):
        lobbies.come(lobby, now, "sora2")


def test_a_draw_that_was_held_is_not_called_off(drawn: Lobby, now: datetime) -> None:
    with pytest.raises(AlreadyDrawn), samples.nothing_written():
        call_off_lobby(lobby_id=drawn.pk, now=now)


def test_who_came_is_forgotten_a_day_after_and_the_draw_stays(drawn: Lobby, now: datetime) -> None:
    over = drawn.edition.opens_at + timedelta(seconds=150)
    with samples.nothing_written():
        forget_people(now=over + timedelta(days=1, seconds=-1))
    file = order_of(drawn)

    forget_people(now=over + timedelta(days=1))

    assert LobbyHolder.objects.count() == 0
    assert order_of(drawn) == file


def test_the_odds_follow_what_those_before_have_done(now: datetime) -> None:
    lobby = lobbies.coming_lobby(now, size=2)
    assert odds(lobby, now) is None
    lobbies.come(lobby, now, *PEOPLE)
    before = odds(lobby, now)
    assert before is not None
    assert (before.surely, before.likely) == pytest.approx((2 / 5, (1 + 1 + 2 / 3 + 2 / 4 + 2 / 5) / 5))
    drawn = lobbies.draw(lobby, now)

    # One of the first two took a piece: one is left, and two are before the fifth.
    first = next(name for name, place in by_place(drawn).items() if place == 1)
    take(drawn, first, drawn.edition.opens_at)
    second_in = drawn.edition.opens_at + timedelta(seconds=30)
    fifth = odds(drawn, second_in, 5)
    # Beta(2, 2), nobody of two: E[(1 - q)²] = 3/10.
    assert fifth is not None
    assert (fifth.surely, fifth.likely) == pytest.approx((0.0, 3 / 10))


# --- The database as the last line -------------------------------------------------------------------

NEVER = [
    ("UPDATE editions_lobby SET seed_hash = repeat('0', 64)", "a published commitment never changes"),
    ("UPDATE editions_lobby SET nonce = repeat('0', 64)", "a published commitment never changes"),
    ("UPDATE editions_lobby SET pace = pace + 1", "a published commitment never changes"),
    ("UPDATE editions_lobby SET closes_at = closes_at + interval '1 second'", "a published commitment never changes"),
    ("DELETE FROM editions_lobbyholder; DELETE FROM editions_lobby", "a published commitment is never removed"),
    ("UPDATE editions_lobby SET list_hash = repeat('0', 64)", "a closed list never changes"),
    ("UPDATE editions_lobby SET drawn_at = now()", "a draw is never repeated"),
    ("UPDATE editions_lobby SET drawn_at = NULL, seed = ''", "a draw is never repeated"),
    ("UPDATE editions_lobby SET called_off_at = now()", "a draw that was held cannot be called off"),
    ("UPDATE editions_lobbyentry SET place = 6 - place", "an entry and its place never change"),
    ("UPDATE editions_lobbyentry SET entry = repeat('0', 32) WHERE place = 1", "an entry and its place never change"),
    ("DELETE FROM editions_lobbyholder; DELETE FROM editions_lobbyentry", "who came to a lobby is never removed"),
]


@pytest.mark.parametrize(("statement", "why"), NEVER)
def test_the_database_refuses_to_change_what_was_published(drawn: Lobby, statement: str, why: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with samples.nothing_written(), pytest.raises(IntegrityError, match=why):
        run(statement)


@pytest.mark.parametrize("table", ["editions_lobby", "editions_lobbyentry"])
def test_the_database_refuses_to_empty_them(drawn: Lobby, table: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} ENABLE TRIGGER {table}_never_emptied")

    with pytest.raises(IntegrityError, match=f"rows of {table} are never changed or removed"):
        run(f"TRUNCATE {table} CASCADE")


def test_the_database_refuses_another_seed_and_a_late_entry(lobby: Lobby, now: datetime) -> None:
    advance_lobby(lobby_id=lobby.pk, now=now + lobbies.CLOSES)
    drawn = "UPDATE editions_lobby SET drawn_at = sealed_at + interval '1 second', seed = %s"
    with pytest.raises(IntegrityError, match="the seed is not the one that was committed to"):
        run(drawn, "00" * 32)
    with pytest.raises(IntegrityError, match="the lobby was not open"), transaction.atomic():
        LobbyEntry.objects.create(lobby=lobby, entry="0" * 32, came_at=now + lobbies.COMES)

    # The controls: without the triggers it would take both.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE editions_lobby DISABLE TRIGGER editions_lobby_guard")
    run("ALTER TABLE editions_lobbyentry DISABLE TRIGGER editions_lobbyentry_guard")
    assert run(drawn, "00" * 32) == 1
    LobbyEntry.objects.create(lobby=lobby, entry="0" * 32, came_at=now + lobbies.COMES)


def test_the_database_refuses_a_lobby_that_closes_after_the_opening(now: datetime) -> None:
    edition = lobbies.coming_edition(now)
    late = {"opens_at": now, "closes_at": now + lobbies.OPENS + timedelta(seconds=1), "published_at": now}

    with pytest.raises(IntegrityError, match="a lobby closes before its edition opens"), transaction.atomic():
        Lobby.objects.create(edition=edition, pace=1, nonce="0" * 64, seed_hash="0" * 64, **late)

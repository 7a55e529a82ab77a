"""People who come to a lobby at the same moment, with each guard on and off; a list that is closed meanwhile."""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from editions import lobby_service, locks
from editions.draw import digest
from editions.lobby_selectors import list_of
from editions.lobby_service import REVEAL_AFTER, advance_lobby, enter_lobby
from editions.models import LobbyEntry, LobbyHolder
from editions.person_limit import holder
from tests import lobbies
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TABS = 8


def test_one_person_in_eight_tabs_has_one_entry_and_others_have_theirs(now: datetime) -> None:
    lobby = lobbies.coming_lobby(now)

    def enter(number: int) -> str:
        # Two people with an account each, at four browsers each.
        digests = (holder("account", str(number % 2)), holder("session", str(number)))
        return enter_lobby(lobby=lobby, holders=digests, now=now + lobbies.COMES).entry

    results = at_once(TABS, enter)

    assert sorted(Counter(results).values()) == [TABS // 2, TABS // 2]
    assert lobby.entries.count() == 2


@pytest.mark.parametrize("is_unique", [True, False])
def test_control_without_turns_the_database_refuses_the_second_and_without_it_there_are_two(
    now: datetime, monkeypatch: pytest.MonkeyPatch, is_unique: bool
) -> None:
    lobby = lobbies.coming_lobby(now)
    together = threading.Barrier(2)

    def look_together(found: object, holders: object) -> None:
        together.wait(timeout=30)

    monkeypatch.setattr(locks, "lock_people", lambda edition_id, holders: None)
    monkeypatch.setattr(lobby_service, "entry_of", look_together)

    def enter(number: int) -> str:
        try:
            return enter_lobby(lobby=lobby, holders=lobbies.person("mina"), now=now + lobbies.COMES).entry
        except IntegrityError as error:
            return "one entry each" if "editions_lobby_one_entry_each" in str(error) else str(error)

    with without_unique_digests(is_unique):
        results = at_once(2, enter)

    assert (results.count("one entry each"), LobbyEntry.objects.count()) == ((1, 1) if is_unique else (0, 2))


class without_unique_digests:  # noqa: N801 (read as a sentence)
    """The constraint is off within, unless it is to stay; afterwards it is there again."""

    def __init__(self, stays: bool) -> None:
        self.stays = stays

    def __enter__(self) -> None:
        if not self.stays:
            _alter("DROP CONSTRAINT editions_lobby_one_entry_each")

    def __exit__(self, *_: object) -> None:
        if not self.stays:
            LobbyHolder.objects.all().delete()
            _alter("ADD CONSTRAINT editions_lobby_one_entry_each UNIQUE (lobby_id, digest)")


def _alter(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE editions_lobbyholder {change}")


def test_who_is_just_coming_in_is_on_the_list_and_who_comes_a_moment_later_is_told(now: datetime) -> None:
    lobby = lobbies.coming_lobby(now)
    inside, leave = threading.Event(), threading.Event()

    def come_slowly() -> None:
        with transaction.atomic():
            lobbies.come(lobby, now, "mina")
            inside.set()
            leave.wait(timeout=30)
        connection.close()

    def close_list() -> None:
        inside.wait(timeout=30)
        advance_lobby(lobby_id=lobby.pk, now=now + lobbies.CLOSES)
        connection.close()

    threads = [threading.Thread(target=come_slowly), threading.Thread(target=close_list)]
    for thread in threads:
        thread.start()
    inside.wait(timeout=30)
    # The list cannot be closed while she comes in.
    threads[1].join(timeout=0.3)
    lobby.refresh_from_db()
    assert (threads[1].is_alive(), lobby.sealed_at) == (True, None)
    leave.set()
    for thread in threads:
        thread.join(timeout=30)

    lobby.refresh_from_db()
    assert lobby.size == 1
    assert at_once(1, lambda _: lobbies.come(lobby, now, "late")) == ["lobby_closed"]
    assert digest(list_of(lobby)) == lobby.list_hash


def test_a_draw_that_is_held_by_six_workers_is_held_once(now: datetime) -> None:
    lobby = lobbies.coming_lobby(now)
    lobbies.come(lobby, now, "mina", "jun", "sora")
    closes = now + lobbies.CLOSES
    at_once(6, lambda _: advance_lobby(lobby_id=lobby.pk, now=closes))

    at_once(6, lambda number: advance_lobby(lobby_id=lobby.pk, now=closes + REVEAL_AFTER + timedelta(seconds=number)))

    lobby.refresh_from_db()
    assert lobby.drawn_at is not None
    assert list(lobby.entries.order_by("place").values_list("place", flat=True)) == [1, 2, 3]

"""Opening a lobby, coming in, closing its list, drawing; and calling it off."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.problems import Problem
from editions import locks
from editions.draw import SEED_BYTES, commitment, digest, drawn_order, list_file
from editions.lobby_models import FASTEST
from editions.lobby_selectors import due_lobbies, entry_of, lobbies_with_people, names_in
from editions.models import Edition, Lobby, LobbyEntry, LobbyHolder

SALT = "editions.draw"
# So long the hash of the list is public before the seed is.
REVEAL_AFTER = timedelta(seconds=30)
# A browser's session, by which a guest is known, lasts for two weeks.
LONGEST = timedelta(days=7)
KEEP_PEOPLE = timedelta(days=1)
WRITE_PLACES = """
UPDATE editions_lobbyentry SET place = drawn.place
FROM unnest(%s::text[]) WITH ORDINALITY AS drawn (entry, place)
WHERE lobby_id = %s AND editions_lobbyentry.entry = drawn.entry
"""

log = structlog.get_logger("lobby")


class UnsuitableLobby(Problem):
    """Its times or its pace cannot be kept; `field` is the one to mend."""

    code = "unsuitable_lobby"
    status = 422


class LobbyClosed(Problem):
    """Nobody can come in: not yet, not any more, or there is no lobby."""

    code = "lobby_closed"
    status = 409


class AlreadyDrawn(Problem):
    """The draw was held, and stands."""

    code = "already_drawn"
    status = 409


class SeedLost(RuntimeError):
    """No secret key of this server makes the seed that was committed to: the key was changed without a fallback."""


@dataclass(frozen=True)
class NewLobby:
    """What is published with the commitment. `pace` is how many people are let in each minute."""

    edition: Edition
    opens_at: datetime
    closes_at: datetime
    pace: int


def check_terms(new: NewLobby, now: datetime) -> None:
    """Raise UnsuitableLobby for terms that cannot be published now."""
    if Lobby.objects.filter(edition=new.edition).exists():
        raise UnsuitableLobby(_("This edition has a lobby already."), field="edition")
    if new.opens_at <= now:
        raise UnsuitableLobby(_("The commitment must be public before the lobby opens."), field="opens_at")
    if new.closes_at <= new.opens_at:
        raise UnsuitableLobby(_("A lobby closes after it has opened."), field="closes_at")
    if new.closes_at > new.edition.opens_at:
        raise UnsuitableLobby(_("The lobby closes when the edition opens, or before."), field="closes_at")
    if new.edition.opens_at - new.opens_at > LONGEST:
        raise UnsuitableLobby(_("A lobby opens at most seven days before its edition."), field="opens_at")
    if not 1 <= new.pace <= FASTEST:
        raise UnsuitableLobby(_("Let in between 1 and %(most)d people a minute.") % {"most": FASTEST}, field="pace")


@transaction.atomic
def open_lobby(*, new: NewLobby, now: datetime) -> Lobby:
    """Publish a lobby's times and pace with the commitment to a fresh seed. Raises UnsuitableLobby."""
    check_terms(new, now)
    nonce = secrets.token_hex(SEED_BYTES)
    seed_hash = commitment(_seed(nonce, settings.SECRET_KEY))
    return Lobby.objects.create(**vars(new), published_at=now, nonce=nonce, seed_hash=seed_hash)


@transaction.atomic
def enter_lobby(*, lobby: Lobby, holders: Collection[str], now: datetime) -> LobbyEntry:
    """Put a person on the list. Who is on it keeps her entry, however often she comes. Raises LobbyClosed."""
    if not holders:
        raise ValueError("nobody in particular cannot be drawn")
    locks.lock_people(lobby.edition_id, holders)
    found = entry_of(lobby, holders)
    if found is not None:
        return found
    if not locks.keep_lobby_open(lobby.pk).takes_entries(now):
        raise LobbyClosed(_("The lobby is not open at the moment."))
    entry = LobbyEntry.objects.create(lobby=lobby, entry=secrets.token_hex(16), came_at=now)
    LobbyHolder.objects.bulk_create(LobbyHolder(lobby=lobby, entry=entry, digest=each) for each in sorted(set(holders)))
    return entry


def advance_lobbies(*, now: datetime) -> None:
    """Close the lists and hold the draws that are due. One that fails does not keep the others."""
    for lobby_id in due_lobbies(now):
        try:
            advance_lobby(lobby_id=lobby_id, now=now)
        except SeedLost as error:
            log.error("draw_impossible", lobby=lobby_id, error=str(error))


@transaction.atomic
def advance_lobby(*, lobby_id: int, now: datetime) -> Lobby:
    """Close the list when it is time, and half a minute later draw. Done once, however often it is called.

    Raises SeedLost; then the list stays closed, nobody is let in, and staff can call the lobby off.
    """
    lobby = locks.lock_lobby(lobby_id)
    if lobby.called_off_at is not None or lobby.drawn_at is not None or now < lobby.closes_at:
        return lobby
    if lobby.sealed_at is None:
        _seal(lobby, now)
    elif now >= lobby.sealed_at + REVEAL_AFTER:
        _draw(lobby, now)
    return lobby


@transaction.atomic
def call_off_lobby(*, lobby_id: int, now: datetime) -> Lobby:
    """Give up a lobby before it is drawn: its edition then opens for everybody at once. Raises AlreadyDrawn.

    Its page says so for good.
    """
    lobby = locks.lock_lobby(lobby_id)
    if lobby.drawn_at is not None:
        raise AlreadyDrawn(_("The draw has been held, and stands."))
    if lobby.called_off_at is None:
        lobby.called_off_at = now
        lobby.save(update_fields=["called_off_at"])
    return lobby


def forget_people(*, now: datetime) -> None:
    """Remove by what people were known in lobbies that were over a day ago; the lists and the orders stay."""
    for lobby in lobbies_with_people():
        if lobby.is_over(now - KEEP_PEOPLE):
            LobbyHolder.objects.filter(lobby=lobby).delete()


def _seal(lobby: Lobby, now: datetime) -> None:
    names = names_in(lobby)
    lobby.sealed_at, lobby.size = now, len(names)
    lobby.list_hash = digest(list_file(lobby.terms, names))
    lobby.save(update_fields=["sealed_at", "size", "list_hash"])


def _draw(lobby: Lobby, now: datetime) -> None:
    seed = _revealed(lobby)
    order = drawn_order(seed, lobby.list_hash, names_in(lobby))
    with connection.cursor() as cursor:
        cursor.execute(WRITE_PLACES, [order, lobby.pk])
    lobby.drawn_at, lobby.seed = now, seed.hex()
    lobby.save(update_fields=["drawn_at", "seed"])


def _revealed(lobby: Lobby) -> bytes:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        seed = _seed(lobby.nonce, key)
        if commitment(seed) == lobby.seed_hash:
            return seed
    raise SeedLost("no secret key makes the seed that was committed to; is SECRET_KEY_FALLBACKS complete?")


def _seed(nonce: str, key: str) -> bytes:
    """HMAC-SHA-256: whoever has only the database, or only the key, does not know it."""
    return salted_hmac(SALT, nonce, secret=key, algorithm="sha256").digest()

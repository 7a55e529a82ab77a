"""Reads of lobbies: who came, who is next, and the files that anyone can check."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from editions.draw import (
    Odds,
    list_file,
    odds_at_place,
    odds_before_the_draw,
    order_file,
    places_admitted,
)
from editions.models import Edition, Lobby, LobbyEntry, LobbyHolder
from editions.selectors import availability


def lobby_of(edition: Edition) -> Lobby | None:
    """An edition's lobby; None when it opens without one."""
    found: Lobby | None = getattr(edition, "lobby", None)
    return found


def entry_of(lobby: Lobby, holders: Collection[str]) -> LobbyEntry | None:
    """A person's entry; of two, made before they were known to be one person's, the one that is let in first."""
    if not holders:
        return None
    found = LobbyEntry.objects.filter(lobby=lobby, holders__digest__in=list(holders))
    return found.order_by("place", "pk").first()


def place_of(lobby: Lobby, holders: Collection[str]) -> int | None:
    """A person's place after the draw; None before it, and for who did not come in time."""
    entry = entry_of(lobby, holders) if lobby.drawn_at else None
    return entry.place if entry else None


def size_of(lobby: Lobby) -> int:
    """How many have entered."""
    return lobby.entries.count() if lobby.size is None else lobby.size


def admitted(lobby: Lobby, now: datetime) -> int:
    """How many of the drawn places have had their turn."""
    if lobby.starts_at is None or lobby.size is None:
        return 0
    return min(lobby.size, places_admitted(now, start=lobby.starts_at, pace=lobby.pace))


def odds(lobby: Lobby, now: datetime, place: int | None = None) -> Odds | None:
    """The odds that a piece is left at one's turn: of a place, or of anyone in the lobby before the draw.

    None where nobody has entered yet, or without a place after the draw.
    """
    left = availability(lobby.edition, now)
    if lobby.drawn_at is None:
        entries = size_of(lobby)
        return odds_before_the_draw(entries=entries, pieces=left.available) if entries else None
    if place is None:
        return None
    before = admitted(lobby, now)
    return odds_at_place(
        ahead=max(0, place - 1 - before), left=left.available, admitted=before, taken=left.held + left.sold
    )


def entries_by_place(lobby: Lobby) -> QuerySet[LobbyEntry]:
    """The drawn order."""
    return lobby.entries.filter(place__isnull=False).order_by("place")


def names_in(lobby: Lobby) -> list[str]:
    """The entries of those who came, in no order that means anything."""
    return list(lobby.entries.values_list("entry", flat=True))


def list_of(lobby: Lobby) -> bytes:
    """The list as it is hashed; it is public, and does not change any more, once the lobby is sealed."""
    return list_file(lobby.terms, names_in(lobby))


def order_of(lobby: Lobby) -> bytes:
    """The outcome as a file: the places by which people are let in. There is one once the draw is done."""
    order = list(entries_by_place(lobby).values_list("entry", flat=True))
    return order_file(bytes.fromhex(lobby.seed), lobby.list_hash, order)


def due_lobbies(now: datetime) -> list[int]:
    """The ids of lobbies whose list is to be closed, or whose draw is to be held."""
    found = Lobby.objects.filter(closes_at__lte=now, drawn_at=None, called_off_at=None)
    return list(found.order_by("pk").values_list("pk", flat=True))


def lobbies_with_people() -> list[Lobby]:
    """Lobbies of which it is still known who came."""
    known = LobbyHolder.objects.filter(lobby=OuterRef("pk"))
    return list(Lobby.objects.filter(Exists(known)).select_related("edition").order_by("pk"))


def upcoming_editions(now: datetime) -> QuerySet[Edition]:
    """Editions that have not opened and have no lobby yet."""
    return Edition.objects.filter(opens_at__gt=now, lobby=None).order_by("opens_at")

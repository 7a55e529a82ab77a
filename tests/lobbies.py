"""An edition that opens in two hours with a lobby before it, and people who come to it."""

from datetime import datetime, timedelta

from editions.lobby_service import REVEAL_AFTER, NewLobby, advance_lobby, enter_lobby, open_lobby
from editions.models import Edition, Lobby, LobbyEntry
from editions.person_limit import holder
from editions.pricing import PriceCard, Step
from editions.selectors import public_editions
from tests import samples

COMES = timedelta(minutes=10)
CLOSES = timedelta(minutes=110)
OPENS = timedelta(hours=2)


def coming_edition(now: datetime, *, size: int = 10, slug: str = "first-firing") -> Edition:
    """An announced edition without a lobby yet."""
    edition = samples.open_edition(now=now, size=size, slug=slug, card=PriceCard((Step(1, 58_000),)))
    Edition.objects.filter(pk=edition.pk).update(opens_at=now + OPENS)
    return as_read(edition, now)


def coming_lobby(now: datetime, *, size: int = 10, pace: int = 2, slug: str = "first-firing") -> Lobby:
    edition = coming_edition(now, size=size, slug=slug)
    new = NewLobby(edition=edition, opens_at=now + COMES, closes_at=now + CLOSES, pace=pace)
    return open_lobby(new=new, now=now)


def as_read(edition: Edition, now: datetime) -> Edition:
    """An edition as pages get it."""
    return public_editions(now).get(pk=edition.pk)


def person(name: str) -> tuple[str, ...]:
    """The digests of a visitor."""
    return (holder("session", name),)


def come(lobby: Lobby, now: datetime, *names: str) -> list[LobbyEntry]:
    """These people come while the lobby is open."""
    return [enter_lobby(lobby=lobby, holders=person(name), now=now + COMES) for name in names]


def draw(lobby: Lobby, now: datetime) -> Lobby:
    """The list is closed in time, and the draw held half a minute later."""
    advance_lobby(lobby_id=lobby.pk, now=now + CLOSES)
    return advance_lobby(lobby_id=lobby.pk, now=now + CLOSES + REVEAL_AFTER)

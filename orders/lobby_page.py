"""What the lobby's part of an edition's page and the page of the draw show: queries, and nothing that is not one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import floor
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from editions.lobby_selectors import admitted, entries_by_place, entry_of, lobby_of, odds, size_of
from editions.models import Edition, Lobby, LobbyEntry
from editions.selectors import availability
from editions.turn import whole_minute

ON_A_PAGE = 100
# Floats that stand for whole percents may lie this little below them.
TINY = 1e-9


@dataclass(frozen=True)
class LobbyShown:
    """A lobby as one visitor sees it.

    `phase`: coming, open (she has not entered), inside, sealed (the draw follows), waiting for her turn, turn, outside
    (others choose first), over, or called_off. `turn_at` and `everybody_at` are the first whole minutes not too early.
    """

    lobby: Lobby
    phase: str
    entry: LobbyEntry | None
    entries: int
    admitted: int
    left: int
    surely: str
    likely: str
    is_open: bool
    turn_at: datetime | None
    everybody_at: datetime | None

    @property
    def moves(self) -> bool:
        """Whether it will be otherwise without the visitor's doing."""
        return self.phase not in ("over", "called_off")

    @property
    def is_certain(self) -> bool:
        return self.surely == percent(1.0)

    @property
    def state(self) -> str:
        """Changes with whatever is shown."""
        told = (self.phase, self.entries, self.admitted, self.left, self.surely, self.likely, self.turn_at)
        return sha256(repr((told, self.everybody_at, get_language())).encode()).hexdigest()[:16]


def lobby_shown(edition: Edition, holders: Collection[str], now: datetime) -> LobbyShown | None:
    """An edition's lobby as the person with these digests sees it; None when the edition has none."""
    lobby = lobby_of(edition)
    if lobby is None:
        return None
    entry = entry_of(lobby, holders)
    turn, everybody = lobby.turn_of(entry.place if entry else None), lobby.turn_of(None)
    chances = odds(lobby, now, entry.place if entry else None)
    return LobbyShown(
        lobby=lobby,
        phase=_phase(lobby, entry, turn, now),
        entry=entry,
        entries=size_of(lobby),
        admitted=admitted(lobby, now),
        left=availability(edition, now).available,
        surely=percent(chances.surely) if chances else "",
        likely=percent(chances.likely) if chances else "",
        is_open=edition.is_open(now),
        turn_at=whole_minute(turn) if turn else None,
        everybody_at=whole_minute(everybody) if everybody else None,
    )


def _phase(lobby: Lobby, entry: LobbyEntry | None, turn: datetime | None, now: datetime) -> str:
    if lobby.called_off_at is not None:
        return "called_off"
    if lobby.is_over(now) or (lobby.edition.closes_at is not None and lobby.edition.closes_at <= now):
        return "over"
    if turn is not None:
        return ("turn" if turn <= now else "waiting") if entry else "outside"
    if lobby.takes_entries(now):
        return "inside" if entry else "open"
    return "coming" if now < lobby.opens_at else "sealed"


def percent(chance: float) -> str:
    """A chance in whole percents, never more than it is."""
    if 0.0 < chance < 0.01:
        return _("under 1 %")
    return f"{floor(100 * chance + TINY)} %"


@dataclass(frozen=True)
class DrawPage:
    """One page of the drawn order; `own_page` is the page that the visitor's entry stands on."""

    page: Page[Any]
    entry: LobbyEntry | None
    own_page: int | None


def draw_page(lobby: Lobby, holders: Collection[str], number: str) -> DrawPage:
    """The page of that number; the first for what is no number, the last for one that is too high."""
    page = Paginator(entries_by_place(lobby), ON_A_PAGE).get_page(number)
    entry = entry_of(lobby, holders)
    own = (entry.place - 1) // ON_A_PAGE + 1 if entry and entry.place else None
    return DrawPage(page=page, entry=entry, own_page=own)

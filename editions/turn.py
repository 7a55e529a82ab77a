"""Whose turn it is on an opening day. An edition without a lobby is everybody's from its opening on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.problems import Problem
from core.words import minute
from editions.lobby_selectors import lobby_of, place_of
from editions.models import Edition


class NotYourTurn(Problem):
    """Others choose first; `turn_at` says when this person may, once that is drawn."""

    code = "not_your_turn"
    status = 409
    passing = True


def check_turn(*, edition: Edition, holders: Collection[str], now: datetime) -> None:
    """Raise NotYourTurn while a lobby's people are let in and this person is not among those who were.

    One query where the edition has a lobby that is not over, none elsewhere.
    """
    lobby = lobby_of(edition)
    if lobby is None or lobby.is_over(now):
        return
    place = place_of(lobby, holders)
    turn = lobby.turn_of(place)
    if turn is None:
        raise NotYourTurn(_("The order of those who came to the lobby is being drawn. Please look again in a minute."))
    if turn <= now:
        return
    when = minute(whole_minute(turn), get_language() or "en")
    if place:
        raise NotYourTurn(
            _("Your turn comes at %(when)s: your place is %(place)d of %(size)d.")
            % {"when": when, "place": place, "size": lobby.size},
            turn_at=turn.isoformat(),
        )
    raise NotYourTurn(
        _("Those who came to the lobby choose first. Everybody can from %(when)s on.") % {"when": when},
        turn_at=turn.isoformat(),
    )


def whole_minute(moment: datetime) -> datetime:
    """The first whole minute that is not before a moment: what is told in minutes must not be told too early."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)

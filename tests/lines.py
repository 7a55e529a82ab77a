"""An edition of which everything is held or sold, and people who wait in line for the next piece."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.models import OutboxMessage
from editions.contracts import LINE_TOPIC
from editions.models import Edition, Hold, Piece, WaitingPlace
from editions.person_limit import holder
from editions.services import Wish, sell_piece
from editions.waiting_service import Newcomer, ask_for_place, confirm_place
from tests import samples

HOLD = timedelta(minutes=10)
OFFER = timedelta(hours=24)


def held_edition(now: datetime, *, size: int = 2, per_person: int | None = None) -> tuple[Edition, list[Hold]]:
    """An open edition whose every piece is held, and the holds."""
    edition = samples.open_edition(now=now, size=size)
    Edition.objects.filter(pk=edition.pk).update(per_person=per_person)
    holds = [samples.held(edition, now=now) for _ in range(size)]
    edition.refresh_from_db()
    return edition, holds


def sold_edition(now: datetime, *, size: int = 2) -> Edition:
    edition, holds = held_edition(now, size=size)
    for hold in holds:
        sell_piece(hold=hold, now=now)
    edition.refresh_from_db()
    return edition


def email(name: str) -> str:
    return f"{name}@example.com"


def asked(edition: Edition, name: str, now: datetime) -> WaitingPlace:
    """A place that is asked for and not confirmed."""
    ask_for_place(edition_id=edition.pk, newcomer=Newcomer(email=email(name), language="en"), now=now)
    return WaitingPlace.objects.filter(edition=edition, email=email(name)).latest("pk")


def joined(edition: Edition, name: str, now: datetime) -> WaitingPlace:
    """A place in line, confirmed from a browser of one's own."""
    place = asked(edition, name, now)
    return confirm_place(token=place.token, holders=(holder("session", name),), now=now)


def line(edition: Edition, names: Sequence[str], now: datetime) -> list[WaitingPlace]:
    return [joined(edition, name, now) for name in names]


def taken(place: WaitingPlace, now: datetime, **choices: str) -> Hold:
    """The owner of a place holds the piece that is offered to her."""
    wish = Wish(holders=tuple(place.holders), place=place.token)
    return samples.held(place.edition, now=now, wish=wish, **choices)


def offers(edition: Edition) -> dict[int, str]:
    """By number, to whom each piece is offered."""
    pieces = Piece.objects.filter(edition=edition, offered_to__isnull=False).select_related("offered_to")
    return {piece.number: piece.offered_to.email.partition("@")[0] for piece in pieces if piece.offered_to}


def told(place: WaitingPlace) -> list[str]:
    """What letters to a place were asked for, in order."""
    letters = OutboxMessage.objects.filter(topic=LINE_TOPIC, payload__place_id=place.pk).order_by("pk")
    return [message.payload["news"] for message in letters]

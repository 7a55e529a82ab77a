"""Reads of waiting lists."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from editions.models import Edition, Piece, WaitingPlace
from editions.selectors import availability


def place_with_token(token: str) -> WaitingPlace:
    """A place by its secret name; raises WaitingPlace.DoesNotExist."""
    return WaitingPlace.objects.select_related("edition__version__product", "offered_piece").get(token=token)


def place_with_offer(edition: Edition, token: str, now: datetime, number: int | None = None) -> WaitingPlace | None:
    """The place to which a piece is offered at a time; None without one, or where another number is wished for."""
    if not token:
        return None
    found = WaitingPlace.objects.filter(token=token, edition=edition, offered_piece__isnull=False)
    place = found.select_related("offered_piece").first()
    if place is None or not place.has_offer(now) or number not in (None, place.offered_piece.number):
        return None
    return place


def position(place: WaitingPlace) -> int:
    """How many stand in line up to a place, and with it; 0 where it does not wait."""
    if place.ticket is None or place.over_at is not None or place.offered_at is not None:
        return 0
    return WaitingPlace.objects.waiting().filter(edition_id=place.edition_id, ticket__lte=place.ticket).count()


def lines_to_tend(now: datetime, *, closing: datetime) -> list[int]:
    """The ids of editions with a line in which something is to do: an offer has run out, or people wait while a piece
    can be held, or while the edition closes by `closing`.
    """
    places = WaitingPlace.objects.in_force().filter(edition_id=OuterRef("pk"))
    pieces = Piece.objects.available(now).filter(edition_id=OuterRef("pk"))
    run_out, waits = Exists(places.filter(offer_ends_at__lte=now)), Exists(places.filter(offered_at=None))
    found = Edition.objects.filter(Q(run_out) | (Q(waits) & (Q(Exists(pieces)) | Q(closes_at__lte=closing))))
    return list(found.order_by("pk").values_list("pk", flat=True))


def takes_places(edition: Edition, now: datetime) -> bool:
    """Whether there is something to wait for: the edition is open, and no piece is left to the public."""
    return edition.is_open(now) and availability(edition, now).state != "available"

"""What the page of a place in line shows."""

from datetime import datetime
from typing import Any

from editions.models import WaitingPlace
from editions.waiting_selectors import position


def place_context(place: WaitingPlace, language: str, now: datetime) -> dict[str, Any]:
    """A place as its owner sees it. `phase`: asked (not confirmed), waiting, offered or over."""
    return {
        "place": place,
        "phase": _phase(place, now),
        "before": max(0, position(place) - 1),
        "price": offer_price(place, language),
    }


def offer_price(place: WaitingPlace, language: str) -> str:
    """What the piece itself costs by the card at the moment of the offer; nothing without an offer."""
    if place.offered_orders is None:
        return ""
    return place.edition.money(place.edition.card.amount_at(place.offered_orders)).format(language)


def _phase(place: WaitingPlace, now: datetime) -> str:
    if place.over_at is not None:
        return "over"
    if place.ticket is None:
        return "asked"
    if place.offered_at is None:
        return "waiting"
    return "offered" if place.has_offer(now) else "over"

"""Announcing an edition, holding a piece, selling it, giving it back."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.models import ProductVersion
from core.problems import Problem
from editions import locks
from editions.contracts import Offer
from editions.ledger_service import record_announcement, record_return, record_sale
from editions.models import HOLD_MINUTES, Edition, Hold, Piece, PieceState
from editions.pricing import Breakdown, Card, price
from editions.selectors import availability

PAYMENT_MINUTES = 15
BUSY_SECONDS = 3.0
PAUSE_SECONDS = 0.005


class EditionClosed(Problem):
    """The edition is not open."""

    code = "edition_closed"
    status = 409


class AllHeld(Problem):
    """Every piece that is left is held by somebody; one may come back."""

    code = "all_held"
    status = 409


class SoldOut(Problem):
    """Every piece has an owner."""

    code = "sold_out"
    status = 410


class Busy(Problem):
    """Pieces are there, but others are taking them at this very moment."""

    code = "busy"
    status = 409


class PriceChanged(Problem):
    """The price has risen since it was shown; nothing is taken without a new consent."""

    code = "price_changed"
    status = 409


class HoldExpired(Problem):
    """The ten minutes are over."""

    code = "hold_expired"
    status = 410


class PieceTaken(Problem):
    """The hold had expired and somebody else has the piece now."""

    code = "piece_taken"
    status = 409


@dataclass(frozen=True)
class NewEdition:
    """What is announced."""

    slug: str
    name_ko: str
    name_en: str
    version: ProductVersion
    size: int
    currency: str
    card: Card
    announced_at: datetime
    opens_at: datetime


@transaction.atomic
def announce_edition(edition: NewEdition) -> Edition:
    """Create an edition with its price card, one row per numbered piece and the first entry of its ledger."""
    columns: dict[str, Any] = {**vars(edition), "price_card": edition.card.as_json()}
    del columns["card"]
    created = Edition.objects.create(**columns)
    Piece.objects.bulk_create(Piece(edition=created, number=number) for number in range(1, edition.size + 1))
    record_announcement(edition=created)
    return created


@transaction.atomic
def hold_piece(*, edition_id: int, offer: Offer, now: datetime, replaces: str = "") -> Hold:
    """Keep a piece, at the offered price, for ten minutes.

    `replaces` is the token of an earlier hold of the same person: while its ten minutes last, its piece is kept
    instead of a second one, and only for the rest of them.
    Raises EditionClosed, PriceChanged, AllHeld, SoldOut or Busy; then nothing is written.
    """
    edition = Edition.objects.get(pk=edition_id)
    if not edition.is_open(now):
        raise EditionClosed(_("This edition is not open at the moment."))
    frozen = _current_price(edition, offer)
    earlier = _earlier_hold(edition, replaces, now)
    piece = earlier.piece if earlier else _take_piece(edition, now)
    hold = Hold.objects.create(
        piece=piece,
        configuration=offer.configuration.as_json(),
        fingerprint=offer.configuration.fingerprint,
        counters={"orders_placed": edition.orders_placed},
        breakdown=frozen.as_json(),
        total=frozen.total,
        likely_at=offer.likely_at,
        safe_at=offer.safe_at,
        created_at=now,
        expires_at=earlier.expires_at if earlier else now + timedelta(minutes=HOLD_MINUTES),
    )
    _write(piece, state=PieceState.HELD, hold=hold, held_until=hold.expires_at)
    return hold


@transaction.atomic
def keep_for_payment(*, hold: Hold, now: datetime) -> datetime:
    """Prolong a hold that has not expired, once, while its owner pays; returns the end. Raises HoldExpired."""
    piece = locks.lock_piece(hold.piece_id)
    if not _is_held_by(piece, hold) or piece.held_until is None or piece.held_until <= now:
        raise HoldExpired(
            _("The ten minutes are over and piece No. %(number)d is free again.") % {"number": piece.number}
        )
    until = hold.expires_at + timedelta(minutes=PAYMENT_MINUTES)
    _write(piece, state=PieceState.HELD, hold=hold, held_until=until)
    return until


@transaction.atomic
def sell_piece(*, hold: Hold, now: datetime) -> int:
    """Give the held piece to its owner for good, count the order and enter it; returns the orders placed so far.

    A hold that expired while its owner paid is honoured as long as nobody else has taken the piece.
    Raises PieceTaken otherwise.
    """
    edition = locks.lock_edition(Piece.objects.values_list("edition_id", flat=True).get(pk=hold.piece_id))
    piece = locks.lock_piece(hold.piece_id)
    if not _is_held_by(piece, hold):
        raise PieceTaken(
            _("Piece No. %(number)d was taken by somebody else after its hold had ended.") % {"number": piece.number}
        )
    _write(piece, state=PieceState.SOLD, hold=hold, held_until=None)
    Edition.objects.filter(pk=edition.pk).update(orders_placed=F("orders_placed") + 1)
    record_sale(edition=edition, hold=hold, now=now)
    return edition.orders_placed + 1


@transaction.atomic
def free_piece(*, piece_id: int, now: datetime) -> None:
    """Take a sold piece back, and its charge; it can be held again at the current step of the card.

    Raises LedgerEntry.DoesNotExist for a piece that was never sold.
    """
    edition = locks.lock_edition(Piece.objects.values_list("edition_id", flat=True).get(pk=piece_id))
    piece = locks.lock_piece(piece_id)
    _write(piece, state=PieceState.FREE, hold=None, held_until=None)
    record_return(edition=edition, number=piece.number, now=now)


def _current_price(edition: Edition, offer: Offer) -> Breakdown:
    """What the offered design costs now, for a hold to freeze; raises PriceChanged when more than was offered."""
    current = price(edition.card, edition.orders_placed, offer.price.own_lines)
    if current.total > offer.price.total:
        raise PriceChanged(
            _("The price has risen to %(price)s since you saw it, because more pieces were ordered.")
            % {"price": edition.money(current.total).format(get_language() or "en")},
            total=current.total,
        )
    return current


def _earlier_hold(edition: Edition, token: str, now: datetime) -> Hold | None:
    """A hold that still keeps its piece, with the piece locked."""
    earlier = Hold.objects.filter(token=token, piece__edition=edition, expires_at__gt=now).first() if token else None
    if earlier is None:
        return None
    earlier.piece = locks.lock_piece(earlier.piece_id)
    return earlier if _is_held_by(earlier.piece, earlier) else None


def _take_piece(edition: Edition, now: datetime) -> Piece:
    """A locked piece that can be held. SKIP LOCKED alone would call an edition sold out while others only look."""
    deadline = time.monotonic() + BUSY_SECONDS
    while (piece := locks.lock_first_available(edition.pk, now)) is None:
        left = availability(edition, now)
        if left.state == "sold_out":
            raise SoldOut(_("Every piece of this edition has an owner."))
        if left.state == "all_held":
            raise AllHeld(_("All remaining pieces are held by others; one may come back within ten minutes."))
        if time.monotonic() > deadline:
            raise Busy(_("Many people are choosing at this moment. Please try again."))
        time.sleep(PAUSE_SECONDS)
    return piece


def _is_held_by(piece: Piece, hold: Hold) -> bool:
    return piece.state == PieceState.HELD and piece.hold_id == hold.pk


def _write(piece: Piece, *, state: PieceState, hold: Hold | None, held_until: datetime | None) -> None:
    piece.state, piece.hold, piece.held_until = state, hold, held_until
    piece.save(update_fields=["state", "hold", "held_until"])

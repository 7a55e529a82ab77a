"""Announcing an edition, holding a piece, selling it, giving it back."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.models import ProductVersion
from configurator.selectors import definition_with_id
from core.metrics import counted
from core.problems import Problem
from editions import locks
from editions.contracts import Availability, Offer, Scarce
from editions.ledger_service import record_announcement, record_return, record_sale
from editions.line import check_line, holders_with, line_first, take_offered
from editions.models import HOLD_MINUTES, Edition, Hold, Piece, PieceState
from editions.person_limit import check_limit
from editions.pricing import Breakdown, Card, Zone, zones_from_json
from editions.selectors import availability, nearest_free_numbers, price_with, scarce_components
from editions.stock_service import (
    PAUSE_SECONDS,
    Busy,
    Design,
    NewComponent,
    check_ladders,
    free_units,
    prolong_units,
    sell_units,
    stock_component,
    take_units,
    write_held,
)
from editions.turn import check_turn
from editions.waiting_selectors import place_with_offer

PAYMENT_MINUTES = 15
BUSY_SECONDS = 3.0


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


class NumberTaken(Problem):
    """Somebody else has the number that was asked for; `free` are the nearest that can be had."""

    code = "number_taken"
    status = 409


class NoSuchNumber(Problem):
    """The edition has no piece with the number that was asked for."""

    code = "no_such_number"
    status = 422


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


class ComponentTaken(PieceTaken):
    """The hold had expired and somebody else has a scarce component of the design now."""

    code = "component_taken"


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
    per_person: int | None = None
    components: tuple[NewComponent, ...] = ()
    shipping: tuple[Zone, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What a customer asks for beside a design.

    `number`: a particular piece. `replaces`: the token of an earlier hold of the same person. `holders`: the digests
    under which she is known, where a limit per person, a lobby or a waiting list counts. `place`: the token of her
    place in the waiting list, if a piece is offered to her.
    """

    number: int | None = None
    replaces: str = ""
    holders: tuple[str, ...] = ()
    place: str = ""


@transaction.atomic
def announce_edition(edition: NewEdition) -> Edition:
    """Create an edition with its price card, a row per numbered piece and per unit, and its ledger's first entry.

    Raises StockDiffers when the card counts other units of a component than there are, and ValueError for zones that
    cannot be.
    """
    shipping = [zone.as_json() for zone in edition.shipping]
    zones_from_json(shipping)
    columns: dict[str, Any] = {
        **vars(edition),
        "price_card": edition.card.as_json(),
        "announced_size": edition.size,
        "shipping": shipping,
    }
    del columns["card"], columns["components"]
    created = Edition.objects.create(**columns)
    Piece.objects.bulk_create(Piece(edition=created, number=number) for number in range(1, edition.size + 1))
    for component in edition.components:
        stock_component(component=component, edition=created)
    check_ladders(created)
    record_announcement(edition=created)
    return created


@counted("hold")
@transaction.atomic
def hold_piece(*, edition: Edition, offer: Offer, now: datetime, wish: Wish | None = None) -> Hold:
    """Keep a piece and a unit of each scarce component in it, at the offered price, for ten minutes.

    `edition` as it has just been read: its counter of orders makes the price.

    While the ten minutes of the hold that the wish replaces last, its piece is kept instead of a second one (unless
    another number is asked for) with the units that fit, and only for the rest of them. A piece that is offered to a
    place in line is kept as long as it was offered, at the price of the offer's moment; the place is over.
    Raises EditionClosed, NotYourTurn, LimitReached, PriceChanged, NumberTaken, NoSuchNumber, AllHeld, LineFirst,
    SoldOut, ComponentHeld, ComponentSoldOut or Busy; then nothing is written.
    """
    wish = wish or Wish()
    if not edition.is_open(now):
        raise EditionClosed(_("This edition is not open at the moment."))
    check_turn(edition=edition, holders=wish.holders, now=now)
    place = place_with_offer(edition, wish.place, now, wish.number)
    earlier = None if place else _replaced(edition, wish.replaces, now)
    holders = holders_with(wish.holders, place, edition)
    check_limit(edition=edition, holders=holders, now=now, beside=earlier)
    design = Design(definition_with_id(edition.version_id), offer.configuration.choices)
    scarce = scarce_components(edition, design.definition.units(design.choices))
    placed = place.offered_orders if place and place.offered_orders is not None else edition.orders_placed
    frozen = _current_price(edition, offer, scarce, placed)
    deadline = time.monotonic() + BUSY_SECONDS
    if place:
        piece, until = take_offered(place=place, now=now)
    else:
        piece, earlier = _piece_for(edition, earlier, wish.number, now, deadline)
        until = earlier.expires_at if earlier else now + timedelta(minutes=HOLD_MINUTES)
    units = take_units(scarce=scarce, design=design, earlier=earlier, now=now, deadline=deadline)
    hold = Hold.objects.create(
        piece=piece,
        configuration=offer.configuration.as_json(),
        fingerprint=offer.configuration.fingerprint,
        counters=_counters(placed, scarce),
        breakdown=frozen.as_json(),
        holders=holders,
        destination=offer.destination,
        total=frozen.total,
        likely_at=offer.likely_at,
        safe_at=offer.safe_at,
        created_at=now,
        expires_at=until,
    )
    _write(piece, state=PieceState.HELD, hold=hold, held_until=hold.expires_at)
    write_held(units=units, hold=hold, until=hold.expires_at)
    return hold


@transaction.atomic
def keep_for_payment(*, hold: Hold, now: datetime) -> datetime:
    """Prolong a hold that has not expired, once, while its owner pays; returns the end. Raises HoldExpired."""
    return keep_locked(piece=locks.lock_piece(hold.piece_id), hold=hold, now=now)


def keep_locked(*, piece: Piece, hold: Hold, now: datetime) -> datetime:
    """The same in a transaction that has locked the hold's piece."""
    if not _is_held_by(piece, hold) or piece.held_until is None or piece.held_until <= now:
        over = _("The ten minutes are over and piece No. %(number)d is free again.")
        if hold.was_offered:
            over = _("The time is over and piece No. %(number)d has gone to the next in line.")
        raise HoldExpired(over % {"number": piece.number})
    until = hold.expires_at + timedelta(minutes=PAYMENT_MINUTES)
    if not prolong_units(hold=hold, until=until):
        raise HoldExpired(_("The ten minutes are over and a scarce part of the piece has gone to somebody else."))
    _write(piece, state=PieceState.HELD, hold=hold, held_until=until)
    return until


@counted("sale")
@transaction.atomic
def sell_piece(*, hold: Hold, now: datetime) -> int:
    """Give the held piece to its owner for good, count the order and enter it; returns the orders placed so far.

    A hold that expired while its owner paid is honoured as long as nobody else has taken the piece.
    Raises PieceTaken otherwise, and ComponentTaken when a scarce component of it is gone.
    """
    edition = locks.lock_edition(Piece.objects.values_list("edition_id", flat=True).get(pk=hold.piece_id))
    piece = locks.lock_piece(hold.piece_id)
    if not _is_held_by(piece, hold):
        raise PieceTaken(
            _("Piece No. %(number)d was taken by somebody else after its hold had ended.") % {"number": piece.number}
        )
    if not sell_units(hold=hold):
        raise ComponentTaken(
            _("A scarce part of piece No. %(number)d was taken by somebody else after its hold had ended.")
            % {"number": piece.number}
        )
    _write(piece, state=PieceState.SOLD, hold=hold, held_until=None)
    Edition.objects.filter(pk=edition.pk).update(orders_placed=F("orders_placed") + 1)
    record_sale(edition=edition, hold=hold, now=now)
    return edition.orders_placed + 1


@transaction.atomic
def free_piece(*, piece_id: int, now: datetime, units_are_used: bool = False) -> None:
    """Take a sold piece back with its units, and its charge; it can be held again at the current step of the card.

    Where the `units_are_used`, worked into something that is thrown away, they stay sold. Raises
    LedgerEntry.DoesNotExist for a piece that was never sold.
    """
    edition = locks.lock_edition(Piece.objects.values_list("edition_id", flat=True).get(pk=piece_id))
    piece = locks.lock_piece(piece_id)
    if piece.hold and not units_are_used:
        free_units(hold=piece.hold)
    _write(piece, state=PieceState.FREE, hold=None, held_until=None)
    record_return(edition=edition, number=piece.number, now=now)


def _current_price(edition: Edition, offer: Offer, scarce: Sequence[Scarce], placed: int) -> Breakdown:
    """What the offered design costs after so many orders, for a hold to freeze; raises PriceChanged when it is more."""
    current = price_with(edition, scarce, offer.price.own_lines, placed)
    if current.total > offer.price.total:
        raise PriceChanged(
            _("The price has risen to %(price)s since you saw it, because more pieces were ordered.")
            % {"price": edition.money(current.total).format(get_language() or "en")},
            total=current.total,
        )
    return current


def _counters(placed: int, scarce: Sequence[Scarce]) -> dict[str, Any]:
    """What the price was made from, as the ledger keeps it."""
    counters: dict[str, Any] = {"orders_placed": placed}
    if scarce:
        counters["components_left"] = {each.slug: each.never_ordered for each in scarce}
        counters["components_taken"] = {each.slug: each.units for each in scarce}
    return counters


def _replaced(edition: Edition, token: str, now: datetime) -> Hold | None:
    """A hold that has not expired; whether it still keeps its piece is seen under the piece's lock."""
    if not token:
        return None
    return Hold.objects.filter(token=token, piece__edition=edition, expires_at__gt=now).select_related("piece").first()


def _piece_for(
    edition: Edition, earlier: Hold | None, number: int | None, now: datetime, deadline: float
) -> tuple[Piece, Hold | None]:
    """The locked piece that is to be held, and the earlier hold if it did keep a piece until now.

    Both pieces are locked in the order of their numbers; the earlier one is freed for another number.
    """
    numbers = {each for each in (number, earlier.piece.number if earlier else None) if each is not None}
    locked = locks.lock_numbers(edition.pk, numbers) if numbers else {}
    kept = locked.get(earlier.piece.number) if earlier else None
    if earlier and kept and not _is_held_by(kept, earlier):
        earlier = kept = None
    if number is None or (kept and kept.number == number):
        return kept or _take_piece(edition, now, deadline), earlier
    piece = _checked_number(edition, locked.get(number), number, now)
    if kept:
        _write(kept, state=PieceState.FREE, hold=None, held_until=None)
    return piece, earlier


def _checked_number(edition: Edition, piece: Piece | None, number: int, now: datetime) -> Piece:
    """The locked piece that was asked for, when it can be held."""
    if piece is None or piece.state == PieceState.WITHDRAWN:
        raise NoSuchNumber(
            _("This edition has no piece No. %(number)d. Its numbers go from 1 to %(size)d.")
            % {"number": number, "size": edition.announced_size},
            field="number",
        )
    expired = piece.state == PieceState.HELD and piece.held_until is not None and piece.held_until <= now
    if piece.state == PieceState.FREE or expired:
        check_line(edition)
        return piece
    free = nearest_free_numbers(edition, number, now)
    if not free:
        raise _nothing_left(availability(edition, now))
    sentence = _("Piece No. %(number)d has been taken. Free numbers near it: %(free)s.")
    raise NumberTaken(
        sentence % {"number": number, "free": ", ".join(map(str, free))}, field="number", number=number, free=free
    )


def _take_piece(edition: Edition, now: datetime, deadline: float) -> Piece:
    """A locked piece that can be held. SKIP LOCKED alone would call an edition sold out while others only look."""
    while (piece := locks.lock_first_available(edition.pk, now)) is None:
        left = availability(edition, now)
        if left.state != "available":
            raise _nothing_left(left)
        if time.monotonic() > deadline:
            raise Busy(_("Many people are choosing at this moment. Please try again."))
        time.sleep(PAUSE_SECONDS)
    # Under the piece's lock: whoever joins the line from now on comes after this hold.
    check_line(edition)
    return piece


def _nothing_left(left: Availability) -> Problem:
    if left.waiting:
        return line_first()
    if left.state == "sold_out":
        return SoldOut(_("Every piece of this edition has an owner."))
    return AllHeld(_("All remaining pieces are held by others; one may come back within ten minutes."))


def _is_held_by(piece: Piece, hold: Hold) -> bool:
    return piece.state == PieceState.HELD and piece.hold_id == hold.pk


def _write(piece: Piece, *, state: PieceState, hold: Hold | None, held_until: datetime | None) -> None:
    piece.state, piece.hold, piece.held_until, piece.offered_to = state, hold, held_until, None
    piece.save(update_fields=["state", "hold", "held_until", "offered_to"])

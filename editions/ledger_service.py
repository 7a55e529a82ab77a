"""Writing the price ledger. Every function wants its edition locked, so that the entries make one chain."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from editions.ledger import FORMAT, GENESIS, Entry, Kind, digest, fingerprint
from editions.models import Edition, Hold, LedgerEntry


def record_announcement(*, edition: Edition) -> LedgerEntry:
    """The first entry: what was promised."""
    terms: dict[str, Any] = {
        "format": FORMAT,
        "edition": edition.slug,
        "version": edition.version.key,
        "size": edition.size,
        "card": edition.price_card,
    }
    if edition.shipping:
        terms["shipping"] = edition.shipping
    return _append(edition, Kind.ANNOUNCED, edition.announced_at, total=0, terms=terms)


def record_sale(*, edition: Edition, hold: Hold, now: datetime) -> LedgerEntry:
    """A piece is ordered at the price that its hold froze. The edition's counter does not count this order yet."""
    return _append(
        edition,
        Kind.SALE,
        now,
        piece=hold.piece.number,
        total=hold.total,
        counters=hold.counters,
        breakdown=hold.breakdown,
    )


def record_return(*, edition: Edition, number: int, now: datetime) -> LedgerEntry:
    """The last sale of a piece is taken back, and its charge with it."""
    sale = edition.ledger.filter(kind=Kind.SALE.value, piece=number).latest("sequence")
    return _append(edition, Kind.RETURN, now, piece=number, total=-sale.total, takes_back=sale.sequence)


def record_withdrawal(*, edition: Edition, numbers: Collection[int], now: datetime) -> LedgerEntry:
    """Pieces are withdrawn; the edition's size does not count them any more."""
    terms = {"withdrawn": sorted(numbers), "size": edition.size}
    return _append(edition, Kind.WITHDRAWAL, now, total=0, terms=terms)


def _append(edition: Edition, kind: Kind, at: datetime, **told: Any) -> LedgerEntry:
    last = edition.ledger.order_by("-sequence").only("sequence", "hash").first()
    previous = last.hash if last else GENESIS
    entry = Entry(
        sequence=last.sequence + 1 if last else 1,
        kind=kind.value,
        # To the minute: what is public for good helps nobody to find out who was at a page in that second.
        at=at.replace(second=0, microsecond=0),
        card=fingerprint(edition.price_card),
        orders_placed=edition.orders_placed,
        currency=edition.currency,
        **told,
    )
    return LedgerEntry.objects.create(
        edition=edition, previous_hash=previous, hash=digest(previous, entry.canonical()), **vars(entry)
    )

"""Reads of the price ledger, and the check of an edition's whole ledger against the edition."""

from contextlib import closing
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from editions.ledger import Fault, Kind, LedgerCheck, Tally
from editions.models import Edition, LedgerEntry, Piece, PieceState

AT_A_TIME = 2_000


def ledger_head(edition: Edition) -> LedgerEntry | None:
    """The latest entry; None only for an edition that was never announced."""
    return edition.ledger.order_by("-sequence").first()


def entries_of_orders(edition: Edition, *, by_piece: bool = False) -> QuerySet[LedgerEntry]:
    """Everything since the announcement as it happened, or sales and returns by the number of the piece.

    Sales that were undone know it.
    """
    undone = LedgerEntry.objects.filter(edition=OuterRef("edition"), takes_back=OuterRef("sequence"))
    order = ("piece", "sequence") if by_piece else ("sequence",)
    without = [Kind.ANNOUNCED.value, *([Kind.WITHDRAWAL.value] if by_piece else [])]
    return edition.ledger.exclude(kind__in=without).annotate(is_undone=Exists(undone)).order_by(*order)


def ledger_lines(edition_id: int, *, after: int, upto: int) -> tuple[int, bytes]:
    """The next entries after a sequence, at most 2,000: the last one's sequence, and the lines of a ledger file.

    A line is exactly the bytes that are hashed, and a line feed. Empty when there is nothing up to `upto`.
    """
    found = LedgerEntry.objects.filter(edition_id=edition_id, sequence__gt=after, sequence__lte=upto)
    rows = list(found.order_by("sequence")[:AT_A_TIME])
    return (rows[-1].sequence if rows else upto), b"".join(row.as_link().entry.canonical() + b"\n" for row in rows)


def checked_tally(edition: Edition) -> Tally:
    """What an edition's ledger adds up to; raises Fault at the first thing that does not hold.

    Every hash and every price is calculated anew, entry by entry. Call it where all reads see one moment.
    """
    check = LedgerCheck()
    # The cursor on the server is closed even when the rest is not read.
    rows: Any = edition.ledger.order_by("sequence").iterator(AT_A_TIME)
    with closing(rows) as entries:
        for entry in entries:
            check.add(entry.as_link())
    tally = check.tally
    if not tally.entries:
        raise Fault(1, "it is missing: the ledger is empty")
    _compare_edition(edition, tally)
    return tally


def _compare_edition(edition: Edition, tally: Tally) -> None:
    """The announced terms, the counter of orders and the pieces that have an owner."""
    terms = (edition.slug, edition.version.key, edition.currency, edition.price_card, edition.shipping)
    if terms != (tally.edition, tally.version, tally.currency, tally.card, tally.shipping):
        raise Fault(1, f"the edition that was announced is not {edition.slug} as it is now")
    if (edition.announced_size, edition.size) != (tally.announced, tally.size):
        entered, found = f"{tally.size} of {tally.announced}", f"{edition.size} of {edition.announced_size}"
        raise Fault(None, f"{entered} pieces are entered, and there are {found}")
    if edition.orders_placed != tally.orders:
        next_one = tally.entries + 1 if edition.orders_placed > tally.orders else None
        raise Fault(next_one, f"{edition.orders_placed} orders were counted, and {tally.orders} are entered")
    withdrawn = set(Piece.objects.filter(edition=edition, state=PieceState.WITHDRAWN).values_list("number", flat=True))
    if odd := sorted(withdrawn ^ tally.withdrawn):
        raise Fault(None, f"piece {odd[0]} is withdrawn, or entered so, and not both")
    sold = set(Piece.objects.filter(edition=edition, state=PieceState.SOLD).values_list("number", flat=True))
    if odd := sorted(sold ^ tally.sold.keys()):
        where = "owned, and its sale is not entered" if odd[0] in sold else "entered as sold, and has no owner"
        raise Fault(None, f"piece {odd[0]} is {where}")

"""Reads of the price ledger, and the check of an edition's whole ledger against the edition."""

from collections.abc import Iterator

from editions.ledger import Fault, LedgerCheck, Tally
from editions.models import Edition, LedgerEntry, Piece, PieceState

AT_A_TIME = 2_000


def ledger_head(edition: Edition) -> LedgerEntry | None:
    """The latest entry; None only for an edition that was never announced."""
    return edition.ledger.order_by("-sequence").first()


def ledger_lines(edition: Edition, upto: int) -> Iterator[bytes]:
    """The entries up to a sequence, each as exactly the bytes that are hashed and a line feed; a few at a time."""
    for entry in edition.ledger.filter(sequence__lte=upto).order_by("sequence").iterator(AT_A_TIME):
        yield entry.as_link().entry.canonical() + b"\n"


def checked_tally(edition: Edition) -> Tally:
    """What an edition's ledger adds up to; raises Fault at the first thing that does not hold.

    Every hash and every price is calculated anew, entry by entry. Call it where all reads see one moment.
    """
    check = LedgerCheck()
    for entry in edition.ledger.order_by("sequence").iterator(AT_A_TIME):
        check.add(entry.as_link())
    tally = check.tally
    if not tally.entries:
        raise Fault(1, "it is missing: the ledger is empty")
    _compare_edition(edition, tally)
    return tally


def _compare_edition(edition: Edition, tally: Tally) -> None:
    """The announced terms, the counter of orders and the pieces that have an owner."""
    terms = (edition.slug, edition.version.key, edition.currency, edition.price_card)
    if terms != (tally.edition, tally.version, tally.currency, tally.card):
        raise Fault(1, f"the edition that was announced is not {edition.slug} as it is now")
    if edition.size > tally.size:
        raise Fault(1, f"{tally.size} pieces were announced, and there are {edition.size}")
    if edition.orders_placed != tally.orders:
        raise Fault(None, f"{edition.orders_placed} orders were counted, and {tally.orders} are entered")
    sold = set(Piece.objects.filter(edition=edition, state=PieceState.SOLD).values_list("number", flat=True))
    if odd := sorted(sold ^ tally.sold.keys()):
        where = "owned, and its sale is not entered" if odd[0] in sold else "entered as sold, and has no owner"
        raise Fault(None, f"piece {odd[0]} is {where}")

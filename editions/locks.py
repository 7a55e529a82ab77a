"""Every row lock of this app, so that their order is the same everywhere: edition, then pieces by number."""

from datetime import datetime

from editions.models import Edition, Piece


def lock_edition(edition_id: int) -> Edition:
    """The edition's row, locked until the transaction ends; rows that refer to it can be written meanwhile."""
    return Edition.objects.select_for_update(no_key=True).select_related(None).get(pk=edition_id)


def lock_piece(piece_id: int) -> Piece:
    """A piece's row, locked until the transaction ends."""
    return Piece.objects.select_for_update(of=("self",)).get(pk=piece_id)


def lock_first_available(edition_id: int, now: datetime) -> Piece | None:
    """The lowest-numbered piece that can be held and that nobody else is taking just now; None when there is none."""
    pieces = Piece.objects.available(now).filter(edition_id=edition_id).order_by("number")
    return pieces.select_for_update(skip_locked=True, of=("self",)).first()

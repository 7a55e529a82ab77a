"""What the waiting list means for a hold: the public leaves alone what the line waits for, and an offer is taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from core.problems import Problem
from editions import locks
from editions.models import HOLD_MINUTES, Edition, Piece, PieceState, WaitingPlace
from editions.waiting_models import Ending

# As WaitingPlaceQuerySet.waiting says it; each hold runs this.
SOMEBODY_WAITS = """
SELECT 1 FROM editions_waitingplace
WHERE edition_id = %s AND ticket IS NOT NULL AND over_at IS NULL AND offered_at IS NULL LIMIT 1
"""


class LineFirst(Problem):
    """What comes back is kept for those in the waiting list."""

    code = "line_first"
    status = 409


class OfferOver(Problem):
    """The piece that was offered is not kept for this person any more."""

    code = "offer_over"
    status = 410


def check_line(edition: Edition) -> None:
    """Raise LineFirst while somebody waits in line. Call it under the lock of the piece that is to be taken."""
    with connection.cursor() as cursor:
        cursor.execute(SOMEBODY_WAITS, [edition.pk])
        if cursor.fetchone():
            raise line_first()


def line_first() -> LineFirst:
    return LineFirst(_("Whatever comes back now is offered to the waiting list first. You can join it."))


def holders_with(holders: Sequence[str], place: WaitingPlace | None, edition: Edition) -> list[str]:
    """By what a person is known where a limit counts, with what her place in line knows of her."""
    return sorted({*holders, *(place.holders if place and edition.per_person is not None else ())})


def take_offered(*, place: WaitingPlace, now: datetime) -> tuple[Piece, datetime]:
    """The locked piece that is offered to a place, and until when a hold keeps it; the place is over.

    As long as it was offered, and ten minutes at least. Raises OfferOver.
    """
    mine = locks.lock_place(place.token)
    piece = locks.lock_offered(mine)
    if piece is None or mine.offer_ends_at is None or not mine.has_offer(now):
        raise OfferOver(_("The piece is not kept for you any more."))
    end_place(place=mine, ending=Ending.TAKEN, now=now)
    return piece, max(mine.offer_ends_at, now + timedelta(minutes=HOLD_MINUTES))


def end_place(*, place: WaitingPlace, ending: Ending, now: datetime) -> None:
    """A locked place is over; a piece that is still offered to it is free again, for the next in line."""
    if ending != Ending.TAKEN:
        free = {"state": PieceState.FREE, "held_until": None, "offered_to": None}
        Piece.objects.filter(offered_to=place).update(**free)
    place.over_at, place.ending = now, ending
    place.save(update_fields=["over_at", "ending"])

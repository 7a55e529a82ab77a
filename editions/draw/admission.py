"""When each one who was drawn may choose: evenly, at the published pace, from the opening on."""

from datetime import datetime, timedelta

MINUTE = 60_000_000
"""A minute in microseconds, the finest time that is told apart; whole numbers leave nothing to rounding."""


def admitted_at(place: int, *, start: datetime, pace: int) -> datetime:
    """The turn of a place, counted from 1: start + (place - 1) minutes / pace, rounded up to a microsecond.

    The place after the last one is the turn of everybody else. Raises ValueError for no place or no pace.
    """
    if place < 1 or pace < 1:
        raise ValueError("places and paces are counted from 1")
    return start + timedelta(microseconds=-(-(place - 1) * MINUTE // pace))


def places_admitted(now: datetime, *, start: datetime, pace: int) -> int:
    """How many places have had their turn by a time: the last with `admitted_at` not after it; 0 before the start."""
    if now < start:
        return 0
    return (now - start) // timedelta(microseconds=1) * pace // MINUTE + 1

"""A statement that Django writes once, as every quote asks it: what is left of an edition of 300 pieces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from benchmarks.demo import open_edition
from benchmarks.harness import Figure, benchmark, p95_ms, race, require
from core.clock import now
from core.statements import Rows, Statement
from editions.models import Edition, PieceState

PIECES, TIMES, ROUNDS = 300, 100, 5


def left(edition: int, now: datetime) -> Rows:
    """Pieces that are free, and those held at a time."""
    held = Q(pieces__state=PieceState.HELD, pieces__held_until__gt=now)
    found = Edition.objects.filter(pk=edition).annotate(
        free=Count("pieces", filter=Q(pieces__state=PieceState.FREE)), held=Count("pieces", filter=held)
    )
    return found.values_list("free", "held")


@benchmark("statements", database=True)
def statements() -> Iterator[Figure]:
    """The same question with its statement written once, and written each time."""
    edition, written_once = open_edition(size=PIECES, now=now()).pk, Statement(left, edition=int, now=datetime)
    moments = [now()] * TIMES
    require(written_once(edition=edition, now=moments[0]) == list(left(edition, moments[0])), "they differ")
    laps = race(
        {
            "once": lambda moment: written_once(edition=edition, now=moment),
            "each time": lambda moment: list(left(edition, moment)),
        },
        moments,
        ROUNDS,
    )
    ours, peers = (laps[name].median(p95_ms) for name in ("once", "each time"))
    yield Figure("p95_ms", ours, "ms", "a queryset each time", peers)

"""Checking a price ledger of 100,000 entries: every hash, every price, and every charge against its order.

An edition of 95,000 pieces is sold by a card of four steps, each piece with an engraving, and every nineteenth order is
declined at once: what the check reads is written straight into the tables, and it is true. Ours is what
`manage.py verify_ledger` does, by the clock on the wall, since it waits for rows; the first round does not count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from statistics import median
from typing import Any

from django.db import connection

from benchmarks.demo import open_edition
from benchmarks.harness import Figure, benchmark, require
from core.clock import now
from editions.ledger import Entry, Kind, digest
from editions.models import Edition, LedgerEntry
from editions.pricing import Line, PriceCard, Step, price
from orders.ledger_audit import audit_ledger

PIECES = 95_000
DECLINED = 19
CARD = PriceCard((Step(1, 58_000), Step(20_001, 64_000), Step(50_001, 72_000), Step(80_001, 86_000)))
ENGRAVING = Line("engraving", "name", 5_000)
ROUNDS = 2
AT_A_TIME = 5_000

SOLD = """
INSERT INTO editions_hold (token, piece_id, configuration, fingerprint, counters, breakdown, total,
                           likely_at, safe_at, created_at, expires_at)
SELECT left(entry.hash, 40), piece.id, '{}', '', entry.counters, entry.breakdown, entry.total,
       entry.at, entry.at, entry.at, entry.at
FROM editions_ledgerentry entry
JOIN editions_piece piece ON piece.edition_id = entry.edition_id AND piece.number = entry.piece
WHERE entry.edition_id = %(edition)s AND entry.kind = 'sale';

INSERT INTO orders_order (token, reference, edition_id, piece_id, hold_id, email, language, note, configuration_json,
                          fingerprint, choices_key, breakdown, total, currency, likely_at, safe_at, status, created_at,
                          placed_at)
SELECT hold.token, 'B-' || piece.number, piece.edition_id, piece.id, hold.id, 'mina@example.com', 'ko', '', '{}',
       '', '', hold.breakdown, hold.total, 'KRW', hold.safe_at, hold.safe_at,
       CASE WHEN piece.number %% %(declined)s = 0 THEN 'rejected' ELSE 'in_review' END, hold.created_at, hold.created_at
FROM editions_hold hold JOIN editions_piece piece ON piece.id = hold.piece_id WHERE piece.edition_id = %(edition)s;

UPDATE editions_piece piece SET state = 'sold', hold_id = hold.id FROM editions_hold hold
WHERE hold.piece_id = piece.id AND piece.edition_id = %(edition)s AND piece.number %% %(declined)s > 0;

UPDATE editions_edition SET orders_placed = %(orders)s WHERE id = %(edition)s;
ANALYZE;
"""


@benchmark("ledger.verify", database=True)
def verify() -> Iterator[Figure]:
    """Entries a second."""
    edition = sold_edition()
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        tally = audit_ledger(edition.pk)
        seconds.append(time.perf_counter() - started)
        require(tally.entries == 1 + PIECES + PIECES // DECLINED, f"the ledger has {tally.entries} entries")
    yield Figure("per_second", tally.entries / median(seconds[1:]), "1/s")


def sold_edition() -> Edition:
    """An edition without a free piece but those of declined orders, with its ledger, holds and orders."""
    edition = open_edition(size=PIECES, now=now(), card=CARD)
    rows = entries(edition)
    while chunk := list(islice(rows, AT_A_TIME)):
        LedgerEntry.objects.bulk_create(chunk)
    with connection.cursor() as cursor:
        cursor.execute(SOLD, {"edition": edition.pk, "orders": PIECES, "declined": DECLINED})
    return edition


def entries(edition: Edition) -> Iterator[LedgerEntry]:
    """What is entered after the announcement, chained to it."""
    announced = edition.ledger.get()
    sequence, previous = announced.sequence, announced.hash
    for piece in range(1, PIECES + 1):
        for entry in sale_of(piece, sequence + 1, announced):
            row = LedgerEntry(
                edition=edition, previous_hash=previous, hash=digest(previous, entry.canonical()), **vars(entry)
            )
            sequence, previous = row.sequence, row.hash
            yield row


def sale_of(piece: int, sequence: int, announced: LedgerEntry) -> Iterator[Entry]:
    """The sale of a piece, and its return when it is declined."""
    due = price(CARD, piece - 1, [ENGRAVING])
    shared: dict[str, Any] = {
        "at": announced.at,
        "card": announced.card,
        "currency": announced.currency,
        "piece": piece,
    }
    yield Entry(
        sequence=sequence,
        kind=Kind.SALE.value,
        orders_placed=piece - 1,
        total=due.total,
        counters={"orders_placed": piece - 1},
        breakdown=due.as_json(),
        **shared,
    )
    if piece % DECLINED == 0:
        yield Entry(
            sequence=sequence + 1,
            kind=Kind.RETURN.value,
            orders_placed=piece,
            total=-due.total,
            takes_back=sequence,
            **shared,
        )

"""A recall: every piece that one lot of material went into, among 100,000 pieces of two materials each.

A lot is enough for 500 pieces, and the one in question is in the middle. Time on the wall, the list included.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator

from django.db import connection

from benchmarks.demo import PLANT
from benchmarks.harness import Figure, benchmark, p95_ms, require
from core.clock import now
from factory_sim.contracts import Phase
from factory_sim.genealogy import pieces_of
from factory_sim.models import MaterialLot, Plant
from factory_sim.services import load_plant

PIECES = 100_000
OF_A_LOT = 500
ROUNDS = 20
MATERIALS = ("clay", "glaze")
ORDERS = """
    INSERT INTO factory_sim_productionorder (plant_id, external_ref, seed, work_spec, status, released_at, phase,
        position, visits, since, machine, ends_at, next_seq)
    SELECT %(plant)s, 'piece-' || n, n, '{}', 'Ended', n, %(done)s, 0, '{}', n, 0, n, 9
    FROM generate_series(1, %(pieces)s) AS n
"""
USES = """
    INSERT INTO factory_sim_materialuse (order_id, seq, lot_id, quantity)
    SELECT piece.id, lot.seq, lot.id, 1
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS rank FROM factory_sim_productionorder) AS piece
    JOIN (SELECT id, number, CASE material WHEN 'clay' THEN 3 ELSE 6 END AS seq FROM factory_sim_materiallot) AS lot
      ON lot.number = piece.rank / %(of_a_lot)s + 1
"""


@benchmark("factory.recall", database=True)
def recall() -> Iterator[Figure]:
    """Milliseconds from the question to the last piece's reference: 95th percentile."""
    middle = full_plant(load_plant(data=tomllib.loads(PLANT.read_text(encoding="utf-8")), now=now()))
    taken = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        pieces = pieces_of(middle)
        taken.append(time.perf_counter() - started)
        require(len(set(pieces)) == OF_A_LOT, f"the lot went into {len(pieces)} pieces")
    yield Figure("ms", p95_ms(taken[1:]), "ms")


def full_plant(plant: Plant) -> MaterialLot:
    """100,000 finished pieces with what went into them; a lot in the middle of it all."""
    numbers = range(1, PIECES // OF_A_LOT + 1)
    MaterialLot.objects.bulk_create(
        MaterialLot(
            plant=plant, material=material, unit="g", number=number, size=OF_A_LOT, used=OF_A_LOT, opened_at=now()
        )
        for material in MATERIALS
        for number in numbers
    )
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, {"plant": plant.pk, "done": Phase.DONE, "pieces": PIECES})
        cursor.execute(USES, {"of_a_lot": OF_A_LOT})
        cursor.execute("ANALYZE factory_sim_materialuse, factory_sim_productionorder")
    return MaterialLot.objects.get(plant=plant, material=MATERIALS[0], number=numbers[len(numbers) // 2])

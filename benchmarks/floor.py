"""The staff's pages of a plant with 300 open pieces, answered in the process: views, statements and templates.

Each page is asked for 10 times; `slowest_p95_ms` is that of the page that takes longest. The bar is a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.test import Client

from accounts.models import User
from benchmarks.demo import plant, work_specs
from benchmarks.harness import Figure, benchmark, p95_ms, require
from core.clock import now
from factory_sim.contracts import Phase
from factory_sim.models import ProductionOrder
from factory_sim.services import produce, tick

OPEN = 300
DONE_TOO = 20
ROUNDS = 10
PAGES = ("", "outlook/", "timetable/", "what-if/", "what-if/?more_at=forming", "figures/")


@benchmark("factory.floor", database=True)
def floor() -> Iterator[Figure]:
    """Milliseconds of the page that takes longest: 95th percentile."""
    moment, slug = now(), plant().slug
    for number, spec in enumerate(work_specs(OPEN + DONE_TOO)):
        due = moment + timedelta(hours=8, minutes=20 * number)
        produce(plant_slug=slug, external_ref=f"floor/{number}", spec=spec, now=moment, due_at=due)
    tick(plant_slug=slug, now=moment + timedelta(hours=1))
    found = ProductionOrder.objects.filter(plant__slug=slug).exclude(phase=Phase.DONE).count()
    require(found >= OPEN, f"{found} pieces are open")
    client = Client()
    client.force_login(User.objects.create_superuser("bench-floor@example.com", "a long pass phrase"))
    taken = {
        page: [asked(client, f"/admin/factory_sim/plant/{slug}/floor/{page}") for _ in range(ROUNDS)] for page in PAGES
    }
    yield Figure("slowest_p95_ms", max(p95_ms(each) for each in taken.values()), "ms")


def asked(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - started
    require(answer.status_code == 200, f"{address} was answered {answer.status_code}")
    return seconds

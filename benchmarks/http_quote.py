"""Quotes over real HTTP on loopback: what a click in the studio waits for.

One server process, started and ended by the benchmark as production runs it (DEBUG off, throttling on but
out of reach), on the bench database; 20 pieces are in production, and the worker's part publishes their
queue. One client with one kept-alive connection sends 300 quotes for 24 designs in three rounds, one after the
other, after 30 to warm up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from statistics import median
from typing import Any

from benchmarks.demo import designs, open_edition, plant, work_specs
from benchmarks.harness import Figure, Seconds, benchmark, p95_ms, require
from benchmarks.publisher import publishing
from benchmarks.web_server import web_server
from core.clock import now
from editions.models import Edition
from factory_sim.services import produce

IN_PRODUCTION = 20
DESIGNS = 24
WARM_UP = 30
ROUNDS = 3
QUOTES = 100


@benchmark("http.quote", database=True)
def quotes() -> Iterator[Figure]:
    """POST /api/v1/quotes, from the first byte sent to the last byte read."""
    edition = open_edition(size=100, now=now())
    for number, spec in enumerate(work_specs(IN_PRODUCTION)):
        produce(plant_slug=plant().slug, external_ref=f"bench/{number}", spec=spec, now=now())
    bodies = [body_of(edition, design.as_json()) for design in designs(DESIGNS, edition.version.key)]
    with web_server() as (_address, client), publishing():
        ask(client, bodies, WARM_UP)
        yield Figure("p95_ms", median(p95_ms(ask(client, bodies, QUOTES)) for _ in range(ROUNDS)), "ms")


def body_of(edition: Edition, configuration: Mapping[str, Any]) -> bytes:
    return json.dumps({"edition": edition.slug, "configuration": configuration}).encode()


def ask(client: HTTPConnection, bodies: Sequence[bytes], times: int) -> list[Seconds]:
    """The seconds of each quote."""
    return [quote(client, bodies[number % len(bodies)]) for number in range(times)]


def quote(client: HTTPConnection, body: bytes) -> Seconds:
    started = time.perf_counter()
    client.request("POST", "/api/v1/quotes", body, {"Content-Type": "application/json"})
    response = client.getresponse()
    answer = response.read()
    seconds = time.perf_counter() - started
    require(response.status == 200, f"a quote was answered {response.status}: {answer[:200]!r}")
    return seconds

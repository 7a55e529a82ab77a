"""Quotes over real HTTP on loopback: what a click in the studio waits for.

One server process, started and ended by the benchmark as production runs it (DEBUG off, throttling on but
out of reach), on the bench database; 20 pieces are in production. One client with one kept-alive
connection sends 300 quotes for 24 designs in three rounds, one after the other, after 30 to warm up.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median
from typing import Any

from django.conf import settings

from benchmarks.database import address
from benchmarks.demo import designs, open_edition, plant, work_specs
from benchmarks.harness import Figure, Seconds, UnableToMeasure, benchmark, p95_ms, require
from core.clock import now
from editions.models import Edition
from factory_sim.services import produce

HOST = "127.0.0.1"
IN_PRODUCTION = 20
DESIGNS = 24
WARM_UP = 30
ROUNDS = 3
QUOTES = 100
START_SECONDS = 60
END_SECONDS = 15


@benchmark("http.quote", database=True)
def quotes() -> Iterator[Figure]:
    """POST /api/v1/quotes, from the first byte sent to the last byte read."""
    edition = open_edition(size=100, now=now())
    for number, spec in enumerate(work_specs(IN_PRODUCTION)):
        produce(plant_slug=plant().slug, external_ref=f"bench/{number}", spec=spec, now=now())
    bodies = [body_of(edition, design.as_json()) for design in designs(DESIGNS, edition.version.key)]
    with server() as client:
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


@contextmanager
def server() -> Iterator[HTTPConnection]:
    """A connection to a server process of one's own; both end with the block."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": address(),
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
        "RATE_QUOTE": "1000000/min",
        "WEB_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "dure.asgi:application", "--bind", f"{HOST}:{port}"]
    command += ["--config", str(settings.BASE_DIR / "dure" / "gunicorn_conf.py")]
    with tempfile.TemporaryFile() as log:
        program = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
        try:
            client = answering(program, port)
            if client is None:
                log.seek(0)
                raise UnableToMeasure(f"the web server does not answer: {log.read().decode()[-500:].strip()}")
            yield client
        finally:
            end(program)


def answering(program: subprocess.Popen[bytes], port: int) -> HTTPConnection | None:
    """A connection to the server as soon as it is ready; None when it ends or does not become so."""
    deadline = time.monotonic() + START_SECONDS
    client = HTTPConnection(HOST, port, timeout=START_SECONDS)
    while program.poll() is None and time.monotonic() < deadline:
        try:
            client.request("GET", "/readyz")
            response = client.getresponse()
            response.read()
            if response.status == 200:
                return client
        except OSError:
            client.close()
        time.sleep(0.1)
    return None


def end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port

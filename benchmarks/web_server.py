"""A web server process as production runs it (DEBUG off, throttling on but out of reach), on the bench database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection

from django.conf import settings

from benchmarks.database import address
from benchmarks.harness import UnableToMeasure

HOST = "127.0.0.1"
START_SECONDS = 60
END_SECONDS = 15


APPLICATION = ("dure.asgi:application", "--config", str(settings.BASE_DIR / "dure" / "gunicorn_conf.py"))
"""What gunicorn is told in production."""


@contextmanager
def web_server(application: Sequence[str] = APPLICATION, **environment: str) -> Iterator[tuple[str, HTTPConnection]]:
    """A server of one's own, its address, and a connection to it; all end with the block.

    One process, unless `application`, gunicorn's arguments, or WEB_PROCESSES in the `environment` says otherwise.
    """
    port = free_port()
    given = {
        **os.environ,
        "DATABASE_URL": address(),
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
        "RATE_QUOTE": "1000000/min",
        "RATE_PICTURE": "1000000/min",
        "WEB_PROCESSES": "1",
        **environment,
    }
    command = [sys.executable, "-m", "gunicorn", *application, "--bind", f"{HOST}:{port}"]
    with tempfile.TemporaryFile() as log:
        program = subprocess.Popen(command, cwd=settings.BASE_DIR, env=given, stdout=log, stderr=log)
        try:
            client = answering(program, port)
            if client is None:
                log.seek(0)
                raise UnableToMeasure(f"the web server does not answer: {log.read().decode()[-500:].strip()}")
            yield f"http://{HOST}:{port}", client
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

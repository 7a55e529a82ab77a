"""`manage.py run`: everything that `make run` starts after the installation."""

import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.availability import CACHE_DOWN, DATABASE_DOWN
from dure.local import services
from dure.local.home import CLONE, Home, UnusableHome, home_of_clone
from dure.local.process import UnableToRun
from dure.local.supervisor import Child, Supervisor

HOST = "127.0.0.1"
LARGEST_PORT = 65_535
WORKER_PROCESSES = 2
FIRST_ANSWER_SECONDS = 60
MOST_SECONDS_WITHOUT_SERVICES = 30


class Command(BaseCommand):
    help = "Starts the services, web, worker and beat, and keeps them alive until Ctrl-C."
    requires_system_checks: list[str] = []
    failing_since: float | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        for name in (signal.SIGTERM, signal.SIGHUP):
            # Until the supervisor takes over, they end everything as Ctrl-C does.
            signal.signal(name, signal.default_int_handler)
        try:
            self.run_at(port_number(port))
        except (UnableToRun, UnusableHome) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("Stopped before it was up.")

    def run_at(self, port: int) -> None:
        home = home_of_clone()
        home.make()
        supervisor = Supervisor(children(port), home.run, keep_up=self.keep_up, say=self.say)
        with supervisor.claimed() as after_a_kill:
            refuse_taken_port(port)
            with self.local_services(home, adopt=after_a_kill):
                refuse_silent_servers()
                self.prepare()
                supervisor.run(when_up=lambda: self.greet(port))

    @contextmanager
    def local_services(self, home: Home, *, adopt: bool) -> Iterator[None]:
        """The embedded servers; those that this starts, or that a killed run has left (`adopt`), end with the block."""
        started = services.up(home)
        try:
            yield
        finally:
            self.say("Stopping …")
            services.down(home, services.Started(postgres=True, valkey=True) if adopt else started)
            self.say(f"Stopped. The data stay in {home.path}; `make clean-data` removes them.")

    def prepare(self) -> None:
        """Bring assets, tables and demo data up to date; every step is idempotent and quick when nothing is new."""
        # Counters begin anew with the processes that count.
        shutil.rmtree(metrics_folder(), ignore_errors=True)
        metrics_folder().mkdir()
        call_command("assets", verbosity=0)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo")
        call_command("staff_login", only_if_new=True)
        call_command("factory_clock", "run", speed=settings.FACTORY_SPEED, verbosity=0)

    def keep_up(self) -> None:
        """Start a database or broker again that was killed; give up only when that fails for half a minute."""
        try:
            revived = services.up(home_of_clone())
        except UnableToRun as error:
            self.failing_since = self.failing_since or time.monotonic()
            if time.monotonic() - self.failing_since > MOST_SECONDS_WITHOUT_SERVICES:
                raise
            self.say(str(error))
            return
        self.failing_since = None
        if revived.postgres:
            self.say("PostgreSQL was gone and is started again; nothing that was confirmed is lost.")
        if revived.valkey:
            self.say("Valkey was gone and is started again; the outbox sends what it had not delivered.")

    def greet(self, port: int) -> None:
        address = f"http://{HOST}:{port}/"
        if not answers(f"{address}healthz", FIRST_ANSWER_SECONDS):
            self.say("The web server does not answer yet; its lines above say why.")
            return
        self.say(
            f"Dure is running.\n  Shop   {address}\n  Admin  {address}admin/  (`make staff-login` shows the login)\n"
            "  Stop   Ctrl-C"
        )

    def say(self, sentence: str) -> None:
        self.stdout.write(f"{'dure':<6} | " + sentence.replace("\n", f"\n{'dure':<6} | "))
        self.stdout.flush()


def children(port: int) -> list[Child]:
    """The programs that `make run` keeps alive."""
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "dure", "--quiet"]
    beat_file = home_of_clone().run / "beat"
    # Letters carry addresses of the shop.
    site = {"SITE_HOST": os.environ.get("SITE_HOST") or f"{HOST}:{port}"}
    site["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder())
    return [
        Child(
            "web",
            [
                *(
                    python,
                    "-m",
                    "gunicorn",
                    "dure.asgi:application",
                    "--config",
                    str(CLONE / "dure" / "gunicorn_conf.py"),
                ),
                *("--bind", f"{HOST}:{port}"),
            ],
            site,
        ),
        Child(
            "worker",
            [
                *celery,
                "worker",
                "--concurrency",
                str(WORKER_PROCESSES),
                "--queues",
                "dure,tick",
                "--without-gossip",
                "--without-mingle",
            ],
            site,
        ),
        Child("beat", [*celery, "beat", "--schedule", str(beat_file), "--pidfile", ""], site),
    ]


def metrics_folder() -> Path:
    """Where web and worker write what they count."""
    return home_of_clone().run / "metrics"


def port_number(text: str) -> int:
    """The port that PORT or --port names; UnableToRun when there is none of that number."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_PORT):
        raise UnableToRun(f"{text!r} is no port: PORT is a number from 1 to {LARGEST_PORT}.")
    return int(text)


def refuse_taken_port(port: int) -> None:
    """Raise UnableToRun when another program listens on the port, or only root may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise UnableToRun(f"Port {port} needs a permission that you lack: try PORT=8000 make run.") from error
        except OSError as error:
            other = port + 1 if port < LARGEST_PORT else 8000
            raise UnableToRun(f"Port {port} is taken ({error.strerror}): try PORT={other} make run.") from error


def refuse_silent_servers() -> None:
    """Raise UnableToRun when the database or the broker does not answer; embedded ones have just been started."""
    try:
        connection.ensure_connection()
    except DATABASE_DOWN as error:
        raise UnableToRun(f"The database does not answer (DATABASE_URL): {first_line(error)}") from error
    try:
        cache.get("run")
    except CACHE_DOWN as error:
        raise UnableToRun(f"The broker does not answer (REDIS_URL): {first_line(error)}") from error
    except ValueError as error:
        raise UnableToRun(f"REDIS_URL is no address of a broker: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """What a driver says first; it names host and port, and never the password."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def answers(address: str, patience: float) -> bool:
    """Whether an address answers 200 within `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 (our own loopback address)
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False

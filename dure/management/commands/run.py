"""`manage.py run`: everything that `make run` starts after the installation."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dure.local import services
from dure.local.home import UnusableHome, home_of_clone
from dure.local.process import UnableToRun
from dure.local.supervisor import Child, Supervisor

HOST = "127.0.0.1"
WEB_PROCESSES = 2
WEB_CONNECTIONS = 8
WORKER_PROCESSES = 2
FIRST_ANSWER_SECONDS = 60


class Command(BaseCommand):
    help = "Starts the services, web, worker and beat, and keeps them alive until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        home = home_of_clone()
        started: services.Started | None = None
        try:
            home.make()
            supervisor = Supervisor(children(port), home.run, keep_up=self.keep_up, say=self.say)
            supervisor.claim()
            refuse_taken_port(port)
            started = services.up(home)
            self.prepare()
            supervisor.run(when_up=lambda: self.greet(port))
        except (UnableToRun, UnusableHome) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("Stopped before it was up.")
        finally:
            if started:
                self.say("Stopping …")
                services.down(home, started)
                self.say(f"Stopped. The data stay in {home.path}; `make clean-data` removes them.")

    def prepare(self) -> None:
        """Bring assets, tables and demo data up to date; every step is idempotent and quick when nothing is new."""
        call_command("assets", verbosity=0)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo")
        call_command("staff_login", only_if_new=True)
        call_command("factory_clock", "run", speed=settings.FACTORY_SPEED, verbosity=0)

    def keep_up(self) -> None:
        """Start a database or broker again that was killed."""
        revived = services.up(home_of_clone())
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
    return [
        Child(
            "web",
            [
                *(python, "-m", "uvicorn", "dure.asgi:application", "--host", HOST, "--port", str(port)),
                *("--workers", str(WEB_PROCESSES), "--timeout-graceful-shutdown", "3"),
                *("--no-access-log", "--log-level", "warning", "--no-server-header"),
            ],
            {"DATABASE_POOL_SIZE": str(WEB_CONNECTIONS)},
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
        ),
        Child("beat", [*celery, "beat", "--schedule", str(beat_file), "--pidfile", ""]),
    ]


def refuse_taken_port(port: int) -> None:
    """Raise UnableToRun when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UnableToRun(f"Port {port} is taken ({error.strerror}): try PORT={port + 1} make run.") from error


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

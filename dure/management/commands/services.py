"""`manage.py services up|down|status|erase|exec`: the only place that starts PostgreSQL and Valkey."""

import os
import signal
import subprocess
import sys
import tempfile
from argparse import REMAINDER, ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dure.local import services
from dure.local.home import Home, UnusableHome, home_of_clone
from dure.local.process import UnableToRun


class Command(BaseCommand):
    help = "Starts and stops the embedded PostgreSQL and Valkey of this clone."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("up", help="start what does not run")
        actions.add_parser("down", help="stop; the data stay")
        actions.add_parser("status", help="say what runs, and where")
        actions.add_parser("erase", help="stop, and remove the data")
        run = actions.add_parser("exec", help="run a command on throw-away services (for tests)")
        run.add_argument("command", nargs=REMAINDER)

    def handle(self, *args: Any, **options: Any) -> None:
        home = home_of_clone()
        try:
            if options["action"] == "exec":
                sys.exit(run_on_throw_away_services(options["command"]))
            getattr(self, options["action"])(home)
        except (UnableToRun, UnusableHome) as error:
            raise CommandError(str(error)) from error

    def up(self, home: Home) -> None:
        services.up(home)
        self.status(home)

    def down(self, home: Home) -> None:
        services.down(home)
        self.status(home)

    def status(self, home: Home) -> None:
        for name, word in services.status(home).items():
            self.stdout.write(f"{name}: {word}")
        self.stdout.write(f"data: {home.path}")

    def erase(self, home: Home) -> None:
        if not home.path.exists():
            self.stdout.write("There are no data to remove.")
            return
        services.erase(home)
        self.stdout.write(f"Removed {home.path}.")


def run_on_throw_away_services(command: list[str]) -> int:
    """Run a command with services of its own in a temporary folder, remove them, return its exit code."""
    words = command[1:] if command[:1] == ["--"] else command
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        home = Home(Path(folder))
        try:
            services.up(home, durable=False)
            return _run_passing_signals(words, {"DURE_HOME": folder, **_addresses(home)})
        finally:
            services.down(home)


def _addresses(home: Home) -> dict[str, str]:
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or home.database_url,
        "REDIS_URL": os.environ.get("REDIS_URL") or home.redis_url,
    }


def _run_passing_signals(command: list[str], environment: dict[str, str]) -> int:
    child = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603 (given on the command line)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # A Ctrl-C reaches the child by itself: both sit in the terminal's foreground group.
        if number != signal.SIGINT:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, pass_on)
    return child.wait()

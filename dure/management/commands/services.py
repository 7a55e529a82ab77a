"""`manage.py services up|down|status|erase|exec`: the embedded PostgreSQL and Valkey, by hand and for tests."""

import os
import signal
import subprocess
import sys
import tempfile
from argparse import REMAINDER, ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from dure.local import services
from dure.local.home import Home, UnusableHome, home_of_clone
from dure.local.process import UnableToRun

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Command(BaseCommand):
    help = "Starts and stops the embedded PostgreSQL and Valkey of this clone."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("up", help="start what does not run")
        actions.add_parser("down", help="stop; the data stay")
        actions.add_parser("status", help="say what runs, and where")
        actions.add_parser("erase", help="stop, and remove the data")
        run = actions.add_parser(
            "exec",
            help="run a command on throw-away services; on servers of your own only with TEST_DATABASE_URL and"
            " TEST_REDIS_URL, since tests empty them",
        )
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
        if home.path.exists():
            self.stdout.write(f"Removed what Dure had made in {home.path}; other things in it stay.")
        else:
            self.stdout.write(f"Removed {home.path}.")


def run_on_throw_away_services(command: list[str]) -> int:
    """Run a command with services of its own in a temporary folder, remove them, return its exit code."""
    words = command[1:] if command[:1] == ["--"] else command
    use_only_servers_for_tests()
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop_before_it_began)
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        home = Home(Path(folder))
        try:
            services.up(home, durable=False)
            return _run_passing_signals(words, {"DURE_HOME": folder, **_addresses(home)})
        finally:
            services.down(home)


def use_only_servers_for_tests() -> None:
    """Forget the servers that the environment names: tests empty theirs, and must never meet a shop's."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
        if given := os.environ.get(f"TEST_{name}"):
            os.environ[name] = given


def _stop_before_it_began(signalled: int, _frame: FrameType | None) -> NoReturn:
    """End with a signal's usual code, once: what has been started is stopped in peace."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + signalled)


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

    for number in ENDING_SIGNALS:
        signal.signal(number, pass_on)
    return child.wait()

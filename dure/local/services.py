"""The embedded PostgreSQL and Valkey of one clone, together: up, down, status."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from . import postgres, valkey
from .home import Home
from .lock import lock
from .process import UnableToRun
from .supervisor import LOCK_NAME


@dataclass(frozen=True)
class Started:
    """What a call to `up` itself started, so that the caller can stop just that."""

    postgres: bool
    valkey: bool


def embedded_postgres_wanted() -> bool:
    return not os.environ.get("DATABASE_URL")


def embedded_valkey_wanted() -> bool:
    return not os.environ.get("REDIS_URL")


def up(home: Home, *, durable: bool = True) -> Started:
    """Start what the environment does not name (DATABASE_URL, REDIS_URL) and what does not run yet.

    Raises UnableToRun or UnusableHome with one sentence for a person.
    """
    with _one_at_a_time(home):
        return Started(
            postgres=embedded_postgres_wanted() and postgres.start(home, durable=durable),
            valkey=embedded_valkey_wanted() and valkey.start(home),
        )


def down(home: Home, only: Started = Started(postgres=True, valkey=True)) -> None:
    """Stop the embedded servers; the data stay."""
    if not home.path.exists():
        return
    with _one_at_a_time(home):
        _stop(home, only)


def status(home: Home) -> dict[str, str]:
    """A word for each server: `external`, `running` or `stopped`."""
    return {
        "postgres": _word(embedded_postgres_wanted(), postgres.is_running(home)),
        "valkey": _word(embedded_valkey_wanted(), valkey.is_running(home)),
    }


def erase(home: Home) -> None:
    """Stop the servers and remove everything that this clone has stored on this machine.

    Raises UnableToRun while `make run` is up, and UnusableHome for a folder that is not Dure's.
    """
    home.make()
    with _while_dure_is_down(home), _one_at_a_time(home):
        _stop(home, Started(postgres=True, valkey=True))
        home.erase()


def _stop(home: Home, only: Started) -> None:
    if only.valkey:
        valkey.stop(home)
    if only.postgres:
        postgres.stop(home)


def _word(wanted: bool, running: bool) -> str:
    if not wanted:
        return "external"
    return "running" if running else "stopped"


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Two commands that start at once must not both initialise the same folder."""
    file = home.run / "services.lock"
    home.make()
    held = lock(file)
    while not _is_still(held, file):
        # Whoever had the lock has removed the data, and this file with them.
        held.close()
        home.make()
        held = lock(file)
    with held:
        yield


def _is_still(held: IO[str], file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(held.fileno()), file.stat())
    except FileNotFoundError:
        return False


@contextmanager
def _while_dure_is_down(home: Home) -> Iterator[None]:
    try:
        held = lock(home.run / LOCK_NAME, wait=False)
    except BlockingIOError:
        raise UnableToRun("Dure runs from this clone: stop it first (Ctrl-C there).") from None
    with held:
        yield

"""The embedded PostgreSQL and Valkey of one clone, together: up, down, status."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from . import postgres, valkey
from .home import Home


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
    home.make()
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
        if only.valkey:
            valkey.stop(home)
        if only.postgres:
            postgres.stop(home)


def status(home: Home) -> dict[str, str]:
    """A word for each server: `external`, `running` or `stopped`."""
    return {
        "postgres": _word(embedded_postgres_wanted(), postgres.is_running(home)),
        "valkey": _word(embedded_valkey_wanted(), valkey.is_running(home)),
    }


def erase(home: Home) -> None:
    """Stop the servers and remove everything that this clone has stored on this machine."""
    down(home)
    shutil.rmtree(home.path, ignore_errors=False)


def _word(wanted: bool, running: bool) -> str:
    if not wanted:
        return "external"
    return "running" if running else "stopped"


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Two commands that start at once must not both initialise the same folder."""
    home.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home.run / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

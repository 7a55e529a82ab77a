"""A database of the benchmarks' own on the given server, made and removed by Django's machinery for tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import django
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

NAME = f"dure_bench_{os.getpid()}"


def set_up_django() -> None:
    """Django as a server has it; called before anything that imports a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
    django.setup()
    # With DEBUG Django would keep every query in memory.
    settings.DEBUG = False


@contextmanager
def bench_database() -> Iterator[None]:
    """Within, Django's default connection is an empty, migrated database; afterwards it is gone."""
    connection.settings_dict["TEST"]["NAME"] = NAME
    # No contents are kept for rolling back: nothing here rolls back.
    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def address() -> str:
    """DATABASE_URL of the bench database, for processes that a benchmark starts."""
    server = urlsplit(os.environ.get("DATABASE_URL") or settings.HOME.database_url)
    return urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}"))


def join_database(url: str) -> None:
    """Set Django up on the bench database, in a process that a benchmark started."""
    os.environ["DATABASE_URL"] = url
    set_up_django()

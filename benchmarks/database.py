"""A database of the benchmarks' own on the given server, made and removed by Django's machinery for tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

NAME = f"dure_bench_{os.getpid()}"


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
    given = connection.settings_dict
    server = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(server._replace(path="/" + quote(str(given["NAME"]))))

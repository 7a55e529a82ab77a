"""Statements that are asked at every click: Django writes them once, and a call only fills in what differs.

To write a statement takes Django longer than PostgreSQL takes to answer a small one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Rows = QuerySet[Any, tuple[Any, ...]]
Value = int | str | datetime
LARGEST = 2**15 - 1
"""Of the smallest field for numbers: Django leaves a number out that its field cannot have."""
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class NotInStatement(Exception):
    """A value that a statement was to be given does not stand in it."""


class Statement:
    """A queryset of tuples, as a function of named values: numbers, texts and times with a zone.

    `write` may do nothing with a value but hand it to Django as a parameter: it is called once, with stand-ins. What
    comes back is as the database gives it, without the conversions of the fields.
    """

    def __init__(self, write: Callable[..., Rows], **kinds: type[Value]) -> None:
        self._write, self._kinds = write, kinds
        self._written: tuple[str, tuple[Any, ...], dict[int, str]] | None = None

    def __call__(self, **values: Value) -> list[tuple[Any, ...]]:
        """The rows for these values, of which none may be None."""
        if self._written is None:
            self._written = self._compiled()
        sql, parameters, places = self._written
        given = [values[places[at]] if at in places else parameter for at, parameter in enumerate(parameters)]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _compiled(self) -> tuple[str, tuple[Any, ...], dict[int, str]]:
        stand_ins = {name: _stand_in(kind, number) for number, (name, kind) in enumerate(self._kinds.items())}
        sql, parameters = self._write(**stand_ins).query.sql_with_params()
        places = {at: name for name, value in stand_ins.items() for at, each in enumerate(parameters) if each == value}
        if missing := stand_ins.keys() - places.values():
            raise NotInStatement(", ".join(sorted(missing)))
        return sql, parameters, places


def _stand_in(kind: type[Value], number: int) -> Value:
    """A value that no statement has of itself."""
    if kind is int:
        return LARGEST - number
    return LONG_AGO + timedelta(days=number) if kind is datetime else f"stands for value {number}"

"""Reading and changing draft data by place: rows of a list are named by their ids.

`groups.glaze.options.indigo.price` is a value, `groups.glaze.options@order` the order of a list's ids.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, cast

LISTS = frozenset({"groups", "options", "rules", "presets", "views", "operations", "faults", "materials"})
ORDER = "@order"
Content = dict[str, Any]


class UnknownPlace(KeyError):
    """A change names a row that is not there (any more)."""


def part(content: Content, place: str) -> Any:
    """The value at a place, None when there is none."""
    value: Any = content
    for name in place.split(".") if place else ():
        value = _row(value, name) if isinstance(value, list) else value.get(name) if isinstance(value, dict) else None
    return value


def with_changes(content: Content, changes: Mapping[str, Any]) -> Content:
    """The content with values set at places, in order; None takes away. Raises UnknownPlace."""
    changed = copy.deepcopy(content)
    for place, value in changes.items():
        if place.endswith(ORDER):
            _reorder(part(changed, place.removesuffix(ORDER)), value, place)
        elif value is None:
            _take_away(changed, place.split("."))
        else:
            _put(changed, place.split("."), copy.deepcopy(value))
    return changed


def ids(rows: Any) -> list[str]:
    """The ids of a list's rows; an empty list when there is no list."""
    return [row["id"] for row in rows or ()]


def _put(content: Content, names: list[str], value: Any) -> None:
    *way, last = names
    holder: Any = content
    for name in way:
        holder = _inside(holder, name, ".".join(names))
    if isinstance(holder, list):
        _put_row(holder, last, value)
    else:
        holder[last] = value


def _inside(holder: Any, name: str, place: str) -> Any:
    if isinstance(holder, dict):
        return holder.setdefault(name, [] if name in LISTS else {})
    row = _row(holder, name)
    if row is None:
        raise UnknownPlace(place)
    return row


def _put_row(rows: list[Any], row_id: str, value: Content) -> None:
    row = {"id": row_id, **value}
    for number, each in enumerate(rows):
        if each["id"] == row_id:
            rows[number] = row
            return
    rows.append(row)


def _take_away(content: Content, names: list[str]) -> None:
    """Take a value away, and the objects that this leaves empty: a text in neither language is none."""
    *way, last = names
    holder = part(content, ".".join(way))
    if isinstance(holder, list):
        holder[:] = [row for row in holder if row["id"] != last]
    elif isinstance(holder, dict):
        holder.pop(last, None)
        if not holder and way:
            _take_away(content, way)


def _reorder(rows: Any, order: list[str], place: str) -> None:
    if not isinstance(rows, list) or sorted(ids(rows)) != sorted(order):
        raise UnknownPlace(place)
    rows.sort(key=lambda row: order.index(row["id"]))


def _row(rows: list[Any], row_id: str) -> Content | None:
    return cast(
        "Content | None", next((row for row in rows if isinstance(row, dict) and row.get("id") == row_id), None)
    )

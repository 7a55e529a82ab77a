"""What differs between two definitions as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from configurator.drafting.canonical import in_order
from configurator.drafting.content import ORDER, ids


@dataclass(frozen=True)
class Difference:
    """A place and its two values, None where there was or is none. `…@order` has lists of ids."""

    place: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> Iterator[Difference]:
    """Every value that differs, rows matched by id; what is added or removed is one difference."""
    for name in in_order({*before, *after}):
        yield from _between(before.get(name), after.get(name), f"{place}.{name}".lstrip("."))


def _between(before: Any, after: Any, place: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from differences(before, after, place)
    elif (before or after) is not None and _is_rows(before) and _is_rows(after):
        yield from _between_rows(before or [], after or [], place)
    elif before != after:
        yield Difference(place, before, after)


def _between_rows(before: Sequence[Any], after: Sequence[Any], place: str) -> Iterator[Difference]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for row_id in dict.fromkeys([*old, *new]):
        yield from _between(old.get(row_id), new.get(row_id), f"{place}.{row_id}")
    kept = [[each for each in ids(rows) if each in old and each in new] for rows in (before, after)]
    if kept[0] != kept[1]:
        yield Difference(f"{place}{ORDER}", ids(before), ids(after))


def _is_rows(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(row, dict) and "id" in row for row in value))

"""What keeps draft data from being a definition, as findings with places by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from configurator.catalogue_check.finding import SENTENCES, Finding, error
from configurator.definition import Place, ProductDefinition, Refused, read_definition
from configurator.drafting.content import LISTS, Content

# What may still be missing or contradictory in a draft; everything else is not of the schema's shape.
UNFINISHED = frozenset(
    {
        *("missing", "value_error", "string_too_short", "too_short"),
        *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    }
)
SHOWN = 40


@dataclass(frozen=True)
class DraftReview:
    """The definition that a draft is, if it is one, and what keeps it from being one."""

    definition: ProductDefinition | None
    findings: tuple[Finding, ...]


def review_draft(content: Content) -> DraftReview:
    try:
        return DraftReview(read_definition(content), ())
    except ValidationError as refused:
        return DraftReview(None, tuple(_finding(row, content) for row in refused.errors() if not _is_echo(row)))


def shape_findings(content: Content) -> tuple[Finding, ...]:
    """Why the data cannot even be a draft: wrong types, unknown fields, rows without an id or with the same one."""
    try:
        read_definition(content)
    except ValidationError as refused:
        rows = [row for row in refused.errors() if not _may_be_unfinished(row)]
        found = tuple(_finding(row, content) for row in rows)
        return found or tuple(_doubled(content))
    return ()


def _may_be_unfinished(row: Mapping[str, Any]) -> bool:
    return row["type"] in UNFINISHED and not (row["type"] == "missing" and row["loc"][-1] in {"id", "slug"})


def _is_echo(row: Mapping[str, Any]) -> bool:
    """A list counts only its sound rows: it seems too short when one of enough rows has an error of its own."""
    return bool(row["type"] == "too_short" and len(row["input"]) >= row["ctx"]["min_length"])


def _finding(row: Mapping[str, Any], content: Content) -> Finding:
    context = row.get("ctx", {})
    reason = context.get("error")
    if isinstance(reason, Refused):
        return error(reason.code, reason.place, **reason.values)
    place = place_of(row["loc"], content)
    code = row["type"] if row["type"] in SENTENCES else "invalid"
    limits = {name: value for name, value in context.items() if isinstance(value, (int, float))}
    return error(code, place, **limits, where=place, given=str(row["input"])[:SHOWN], message=row["msg"])


def place_of(location: tuple[int | str, ...], content: Content) -> Place:
    """pydantic's location with rows named by id; by number where they have none."""
    names: list[str] = []
    value: Any = content
    for step in location:
        value = _step(value, step)
        row_id = value.get("id") if isinstance(step, int) and isinstance(value, dict) else None
        names.append(str(row_id or step))
    return Place(".".join(names))


def _step(value: Any, step: int | str) -> Any:
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return value.get(step) if isinstance(value, dict) else None


def _doubled(data: Any, place: str = "") -> Iterator[Finding]:
    """Lists in which two rows have one id."""
    for name, value in data.items():
        inner = f"{place}.{name}".lstrip(".")
        if isinstance(value, dict):
            yield from _doubled(value, inner)
        elif isinstance(value, list) and name in LISTS:
            rows = [row for row in value if isinstance(row, dict)]
            ids = [row["id"] for row in rows]
            doubled = sorted({each for each in ids if ids.count(each) > 1})
            if doubled:
                yield error("doubled_id", inner, where=Place(inner), ids=", ".join(doubled))
            for row in rows:
                yield from _doubled(row, f"{inner}.{row['id']}")

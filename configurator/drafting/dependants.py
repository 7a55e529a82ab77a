"""What names an option: whoever retires or removes it should know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from configurator.definition import Place
from configurator.drafting.content import Content

ANY = ("",)
"""Names a group, and none of its options."""


def dependants(content: Content, group: str, option: str | None = None) -> tuple[Place, ...]:
    """Every place that names the option, or any option of the group."""
    return tuple(dict.fromkeys(place for place, sides in _sides(content) if _names(sides, group, option)))


def _sides(content: Content) -> Iterator[tuple[Place, Any]]:
    """Every place that names options, with each object of options by group that it has."""
    yield Place("preset"), content.get("preset")
    for row in content.get("presets", ()):
        yield Place(f"presets.{row['id']}"), row.get("choices")
    for row in content.get("groups", ()):
        yield Place(f"groups.{row['id']}"), row.get("when")
    for row in content.get("rules", ()):
        for side in ("when", "requires", "excludes", "of"):
            yield Place(f"rules.{row['id']}"), row.get(side)
    for kind in ("operations", "materials"):
        for row in content.get(kind, ()):
            yield Place(f"{kind}.{row['id']}"), row.get("when", {}).get("options")
            yield Place(f"{kind}.{row['id']}"), row.get("extra_minutes")
            yield Place(f"{kind}.{row['id']}"), dict.fromkeys(row.get("fixes", ()), ANY)
            for fault in row.get("faults", ()):
                yield Place(f"{kind}.{row['id']}.faults.{fault['id']}"), fault.get("when", {}).get("options")


def _names(sides: Any, group: str, option: str | None) -> bool:
    """Whether an object of options by group, `{group: option}` or `{group: options}`, names the option."""
    named = (sides or {}).get(group, ())
    if option is None:
        return bool(named)
    return named == option or (not isinstance(named, str) and option in named)

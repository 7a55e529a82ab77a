"""What the baked plates of a draft's product offer to its forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from configurator.drafting.content import Content
from configurator.selectors import product_folder

USUAL = "usual"
"""What the finish of a part's own plates is called until somebody gives it a name."""


def baked_parts(content: Content) -> list[str]:
    """The parts of all views."""
    return list(dict.fromkeys(part for layout in _layouts(content) for part in layout["parts"]))


def baked_finishes(content: Content) -> dict[str, list[str]]:
    """By part, the finishes that it can have; only parts that have more than their usual one.

    The usual one goes by the name that the draft's options give it, which no plates have.
    """
    rows = [row for layout in _layouts(content) for row in layout.get("finishes", ())]
    found: dict[str, list[str]] = {}
    for part in dict.fromkeys(row["part"] for row in rows):
        baked = dict.fromkeys(row["finish"] for row in rows if row["part"] == part)
        named = [finish for finish in _named(content, part) if finish not in baked]
        found[part] = [*(named or [USUAL]), *baked]
    return found


def _named(content: Content, part: str) -> list[str]:
    """The finishes that options give a part."""
    options = [option for group in content.get("groups", ()) for option in group.get("options", ())]
    return list(dict.fromkeys(option["finishes"][part] for option in options if part in option.get("finishes", {})))


def _layouts(content: Content) -> Iterator[Mapping[str, Any]]:
    """What the views that are baked say they have; those that are missing are the gate's affair."""
    for view in content.get("views", ()):
        folder = product_folder(content["slug"]) / view.get("folder", "")
        for file in sorted(folder.glob("*/view.json"))[:1]:
            yield json.loads(file.read_text(encoding="utf-8"))

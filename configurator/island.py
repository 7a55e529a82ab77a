"""What the browser's `relight` island needs: the colours of every option and the addresses of the plates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.templatetags.static import static

from configurator.definition import Focus, ProductDefinition, View
from configurator.picture_service import plates_of_view
from configurator.selectors import view_folder

PLATE_SIZE = 800
PARTS_FILE, BACKDROP_FILE = "parts.webp", "backdrop.webp"
PANEL_SHARE = 0.5
"""How much of the picture's width a panel fills when the picture has turned to it."""
CLOSEST = 1.9


def island_picture(definition: ProductDefinition, language: str) -> dict[str, Any]:
    """Colours and finishes by group, option and part, and of each view the layout and the addresses of its plates:
    the very files that the server reads. `across` and `down` of a panel are its size in pixels, for its letters.
    """
    return {
        "groups": [group.id for group in definition.groups],
        "colours": {group.id: {option.id: option.colours for option in group.options} for group in definition.groups},
        "finishes": {group.id: {option.id: option.finishes for option in group.options} for group in definition.groups},
        "base_colours": definition.base_colours,
        "panels": _panels(definition),
        "ink_parts": {"engraving": definition.engraving.colour_part},
        "views": [_view(definition, view, language) for view in definition.views],
        "focus": _focus(definition),
    }


def _panels(definition: ProductDefinition) -> dict[str, str]:
    """The panel that carries each kind of content. A design has no number yet: that comes with a piece."""
    found = {"engraving": definition.engraving.panel}
    if definition.artwork:
        found["artwork"] = definition.artwork.panel
    return found


def _view(definition: ProductDefinition, view: View, language: str) -> dict[str, Any]:
    layout = _layout(definition, view)
    fineness = plates_of_view(definition, view.id, PLATE_SIZE).panels
    for row in layout.get("panels", ()):
        row |= {"across": fineness[row["name"]].across, "down": fineness[row["name"]].down}
    folder = f"catalogue/{definition.slug}/{view.folder}/{PLATE_SIZE}"
    files = {name: static(f"{folder}/{name}") for name in sorted(set(_files(layout)))}
    return {"id": view.id, "name": view.name.of(language), "layout": layout, "files": files}


def _layout(definition: ProductDefinition, view: View) -> dict[str, Any]:
    path = view_folder(definition, view) / str(PLATE_SIZE) / "view.json"
    layout: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return layout


def _files(layout: Mapping[str, Any]) -> Iterator[str]:
    yield from (PARTS_FILE, BACKDROP_FILE)
    shown = layout.get("pairs", {"reflected": ()})["reflected"]
    for row in (*layout["plates"], *shown, *layout.get("finishes", ()), *layout.get("panels", ())):
        yield row["file"]
        if "uv" in row:
            yield row["uv"]


def _focus(definition: ProductDefinition) -> dict[str, dict[str, Any]]:
    """Where the picture turns for each group and for each kind of content, and what is meant there."""
    found = {}
    for group in definition.groups:
        parts = sorted({part for option in group.options for part in (*option.colours, *option.finishes)})
        found[group.id] = {**group.focus.model_dump(), "parts": parts}
    for kind, panel in _panels(definition).items():
        found[kind] = {**_focus_of_panel(definition, panel).model_dump(), "parts": [], "panel": panel}
    return found


def _focus_of_panel(definition: ProductDefinition, panel: str) -> Focus:
    """The middle of a panel in the first view that shows it."""
    for view in definition.views:
        layout = _layout(definition, view)
        for row in layout.get("panels", ()):
            if row["name"] == panel:
                crop, box, size = layout["crop"], row["box"], layout["size"]
                return Focus(
                    x=round((crop["x"] + box["x"] + box["width"] / 2) / size, 3),
                    y=round((crop["y"] + box["y"] + box["height"] / 2) / size, 3),
                    zoom=round(min(CLOSEST, max(1, PANEL_SHARE * size / max(box["width"], box["height"]))), 2),
                )
    return Focus()

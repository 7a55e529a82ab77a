"""What the browser's `relight` island needs: the colours of every option and the addresses of the plates."""

import json
from typing import Any

from django.templatetags.static import static

from configurator.definition import ProductDefinition
from configurator.selectors import view_folder

PLATE_FILES = ("p0", "p1", "p2", "uvhi", "uvlo", "bg")


def island_picture(definition: ProductDefinition) -> dict[str, Any]:
    """Colours by group, option and part, and the first view's plates, the very files that the server reads."""
    view = definition.views[0]
    folder = f"catalogue/{definition.slug}/{view.folder}"
    layout = json.loads((view_folder(definition, view) / "view.json").read_text(encoding="utf-8"))
    return {
        "groups": [group.id for group in definition.groups],
        "colours": {group.id: {option.id: option.colours for option in group.options} for group in definition.groups},
        "base_colours": definition.base_colours,
        "engraving_part": definition.engraving.colour_part,
        "plates": {"view": layout, "files": {name: static(f"{folder}/{name}.webp") for name in PLATE_FILES}},
    }

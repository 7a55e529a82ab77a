"""What the page's 3D viewer needs: its script, its camera, what the surfaces are made of, and leave to work."""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.templatetags.static import static

from configurator.definition import ProductDefinition
from configurator.gltf.notes import Surface
from configurator.gltf.template import PANEL
from configurator.model_service import model_of

SCRIPT = "viewer/model-viewer.js"
STYLE_HASH = "viewer/style-hash.txt"


def viewer_settings(definition: ProductDefinition) -> dict[str, Any]:
    """Plain data. `surfaces` are by part and finish, "" for the usual one; `inks` names the material of each kind of
    letters, for kinds that have one of their own; raises NoModel.
    """
    template, notes = model_of(definition)
    return {
        "script": static(SCRIPT),
        "camera": {"orbit": notes.orbit, "target": notes.target, "field_of_view": notes.field_of_view},
        "exposure": notes.exposure,
        "surfaces": {
            part: {
                name: _numbers(surface)
                for name, surface in {"": template.surface(part), **notes.materials.get(part, {})}.items()
            }
            for part in sorted(template.parts)
        },
        "inks": _inks(definition),
    }


def allow_viewer(response: HttpResponse) -> HttpResponse:
    """Let a page's policy pass what the viewer cannot do without, and nothing else (docs/3d-and-ar.md)."""
    response._csp_update = {  # type: ignore[attr-defined]
        "style-src": [style_hash()],
        "connect-src": ["blob:"],
    }
    return response


@cache
def style_hash() -> str:
    """The hash of the style inside the viewer, as the build wrote it beside the script."""
    return (Path(settings.STATIC_ROOT) / STYLE_HASH).read_text(encoding="utf-8").strip()


def _inks(definition: ProductDefinition) -> dict[str, str]:
    found = {"engraving": f"{PANEL}{definition.engraving.panel}"}
    if definition.numbering:
        found["number"] = f"{PANEL}{definition.numbering.panel}"
    # Letters above a print are part of its picture, which has no one colour.
    shared = f"{PANEL}{definition.artwork.panel}" if definition.artwork else ""
    return {kind: material for kind, material in found.items() if material != shared}


def _numbers(surface: Surface) -> dict[str, float]:
    return surface.model_dump(exclude_none=True)

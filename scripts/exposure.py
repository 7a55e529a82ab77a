"""Find the 3D viewer's exposure: with it a flat matte card has the colour that the pictures give it, its own.

The pictures' studio is calibrated so that a matte card keeps its colour (photography/calibrate.py); the viewer's
neutral environment is another light. Run it after `manage.py assets` whenever <model-viewer> changes:

    python -m scripts.exposure

prints the mean ΔE2000 over the card's fields for several exposures, and the best one, which configurator/gltf/notes.py
has as EXPOSURE. tests/browser/test_model.py measures it again.
"""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from configurator.gltf.container import write_glb
from configurator.pictures.tone import linear
from photography.colour import difference
from scripts.browser import installed

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "build" / "static" / "viewer" / "model-viewer.js"
ADDRESS = "http://card.invalid"
FIELDS = (
    *("#e8e2d4", "#c8c8c8", "#a0a0a0", "#787878", "#505050", "#303030"),
    *("#8fb5a0", "#b5472b", "#1f3a5f", "#8a4e2a", "#c9a24b", "#2f4a3a"),
)
COLUMNS, ROWS = 4, 3
FIELD_M = 0.02
AZIMUTH, FROM_AXIS = 16, 76
DISTANCE_M, LENS = 0.32, 18
ROUGHNESS = 0.8
PIXELS = 480
EXPOSURES = tuple(round(0.7 + 0.05 * step, 2) for step in range(17))


def card() -> bytes:
    """A card of flat fields that looks to where the first view's camera stands, as a GLB file."""
    half = math.radians(AZIMUTH) / 2
    root = {"children": list(range(len(FIELDS))), "rotation": [0, math.sin(half), 0, math.cos(half)]}
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32) * FIELD_M
    normals = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    indices = np.array([0, 1, 2, 0, 2, 3], np.uint16)
    pieces = [corners.tobytes(), normals.tobytes(), indices.tobytes()]
    starts = np.cumsum([0, *map(len, pieces)]).tolist()
    points = {"componentType": 5126, "count": 4, "type": "VEC3"}
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [len(FIELDS)]}],
        "nodes": [*map(_place, range(len(FIELDS))), root],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": number}]}
            for number in range(len(FIELDS))
        ],
        "materials": [_material(colour) for colour in FIELDS],
        "accessors": [
            {"bufferView": 0, **points, "min": [0, 0, 0], "max": [FIELD_M, FIELD_M, 0]},
            {"bufferView": 1, **points},
            {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(piece)}
            for start, piece in zip(starts[:-1], pieces, strict=True)
        ],
        "buffers": [{"byteLength": starts[-1]}],
    }
    return write_glb(document, pieces)


def _place(number: int) -> dict[str, Any]:
    row, column = divmod(number, COLUMNS)
    return {"mesh": number, "translation": [FIELD_M * (column - COLUMNS / 2), FIELD_M * row, 0]}


def _material(colour: str) -> dict[str, Any]:
    factor = [*map(float, linear(colour)), 1]
    return {
        "name": colour,
        "pbrMetallicRoughness": {"baseColorFactor": factor, "roughnessFactor": ROUGHNESS, "metallicFactor": 0},
    }


def page_of_card() -> str:
    centre = FIELD_M * ROWS / 2
    attributes = {
        "src": "/card.glb",
        "tone-mapping": "neutral",
        "environment-image": "neutral",
        "shadow-intensity": 0,
        "camera-orbit": f"{AZIMUTH}deg {FROM_AXIS}deg {DISTANCE_M}m",
        "camera-target": f"0m {centre}m 0m",
        "max-camera-orbit": f"auto auto {DISTANCE_M}m",
        "field-of-view": f"{LENS}deg",
        "loading": "eager",
    }
    words = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return (
        "<!doctype html><script type=module src=/viewer.js></script>"
        f"<style>body{{margin:0}}model-viewer{{width:{PIXELS}px;height:{PIXELS}px}}</style>"
        f"<model-viewer {words}></model-viewer>"
    )


def open_card(browser: Browser) -> Page:
    """The card in a viewer, on a page of its own that nothing else serves."""
    context = browser.new_context(viewport={"width": PIXELS, "height": PIXELS})
    page = context.new_page()
    files = {
        "/": ("text/html", page_of_card().encode()),
        "/viewer.js": ("text/javascript", SCRIPT.read_bytes()),
        "/card.glb": ("model/gltf-binary", card()),
    }

    def answer(route: Route) -> None:
        kind, body = files[route.request.url.removeprefix(ADDRESS)]
        route.fulfill(body=body, content_type=kind)

    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}/")
    page.wait_for_function("() => document.querySelector('model-viewer').modelIsVisible", timeout=90_000)
    return page


def mean_difference(page: Page, exposure: float) -> float:
    """The mean ΔE2000 between the card's fields as they are seen and as they are."""
    page.evaluate(
        """async (exposure) => {
          const viewer = document.querySelector("model-viewer");
          viewer.exposure = exposure;
          await viewer.updateComplete;
          for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        }""",
        exposure,
    )
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    wanted = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in FIELDS]
    return float(difference(np.array(list(_seen(picture))), np.array(wanted)).mean())


def _seen(picture: np.ndarray) -> Iterator[np.ndarray]:
    """The mean colour around the middle of each field: where a pinhole camera sees it that looks down on the card."""
    above, focal = math.radians(90 - FROM_AXIS), PIXELS / 2 / math.tan(math.radians(LENS) / 2)
    for number in range(len(FIELDS)):
        across = FIELD_M * (number % COLUMNS - COLUMNS / 2 + 0.5)
        up = FIELD_M * (number // COLUMNS - ROWS / 2 + 0.5)
        scale = focal / (DISTANCE_M - up * math.sin(above))
        x, y = round(PIXELS / 2 + across * scale), round(PIXELS / 2 - up * math.cos(above) * scale)
        yield picture[y - 6 : y + 6, x - 6 : x + 6].mean(axis=(0, 1))


def main() -> int:
    path = installed()
    if not path or not SCRIPT.is_file():
        print("This needs a Chromium and the built assets (manage.py assets).", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]
        )
        page = open_card(browser)
        found = {exposure: mean_difference(page, exposure) for exposure in EXPOSURES}
        browser.close()
    for exposure, difference_seen in found.items():
        print(f"exposure {exposure:.2f}: mean ΔE2000 {difference_seen:.2f}")
    print(f"best: {min(found, key=found.__getitem__):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

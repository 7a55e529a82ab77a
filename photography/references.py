"""References: configurations photographed as they are, against which the composed pictures are measured in the tests.

`tests/data/references/<slug>/<n>.webp` with `cases.json`: everything that is needed to compose the same picture.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np

from configurator.pictures import tone
from photography import bake, coding, direct, exr, samples
from photography.product import Product, Reference
from photography.render import render
from photography.scene import set_scene
from photography.textures import Textures

log = logging.getLogger("photography")

SIZE = 600


def write_references(product: Product, shots: list[str], work: Path, target: Path, lock: Path | None) -> None:
    """Photograph the references of the named views that are missing in the work folder, and write all of them."""
    folder = work / product.slug / "references"
    folder.mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    cases = []
    for number, reference in enumerate(product.references):
        file = folder / f"{number}.exr"
        if reference.shot in shots and not file.exists():
            textures = Textures(work / "textures" / product.slug, product.textures)
            paint = direct.paint_of(product, reference, work / "prints" / product.slug)
            shot = product.shot(reference.shot)
            box = bake.seen_box(set_scene(product, shot, paint, textures), shot.margin)
            log.info("%s reference %d (%s)", product.slug, number, reference.shot)
            render(file, bake.QUALITY, box, lock)
        if file.exists():
            light = whole(exr.read_layers(file)[exr.COMBINED], work / product.slug / reference.shot)
            coding.write_lossless(target / f"{number}.webp", developed(light, SIZE))
            cases.append(case_of(product, number, reference, target))
    (target / "cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def whole(crop: np.ndarray, view: Path) -> np.ndarray:
    """A photograph of the crop with the view's black render around it: nothing of a colour reaches that far."""
    box = json.loads((view / "plan.json").read_text(encoding="utf-8"))["crop"]
    light = exr.read_layers(view / "black.exr")[exr.COMBINED].copy()
    light[box["y"] : box["y"] + box["height"], box["x"] : box["x"] + box["width"]] = crop
    return light


def developed(light: np.ndarray, size: int) -> np.ndarray:
    """Linear light as an sRGB picture, then made smaller."""
    return coding.picture_smaller(tone.developed(light), size)


def case_of(product: Product, number: int, reference: Reference, folder: Path) -> dict[str, Any]:
    """What the picture shows, for a test to compose it."""
    case: dict[str, Any] = {
        "file": f"{number}.webp",
        "view": reference.shot,
        "colours": {**reference.colours, **product.painted},
        "finishes": {part: reference.finishes.get(part, product.usual(part)) for part in product.parts},
    }
    if text := reference.engraving:
        area = direct.engraving_area(product, text)
        case["engraving"] = {
            "panel": text.panel,
            "text": text.text,
            "font": text.font,
            "colour": text.colour,
            "area": area,
        }
    if art := reference.artwork:
        panel = product.panel(art.panel)
        file = f"art-{art.picture}.webp"
        if not (folder / file).exists():
            samples.picture(art.picture).save(folder / file, "WEBP", lossless=True, quality=100, method=6, exact=True)
        case["artwork"] = {
            "panel": art.panel,
            "file": file,
            "panel_mm": [panel.width_mm, panel.height_mm],
            "width_mm": art.width_mm,
            "x_mm": art.x_mm,
            "y_mm": art.y_mm,
            "degrees": art.degrees,
        }
    return case

"""Plates of nothing in particular for products that are not photographed yet: every part, finish and panel is there.

The first view has no panel, and the second all of them: as real pieces have their letters where the first view cannot
see them.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from configurator.definition import ProductDefinition
from configurator.services import read_product_file
from tests.samples import CATALOGUE

FULL, CROP = 40, {"x": 4, "y": 4, "width": 32, "height": 33}
BOX = {"x": 8, "y": 6, "width": 12, "height": 9}
SCALES = {"black_scale": 0.4, "colour_scale": 1.2}
Bytes = NDArray[np.uint8]


def catalogue_with_plates(folder: Path) -> Path:
    """A catalogue in a folder: the real one, with stand-ins where nothing is baked yet."""
    for name in ("plants", "editions"):
        shutil.copytree(CATALOGUE / name, folder / name)
    for file in CATALOGUE.glob("*/product.toml"):
        home = folder / file.parent.name
        home.mkdir(parents=True)
        (home / "product.toml").write_bytes(file.read_bytes())
        definition = read_product_file(file)
        if all((file.parent / view.folder / "800" / "view.json").exists() for view in definition.views):
            for name in ("views", "model"):
                if (file.parent / name).exists():
                    (home / name).symlink_to(file.parent / name)
        else:
            for number, view in enumerate(definition.views):
                bake_stand_in(definition, home / view.folder, with_panels=number == 1)
    return folder


def bake_stand_in(definition: ProductDefinition, folder: Path, *, with_panels: bool) -> None:
    """A view that has every part of a definition; two sizes, 40 × 40 pixels each."""
    panels = panels_of(definition) if with_panels else {}
    finishes = finishes_of(definition)
    for size in ("800", "1200"):
        (folder / size).mkdir(parents=True)
        pictures = _pictures(parts_of(definition), finishes, panels, np.random.default_rng(len(definition.slug)))
        for name, pixels in pictures.items():
            Image.fromarray(pixels).save(folder / size / f"{name}.webp", lossless=True, exact=True)
        layout = _layout(parts_of(definition), finishes, panels)
        (folder / size / "view.json").write_text(json.dumps(layout), encoding="utf-8")


def parts_of(definition: ProductDefinition) -> list[str]:
    """The parts that have colours, without those that only letters have."""
    rows = [option.colours for group in definition.groups for option in group.options]
    inks = {definition.engraving.colour_part, definition.numbering and definition.numbering.colour_part}
    coloured = dict.fromkeys(part for row in (definition.base_colours, *rows) for part in row)
    return [part for part in coloured if part not in inks]


def finishes_of(definition: ProductDefinition) -> list[tuple[str, str]]:
    """Every finish that is named, but for the first of each part, which is the usual one."""
    options = [option for group in definition.groups for option in group.options]
    named = list(dict.fromkeys(pair for option in options for pair in option.finishes.items()))
    usual = dict(reversed(named))
    return [(part, finish) for part, finish in named if usual[part] != finish]


def panels_of(definition: ProductDefinition) -> dict[str, str]:
    """Panels with the part on which they lie: the piece's back."""
    rows = (definition.engraving, definition.artwork, definition.numbering)
    return {row.panel: "back" for row in rows if row}


def _pictures(
    parts: list[str], finishes: list[tuple[str, str]], panels: Mapping[str, str], dice: np.random.Generator
) -> dict[str, Bytes]:
    def noise(width: int, height: int, lowest: int = 0) -> Bytes:
        return dice.integers(lowest, 256, (height, width, 3), dtype=np.uint8)

    width, height = CROP["width"], CROP["height"]
    found = {f"plates-{number}": noise(width, height) // 3 for number in range(len(parts) // 3 + 1)}
    rows = np.arange(height) * len(parts) // height
    covering = np.zeros((height, width, 3), np.uint8)
    covering[..., 0], covering[..., 1] = (rows + 1)[:, None], 255
    found |= {"parts": covering, "backdrop": noise(FULL, FULL)}
    found |= {f"finish-{part}-{finish}": noise(BOX["width"], BOX["height"]) for part, finish in finishes}
    for panel in panels:
        across, down = np.meshgrid(np.linspace(0, 255, BOX["width"]), np.linspace(255, 0, BOX["height"]))
        upper = np.stack([across, down, np.zeros_like(across)], axis=-1).astype(np.uint8)
        found[f"panel-{panel}"] = noise(BOX["width"], BOX["height"], lowest=128)
        found[f"panel-{panel}-uv"] = np.concatenate([upper, np.zeros_like(upper)])
    return found


def _layout(parts: list[str], finishes: list[tuple[str, str]], panels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "format": 2,
        "size": FULL,
        "crop": CROP,
        "parts": parts,
        "plates": [
            {"name": name, "file": f"plates-{number // 3}.webp", "channel": number % 3, "scale": 1.0}
            for number, name in enumerate(["black", *parts])
        ],
        "finishes": [
            {"part": part, "finish": finish, "file": f"finish-{part}-{finish}.webp", "box": BOX, **SCALES}
            for part, finish in finishes
        ],
        "panels": [
            {"name": name, "part": part, "file": f"panel-{name}.webp", "box": BOX, **SCALES}
            | {"uv": f"panel-{name}-uv.webp"}
            for name, part in panels.items()
        ],
    }

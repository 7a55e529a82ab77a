"""The baked plates of one view, read from the files that the browser reads too.

`view.json` names the plates in order and gives each its scale: a plate is stored as 8-bit v with
v = 255·√(value / scale), three plates to one lossless WebP. `uvhi` and `uvlo` hold, per pixel, the
texture coordinates of the piece's panels as 16 bits each (red u, green v) and, in the blue of `uvhi`,
the panel's coverage: 1-127 the first panel, 129-255 the second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
PANELS = ("body", "sleeve")
BLACK = "B"
PLATES_PER_FILE = 3
HALF = 128
COVERED = 0.003


@dataclass(frozen=True)
class Panel:
    """A flat area that can carry print: where it lies in the crop, its texture coordinates and coverage."""

    rows: slice
    columns: slice
    uv: Floats
    coverage: Floats


@dataclass(frozen=True)
class View:
    """A view's plates. `parts` names the columns of `light` after the first, which is the black render."""

    size: int
    x: int
    y: int
    width: int
    height: int
    parts: tuple[str, ...]
    light: Floats
    foil: Floats
    backdrop: NDArray[np.uint8]
    panels: Mapping[str, Panel]


@lru_cache(maxsize=8)
def load_view(folder: Path) -> View:
    """Read a view from its folder; about 10 MB in memory."""
    data = json.loads((folder / "view.json").read_text(encoding="utf-8"))
    plates = _plates(folder, data["names"], data["scale"])
    foil = plates.pop("foilP")
    black = plates.pop(BLACK)
    light = np.stack([black, *plates.values()], axis=-1).reshape(-1, len(plates) + 1)
    backdrop = np.asarray(Image.open(folder / "bg.webp").convert("RGB"))
    return View(
        size=data["full"],
        x=data["x"],
        y=data["y"],
        width=data["w"],
        height=data["h"],
        parts=tuple(plates),
        light=np.ascontiguousarray(light),
        foil=foil,
        backdrop=backdrop,
        panels=_panels(folder),
    )


def _plates(folder: Path, names: list[str], scales: list[float]) -> dict[str, Floats]:
    plates: dict[str, Floats] = {}
    for number, (name, scale) in enumerate(zip(names, scales, strict=True)):
        file, channel = divmod(number, PLATES_PER_FILE)
        coded = _channels(folder / f"p{file}.webp")[..., channel].astype(np.float32) / np.float32(255)
        plates[name] = coded * coded * np.float32(scale)
    return plates


def _panels(folder: Path) -> dict[str, Panel]:
    high, low = _channels(folder / "uvhi.webp"), _channels(folder / "uvlo.webp")
    blue = high[..., 2].astype(np.float32)
    panels = {}
    for index, name in enumerate(PANELS):
        mine = (blue >= HALF) if index else ((blue > 0) & (blue < HALF))
        coverage = np.where(mine, (blue - HALF * index) / (HALF - 1), 0).astype(np.float32)
        rows, columns = _bounds(coverage > COVERED)
        coded = high[rows, columns, :2].astype(np.uint32) * 256 + low[rows, columns, :2]
        panels[name] = Panel(rows, columns, (coded / 65535).astype(np.float32), coverage[rows, columns])
    return panels


def _bounds(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@lru_cache(maxsize=8)
def _channels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file, formats=("WEBP",)) as picture:
        return np.asarray(picture.convert("RGB"))

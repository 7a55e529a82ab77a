"""How close composed pictures come to photographs of the same piece: `pictures.fidelity.<product>`.

The references in `tests/data/references/<product>/` were rendered by Cycles at 1200 pixels, tone-mapped as the composed
pictures are, and made smaller to 600 in the light of the screen (photography/references.py). So are the composer's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from benchmarks.harness import Figure, benchmark
from configurator.configuration import Colours, Placement
from configurator.pictures import engraving
from configurator.pictures.compose import Cut, compose
from configurator.pictures.panels import linear_texture
from configurator.pictures.plates import View, load_view
from configurator.pictures.printing import PIXELS_PER_MM, fineness_for, panel_texture
from configurator.pictures.tone import Bytes, Floats
from photography import colour
from photography.coding import picture_smaller

REFERENCES = settings.BASE_DIR / "tests" / "data" / "references"
PLATES, SIZE = 1200, 600
HALF = 128
CLOSE_UP = 0.5
"""Where the piece fills more of the picture, there is no ground to lift the whole picture's figure."""


@dataclass(frozen=True)
class Closeness:
    """How close a picture is to its reference: PSNR of all pixels and of the piece's, and the piece's mean ΔE2000.

    `share` is how much of the picture the piece fills.
    """

    share: float
    psnr: float
    product_psnr: float
    delta_e: float

    @property
    def is_close_up(self) -> bool:
        return self.share > CLOSE_UP


def products() -> list[str]:
    """Those that have references."""
    return sorted(folder.name for folder in REFERENCES.iterdir() if (folder / "cases.json").is_file())


def cases(product: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((REFERENCES / product / "cases.json").read_text(encoding="utf-8"))
    return rows


def measured(product: str, case: Mapping[str, Any]) -> Closeness:
    """One case composed and compared."""
    folder = Path(settings.CATALOGUE_DIR) / product / "views" / case["view"]
    view = load_view(folder, PLATES)
    with Image.open(REFERENCES / product / case["file"]) as file:
        reference = np.asarray(file.convert("RGB"))
    return closeness(composed(view, product, case), reference, piece_of(folder))


def closeness(picture: Bytes, reference: Bytes, piece: NDArray[np.bool_]) -> Closeness:
    """`piece` says which pixels show the piece."""
    error = ((picture.astype(np.float64) - reference) ** 2).mean(axis=2)
    apart = colour.difference(picture[piece], reference[piece])
    return Closeness(float(piece.mean()), psnr(error), psnr(error[piece]), float(apart.mean()))


def psnr(squared_error: NDArray[np.float64]) -> float:
    """Peak signal to noise in decibels, of 8 bits."""
    return float(10 * np.log10(255**2 / max(squared_error.mean(), 1e-12)))


def composed(view: View, product: str, case: Mapping[str, Any]) -> Bytes:
    """The picture of a case, (600, 600, 3)."""
    painted = Colours(case["colours"], finishes=case["finishes"])
    picture = compose(view, painted, list(cuts(case)), dict(prints(view, product, case)))
    return picture_smaller(np.asarray(picture), SIZE)


def cuts(case: Mapping[str, Any]) -> Iterator[Cut]:
    """The engraving and the number."""
    for name in ("engraving", "number"):
        if row := case.get(name):
            mask = engraving.mask(row["text"], row["font"], engraving.Area(**row["area"]))
            yield Cut(row["panel"], mask, row["colour"])


def prints(view: View, product: str, case: Mapping[str, Any]) -> Iterator[tuple[str, Floats]]:
    row = case.get("artwork")
    if row and row["panel"] in view.panels:
        placement = Placement(row["file"], row["x_mm"], row["y_mm"], row["width_mm"], row["degrees"])
        width_mm, height_mm = row["panel_mm"]
        # No finer than what the photographed piece carried.
        fineness = min(fineness_for(view.panels[row["panel"]], width_mm), PIXELS_PER_MM)
        with Image.open(REFERENCES / product / row["file"]) as picture:
            yield row["panel"], linear_texture(panel_texture(picture, placement, (width_mm, height_mm), fineness))


def piece_of(folder: Path) -> NDArray[np.bool_]:
    """The pixels of the small picture that parts which can be coloured cover by half or more."""
    size = folder / str(PLATES)
    crop = json.loads((size / "view.json").read_text(encoding="utf-8"))["crop"]
    whole = np.zeros((PLATES, PLATES), np.float32)
    with Image.open(size / "parts.webp") as file:
        parts = np.asarray(file.convert("RGB"))
    covered = np.where(parts[..., 0] > 0, parts[..., 1], 0)
    whole[crop["y"] : crop["y"] + crop["height"], crop["x"] : crop["x"] + crop["width"]] = covered
    times = PLATES // SIZE
    covered_enough: NDArray[np.bool_] = whole.reshape(SIZE, times, SIZE, times).mean(axis=(1, 3)) >= HALF
    return covered_enough


def fidelity(product: str) -> Iterator[Figure]:
    """The worst of a product's cases."""
    found = [measured(product, case) for case in cases(product)]
    yield Figure("min_psnr_db", min(each.psnr for each in found if not each.is_close_up), "dB")
    if close := [each.psnr for each in found if each.is_close_up]:
        yield Figure("min_close_up_psnr_db", min(close), "dB")
    yield Figure("min_product_psnr_db", min(each.product_psnr for each in found), "dB")
    yield Figure("max_mean_delta_e", max(each.delta_e for each in found), "ΔE2000")


for _product in products():
    benchmark(f"pictures.fidelity.{_product}")(partial(fidelity, _product))

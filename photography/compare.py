"""How close composed pictures come to the references: `python -m photography.compare on-dam`.

Composes each case of `tests/data/references/<slug>/` from the catalogue's plates, as plate format 3 has it, and prints
PSNR and ΔE2000 over the product's pixels. A check for photographers; the application's own composer has its tests.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from configurator.configuration import Placement
from configurator.pictures import engraving
from configurator.pictures.panels import linear_texture
from configurator.pictures.printing import panel_texture
from configurator.pictures.tone import developed, linear
from photography import coding, colour

ROOT = Path(__file__).resolve().parent.parent
Floats = np.ndarray


def _bytes(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def _part(box: Mapping[str, int]) -> tuple[slice, slice]:
    return slice(box["y"], box["y"] + box["height"]), slice(box["x"], box["x"] + box["width"])


class View:
    """One size of a view, as its files have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data: dict[str, Any] = json.loads((folder / "view.json").read_text(encoding="utf-8"))
        self.plates = {
            entry["name"]: coding.decoded(_bytes(folder / entry["file"])[..., entry["channel"]], entry["scale"])
            for entry in self.data["plates"]
        }
        self.parts = _bytes(folder / "parts.webp")

    def covered(self, entry: Mapping[str, Any]) -> tuple[tuple[slice, slice], Floats, Floats, Floats]:
        """Where, light with black, light per unit of colour, and share of a finish or panel."""
        picture = _bytes(self.folder / entry["file"])
        black = coding.decoded(picture[..., 0], entry["black_scale"])[..., None]
        unit = coding.decoded(picture[..., 1], entry["colour_scale"])[..., None]
        return _part(entry["box"]), black, unit, (picture[..., 2] / np.float32(255))[..., None]


def compose(view: View, case: Mapping[str, Any], references: Path) -> np.ndarray:
    """The whole picture in sRGB bytes."""
    colours = {part: linear(value) for part, value in case["colours"].items()}
    light = view.plates["black"][..., None] + sum(
        view.plates[part][..., None] * value for part, value in colours.items()
    )
    _add_pairs(view, light, case)
    for entry in view.data["finishes"]:
        if case["finishes"][entry["part"]] == entry["finish"]:
            place, black, unit, share = view.covered(entry)
            usual = view.plates["black"][place][..., None], view.plates[entry["part"]][place][..., None]
            light[place] += share * ((black - usual[0]) + colours[entry["part"]] * (unit - usual[1]))
    for entry in view.data["panels"]:
        _cover(view, light, entry, case, references)
    crop = view.data["crop"]
    picture = _bytes(view.folder / "backdrop.webp").copy()
    picture[_part(crop)] = developed(light)
    return picture


def _add_pairs(view: View, light: Floats, case: Mapping[str, Any]) -> None:
    colours = {part: linear(value) for part, value in case["colours"].items()}
    pairs = view.data.get("pairs")
    if not pairs:
        return
    own = np.zeros((len(view.data["parts"]) + 1, 3), np.float32)
    for mirror in pairs["mirrors"]:
        if case["finishes"].get(mirror["part"]) not in mirror["not_in"]:
            own[1 + view.data["parts"].index(mirror["part"])] = colours[mirror["part"]]
    mirror = own[view.parts[..., 0]]
    for entry in pairs["reflected"]:
        picture = _bytes(view.folder / entry["file"])
        shine = coding.decoded(picture[..., entry["channel"]], entry["scale"])[..., None]
        light += shine * mirror * colours[entry["part"]]


def _cover(view: View, light: Floats, entry: Mapping[str, Any], case: Mapping[str, Any], references: Path) -> None:
    inks = []
    art, text = case.get("artwork"), case.get("engraving")
    if art and art["panel"] == entry["name"]:
        with Image.open(references / art["file"]) as picture:
            placed = Placement("", art["x_mm"], art["y_mm"], art["width_mm"], art["degrees"])
            planes = linear_texture(panel_texture(picture, placed, tuple(art["panel_mm"])))
            texture = np.moveaxis(planes, 0, -1)
        inks.append(texture)
    if text and text["panel"] == entry["name"]:
        mask = engraving.mask(text["text"], text["font"], engraving.Area(**text["area"]))
        share = (np.asarray(mask, np.float32) / 255)[..., None]
        inks.append(np.concatenate([share * linear(text["colour"]), share], axis=-1))
    u, v = coding.coordinates_of(_bytes(view.folder / entry["uv"]))
    for ink in inks:
        place, black, unit, share = view.covered(entry)
        seen = _looked_up(ink, u, v) * share
        light[place] = light[place] * (1 - seen[..., 3:]) + black * seen[..., 3:] + unit * seen[..., :3]


def _looked_up(texture: Floats, u: Floats, v: Floats) -> Floats:
    height, width = texture.shape[:2]
    x, y = np.clip(u * width - 0.5, 0, width - 1.001), np.clip((1 - v) * height - 0.5, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = texture[top, left] * (1 - across) + texture[top, left + 1] * across
    lower = texture[top + 1, left] * (1 - across) + texture[top + 1, left + 1] * across
    return upper * (1 - down) + lower * down


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("product")
    parser.add_argument("--size", type=int, default=1200)
    parser.add_argument("--pictures", type=Path, help="folder for side-by-side pictures")
    given = parser.parse_args()
    references = ROOT / "tests" / "data" / "references" / given.product
    for case in json.loads((references / "cases.json").read_text(encoding="utf-8")):
        view = View(ROOT / "catalogue" / given.product / "views" / case["view"] / str(given.size))
        truth = _bytes(references / case["file"])
        size = truth.shape[1::-1]
        mine = coding.picture_smaller(compose(view, case, references), size[0])
        report(case, view, mine, truth)
        if given.pictures:
            given.pictures.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.concatenate([truth, mine], axis=1)).save(
                given.pictures / f"{Path(case['file']).stem}.png"
            )


def report(case: Mapping[str, Any], view: View, mine: np.ndarray, truth: np.ndarray) -> None:
    """One line of figures."""
    on = np.zeros((view.data["size"], view.data["size"]), np.uint8)
    on[_part(view.data["crop"])] = (view.parts[..., 0] > 0) * 255
    product = np.asarray(Image.fromarray(on).resize(truth.shape[1::-1], Image.Resampling.BOX)) > 127
    error = ((mine.astype(float) - truth) ** 2).mean(axis=-1)
    apart = colour.difference(mine, truth)
    print(
        f"{case['file']} {case['view']}: PSNR {10 * np.log10(255**2 / error.mean()):.1f} dB"
        f" (product {10 * np.log10(255**2 / error[product].mean()):.1f});"
        f" dE2000 on the product: mean {apart[product].mean():.2f}, median {np.median(apart[product]):.2f},"
        f" p95 {np.percentile(apart[product], 95):.2f}, p99 {np.percentile(apart[product], 99):.2f}"
    )


if __name__ == "__main__":
    main()

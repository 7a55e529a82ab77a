"""The baked plates of one view in one size, and how they are read from the files that the browser reads too.

`view.json` (format 3) names the plates and gives each its scale: its brightest light. A plate is stored in 8 bits,
three plates to one lossless WebP. docs/adding-a-product.md describes every file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from configurator.pictures.tone import Bytes, Floats

Places = NDArray[np.intp]
"""Pixels of the crop, counted row by row."""

FORMAT = 3
SIZES = (800, 1200)
"""Pixels on a side of the pictures that are baked."""
MOST_PARTS = 11
BLACK = "black"


@dataclass(frozen=True)
class Finish:
    """What another finish of a part adds to the light of the pixels from `start` on.

    `light` has two rows: what is added however the part is coloured, and what each unit of its colour adds.
    """

    part: str
    finish: str
    start: int
    light: Floats


class Seen(NamedTuple):
    """A part that is seen in mirrors, in a finish; with none in every finish that is not named beside it."""

    part: str
    finish: str = ""


@dataclass(frozen=True)
class Mirror:
    """What a coloured mirror shows of other coloured parts: at `places`, a row of light for each that is seen.

    In the finishes of `not_in` the part is no mirror.
    """

    part: str
    not_in: tuple[str, ...]
    places: Places
    light: Floats


@dataclass(frozen=True, eq=False)
class Panel:
    """A flat area that can carry print or engraving: the places it covers, and for each of them the texture's
    coordinates (u right, v up, both 0…1) and the rows of `ink`: coverage, light of black ink, light of white ink.

    `across` and `down` are how many pixels of the picture the whole panel measures: about how fine a texture must be.
    """

    name: str
    part: str
    places: Places
    uv: Floats
    ink: Floats
    across: float
    down: float


@dataclass(frozen=True)
class View:
    """A view's plates. `light` has a row for the black render and one for each of `parts`, a column for each pixel of
    the crop; `areas` are the parts' shares of what is seen of the piece.
    """

    size: int
    x: int
    y: int
    width: int
    height: int
    parts: tuple[str, ...]
    light: Floats
    backdrop: Bytes
    areas: Mapping[str, float]
    reflected: tuple[Seen, ...] = ()
    mirrors: tuple[Mirror, ...] = ()
    finishes: Mapping[tuple[str, str], Finish] = field(default_factory=dict)
    panels: Mapping[str, Panel] = field(default_factory=dict)

    @property
    def pixels(self) -> int:
        """How many the crop has."""
        return self.width * self.height

    def is_worn(self, seen: Seen, finishes: Mapping[str, str]) -> bool:
        """Whether mirrors show this of a piece in these finishes, by part."""
        worn = Seen(seen.part, finishes.get(seen.part, ""))
        return seen == (worn if worn in self.reflected else Seen(seen.part))


def is_baked(folder: Path) -> bool:
    """Whether a view's folder has its plates in every size."""
    return all((folder / str(size) / "view.json").is_file() for size in SIZES)


def load_view(folder: Path, size: int = SIZES[0]) -> View:
    """Decode a view from its folder, into memory; some tenths of a second.

    Raises OSError for files that are missing or no pictures, LookupError for a plate that is, ValueError for files that
    contradict view.json.
    """
    return _Files.of(folder / str(size)).view()


@dataclass(frozen=True)
class _Files:
    """A folder of plates while it is decoded."""

    folder: Path
    layout: Mapping[str, Any]
    width: int
    height: int

    @classmethod
    def of(cls, folder: Path) -> _Files:
        layout = json.loads((folder / "view.json").read_text(encoding="utf-8"))
        if layout["format"] != FORMAT:
            raise ValueError(f"view.json has format {layout['format']}, not {FORMAT}")
        if len(layout["parts"]) > MOST_PARTS:
            raise ValueError(f"{len(layout['parts'])} parts are more than {MOST_PARTS}")
        return cls(folder, layout, layout["crop"]["width"], layout["crop"]["height"])

    def view(self) -> View:
        layout, crop = self.layout, self.layout["crop"]
        plates = self.plates()
        parts = tuple(layout["parts"])
        light = np.stack([plates[name].ravel() for name in (BLACK, *parts)])
        covering = self.channels("parts.webp", self.width, self.height)
        pairs = layout.get("pairs", {"reflected": []})
        return View(
            size=layout["size"],
            x=crop["x"],
            y=crop["y"],
            width=self.width,
            height=self.height,
            parts=parts,
            light=light,
            backdrop=self.channels("backdrop.webp", layout["size"], layout["size"]),
            areas=_areas(parts, covering),
            reflected=tuple(Seen(row["part"], row["finish"]) for row in pairs["reflected"]),
            mirrors=tuple(self.mirrors(parts, covering[..., 0])) if pairs["reflected"] else (),
            finishes={(row["part"], row["finish"]): self.finish(row, plates) for row in layout.get("finishes", ())},
            panels={row["name"]: self.panel(row) for row in layout.get("panels", ())},
        )

    def plates(self) -> dict[str, Floats]:
        files = {row["file"]: self.channels(row["file"], self.width, self.height) for row in self.layout["plates"]}
        return {
            row["name"]: _light(files[row["file"]][..., row["channel"]], row["scale"]) for row in self.layout["plates"]
        }

    def mirrors(self, parts: tuple[str, ...], covering: Bytes) -> Iterator[Mirror]:
        pairs = self.layout["pairs"]
        names = {row["file"] for row in pairs["reflected"]}
        files = {name: self.channels(name, self.width, self.height).reshape(-1, 3) for name in names}
        for mirror in pairs["mirrors"]:
            part = mirror["part"]
            places = np.flatnonzero(covering == parts.index(part) + 1)
            rows = [_light(files[row["file"]][places, row["channel"]], row["scale"]) for row in pairs["reflected"]]
            yield Mirror(part, tuple(mirror["not_in"]), places, np.stack(rows))

    def finish(self, row: Mapping[str, Any], plates: Mapping[str, Floats]) -> Finish:
        rows, columns = self.box(row["box"])
        coded = self.channels(row["file"], row["box"]["width"], row["box"]["height"])
        covered = coded[..., 2].astype(np.float32) / np.float32(255)
        added = np.zeros((2, rows.stop - rows.start, self.width), np.float32)
        added[0, :, columns] = covered * (_light(coded[..., 0], row["black_scale"]) - plates[BLACK][rows, columns])
        added[1, :, columns] = covered * (
            _light(coded[..., 1], row["colour_scale"]) - plates[row["part"]][rows, columns]
        )
        return Finish(row["part"], row["finish"], rows.start * self.width, added.reshape(2, -1))

    def panel(self, row: Mapping[str, Any]) -> Panel:
        rows, columns = self.box(row["box"])
        width, height = row["box"]["width"], row["box"]["height"]
        coded = self.channels(row["file"], width, height)
        high, low = np.split(self.channels(row["uv"], width, 2 * height)[..., :2].astype(np.float32), 2)
        uv = (high * 256 + low) / np.float32(65535)
        covered = coded[..., 2] > 0
        everywhere = np.arange(self.width * self.height).reshape(self.height, self.width)
        scales = (row["black_scale"], row["colour_scale"])
        ink = [coded[..., 2].astype(np.float32) / np.float32(255)]
        ink += [_light(coded[..., channel], scale) for channel, scale in enumerate(scales)]
        return Panel(
            name=row["name"],
            part=row["part"],
            places=everywhere[rows, columns][covered],
            uv=np.ascontiguousarray(uv[covered].T),
            ink=np.stack([plane[covered] for plane in ink]),
            across=_pixels_per_panel(uv[..., 0], covered),
            down=_pixels_per_panel(uv[..., 1], covered),
        )

    def box(self, box: Mapping[str, int]) -> tuple[slice, slice]:
        """The rows and columns of a box; raises ValueError when it leaves the crop."""
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        if box["x"] < 0 or box["y"] < 0 or right > self.width or bottom > self.height:
            raise ValueError(f"the box {box} leaves the crop")
        return slice(box["y"], bottom), slice(box["x"], right)

    def channels(self, name: str, width: int, height: int) -> Bytes:
        """A file's red, green and blue; raises ValueError when it has another size than view.json says."""
        with Image.open(self.folder / name, formats=("WEBP",)) as picture:
            if picture.size != (width, height):
                raise ValueError(f"{name} measures {picture.width} × {picture.height}, not {width} × {height}")
            return np.asarray(picture.convert("RGB"))


def light_of_codes(scale: float) -> Floats:
    """Linear light indexed by codes v: a·x² / (1 - (1 - a/scale)·x²) with x = v/255 and a = min(scale, 1).

    Up to 1 that is the square root's coding, fine in the shadows; what is brighter takes few codes, up to `scale`.
    """
    square = (np.arange(256) / 255) ** 2
    first = min(scale, 1.0)
    return (first * square / (1 - (1 - first / scale) * square)).astype(np.float32)


def _light(coded: Bytes, scale: float) -> Floats:
    return light_of_codes(scale)[coded]


def _areas(parts: tuple[str, ...], covering: Bytes) -> dict[str, float]:
    sums = np.bincount(covering[..., 0].ravel(), covering[..., 1].ravel(), len(parts) + 1)[1 : len(parts) + 1]
    return dict(zip(parts, (sums / max(sums.sum(), 1)).tolist(), strict=True))


def _pixels_per_panel(coordinate: Floats, covered: NDArray[np.bool_]) -> float:
    """How many pixels a coordinate needs from 0 to 1: the inverse of its usual steepness where the panel is."""
    both = covered[1:, 1:] & covered[:-1, 1:] & covered[1:, :-1]
    across, down = np.diff(coordinate, axis=1)[1:], np.diff(coordinate, axis=0)[:, 1:]
    steps = np.hypot(across, down)[both]
    return float(1 / np.median(steps)) if steps.size and np.median(steps) > 0 else 1.0

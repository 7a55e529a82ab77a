"""A view's plates, as the files that the application composes pictures from (plate format 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter  # type: ignore[import-untyped]

from configurator.pictures.plates import Seen
from configurator.pictures.tone import developed
from photography import coding
from photography.clean import AROUND, COVERED, FAINT, NOTHING, Floats

FORMAT = 3
CHANNELS = 3
BACKDROP_QUALITY = 80
MIRRORED_STEP = 12
COLOUR = 0.6
"""As bright as most colours are at most: so much of a plate's light is seen."""
USUAL = 0.3
"""How bright parts are painted to see how much light there is."""
EDGE_GAIN = 8.0
"""How fast another finish takes over at a part's edge: the renders hold what is behind it there already."""


@dataclass(frozen=True)
class Finish:
    """A part in another finish: light with the part black, and per unit of its colour, within the crop.

    `ground` says how much of this is true of the ground, where a metal's light and a lacquer's are not alike.
    """

    part: str
    finish: str
    black: Floats
    colour: Floats
    ground: Floats


@dataclass(frozen=True)
class Panel:
    """A panel covered with ink; `coordinates` holds u·m, v·m and m, where m is how much of a pixel it covers."""

    name: str
    part: str
    black: Floats
    colour: Floats
    coordinates: Floats


@dataclass(frozen=True)
class Plates:
    """A view's clean light. `backdrop` is the whole picture, all else the crop (x, y, width, height).

    `mirrors` names with each mirror the finishes in which it is none.
    """

    crop: tuple[int, int, int, int]
    size: int
    parts: tuple[str, ...]
    backdrop: Floats
    black: Floats
    light: Mapping[str, Floats]
    covers: Floats
    mirrors: Mapping[str, tuple[str, ...]]
    shown: Mapping[Seen, Floats]
    finishes: tuple[Finish, ...]
    panels: tuple[Panel, ...]


def resized(plates: Plates, size: int) -> Plates:
    """The plates for a smaller picture."""
    if size == plates.size:
        return plates
    ratio = size / plates.size
    x, y, width, height = (round(number * ratio) for number in plates.crop)

    def light(values: Floats) -> Floats:
        small = coding.released(coding.smaller(coding.squeezed(values), (width, height)).clip(0, None))
        return np.where(small < NOTHING, np.float32(0), small)

    def share(values: Floats) -> Floats:
        # Averaged: what overshoots at an edge would be taken for a thin line of the part.
        return coding.smaller(values, (width, height), Image.Resampling.BOX)

    return Plates(
        crop=(x, y, width, height),
        size=size,
        parts=plates.parts,
        backdrop=np.clip(coding.smaller(plates.backdrop, (size, size)), 0, None),
        black=light(plates.black),
        light={part: light(values) for part, values in plates.light.items()},
        covers=np.stack([share(cover) for cover in plates.covers]),
        mirrors=plates.mirrors,
        shown={seen: share(values) for seen, values in plates.shown.items()},
        finishes=tuple(
            Finish(f.part, f.finish, light(f.black), light(f.colour), share(f.ground)) for f in plates.finishes
        ),
        panels=tuple(
            Panel(p.name, p.part, light(p.black), light(p.colour), share(p.coordinates)) for p in plates.panels
        ),
    )


def write_plates(plates: Plates, folder: Path) -> None:
    """One size of a view: `view.json` and the files it names."""
    x, y, width, height = plates.crop
    view = {
        "format": FORMAT,
        "size": plates.size,
        "crop": {"x": x, "y": y, "width": width, "height": height},
        "parts": list(plates.parts),
        "plates": _write_light(plates, folder),
        "pairs": _write_pairs(plates, folder),
        "finishes": [entry for finish in plates.finishes if (entry := _write_finish(plates, finish, folder))],
        "panels": [entry for panel in plates.panels if (entry := _write_panel(panel, folder))],
    }
    if view["pairs"] is None:
        del view["pairs"]
    _write_parts(plates, folder)
    _write_backdrop(plates, folder)
    (folder / "view.json").write_text(json.dumps(view, indent=1) + "\n", encoding="utf-8")


def _write_light(plates: Plates, folder: Path) -> list[dict[str, Any]]:
    named = [("black", plates.black), *((part, plates.light[part]) for part in plates.parts)]
    usual = plates.black + USUAL * sum(plates.light.values(), np.zeros_like(plates.black))
    entries = []
    for first in range(0, len(named), CHANNELS):
        picture = np.zeros((*plates.black.shape, CHANNELS), np.uint8)
        file = f"plates-{first // CHANNELS}.webp"
        for channel, (name, values) in enumerate(named[first : first + CHANNELS]):
            scale = coding.scale_of(values)
            code = coding.coded(values, scale)
            if name != "black":
                own = _cover(plates, name) > COVERED
                code = np.where(own, code, coding.unseen(code, scale, usual))
            picture[..., channel] = coding.masked(code, scale, 1 if name == "black" else COLOUR)
            entries.append({"name": name, "file": file, "channel": channel, "scale": scale})
        coding.write_lossless(folder / file, picture)
    return entries


def _cover(plates: Plates, part: str) -> Floats:
    cover: Floats = plates.covers[plates.parts.index(part)]
    return cover


def _write_pairs(plates: Plates, folder: Path) -> dict[str, Any] | None:
    """What mirrors show of each part that one can see in them, three to a file."""
    clear = {seen: np.where(gaussian_filter(v, AROUND) > FAINT, v, 0) for seen, v in plates.shown.items()}
    shown = {seen: values for seen, values in clear.items() if values.any()}
    if not shown:
        return None
    entries = []
    for first in range(0, len(shown), CHANNELS):
        picture = np.zeros((*plates.black.shape, CHANNELS), np.uint8)
        file = f"pairs-{first // CHANNELS}.webp"
        for channel, (seen, values) in enumerate(list(shown.items())[first : first + CHANNELS]):
            scale = coding.scale_of(values)
            picture[..., channel] = coding.in_steps(coding.coded(values, scale), MIRRORED_STEP)
            entries.append({**seen._asdict(), "file": file, "channel": channel, "scale": scale})
        coding.write_lossless(folder / file, picture)
    mirrors = [{"part": part, "not_in": list(finishes)} for part, finishes in plates.mirrors.items()]
    return {"mirrors": mirrors, "reflected": entries}


def _write_parts(plates: Plates, folder: Path) -> None:
    covered = plates.covers.max(axis=0)
    index = np.where(covered > COVERED, plates.covers.argmax(axis=0) + 1, 0).astype(np.uint8)
    share = np.where(index > 0, coding.share_bytes(covered), 0).astype(np.uint8)
    coding.write_lossless(folder / "parts.webp", np.stack([index, share, np.zeros_like(index)], axis=-1))


def _write_backdrop(plates: Plates, folder: Path) -> None:
    Image.fromarray(developed(plates.backdrop)).save(
        folder / "backdrop.webp", "WEBP", quality=BACKDROP_QUALITY, method=6
    )


def _box(cover: Floats) -> tuple[slice, slice] | None:
    """The smallest rectangle with everything covered."""
    covered = cover > COVERED
    if not covered.any():
        return None
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _box_json(box: tuple[slice, slice]) -> dict[str, int]:
    rows, columns = box
    return {
        "x": columns.start,
        "y": rows.start,
        "width": columns.stop - columns.start,
        "height": rows.stop - rows.start,
    }


def _write_covered(
    file: Path, box: tuple[slice, slice], light: tuple[Floats, Floats], share: Floats, least_scale: float = 0.0
) -> dict[str, Any]:
    """Light with black and per unit of colour in red and green, the share in blue; nothing where nothing is covered."""
    covered = share[box] > COVERED
    light = tuple(np.where(covered, values[box], 0) for values in light)
    scales = [max(coding.scale_of(light[0]), least_scale), coding.scale_of(light[1])]
    coded = [coding.coded(values, scale) for values, scale in zip(light, scales, strict=True)]
    channels = [coding.masked(coded[0], scales[0]), coding.masked(coded[1], scales[1], COLOUR)]
    coding.write_lossless(file, np.stack([*channels, coding.share_bytes(np.where(covered, share[box], 0))], axis=-1))
    return {"box": _box_json(box), "black_scale": scales[0], "colour_scale": scales[1]}


def _write_finish(plates: Plates, finish: Finish, folder: Path) -> dict[str, Any] | None:
    share = np.maximum(np.clip(_cover(plates, finish.part) * EDGE_GAIN, 0, 1), finish.ground)
    box = _box(share)
    if box is None:
        return None
    file = f"finish-{finish.part}-{finish.finish}.webp"
    # In the same steps as the usual light: where both are alike, nothing is left of their difference.
    entry = _write_covered(folder / file, box, (finish.black, finish.colour), share, coding.scale_of(plates.black))
    return {"part": finish.part, "finish": finish.finish, "file": file, **entry}


def _write_panel(panel: Panel, folder: Path) -> dict[str, Any] | None:
    share = panel.coordinates[..., 2]
    box = _box(share)
    if box is None:
        return None
    file, uv = f"panel-{panel.name}.webp", f"panel-{panel.name}-uv.webp"
    entry = _write_covered(folder / file, box, (panel.black, panel.colour), share)
    shown = np.where(
        (share > COVERED)[..., None], panel.coordinates[..., :2] / np.maximum(share, COVERED)[..., None], 0
    )
    coding.write_lossless(folder / uv, coding.coordinates(shown[..., 0][box], shown[..., 1][box]))
    return {"name": panel.name, "part": panel.part, "file": file, "uv": uv, **entry}

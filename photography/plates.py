"""A view's renders, as the files that the application composes pictures from (plate format 2).

Reads what photography/bake.py left in a work folder; needs no Blender.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from configurator.pictures.tone import to_bytes, tone_map
from photography import clean, coding, exr
from photography.clean import COVERED, Floats

log = logging.getLogger("photography")

FORMAT = 2
SIZES = (1200, 800)
CHANNELS = 3
BACKDROP_QUALITY = 90
SURE = 0.95
EDGE_GAIN = 8.0
"""How fast another finish takes over at a part's edge: the renders hold what is behind it there already."""


@dataclass(frozen=True)
class Finish:
    """A part in another finish: light with the part black, and per unit of its colour, within the crop."""

    part: str
    finish: str
    black: Floats
    colour: Floats


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
    """A view's clean light. `backdrop` is the whole picture, all else the crop (x, y, width, height)."""

    crop: tuple[int, int, int, int]
    size: int
    parts: tuple[str, ...]
    backdrop: Floats
    black: Floats
    light: Mapping[str, Floats]
    covers: Floats
    mirrors: tuple[str, ...]
    reflected: tuple[str, ...]
    pairs: Floats | None
    finishes: tuple[Finish, ...]
    panels: tuple[Panel, ...]


def write_view(folder: Path, target: Path) -> None:
    """Clean a view's renders and write them in every size."""
    plates = read_plates(folder)
    for size in SIZES:
        draft = target / f".{size}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        write_plates(resized(plates, size), draft)
        shutil.rmtree(target / str(size), ignore_errors=True)
        draft.rename(target / str(size))
        kilobytes = sum(file.stat().st_size for file in (target / str(size)).iterdir()) / 1000
        log.info("%s %d: %.0f kB", target, size, kilobytes)


def read_plates(folder: Path) -> Plates:
    """The clean plates of a view's renders."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    crop = tuple(plan["crop"][name] for name in ("x", "y", "width", "height"))
    layers = exr.read_layers(folder / "black.exr")
    rows, columns = slice(crop[1], crop[1] + crop[3]), slice(crop[0], crop[0] + crop[2])
    black = layers[exr.COMBINED][rows, columns].mean(axis=-1)
    parts = tuple(plan["parts"])
    covers = np.stack([layers[f"cover{i // CHANNELS}"][rows, columns, i % CHANNELS] for i in range(len(parts))])
    raw = _raw_plates(folder, plan, black)
    places = clean.regions(covers)
    within = clean.fade(*black.shape, _open_sides(crop, plan["size"]))
    light = {
        part: clean.plate(raw[part][0], black, raw[part][1], covers[index], places) * within
        for index, part in enumerate(parts)
    }
    pairs, reflected = _pairs(folder, plan, black, covers, raw)
    return Plates(
        crop=crop,
        size=plan["size"],
        parts=parts,
        backdrop=layers[exr.COMBINED],
        black=np.clip(black, 0, None),
        light=light,
        covers=covers,
        mirrors=tuple(plan["mirrors"]),
        reflected=reflected,
        pairs=pairs,
        finishes=tuple(_finishes(folder, plan)),
        panels=tuple(_panels(folder, plan, {name: value[rows, columns] for name, value in layers.items()})),
    )


def _open_sides(crop: tuple[int, ...], size: int) -> tuple[bool, bool, bool, bool]:
    x, y, width, height = crop
    return y > 0, x + width < size, y + height < size, x > 0


def _combined(folder: Path, name: str) -> Floats:
    return exr.read_layers(folder / f"{name}.exr")[exr.COMBINED]


def _raw_plates(folder: Path, plan: Mapping[str, Any], black: Floats) -> dict[str, tuple[Floats, float]]:
    """Each part's render and the weight with which it was painted."""
    raw = {}
    for name, job in plan["renders"].items():
        if name.startswith("parts-"):
            seen = _combined(folder, name)
            for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
                raw[part] = (seen[..., channel], weight)
    return raw


def _pairs(
    folder: Path,
    plan: Mapping[str, Any],
    black: Floats,
    covers: Floats,
    raw: Mapping[str, tuple[Floats, float]],
) -> tuple[Floats | None, tuple[str, ...]]:
    if "pairs" not in plan["renders"]:
        return None, ()
    job, parts = plan["renders"]["pairs"], plan["parts"]
    weights = np.array([plan["mirrors"].get(part, 0.0) for part in parts], np.float32)
    nearest = np.where(covers.max(axis=0) > COVERED, weights[covers.argmax(axis=0)], 0)

    def single(part: str) -> Floats:
        lit, weight = raw[part]
        return (lit - black) / np.float32(weight)

    own = sum((single(part) * np.float32(weight) for part, weight in plan["mirrors"].items()), np.zeros_like(black))
    reflected = [(single(part), weight) for part, weight in zip(job["channels"], job["weights"], strict=True)]
    found = clean.pair(_combined(folder, "pairs"), black, own, nearest, reflected)
    return found, tuple(job["channels"])


def _finishes(folder: Path, plan: Mapping[str, Any]) -> list[Finish]:
    found = []
    for name, job in plan["renders"].items():
        if not name.startswith("finish-"):
            continue
        seen = _combined(folder, name)
        black = seen[..., CHANNELS - 1]
        for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
            colour = np.clip((seen[..., channel] - black) / np.float32(weight), 0, None)
            found.append(Finish(part, job["finishes"][part], np.clip(black, 0, None), colour))
    return found


def _panels(folder: Path, plan: Mapping[str, Any], layers: Mapping[str, Floats]) -> list[Panel]:
    if "panels" not in plan["renders"]:
        return []
    seen = _combined(folder, "panels")
    black = (seen[..., 1] + seen[..., 2]) / 2
    colour = np.clip((seen[..., 0] - black) / np.float32(plan["renders"]["panels"]["weights"][0]), 0, None)
    found = []
    for name, part in plan["panels"].items():
        coordinates = layers[f"panel-{name}"]
        sure = coordinates[..., 2] >= SURE
        if sure.any():
            found.append(
                Panel(name, part, clean.filled(np.clip(black, 0, None), sure), clean.filled(colour, sure), coordinates)
            )
    return found


def resized(plates: Plates, size: int) -> Plates:
    """The plates for a smaller picture."""
    if size == plates.size:
        return plates
    ratio = size / plates.size
    crop = tuple(round(number * ratio) for number in plates.crop)
    inner = (crop[2], crop[3])

    def light(values: Floats) -> Floats:
        return np.clip(coding.smaller(values, inner), 0, None)

    return Plates(
        crop=crop,
        size=size,
        parts=plates.parts,
        backdrop=np.clip(coding.smaller(plates.backdrop, (size, size)), 0, None),
        black=light(plates.black),
        light={part: light(values) for part, values in plates.light.items()},
        covers=np.stack([light(cover) for cover in plates.covers]),
        mirrors=plates.mirrors,
        reflected=plates.reflected,
        pairs=None if plates.pairs is None else light(plates.pairs),
        finishes=tuple(Finish(f.part, f.finish, light(f.black), light(f.colour)) for f in plates.finishes),
        panels=tuple(
            Panel(p.name, p.part, light(p.black), light(p.colour), light(p.coordinates)) for p in plates.panels
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
    entries = []
    for first in range(0, len(named), CHANNELS):
        picture = np.zeros((*plates.black.shape, CHANNELS), np.uint8)
        file = f"plates-{first // CHANNELS}.webp"
        for channel, (name, values) in enumerate(named[first : first + CHANNELS]):
            scale = coding.scale_of(values)
            picture[..., channel] = coding.coded(values, scale)
            entries.append({"name": name, "file": file, "channel": channel, "scale": scale})
        coding.write_lossless(folder / file, picture)
    return entries


def _write_pairs(plates: Plates, folder: Path) -> dict[str, Any] | None:
    if plates.pairs is None:
        return None
    picture = np.zeros((*plates.black.shape, CHANNELS), np.uint8)
    entries = []
    for channel, part in enumerate(plates.reflected):
        scale = coding.scale_of(plates.pairs[..., channel])
        picture[..., channel] = coding.coded(plates.pairs[..., channel], scale)
        entries.append({"part": part, "channel": channel, "scale": scale})
    coding.write_lossless(folder / "pairs.webp", picture)
    return {"file": "pairs.webp", "mirrors": list(plates.mirrors), "reflected": entries}


def _write_parts(plates: Plates, folder: Path) -> None:
    covered = plates.covers.max(axis=0)
    index = np.where(covered > COVERED, plates.covers.argmax(axis=0) + 1, 0).astype(np.uint8)
    share = np.where(index > 0, coding.share_bytes(covered), 0).astype(np.uint8)
    coding.write_lossless(folder / "parts.webp", np.stack([index, share, np.zeros_like(index)], axis=-1))


def _write_backdrop(plates: Plates, folder: Path) -> None:
    light = np.array(plates.backdrop, np.float32).reshape(-1, CHANNELS)
    picture = to_bytes(tone_map(light)).reshape(plates.backdrop.shape)
    Image.fromarray(picture).save(folder / "backdrop.webp", "WEBP", quality=BACKDROP_QUALITY, method=6)


def _box(cover: Floats) -> tuple[slice, slice] | None:
    """The smallest rectangle with everything covered."""
    covered = cover > COVERED
    if not covered.any():
        return None
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _box_json(box: tuple[slice, slice]) -> dict[str, int]:
    rows, columns = box
    return {"x": columns.start, "y": rows.start, "width": columns.stop - columns.start, "height": rows.stop - rows.start}


def _write_covered(file: Path, box: tuple[slice, slice], black: Floats, colour: Floats, share: Floats) -> dict[str, Any]:
    """Light with black and per unit of colour in red and green, the share in blue; nothing where nothing is covered."""
    covered = share[box] > COVERED
    light = [np.where(covered, values[box], 0) for values in (black, colour)]
    scales = [coding.scale_of(values) for values in light]
    channels = [coding.coded(values, scale) for values, scale in zip(light, scales, strict=True)]
    coding.write_lossless(file, np.stack([*channels, coding.share_bytes(np.where(covered, share[box], 0))], axis=-1))
    return {"box": _box_json(box), "black_scale": scales[0], "colour_scale": scales[1]}


def _write_finish(plates: Plates, finish: Finish, folder: Path) -> dict[str, Any] | None:
    cover = plates.covers[plates.parts.index(finish.part)]
    box = _box(cover)
    if box is None:
        return None
    file = f"finish-{finish.part}-{finish.finish}.webp"
    share = np.clip(cover * EDGE_GAIN, 0, 1)
    entry = _write_covered(folder / file, box, finish.black, finish.colour, share)
    return {"part": finish.part, "finish": finish.finish, "file": file, **entry}


def _write_panel(panel: Panel, folder: Path) -> dict[str, Any] | None:
    share = panel.coordinates[..., 2]
    box = _box(share)
    if box is None:
        return None
    file, uv = f"panel-{panel.name}.webp", f"panel-{panel.name}-uv.webp"
    entry = _write_covered(folder / file, box, panel.black, panel.colour, share)
    shown = np.where((share > COVERED)[..., None], panel.coordinates[..., :2] / np.maximum(share, COVERED)[..., None], 0)
    coding.write_lossless(folder / uv, coding.coordinates(shown[..., 0][box], shown[..., 1][box]))
    return {"name": panel.name, "part": panel.part, "file": file, "uv": uv, **entry}

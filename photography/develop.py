"""From a view's renders in a work folder to its plates in the catalogue. Needs no Blender."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from photography import clean, exr
from photography.clean import COVERED, Floats
from photography.plates import CHANNELS, Finish, Panel, Plates, resized, write_plates

log = logging.getLogger("photography")

SIZES = (1200, 800)
SURE = 0.95


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

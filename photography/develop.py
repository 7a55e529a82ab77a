"""From a view's renders in a work folder to its plates in the catalogue. Needs no Blender."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Renders:
    """A view's renders and what they are of. What is fixed in a colour with a hue is taken out of every one of them."""

    folder: Path
    plan: Mapping[str, Any]
    hue: Floats
    fixed: Floats

    def light(self, name: str) -> Floats:
        """A render of the crop, linear light."""
        return self.without_fixed(exr.read_layers(self.folder / f"{name}.exr")[exr.COMBINED])

    def without_fixed(self, seen: Floats) -> Floats:
        """Linear light of the crop without what is fixed."""
        return np.asarray(seen - self.fixed[..., None] * self.hue, np.float32)


def read_plates(folder: Path) -> Plates:
    """The clean plates of a view's renders."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    crop = tuple(plan["crop"][name] for name in ("x", "y", "width", "height"))
    layers = exr.read_layers(folder / "black.exr")
    rows, columns = slice(crop[1], crop[1] + crop[3]), slice(crop[0], crop[0] + crop[2])
    seen = layers[exr.COMBINED][rows, columns]
    parts = tuple(plan["parts"])
    covers = np.stack([layers[f"cover{i // CHANNELS}"][rows, columns, i % CHANNELS] for i in range(len(parts))])
    places = clean.regions(covers)
    renders = _renders(folder, plan, seen, covers, places)
    black = renders.without_fixed(seen).mean(axis=-1)
    raw = _raw_plates(renders)
    within = clean.fade(*black.shape, _open_sides(crop, plan["size"]))
    light = {
        part: clean.plate(raw[part][0], black, raw[part][1], covers[index], places) * within
        if part in raw
        else renders.fixed
        for index, part in enumerate(parts)
    }
    pairs, reflected = _pairs(renders, black, covers, raw)
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
        finishes=tuple(_finishes(renders)),
        panels=tuple(_panels(renders, {name: value[rows, columns] for name, value in layers.items()})),
    )


def _renders(folder: Path, plan: Mapping[str, Any], seen: Floats, covers: Floats, places: NDArray[np.uint8]) -> Renders:
    if not plan["hued"]:
        return Renders(folder, plan, np.zeros(CHANNELS, np.float32), np.zeros(seen.shape[:2], np.float32))
    ((name, colour),) = plan["hued"].items()
    hue = np.array(colour, np.float32)
    found = clean.hued_light(seen, hue)
    nothing = np.zeros_like(found)
    return Renders(folder, plan, hue, clean.plate(found, nothing, 1.0, covers[plan["parts"].index(name)], places))


def _open_sides(crop: tuple[int, ...], size: int) -> tuple[bool, bool, bool, bool]:
    x, y, width, height = crop
    return y > 0, x + width < size, y + height < size, x > 0


def _raw_plates(renders: Renders) -> dict[str, tuple[Floats, float]]:
    """Each part's render and the weight with which it was painted."""
    raw = {}
    for name, job in renders.plan["renders"].items():
        if name.startswith("parts-"):
            seen = renders.light(name)
            for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
                raw[part] = (seen[..., channel], weight)
    return raw


def _pairs(
    renders: Renders, black: Floats, covers: Floats, raw: Mapping[str, tuple[Floats, float]]
) -> tuple[Floats | None, tuple[str, ...]]:
    plan = renders.plan
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
    found = clean.pair(renders.light("pairs"), black, own, nearest, reflected)
    return found, tuple(job["channels"])


def _finishes(renders: Renders) -> list[Finish]:
    found = []
    for name, job in renders.plan["renders"].items():
        if not name.startswith("finish-"):
            continue
        seen = renders.light(name)
        black = seen[..., CHANNELS - 1]
        for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
            colour = np.clip((seen[..., channel] - black) / np.float32(weight), 0, None)
            found.append(Finish(part, job["finishes"][part], np.clip(black, 0, None), colour))
    return found


def _panels(renders: Renders, layers: Mapping[str, Floats]) -> list[Panel]:
    plan = renders.plan
    if "panels" not in plan["renders"]:
        return []
    seen = renders.light("panels")
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

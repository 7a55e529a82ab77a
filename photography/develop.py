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
GROUND_DIFFERS = 0.02
"""Linear light by which two finishes differ on the ground so that one sees it."""


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
    if renders.plan["mutual"]:
        _add_mutual(renders, black, covers, raw, (light, pairs))
    return Plates(
        crop=crop,
        size=plan["size"],
        parts=parts,
        backdrop=layers[exr.COMBINED],
        black=np.clip(black, 0, None),
        light=light,
        covers=covers,
        mirrors=(*plan["mirrors"], *plan["mutual"]),
        reflected=reflected,
        pairs=pairs,
        finishes=tuple(_finishes(renders, black, light, places, within)),
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


def _add_mutual(
    renders: Renders,
    black: Floats,
    covers: Floats,
    raw: Mapping[str, tuple[Floats, float]],
    found: tuple[Mapping[str, Floats], Floats],
) -> None:
    """Write into `pairs` what parts throw on each other, and take what they throw on themselves out of their light."""
    light, pairs = found
    job, parts = renders.plan["renders"]["mutual"], renders.plan["parts"]
    seen, bright = renders.light("mutual"), float(job["weights"][0])
    dim, reflected = bright / 2, job["channels"]
    single = {part: (raw[part][0] - black) / np.float32(raw[part][1]) for part in reflected}
    nearest, most = covers.argmax(axis=0), covers.max(axis=0)
    for part in renders.plan["mutual"]:
        here = (nearest == parts.index(part)) & (most > COVERED)
        lit = []
        for channel, other in enumerate(reflected):
            weights = {each: bright if each == other else dim for each in reflected}
            thrown = sum((single[each] * np.float32(weights[each]) for each in reflected if each != part), 0 * black)
            lit.append((seen[..., channel] - black - thrown) / np.float32(weights[part]))
        shown = clean.mutual(single[part], lit, reflected.index(part), (raw[part][1], bright, dim))
        for channel, values in enumerate(shown):
            soft = np.clip(clean.smooth_within(values, here.astype(np.uint8), here), 0, None)
            pairs[..., channel] = np.where(here, soft, pairs[..., channel])
            if reflected[channel] == part:
                light[part][here] = np.clip(light[part] - np.float32(raw[part][1]) * soft, 0, None)[here]


def _finishes(
    renders: Renders, black: Floats, light: Mapping[str, Floats], places: NDArray[np.uint8], within: Floats
) -> list[Finish]:
    ground = places == 0
    found = []

    def thrown(seen: Floats, usual: Floats) -> Floats:
        """On the ground the usual light and, smoothed, how this one differs; as it was seen elsewhere."""
        apart = clean.smooth_within(seen - usual, places, ground) * within
        apart[np.abs(apart) < clean.NOTHING] = 0
        return np.where(ground, usual + apart, np.clip(seen, 0, None))

    for name, job in renders.plan["renders"].items():
        if not name.startswith("finish-"):
            continue
        seen = renders.light(name)
        unlit = seen[..., CHANNELS - 1]
        for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
            dark, colour = thrown(unlit, black), thrown((seen[..., channel] - unlit) / np.float32(weight), light[part])
            matters = ground & (np.abs(dark - black) + np.abs(colour - light[part]) > GROUND_DIFFERS)
            share = np.where(ground & matters.any(), np.float32(1), np.float32(0))
            found.append(Finish(part, job["finishes"][part], np.clip(dark, 0, None), np.clip(colour, 0, None), share))
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

"""From a view's renders in a work folder to its plates in the catalogue. Needs no Blender."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photography import clean, exr
from photography.clean import Floats
from photography.plates import CHANNELS, Finish, Panel, Plates, resized, write_plates
from photography.reflections import Measured, Renders, Shown, alone, raw_plates, seen_in, shown_by_mirrors

log = logging.getLogger("photography")

SIZES = (1200, 800)
SURE = 0.95
GROUND_DIFFERS, GROUND_SHOWS = 0.02, 0.005
"""Linear light by which two finishes differ on the ground so that one sees it; and so that one sees where it ends."""


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
    seen = layers[exr.COMBINED][rows, columns]
    parts = tuple(plan["parts"])
    covers = np.stack([layers[f"cover{i // CHANNELS}"][rows, columns, i % CHANNELS] for i in range(len(parts))])
    places = clean.regions(covers)
    renders = _renders(folder, plan, seen, covers, places)
    black = renders.without_fixed(seen).mean(axis=-1)
    raw = raw_plates(renders)
    within = clean.fade(*black.shape, _open_sides(crop, plan["size"]))
    light = {
        part: clean.plate(raw[part].lit, black, raw[part].weight, covers[index], places) * within
        if part in raw
        else renders.fixed
        for index, part in enumerate(parts)
    }
    shown = shown_by_mirrors(renders, black, covers, raw)
    for mirror in set(shown) & set(raw):
        light[mirror] = alone(renders, light[mirror], raw[mirror], shown[mirror])
    return Plates(
        crop=crop,
        size=plan["size"],
        parts=parts,
        backdrop=layers[exr.COMBINED],
        black=np.clip(black, 0, None),
        light=light,
        covers=covers,
        mirrors={part: tuple(plan["mirrors"][part]["not_in"]) for part in shown},
        shown={seen: np.asarray(sum(each.seen[seen] for each in shown.values())) for seen in seen_in(renders) if shown},
        finishes=tuple(_finishes(renders, black, light, places, within=within, shown=shown)),
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


def _finishes(
    renders: Renders,
    black: Floats,
    light: Mapping[str, Floats],
    places: NDArray[np.uint8],
    *,
    within: Floats,
    shown: Mapping[str, Shown],
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
            if part in shown and job["finishes"][part] not in renders.plan["mirrors"][part]["not_in"]:
                without = Shown(shown[part].here, shown[part].seen)
                colour = alone(renders, colour, Measured(part, colour, weight, channel), without)
            differs = ground * (np.abs(dark - black) + np.abs(colour - light[part]))
            share = (ground & (differs > GROUND_SHOWS) & (differs.max() > GROUND_DIFFERS)).astype(np.float32)
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

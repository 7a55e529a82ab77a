"""A made-up view of the demo's product, with everything that plates can have, and its picture by the formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from configurator.pictures.tone import linear, to_bytes, tone_map

Floats = NDArray[np.float32]
SIZE = 240
CROP = {"x": 30, "y": 20, "width": 180, "height": 200}
BOX = {"x": 20, "y": 60, "width": 120, "height": 80}
PARTS = ("body", "foot", "gasket", "lid", "sleeve", "stitch", "metal")
MIRROR = "metal"
FINISHES = (("body", "matte"), ("lid", "smoked"))
SEEN = (("lid", ""), ("body", ""), ("sleeve", ""), (MIRROR, ""), ("body", "matte"))
PANELS = (("body", "body"), ("sleeve", "sleeve"))


def bake(folder: Path, seed: int) -> dict[str, Any]:
    """Write a view's files into a folder; its layout."""
    drawn = np.random.default_rng(seed)
    names = ("black", *PARTS)
    plates = []
    for number, name in enumerate(names):
        file, channel = divmod(number, 3)
        plates.append(
            {"name": name, "file": f"plates-{file}.webp", "channel": channel, "scale": 0.1 + 0.3 * drawn.random()}
        )
    for file in range(-(-len(names) // 3)):
        _save(folder / f"plates-{file}.webp", _waves(drawn, CROP))
    covered = _waves(drawn, CROP)
    covered[..., 0] = np.linspace(0, len(PARTS), CROP["width"], endpoint=False, dtype=np.uint8)
    _save(folder / "parts.webp", covered)
    for name in ("pairs-0.webp", "pairs-1.webp"):
        _save(folder / name, _waves(drawn, CROP))
    Image.fromarray(_waves(drawn, {"width": SIZE, "height": SIZE})).save(folder / "backdrop.webp", lossless=True)
    layout = {
        "format": 3,
        "size": SIZE,
        "crop": CROP,
        "parts": list(PARTS),
        "plates": plates,
        "pairs": {
            "mirrors": [{"part": MIRROR, "not_in": []}, {"part": "lid", "not_in": ["smoked"]}],
            "reflected": [
                {"part": part, "finish": finish, "file": f"pairs-{n // 3}.webp", "channel": n % 3, "scale": 0.6 + n / 4}
                for n, (part, finish) in enumerate(SEEN)
            ],
        },
        "finishes": [_finish(drawn, folder, *row) for row in FINISHES],
        "panels": [_panel(drawn, folder, *row) for row in PANELS],
    }
    (folder / "view.json").write_text(json.dumps(layout), encoding="utf-8")
    return layout


def picture(
    folder: Path, colours: dict[str, str], finishes: dict[str, str], letters: tuple[str, str, Image.Image] | None = None
) -> NDArray[np.uint8]:
    """The view's picture, as docs and brief write the sum down; `letters` are a panel, a colour and a mask."""
    layout = json.loads((folder / "view.json").read_text(encoding="utf-8"))
    light = {
        row["name"]: _light(folder, row["file"], row["channel"], row["scale"])[..., None] for row in layout["plates"]
    }
    painted = {part: linear(colours[part]) for part in PARTS}
    total = light["black"] + sum(painted[part] * light[part] for part in PARTS)
    covers = _read(folder, "parts.webp")[..., 0]
    for row in layout["pairs"]["reflected"]:
        seen = _light(folder, row["file"], row["channel"], row["scale"])[..., None]
        if row["part"] == "body" and row["finish"] != finishes.get("body", ""):
            continue
        for mirror in (MIRROR, *(() if finishes.get("lid") else ("lid",))):
            here = (covers == 1 + PARTS.index(mirror))[..., None]
            total = total + here * painted[mirror] * painted[row["part"]] * seen
    for row in layout["finishes"]:
        if finishes.get(row["part"]) == row["finish"]:
            black, colour, cover = _in_box(folder, row)
            box, part = _area(row["box"]), row["part"]
            total[box] += cover * (black - light["black"][box] + painted[part] * (colour - light[part][box]))
    if letters:
        row = next(row for row in layout["panels"] if row["name"] == letters[0])
        black, colour, cover = _in_box(folder, row)
        cut = cover * _seen(letters[2], _unfolded(folder, row))[..., None]
        box = _area(row["box"])
        total[box] += cut * (black + linear(letters[1]) * colour - total[box])
    shown = np.asarray(Image.open(folder / "backdrop.webp").convert("RGB")).copy()
    planes = np.ascontiguousarray(total.reshape(-1, 3).T, np.float32)
    shown[_area(CROP)] = to_bytes(tone_map(planes)).T.reshape(CROP["height"], CROP["width"], 3)
    return shown


def _finish(drawn: np.random.Generator, folder: Path, part: str, finish: str) -> dict[str, Any]:
    file = f"finish-{part}-{finish}.webp"
    _save(folder / file, _waves(drawn, BOX))
    return {"part": part, "finish": finish, "file": file, "box": BOX, "black_scale": 0.4, "colour_scale": 0.7}


def _panel(drawn: np.random.Generator, folder: Path, name: str, part: str) -> dict[str, Any]:
    _save(folder / f"panel-{name}.webp", _waves(drawn, BOX))
    across, up = np.meshgrid(np.linspace(0, 1, BOX["width"]), np.linspace(1, 0, BOX["height"]))
    coded = np.round(np.stack([across, up, np.zeros_like(up)], axis=-1) * 65535).astype(np.uint16)
    _save(folder / f"panel-{name}-uv.webp", np.concatenate([coded >> 8, coded & 255]).astype(np.uint8))
    return {
        "name": name,
        "part": part,
        "file": f"panel-{name}.webp",
        "uv": f"panel-{name}-uv.webp",
        "box": BOX,
        # So many pixels that no mask is finer: it is looked up as it is.
        "across": 9999,
        "down": 9999,
        "black_scale": 0.3,
        "colour_scale": 0.9,
    }


def _waves(drawn: np.random.Generator, area: dict[str, int]) -> NDArray[np.uint8]:
    """Three channels of soft waves over all that eight bits can say."""
    down, across = np.mgrid[0 : area["height"], 0 : area["width"]]
    waves = [np.sin(down * a + across * b + c) for a, b, c in drawn.uniform((0.02, 0.02, 0), (0.08, 0.08, 6), (3, 3))]
    return np.round(127.5 + 127.5 * np.stack(waves, axis=-1)).astype(np.uint8)


def _save(file: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(file, "WEBP", lossless=True)


def _read(folder: Path, file: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(folder / file).convert("RGB"))


def _light(folder: Path, file: str, channel: int, scale: float) -> Floats:
    square = (_read(folder, file)[..., channel].astype(np.float32) / np.float32(255)) ** 2
    return square * np.float32(scale) if scale <= 1 else square / (1 - square * np.float32(1 - 1 / scale))


def _in_box(folder: Path, row: dict[str, Any]) -> tuple[Floats, Floats, Floats]:
    """Black light, colour light and coverage of a finish or a panel."""
    cover = _read(folder, row["file"])[..., 2:].astype(np.float32) / np.float32(255)
    black, colour = (
        _light(folder, row["file"], channel, row[name])[..., None]
        for channel, name in enumerate(("black_scale", "colour_scale"))
    )
    return black, colour, cover


def _area(box: dict[str, int]) -> tuple[slice, slice]:
    return slice(box["y"], box["y"] + box["height"]), slice(box["x"], box["x"] + box["width"])


def _unfolded(folder: Path, row: dict[str, Any]) -> Floats:
    coded = _read(folder, row["uv"])[..., :2].astype(np.float64)
    high, low = np.split(coded, 2)
    return ((high * 256 + low) / 65535).astype(np.float32)


def _seen(mask: Image.Image, uv: Floats) -> Floats:
    """A mask bilinearly looked up."""
    texture = np.asarray(mask.convert("L"), np.float32) / 255
    height, width = texture.shape
    x, y = uv[..., 0] * width - 0.5, (1 - uv[..., 1]) * height - 0.5
    left, top = np.clip(np.floor(x), 0, width - 2).astype(int), np.clip(np.floor(y), 0, height - 2).astype(int)
    across, down = np.clip(x - left, 0, 1), np.clip(y - top, 0, 1)
    upper = texture[top, left] * (1 - across) + texture[top, left + 1] * across
    lower = texture[top + 1, left] * (1 - across) + texture[top + 1, left + 1] * across
    seen: Floats = (upper * (1 - down) + lower * down).astype(np.float32)
    return seen

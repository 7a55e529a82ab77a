"""The picture's equation written down once more: one pixel at a time, in double precision, from the files alone.

Nothing here is shared with `configurator.pictures`, and small views can be baked for tests.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
RGB = tuple[float, float, float]
FULL, LEFT, TOP, WIDTH, HEIGHT = 20, 3, 2, 14, 15
NAMES = ("B", "body", "lid", "foot", "foilP")
SCALES = (0.5, 2.0, 1.5, 1.0, 4.0)


def linear(coded: float) -> float:
    """IEC 61966-2-1, from 0…1 sRGB to 0…1 linear."""
    return coded / 12.92 if coded <= 0.04045 else float(((coded + 0.055) / 1.055) ** 2.4)


def srgb(light: float) -> float:
    """IEC 61966-2-1, from linear light to 0…1 sRGB."""
    light = min(max(light, 0.0), 1.0)
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def neutral(colour: RGB) -> RGB:
    """Khronos PBR Neutral, line by line from the specification's GLSL."""
    start_compression, desaturation = 0.8 - 0.04, 0.15
    x = min(colour)
    offset = x - 6.25 * x * x if x < 0.08 else 0.04
    red, green, blue = (channel - offset for channel in colour)
    peak = max(red, green, blue)
    if peak < start_compression:
        return red, green, blue
    d = 1 - start_compression
    new_peak = 1 - d * d / (peak + d - start_compression)
    g = 1 - 1 / (desaturation * (peak - new_peak) + 1)
    red, green, blue = (channel * new_peak / peak * (1 - g) + new_peak * g for channel in (red, green, blue))
    return red, green, blue


def hex_linear(colour: str) -> RGB:
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def smooth(texture: NDArray[np.uint8], u: float, v: float) -> float:
    """A texture (0…1) at (u, v), v from the bottom: linear filter, clamped to the edge, as OpenGL defines it."""
    height, width = texture.shape
    x, y = u * width - 0.5, (1 - v) * height - 0.5
    column, row = math.floor(x), math.floor(y)
    total = 0.0
    for right, across in ((0, 1 - (x - column)), (1, x - column)):
        for below, down in ((0, 1 - (y - row)), (1, y - row)):
            at = min(max(row + below, 0), height - 1), min(max(column + right, 0), width - 1)
            total += across * down * texture[at] / 255
    return total


@dataclass(frozen=True)
class SlowView:
    """A baked view as its files describe it."""

    layout: Mapping[str, Any]
    files: Mapping[str, Bytes]

    @classmethod
    def read(cls, folder: Path) -> "SlowView":
        layout = json.loads((folder / "view.json").read_text(encoding="utf-8"))
        files = {file.stem: np.asarray(Image.open(file).convert("RGB")) for file in folder.glob("*.webp")}
        return cls(layout, files)

    def plate(self, name: str, x: int, y: int) -> float:
        """The light of a plate at a pixel of the crop."""
        number = self.layout["names"].index(name)
        code = self.files[f"p{number // 3}"][y, x, number % 3]
        return float(self.layout["scale"][number]) * (float(code) / 255) ** 2

    def coverage(self, panel: str, x: int, y: int) -> float:
        blue = int(self.files["uvhi"][y, x, 2])
        if panel == "body":
            return blue / 127 if blue < 128 else 0.0
        return max(blue - 128, 0) / 127

    def uv(self, x: int, y: int) -> tuple[float, float]:
        high, low = self.files["uvhi"][y, x], self.files["uvlo"][y, x]
        return (int(high[0]) * 256 + int(low[0])) / 65535, (int(high[1]) * 256 + int(low[1])) / 65535

    def pixel(
        self, x: int, y: int, colours: Mapping[str, str], foil: str, masks: Mapping[str, NDArray[np.uint8]]
    ) -> tuple[float, ...]:
        """The pixel at (x, y) of the whole picture: sRGB times 255, not rounded."""
        column, row = x - self.layout["x"], y - self.layout["y"]
        if not (0 <= column < self.layout["w"] and 0 <= row < self.layout["h"]):
            return tuple(float(channel) for channel in self.files["bg"][y, x])
        light = [self.plate("B", column, row)] * 3
        for part in self.layout["names"][1:-1]:
            plate, colour = self.plate(part, column, row), hex_linear(colours[part])
            light = [sum_ + plate * channel for sum_, channel in zip(light, colour, strict=True)]
        for panel, mask in masks.items():
            cut = self.coverage(panel, column, row) * smooth(mask, *self.uv(column, row))
            shine = [self.plate("foilP", column, row) * channel for channel in hex_linear(foil)]
            light = [before * (1 - cut) + cut * after for before, after in zip(light, shine, strict=True)]
        return tuple(255 * srgb(channel) for channel in neutral((light[0], light[1], light[2])))


def bake_small_view(folder: Path, seed: int = 7) -> Path:
    """Write a random view of 20 x 20 pixels: the lid in the upper rows, both panels below, and a backdrop."""
    dice = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    plates = dice.integers(0, 256, (HEIGHT, WIDTH, 6), dtype=np.uint8)
    plates[5:, :, NAMES.index("lid")] = 0
    high = dice.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    high[..., 2] = 0
    high[6:9, 2:9, 2] = dice.integers(1, 128, (3, 7))
    high[10:14, 1:12, 2] = dice.integers(129, 256, (4, 11))
    pictures = {
        "p0": plates[..., :3],
        "p1": plates[..., 3:],
        "uvhi": high,
        "uvlo": dice.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8),
        "bg": dice.integers(0, 256, (FULL, FULL, 3), dtype=np.uint8),
    }
    for name, pixels in pictures.items():
        Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"{name}.webp", lossless=True, exact=True)
    layout = {"w": WIDTH, "h": HEIGHT, "x": LEFT, "y": TOP, "full": FULL, "names": NAMES, "scale": SCALES}
    (folder / "view.json").write_text(json.dumps(layout), encoding="utf-8")
    return folder

"""The picture's equation written down once more: one pixel at a time, in double precision, from the files alone.

Nothing here is shared with `configurator.pictures`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
RGB = tuple[float, float, float]


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


def smooth(texture: NDArray[Any], u: float, v: float) -> NDArray[np.float64]:
    """A texture at (u, v), v from the bottom: linear filter, clamped to the edge, as OpenGL defines it."""
    height, width = texture.shape[:2]
    x, y = u * width - 0.5, (1 - v) * height - 0.5
    column, row = math.floor(x), math.floor(y)
    total = np.zeros(texture.shape[2:])
    for right, across in ((0, 1 - (x - column)), (1, x - column)):
        for below, down in ((0, 1 - (y - row)), (1, y - row)):
            at = min(max(row + below, 0), height - 1), min(max(column + right, 0), width - 1)
            total = total + across * down * texture[at].astype(np.float64)
    return total


@dataclass(frozen=True)
class Paint:
    """Colours and finishes by part; printed pictures by panel, RGBA; engravings, in their order, as panel,
    mask and colour.
    """

    colours: Mapping[str, str]
    finishes: Mapping[str, str] = field(default_factory=dict)
    prints: Mapping[str, Bytes] = field(default_factory=dict)
    cuts: Sequence[tuple[str, Bytes, str]] = ()


@dataclass(frozen=True)
class SlowView:
    """A baked view as its files describe it."""

    layout: Mapping[str, Any]
    files: Mapping[str, Bytes]

    @classmethod
    def read(cls, folder: Path) -> "SlowView":
        layout = json.loads((folder / "view.json").read_text(encoding="utf-8"))
        return cls(layout, {file.name: np.asarray(Image.open(file).convert("RGB")) for file in folder.glob("*.webp")})

    def plate(self, name: str, x: int, y: int) -> float:
        """The light of a plate at a pixel of the crop."""
        row = next(row for row in self.layout["plates"] if row["name"] == name)
        return decoded(self.files[row["file"]][y, x, row["channel"]], row["scale"])

    def in_box(self, row: Mapping[str, Any], x: int, y: int) -> tuple[float, float, float] | None:
        """Black light, light of the colour and coverage of a finish or panel; None outside its box."""
        box = row["box"]
        if not (0 <= x - box["x"] < box["width"] and 0 <= y - box["y"] < box["height"]):
            return None
        red, green, blue = self.files[row["file"]][y - box["y"], x - box["x"]]
        return decoded(red, row["black_scale"]), decoded(green, row["colour_scale"]), int(blue) / 255

    def uv(self, row: Mapping[str, Any], x: int, y: int) -> tuple[float, float]:
        box, coded = row["box"], self.files[row["uv"]].astype(int)
        column, line = x - box["x"], y - box["y"]
        high, low = coded[line, column], coded[line + box["height"], column]
        return (high[0] * 256 + low[0]) / 65535, (high[1] * 256 + low[1]) / 65535

    def pixel(self, x: int, y: int, paint: Paint) -> tuple[float, ...]:
        """The pixel at (x, y) of the whole picture: sRGB times 255, not rounded."""
        crop = self.layout["crop"]
        x, y = x - crop["x"], y - crop["y"]
        if not (0 <= x < crop["width"] and 0 <= y < crop["height"]):
            return tuple(float(channel) for channel in self.files["backdrop.webp"][y + crop["y"], x + crop["x"]])
        light = self.bare(x, y, paint)
        for row in self.layout.get("panels", ()):
            found = self.in_box(row, x, y)
            if found is not None:
                light = self.inked(light, row, found, self.uv(row, x, y), paint)
        return tuple(255 * srgb(channel) for channel in neutral((light[0], light[1], light[2])))

    def bare(self, x: int, y: int, paint: Paint) -> list[float]:
        """The light at a pixel of the crop before anything lies on the panels."""
        painted = {part: hex_linear(paint.colours[part]) for part in self.layout["parts"]}
        light = [self.plate("black", x, y)] * 3
        for part, colour in painted.items():
            light = [sum_ + self.plate(part, x, y) * channel for sum_, channel in zip(light, colour, strict=True)]
        for row in self.layout.get("finishes", ()):
            found = self.in_box(row, x, y)
            if paint.finishes.get(row["part"]) == row["finish"] and found:
                black, lit, cover = found
                black, lit = black - self.plate("black", x, y), lit - self.plate(row["part"], x, y)
                light = [
                    sum_ + cover * (black + channel * lit)
                    for sum_, channel in zip(light, painted[row["part"]], strict=True)
                ]
        index = int(self.files["parts.webp"][y, x, 0])
        if "pairs" in self.layout and index:
            light = self.with_reflections(light, self.layout["parts"][index - 1], x, y, paint)
        return light

    def with_reflections(self, light: list[float], part: str, x: int, y: int, paint: Paint) -> list[float]:
        """The light with what a part shows of others, if it is a mirror in its finish."""
        pairs = self.layout["pairs"]
        not_in = {row["part"]: row["not_in"] for row in pairs["mirrors"]}
        if part not in not_in or paint.finishes.get(part) in not_in[part]:
            return light
        mirror = hex_linear(paint.colours[part])
        beside = {(row["part"], row["finish"]) for row in pairs["reflected"]}
        for row in pairs["reflected"]:
            finish = paint.finishes.get(row["part"], "")
            if row["finish"] == (finish if (row["part"], finish) in beside else ""):
                shown = decoded(self.files[row["file"]][y, x, row["channel"]], row["scale"])
                colour = hex_linear(paint.colours[row["part"]])
                light = [light[k] + mirror[k] * colour[k] * shown for k in range(3)]
        return light

    def inked(
        self,
        light: list[float],
        row: Mapping[str, Any],
        found: tuple[float, float, float],
        uv: tuple[float, float],
        paint: Paint,
    ) -> list[float]:
        """The light with what is printed, then what is cut."""
        black, lit, cover = found
        if row["name"] in paint.prints:
            texture = premultiplied(paint.prints[row["name"]])
            *ink, alpha = smooth(texture, *uv)
            light = [light[k] * (1 - cover * alpha) + cover * (alpha * black + ink[k] * lit) for k in range(3)]
        for panel, mask, colour in paint.cuts:
            if panel == row["name"]:
                cut = cover * float(smooth(mask, *uv)) / 255
                foil = hex_linear(colour)
                light = [light[k] * (1 - cut) + cut * (black + foil[k] * lit) for k in range(3)]
        return light


def decoded(code: int, scale: float) -> float:
    """1 / light = 1 / (a·x²) - (1/a - 1/scale): dim light is a·x², and the last code is the scale itself."""
    square, first = (int(code) / 255) ** 2, min(1.0, scale)
    return first * square / (1 - square + square * first / scale)


def premultiplied(texture: Bytes) -> NDArray[np.float64]:
    """Linear light times coverage, and coverage."""
    table = np.array([linear(code / 255) for code in range(256)])
    alpha = texture[..., 3:] / 255
    return np.concatenate([table[texture[..., :3]] * alpha, alpha], axis=-1)

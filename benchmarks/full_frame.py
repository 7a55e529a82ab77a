"""The composer's peer: the same formula as one would write it with NumPy and SciPy, every term on whole pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import map_coordinates  # type: ignore[import-untyped]

from configurator.configuration import Colours
from configurator.pictures.plates import Seen, View

Floats = NDArray[np.floating[Any]]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Painted:
    """What a picture is painted with: its colours, engraved letters on a panel, a picture printed on a panel."""

    colours: Colours
    engraved: str
    letters: Image.Image
    printed: str
    texture: Image.Image


@dataclass(frozen=True)
class Layer:
    """A panel as whole pictures: the texture's coordinates, coverage, light of black ink and of white ink."""

    u: Floats
    v: Floats
    cover: Floats
    black: Floats
    white: Floats


@dataclass(frozen=True)
class Frame:
    """A view's plates as whole pictures, (height, width) each; `top` and `left` say where they lie in the full one.

    `finishes` are what is added by finish, however the part is coloured and for each unit of its colour; `mirrors` what
    each mirror shows of each reflected part, nothing elsewhere.
    """

    view: View
    top: int
    left: int
    black: Floats
    plates: dict[str, Floats]
    finishes: dict[tuple[str, str], tuple[Floats, Floats]]
    mirrors: dict[str, dict[Seen, Floats]]
    panels: dict[str, Layer]

    @classmethod
    def of(cls, view: View) -> Frame:
        """The rectangle that the plates cover."""

        def spread(places: NDArray[np.intp], values: Floats) -> Floats:
            plane = np.zeros(view.pixels, np.float32)
            plane[places] = values
            return plane.reshape(view.height, view.width)

        black, *others = (plate.reshape(view.height, view.width) for plate in view.light)
        finishes = {}
        for key, finish in view.finishes.items():
            everywhere = np.arange(finish.start, finish.start + finish.light.shape[1])
            finishes[key] = (spread(everywhere, finish.light[0]), spread(everywhere, finish.light[1]))
        mirrors = {
            mirror.part: {
                seen: spread(mirror.places, row) for seen, row in zip(view.reflected, mirror.light, strict=True)
            }
            for mirror in view.mirrors
        }
        panels = {
            name: Layer(*(spread(panel.places, row) for row in (*panel.uv, *panel.ink)))
            for name, panel in view.panels.items()
        }
        plates = dict(zip(view.parts, others, strict=True))
        return cls(view, view.y, view.x, black, plates, finishes, mirrors, panels)

    def widened(self) -> Frame:
        """The same plates on the full picture, nothing around the rectangle."""
        view = self.view

        def wide(plane: Floats) -> Floats:
            full = np.zeros((view.size, view.size), np.float32)
            full[view.y : view.y + view.height, view.x : view.x + view.width] = plane
            return full

        return replace(
            self,
            top=0,
            left=0,
            black=wide(self.black),
            plates={part: wide(plate) for part, plate in self.plates.items()},
            finishes={key: (wide(always), wide(coloured)) for key, (always, coloured) in self.finishes.items()},
            mirrors={part: {name: wide(row) for name, row in rows.items()} for part, rows in self.mirrors.items()},
            panels={name: Layer(*map(wide, vars(layer).values())) for name, layer in self.panels.items()},
        )

    def picture(self, painted: Painted) -> Image.Image:
        colours = {part: linear(painted.colours.parts[part]) for part in self.plates}
        light = np.repeat(self.black[..., None], 3, axis=-1)
        for part, plate in self.plates.items():
            light = light + plate[..., None] * colours[part]
        for part, finish in painted.colours.finishes.items():
            if (part, finish) in self.finishes:
                always, coloured = self.finishes[part, finish]
                light = light + always[..., None] + coloured[..., None] * colours[part]
        for mirror, rows in self.mirrors.items():
            for seen, row in rows.items():
                if self.view.is_worn(seen, painted.colours.finishes):
                    light = light + row[..., None] * colours[mirror] * colours[seen.part]
        light = printed(light, self.panels[painted.printed], painted.texture)
        light = engraved(light, self.panels[painted.engraved], painted.letters, linear(painted.colours.engraving))
        return self.on_backdrop((srgb(neutral(light)) * 255 + 0.5).astype(np.uint8))

    def on_backdrop(self, drawn: Bytes) -> Image.Image:
        view = self.view
        rows, columns = slice(view.y, view.y + view.height), slice(view.x, view.x + view.width)
        full = view.backdrop.copy()
        inner = drawn[view.y - self.top :, view.x - self.left :]
        full[rows, columns] = inner[: view.height, : view.width]
        return Image.fromarray(full)


def printed(light: Floats, layer: Layer, texture: Image.Image) -> Floats:
    coded = np.asarray(texture.convert("RGBA"), np.float32) / 255
    alpha = coded[..., 3:]
    flat = decoded(coded[..., :3]) * alpha
    seen = np.stack([looked_up(plane, layer) for plane in (*np.moveaxis(flat, -1, 0), alpha[..., 0])], axis=-1)
    seen = seen * layer.cover[..., None]
    return light * (1 - seen[..., 3:]) + layer.black[..., None] * seen[..., 3:] + layer.white[..., None] * seen[..., :3]


def engraved(light: Floats, layer: Layer, letters: Image.Image, colour: Floats) -> Floats:
    cut = (looked_up(np.asarray(letters, np.float32) / 255, layer) * layer.cover)[..., None]
    return light + cut * (layer.black[..., None] + layer.white[..., None] * colour - light)


def looked_up(texture: Floats, layer: Layer) -> Floats:
    """The texture at each pixel, by bilinear interpolation."""
    height, width = texture.shape
    places = np.stack([(1 - layer.v) * height - 0.5, layer.u * width - 0.5])
    seen: Floats = map_coordinates(texture, places, order=1, mode="nearest")
    return seen


def linear(colour: str) -> Floats:
    return decoded(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255)


def decoded(coded: Floats) -> Floats:
    light: Floats = np.where(coded <= 0.04045, coded / 12.92, np.power((coded + 0.055) / 1.055, 2.4)).astype(np.float32)
    return light


def neutral(light: Floats) -> Floats:
    """Khronos PBR Neutral, calculated for every pixel, needed or not."""
    start, desaturation = 0.8 - 0.04, 0.15
    least = light.min(axis=-1, keepdims=True)
    light = light - np.where(least < 0.08, least - 6.25 * least * least, 0.04)
    peak = light.max(axis=-1, keepdims=True)
    bright = np.maximum(peak, start)
    compressed = 1 - (1 - start) ** 2 / (bright + 1 - 2 * start)
    mix = 1 - 1 / (desaturation * (bright - compressed) + 1)
    mapped: Floats = np.where(peak < start, light, light * (compressed / bright) * (1 - mix) + compressed * mix)
    return mapped


def srgb(light: Floats) -> Floats:
    light = np.clip(light, 0, 1)
    coded: Floats = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return coded

"""The composer: one engraved picture of the demo's product, 800 pixels square.

The cases are 12 designs. `pictures.compose` is the sum, the engraving and the tone map alone, beside the
same formula written straightforwardly; `pictures.jpeg` and `pictures.webp` are what a request costs that
finds nothing in the cache: drawing the engraved letters, composing, encoding.

The peer calculates in 32 bits as ours does. It is measured on the whole frame, and once more on the crop
that the plates cover, as ours works: the difference between the two is the crop's part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import map_coordinates  # type: ignore[import-untyped]

from benchmarks.demo import definition, designs
from benchmarks.harness import Figure, benchmark, per_second, race, require
from configurator.compile import colours, engraving_area
from configurator.configuration import Colours, Configuration
from configurator.pictures import engraving
from configurator.pictures.compose import Format, compose, encode
from configurator.pictures.plates import Floats, View, load_view
from configurator.pictures.tone import linear
from configurator.selectors import view_folder

Bytes = NDArray[np.uint8]
Case = tuple[Colours, Image.Image]
"""What a picture is painted with: its colours and the mask of its engraved letters."""

CASES = 12
ROUNDS = 3
SIZE = 800
LARGEST_DIFFERENCE = 2


@benchmark("pictures.compose")
def compose_only() -> Iterator[Figure]:
    """Pictures per second, encoding excluded; every picture must equal the peers' within 2/255."""
    crop = Frame.of(hero())
    contenders = {
        "ours": composed,
        "NumPy and SciPy, whole frame": crop.widened().picture,
        "NumPy and SciPy, same crop": crop.picture,
    }
    cases = [case_of(design) for design in designs(CASES)]
    for case in cases:
        ours, *others = (np.asarray(paint(case), np.int16) for paint in contenders.values())
        apart = max(int(np.abs(ours - other).max()) for other in others)
        require(apart <= LARGEST_DIFFERENCE, f"the pictures differ by {apart}/255")
    laps = race(contenders, cases, ROUNDS)
    rate = laps.pop("ours").median(per_second)
    for peer, taken in laps.items():
        yield Figure("per_second", rate, "1/s", peer, taken.median(per_second))


@benchmark("pictures.jpeg", kind="jpeg")
@benchmark("pictures.webp", kind="webp")
def files(kind: Format) -> Iterator[Figure]:
    """Files per second from a configuration, nothing kept but the plates and the font."""
    laps = race({"ours": lambda design: encode(composed(case_of(design)), SIZE, kind)}, designs(CASES), ROUNDS)
    yield Figure("per_second", laps["ours"].median(per_second), "1/s")


def composed(case: Case) -> Image.Image:
    painted, letters = case
    return compose(hero(), painted, {definition().engraving.panel: letters})


def case_of(design: Configuration) -> Case:
    letters = engraving.mask(design.engraving, definition().engraving.font, engraving_area(definition()))
    return colours(definition(), design), letters


@cache
def hero() -> View:
    view = load_view(view_folder(definition(), definition().views[0]))
    require(view.size == SIZE, f"the view is {view.size} pixels wide, not {SIZE}")
    return view


@dataclass(frozen=True)
class Frame:
    """A view's plates as whole pictures, (height, width) each, and the formula as one would write it down.

    `top` and `left` say where the frame lies in the full picture; `plates` begin with the black render.
    """

    view: View
    top: int
    left: int
    plates: tuple[Floats, ...]
    foil: Floats
    u: Floats
    v: Floats
    coverage: Floats

    @classmethod
    def of(cls, view: View) -> Frame:
        """The rectangle that the plates cover."""
        panel = view.panels[definition().engraving.panel]
        light = view.light.reshape(view.height, view.width, -1)
        u, v, coverage = np.zeros((3, view.height, view.width), np.float32)
        u[panel.rows, panel.columns] = panel.uv[..., 0]
        v[panel.rows, panel.columns] = panel.uv[..., 1]
        coverage[panel.rows, panel.columns] = panel.coverage
        plates = tuple(np.ascontiguousarray(light[..., number]) for number in range(light.shape[-1]))
        return cls(view, view.y, view.x, plates, view.foil, u, v, coverage)

    def widened(self) -> Frame:
        """The same plates on the full picture, black around the rectangle."""
        y, x, height, width = self.view.y, self.view.x, self.view.height, self.view.width

        def wide(plate: Floats) -> Floats:
            full = np.zeros((self.view.size, self.view.size), np.float32)
            full[y : y + height, x : x + width] = plate
            return full

        plates = tuple(map(wide, self.plates))
        foil, u, v, coverage = map(wide, (self.foil, self.u, self.v, self.coverage))
        return Frame(self.view, 0, 0, plates, foil, u, v, coverage)

    def picture(self, case: Case) -> Image.Image:
        painted, letters = case
        black, *others = self.plates
        light = np.repeat(black[..., None], 3, axis=-1)
        for part, plate in zip(self.view.parts, others, strict=True):
            light = light + plate[..., None] * linear(painted.parts[part])
        shine = self.foil[..., None] * linear(painted.engraving)
        light = light + self.covered(letters)[..., None] * (shine - light)
        return self.on_backdrop((srgb(neutral(light)) * 255 + 0.5).astype(np.uint8))

    def covered(self, letters: Image.Image) -> Floats:
        """How much of each pixel the letters cover, by bilinear interpolation."""
        texture = np.asarray(letters, np.float32) / 255
        height, width = texture.shape
        places = np.stack([(1 - self.v) * height - 0.5, self.u * width - 0.5])
        seen: Floats = map_coordinates(texture, places, order=1, mode="nearest") * self.coverage
        return seen

    def on_backdrop(self, drawn: Bytes) -> Image.Image:
        view = self.view
        rows, columns = slice(view.y, view.y + view.height), slice(view.x, view.x + view.width)
        full = view.backdrop.copy()
        inner = drawn[view.y - self.top :, view.x - self.left :]
        full[rows, columns] = inner[: view.height, : view.width]
        return Image.fromarray(full)


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

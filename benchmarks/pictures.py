"""The composer: pictures of the demo's product, 800 pixels square, with a name and a picture of one's own on them.

The cases are 12 designs. `pictures.compose.jpeg` and `.webp` are what a request costs that finds no picture in the
cache: drawing the letters, composing, encoding. The plates are mapped and the customer's picture is shrunk already, as
they are from the second of a customer's clicks on. `composed_per_second` is the picture alone, encoding excluded,
beside the same formula written straightforwardly with NumPy and SciPy in 32 bits: on the whole frame, and on the crop
that the plates cover, as ours works; the difference between the two is the crop's part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from django.test import override_settings
from PIL import Image

from benchmarks.demo import definition, designs
from benchmarks.full_frame import Frame, Painted
from benchmarks.harness import Figure, UnableToMeasure, benchmark, per_second, race, require
from configurator.compile import colours, engraving_area
from configurator.configuration import Configuration, Placement
from configurator.picture_address import Subject
from configurator.picture_service import composed, draw, plates_of_view
from configurator.pictures import engraving
from configurator.pictures.encode import Format
from configurator.pictures.panels import fitted
from configurator.pictures.printing import fineness_for, panel_texture
from configurator.selectors import artwork_file
from photography import samples

CASES = 12
ROUNDS = 3
SIZE = 800
LARGEST_DIFFERENCE = 2
ARTWORK = "0" * 64


@benchmark("pictures.compose.jpeg", kind="jpeg")
@benchmark("pictures.compose.webp", kind="webp")
def files(kind: Format) -> Iterator[Figure]:
    """Files per second from a configuration; and pictures per second, each of which equals the peers' within 2/255."""
    with a_customers_picture():
        cases = printed_designs()
        laps = race({"ours": lambda design: draw(definition(), Subject(design), view(), SIZE, kind)}, cases, ROUNDS)
        yield Figure("per_second", laps["ours"].median(per_second), "1/s")
        crop = Frame.of(plates_of_view(definition(), view(), SIZE))
        contenders: dict[str, Callable[[Configuration], Image.Image]] = {
            "ours": lambda design: composed(definition(), Subject(design), view(), SIZE),
            "NumPy and SciPy, whole frame": straightforward(crop.widened()),
            "NumPy and SciPy, same crop": straightforward(crop),
        }
        for design in cases:
            ours, *others = (np.asarray(draws(design), np.int16) for draws in contenders.values())
            apart = max(int(np.abs(ours - other).max()) for other in others)
            require(apart <= LARGEST_DIFFERENCE, f"the pictures differ by {apart}/255")
        laps = race(contenders, cases, ROUNDS)
        rate = laps.pop("ours").median(per_second)
        for peer, taken in laps.items():
            yield Figure("composed_per_second", rate, "1/s", peer, taken.median(per_second))


def straightforward(frame: Frame) -> Callable[[Configuration], Image.Image]:
    """The peer draws the letters itself, as ours does; the customer's picture is shrunk for it as well."""
    return lambda design: frame.picture(painted(design))


def painted(design: Configuration) -> Painted:
    panels = plates_of_view(definition(), view(), SIZE).panels
    row, shown = definition().engraving, colours(definition(), design)
    letters = fitted(engraving.mask(design.engraving, row.font, engraving_area(definition())), panels[row.panel])
    return Painted(shown, row.panel, letters, printed_panel(), texture(design.artwork))


@cache
def texture(placement: Placement | None) -> Image.Image:
    row = definition().artwork
    if row is None or placement is None:
        raise UnableToMeasure("the demo's product has nothing printed on it")
    fineness = fineness_for(plates_of_view(definition(), view(), SIZE).panels[row.panel], row.width_mm)
    with Image.open(artwork_file(placement.artwork)) as picture:
        return panel_texture(picture, placement, (row.width_mm, row.height_mm), fineness)


def printed_designs() -> list[Configuration]:
    placement = Placement(ARTWORK, 0, 0, 54)
    return [replace(design, artwork=placement) for design in designs(CASES)]


def printed_panel() -> str:
    row = definition().artwork
    return row.panel if row else ""


def view() -> str:
    return definition().views[0].id


@contextmanager
def a_customers_picture() -> Iterator[None]:
    """Folders of its own for plates and pictures, with one picture that was sent."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(MEDIA_ROOT=folder, PLATE_CACHE=f"{folder}/plates"),
    ):
        file: Path = artwork_file(ARTWORK)
        file.parent.mkdir(parents=True)
        samples.picture("moon-and-hills").save(file, "WEBP", quality=92)
        yield

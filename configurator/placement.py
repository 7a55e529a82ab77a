"""A picture on its panel, in millimetres: where its corners are, how much of it shows, how fine it is printed. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from configurator.configuration import Placement
from configurator.definition import ArtworkPanel

Point = tuple[float, float]
Quality = Literal["good", "fair", "coarse"]
MM_PER_INCH = 25.4
SMALLEST_VISIBLE_MM2 = 25.0


@dataclass(frozen=True)
class Print:
    """A picture of `width` × `height` pixels, placed on a panel."""

    placement: Placement
    panel: ArtworkPanel
    width: int
    height: int

    @property
    def height_mm(self) -> float:
        return self.placement.width_mm * self.height / self.width

    @property
    def dpi(self) -> float:
        """Pixels per inch, as they are printed."""
        return self.width * MM_PER_INCH / self.placement.width_mm

    @property
    def quality(self) -> Quality:
        if self.dpi < self.panel.smallest_dpi:
            return "coarse"
        return "good" if self.dpi >= self.panel.good_dpi else "fair"

    @property
    def largest_mm(self) -> float:
        """The largest width at which the print is accepted, in tenths of a millimetre."""
        return _largest(self.width, self.panel.smallest_dpi)

    @property
    def largest_good_mm(self) -> float:
        """The largest width at which the print is good."""
        return _largest(self.width, self.panel.good_dpi)

    @property
    def corners(self) -> tuple[Point, ...]:
        """The picture's corners in millimetres from the panel's centre, right and down."""
        angle = math.radians(self.placement.degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        half = self.placement.width_mm / 2, self.height_mm / 2
        return tuple(
            (
                self.placement.x_mm + across * half[0] * cos - down * half[1] * sin,
                self.placement.y_mm + across * half[0] * sin + down * half[1] * cos,
            )
            for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        )

    @property
    def visible_mm2(self) -> float:
        """How much of the panel the picture covers."""
        shape = list(self.corners)
        for axis, edge in ((0, self.panel.width_mm / 2), (1, self.panel.height_mm / 2)):
            for sign in (1, -1):
                shape = _clipped(shape, axis, sign, edge)
        return _area(shape)

    @property
    def lies_on_the_panel(self) -> bool:
        return self.visible_mm2 >= SMALLEST_VISIBLE_MM2


def first_placement(artwork: str, width: int, height: int, panel: ArtworkPanel) -> Placement:
    """Where a new picture lies: in the panel's middle, whole, and no larger than it can be printed well."""
    whole = min(panel.width_mm, panel.height_mm * width / height)
    good = width * MM_PER_INCH / panel.good_dpi
    return Placement(artwork, 0, 0, math.floor(min(whole, good) * 10) / 10)


def _largest(pixels: int, dpi: float) -> float:
    return math.floor(pixels * MM_PER_INCH / dpi * 10) / 10


def _clipped(shape: list[Point], axis: int, sign: int, edge: float) -> list[Point]:
    """What of a convex shape lies within an edge (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for index, here in enumerate(shape):
        before = shape[index - 1]
        inside, was_inside = sign * here[axis] <= edge, sign * before[axis] <= edge
        if inside != was_inside:
            share = (sign * edge - before[axis]) / (here[axis] - before[axis])
            kept.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
        if inside:
            kept.append(here)
    return kept


def _area(shape: list[Point]) -> float:
    """By the shoelace formula."""
    pairs = zip(shape, [*shape[1:], *shape[:1]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2

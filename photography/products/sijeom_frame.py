"""How SIJEOM stands: the watch's own axes, and the loop of its closed strap. Millimetres; no Blender here.

The watch's axes: x to 3 o'clock, y to 12 o'clock, z out of the dial; the origin is the middle of the case.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points = NDArray[np.float64]
LEAN = math.radians(20)
"""How far the dial looks up."""

THICKNESS = 2.68
"""Of the strap where it touches the ground."""

# (y, z) of the strap's inner side, from the lugs at 12 o'clock over the top to those at 6 o'clock.
# Its underside is nearly straight where the watch stands.
_KNOTS = (
    (19.5, -2.2), (25.0, -7.2), (28.2, -17.5), (26.0, -31.0), (16.0, -41.0), (0.0, -45.2),
    (-14.5, -42.2), (-24.2, -32.0), (-28.9, -17.5), (-25.4, -7.2), (-19.5, -2.2),
)  # fmt: skip


class Loop:
    """The strap's inner side as a curve by its length, from 12 to 6 o'clock."""

    def __init__(self, knots: Points) -> None:
        apart = np.r_[0, np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))]
        curve = CubicSpline(apart, knots)
        fine = curve(np.linspace(0, apart[-1], 2000))
        along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))]
        self.length = float(along[-1])
        even = np.linspace(0, self.length, 400)
        self._curve = CubicSpline(even, np.stack([np.interp(even, along, fine[:, axis]) for axis in (0, 1)], -1))

    def place(self, along: Points) -> Points:
        """(y, z) at a length from the lugs at 12 o'clock."""
        return np.asarray(self._curve(along))

    def outward(self, along: Points) -> Points:
        """Unit vectors (y, z) away from the wrist."""
        ahead = self.ahead(along)
        return np.stack([-ahead[..., 1], ahead[..., 0]], -1)

    def ahead(self, along: Points) -> Points:
        """Unit vectors (y, z) along the strap."""
        slope = self._curve(along, 1)
        return np.asarray(slope / np.linalg.norm(slope, axis=-1, keepdims=True))


@cache
def strap_loop() -> Loop:
    """The loop of the closed strap."""
    return Loop(np.array(_KNOTS))


def leaning(points: Points, lean: float = LEAN) -> Points:
    """Points of the watch's axes in the studio's, the origin still in the middle of the case."""
    x, y, z = np.asarray(points, float).T
    sine, cosine = math.sin(lean), math.cos(lean)
    return np.stack([x, y * sine - z * cosine, y * cosine + z * sine], -1)


def lowest(lean: float = LEAN) -> float:
    """The strap's lowest point under the middle of the case, for a dial that looks up by `lean` (radians)."""
    along = np.linspace(0, strap_loop().length, 800)
    outside = strap_loop().place(along) + THICKNESS * strap_loop().outward(along)
    return float(leaning(np.c_[np.zeros(800), outside], lean)[:, 2].min())


def standing(points: Points) -> Points:
    """Points of the watch's axes in the studio's, the strap on z = 0."""
    return leaning(points) - (0.0, 0.0, lowest())

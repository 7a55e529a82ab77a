"""Cutting polygons. A polygon is a run of points, whose further columns are interpolated where it is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def clipped(polygon: Sequence[Floats] | Floats) -> list[Floats]:
    """A convex polygon's part inside 0…1 of its first two columns (Sutherland and Hodgman, 1974)."""
    points: list[Floats] = list(polygon)
    for axis, sign, border in ((0, 1, 0.0), (0, -1, -1.0), (1, 1, 0.0), (1, -1, -1.0)):
        kept: list[Floats] = []
        for before, here in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            a, b = sign * before[axis] - border, sign * here[axis] - border
            if (a < 0) != (b < 0):
                kept.append(before + (here - before) * (a / (a - b)))
            if b >= 0:
                kept.append(here)
        points = kept
    return points


def fan(points: Sequence[Floats]) -> list[tuple[Floats, Floats, Floats]]:
    """A convex polygon as triangles."""
    return [(points[0], points[i], points[i + 1]) for i in range(1, len(points) - 1)]

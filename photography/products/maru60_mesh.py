"""Outlines of equal counts and what is spanned between them, in millimetres, for MARU 60."""

from collections.abc import Sequence

import numpy as np

Faces = list[tuple[int, ...]]


def outline(half: tuple[float, float], radius: float, sides: tuple[int, int], corner: int) -> np.ndarray:
    """Counter-clockwise outline (N, 2), beginning at the lower right corner's lower end.

    `sides` are the segments of the horizontal and of the vertical sides, `corner` those of a quarter circle; outlines
    with the same counts can be joined point by point.
    """
    points: list[np.ndarray] = []
    angles = np.linspace(0, np.pi / 2, corner + 1)
    for quarter, (sx, sy) in enumerate(((1, -1), (1, 1), (-1, 1), (-1, -1))):
        turned = angles + (quarter - 1) * np.pi / 2
        centre = np.array([sx * (half[0] - radius), sy * (half[1] - radius)])
        arc = centre + radius * np.column_stack([np.cos(turned), np.sin(turned)])
        if points:
            points.append(_between(points[-1][-1], arc[0], sides[quarter % 2]))
        points.append(arc)
    points.append(_between(points[-1][-1], points[0][0], sides[0]))
    # the first side walked is the right one, hence vertical
    return np.concatenate(points)


def _between(start: np.ndarray, end: np.ndarray, segments: int) -> np.ndarray:
    steps = np.linspace(0, 1, segments + 1)[1:-1, None]
    return start + steps * (end - start)


def loft(rings: Sequence[np.ndarray]) -> tuple[np.ndarray, Faces]:
    """Quads between rings of equally many points, from the first to the last."""
    size = len(rings[0])
    faces: Faces = []
    for level in range(len(rings) - 1):
        low, high = level * size, (level + 1) * size
        for index in range(size):
            following = (index + 1) % size
            faces.append((low + index, low + following, high + following, high + index))
    return np.concatenate(rings), faces


def spindle(profile: Sequence[tuple[float, float]], segments: int) -> tuple[np.ndarray, Faces]:
    """Body of revolution about the x axis from (x, radius) pairs, open at the ends unless a radius is nearly 0."""
    turn = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    circle = np.column_stack([np.zeros(segments), -np.sin(turn), np.cos(turn)])
    return loft([circle * radius + np.array([x, 0, 0]) for x, radius in profile])


def at(plan: np.ndarray, z: float | np.ndarray) -> np.ndarray:
    """An outline in space, at a height or at each point's own."""
    return np.column_stack([plan, np.broadcast_to(z, len(plan))])


def capped(rings: Sequence[np.ndarray]) -> tuple[np.ndarray, Faces]:
    """A loft whose first and last ring are closed by one polygon each."""
    points, faces = loft(rings)
    size, count = len(rings[0]), len(points)
    return points, [*faces, tuple(reversed(range(size))), tuple(range(count - size, count))]

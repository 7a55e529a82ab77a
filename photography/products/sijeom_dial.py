"""SIJEOM's dial, its markers and its hands at 10:08:37. Millimetres in the watch's axes (see sijeom_frame)."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

from photography.meshes import MAIN_UV, Points, arc, chain, grid_faces, join, lathe, make_object, text_object
from photography.products.sijeom_case import Mesh, finished
from photography.products.sijeom_frame import standing

RIM = 17.4
CENTRE_Z, DOME = 2.02, 0.42
STEP_AT, STEP = 14.95, 0.10
HOUR, MINUTE, SECOND = 10, 8, 37
PRINT = 0.015


def dial_z(radius: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Height of the domed dial; beyond a fine step lies the minute track."""
    radius = np.asarray(radius, float)
    return CENTRE_Z - DOME * (radius / RIM) ** 2 - np.where(radius > STEP_AT, STEP, 0.0)


def build_dial(for_model: bool) -> dict[str, bpy.types.Object]:
    """Objects `dial`, `indices`, `track`, `hands` and `second`."""
    return {
        "dial": _dial(*((56, 6) if for_model else (192, 12))),
        "indices": _indices(),
        "track": _track(for_model),
        "hands": _hands(24 if for_model else 48),
        "second": _second(16 if for_model else 32),
    }


def _dial(segments: int, rings: int) -> bpy.types.Object:
    inner = np.linspace(0.001, STEP_AT - 0.04, rings)
    outer = np.linspace(STEP_AT + 0.04, RIM, rings // 3 + 1)
    profile = np.concatenate([np.c_[radius, dial_z(radius)] for radius in (inner, outer)])
    points, faces, uv = lathe(profile, segments)
    return finished("dial", points, faces, {MAIN_UV: uv, "Plane": points[:, :2] / 12}, 60)


def turned_to(points: Points, degrees: float) -> Points:
    """Points that lie towards 12 o'clock, turned clockwise."""
    turn = np.radians(-degrees)
    x, y, z = points.T
    return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), z], -1)


def _roofed(half: NDArray[np.float64], along: NDArray[np.float64], bottom: object, wall: float, ridge: object) -> Mesh:
    """A bar towards 12 o'clock with a roof of two facets: half widths by length, walls and a ridge above them."""
    count = len(along)
    bottom, ridge = (np.broadcast_to(np.asarray(height, float), count) for height in (bottom, ridge))
    top = bottom + wall
    section = ((-1, bottom), (-1, top), (0, top + ridge), (1, top), (1, bottom))
    rows = [np.stack([side * half, along, height], -1) for side, height in section]
    points = np.stack(rows, 1).reshape(-1, 3)
    faces = grid_faces(count, 5)
    faces += [(0, 1, 2, 3, 4), tuple((count - 1) * 5 + i for i in (4, 3, 2, 1, 0))]
    return points, faces


def _index(inner: float, outer: float, half: float) -> Mesh:
    # Both ends slope like the roof: the ridge is shorter than the foot.
    along = np.array([inner, inner + 0.34, outer - 0.34, outer])
    bottom = dial_z(along) - 0.02
    return _roofed(np.full(4, half), along, bottom, 0.16, np.array([0.0, 0.2, 0.2, 0.0]))


def _indices() -> bpy.types.Object:
    pieces = []
    for hour in range(12):
        if hour == 0:
            twins = (_index(10.6, 14.3, 0.36) for _ in range(2))
            pieces += [
                (points + np.array([x, 0, 0]), faces) for x, (points, faces) in zip((-0.62, 0.62), twins, strict=True)
            ]
            continue
        long = hour % 3 == 0
        points, faces = _index(10.6 if long else 11.5, 14.3, 0.40 if long else 0.33)
        pieces.append((turned_to(points, 30 * hour), faces))
    points, faces = join(pieces)
    return finished("indices", points, faces, {MAIN_UV: points[:, :2] / 12}, 8)


def _track(for_model: bool) -> bpy.types.Object:
    pieces = [_dash(minute) for minute in range(60)]
    pieces += [_dot(5 * number) for number in range(12)]
    pieces.append(_written("SIJEOM", 1.5, 6.35))
    if not for_model:
        pieces.append(_written("AUTOMATIC", 0.74, -6.5))
    points, faces = join(pieces)
    return make_object("track", standing(points), faces, {MAIN_UV: points[:, :2] / 12}, smooth=False)


def _dash(minute: int) -> Mesh:
    half, outer = (0.10, 16.75) if minute % 5 == 0 else (0.065, 16.35)
    radius = np.linspace(15.4, outer, 3)
    z = dial_z(radius) + PRINT
    points = np.concatenate([np.stack([side * np.full(3, half), radius, z], -1) for side in (-1, 1)])
    return turned_to(points, 6 * minute), [(0, 3, 4, 1), (1, 4, 5, 2)]


def _dot(minute: int) -> Mesh:
    ring = arc((0.0, 15.4), 0.24, 0, 330, 12)
    points = np.c_[ring, dial_z(15.4) + np.full(12, PRINT)]
    return turned_to(points, 6 * minute), [tuple(range(12))]


def _written(text: str, size: float, y: float) -> Mesh:
    """A line of print on the dial, its letters set wide."""
    pieces, left = [], 0.0
    for letter in text:
        written = text_object(letter, size, 0.0)
        points = np.array([corner.co for corner in written.data.vertices]) * 1000
        faces = [tuple(face.vertices) for face in written.data.polygons]
        bpy.data.objects.remove(written)
        points[:, 0] += left - points[:, 0].min()
        left = points[:, 0].max() + 0.34 * size
        pieces.append((points, faces))
    points, all_faces = join(pieces)
    points[:, 0] -= (points[:, 0].min() + points[:, 0].max()) / 2
    points[:, 1] += y
    points[:, 2] = dial_z(np.hypot(points[:, 0], points[:, 1])) + PRINT
    return points, all_faces


def _leaf(length: float, half: float, tail: float, z: float, steps: int) -> Mesh:
    """A slender leaf with two facets, from a short tail to a fine tip."""
    along = np.linspace(-tail, length, steps)
    belly = np.interp(along, (-tail, 0.0, 0.42 * length, 0.8 * length, length), (0.42, 0.55, 1.0, 0.62, 0.10)) * half
    smooth = np.convolve(np.pad(belly, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    smooth[-1] = 0.06
    return _roofed(smooth, along, z, 0.07, 0.26 * smooth)


def _hub(radius: float, bottom: float, top: float, segments: int) -> Mesh:
    edge = 0.12
    profile = chain((radius, bottom), arc((radius - edge, top - edge), edge, 0, 90, 4), (0.001, top + 0.02))
    return lathe(profile, segments)[:2]


def _hands(steps: int) -> bpy.types.Object:
    minutes = MINUTE + SECOND / 60
    hour = _leaf(9.6, 0.78, 2.3, 2.50, steps)
    minute = _leaf(14.9, 0.66, 2.8, 2.82, steps)
    pieces = [
        (turned_to(hour[0], 30 * (HOUR + minutes / 60)), hour[1]),
        (turned_to(minute[0], 6 * minutes), minute[1]),
        _hub(1.05, 2.3, 2.80, steps),
        _hub(0.95, 2.75, 3.08, steps),
    ]
    points, faces = join(pieces)
    return finished("hands", points, faces, {MAIN_UV: points[:, :2] / 12}, 14)


def _second(steps: int) -> bpy.types.Object:
    along = np.array([-5.2, -5.0, -2.2, -2.0, 0.0, 14.0, 15.9])
    half = np.array([0.30, 0.34, 0.34, 0.13, 0.13, 0.10, 0.06])
    needle = _roofed(half, along, 3.18, 0.08, 0.03)
    points, faces = join([(turned_to(needle[0], 6 * SECOND), needle[1]), _hub(0.62, 3.05, 3.40, steps)])
    return finished("second", points, faces, {MAIN_UV: points[:, :2] / 12}, 30)

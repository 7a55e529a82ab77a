"""SIJEOM's case: bezel, middle with lugs, crown, back. Millimetres in the watch's axes (see sijeom_frame)."""

from __future__ import annotations

import bpy
import numpy as np

from photography.meshes import (
    MAIN_UV,
    Face,
    Points,
    arc,
    chain,
    grid_faces,
    join,
    lathe,
    make_object,
    rounded_rectangle,
    text_object,
    weld,
)
from photography.products.sijeom_frame import standing

Mesh = tuple[Points, list[Face]]
CASEBACK_MM = (22.0, 6.0)
NUMBER_MM = (14.0, 3.0)
CASEBACK_Y, NUMBER_Y = 2.0, -5.2
BACK_Z = -3.78
LEGEND = "SIJEOM  ·  SEOUL  ·  STAINLESS STEEL  ·  38 MM  ·  5 BAR  ·  "

BEZEL = chain(
    (17.35, 1.2),
    (17.35, 2.42),
    arc((17.55, 2.42), 0.20, 180, 100, 4),
    arc((17.30, 0.10), 2.56, 84, 46, 9),
    arc((19.02, 1.58), 0.20, 42, -80, 5),
    (18.4, 1.38),
)
# The upper edge is polished, the flank brushed, the lower edge polished again.
UPPER = chain((18.3, 1.18), (18.72, 1.18), arc((18.72, 0.96), 0.22, 80, 24, 4))
FLANK = chain(arc((10.0, -0.45), 9.02, 8.6, -8.6, 7))
LOWER = chain(arc((18.52, -1.92), 0.42, 10, -38, 4), (17.30, -2.98), (16.9, -3.05))
BACK = chain(
    (17.1, -2.7),
    (16.75, -3.30),
    arc((16.35, -3.25), 0.45, -25, -88, 4),
    (16.0, -3.72),
    (13.1, -3.90),
    (12.95, -3.88),
    (12.85, BACK_Z),
    (6.0, BACK_Z),
    (0.001, BACK_Z),
)
CROWN = chain(
    (0.001, 22.75),
    (1.55, 22.72),
    (1.85, 22.55),
    (2.15, 22.45),
    arc((2.28, 22.15), 0.3, 80, 5, 4),
    (2.62, 21.3),
    (2.62, 20.3),
    arc((2.35, 20.25), 0.25, -10, -80, 3),
    (1.4, 19.9),
    (1.4, 18.0),
)
FLUTES = 30


def build_case(for_model: bool) -> dict[str, bpy.types.Object]:
    """Objects `bezel`, `case`, `flank`, `crown`, `back` and `legend`."""
    segments = 56 if for_model else 160
    made = {
        "bezel": turned("bezel", BEZEL, segments),
        "flank": turned("flank", FLANK, segments, (0.52, 0.98)),
        "case": _case(segments, 3 if for_model else 5),
        "crown": _crown(for_model),
        "back": _back(segments),
    }
    if not for_model:
        made["legend"] = _legend()
    return made


def finished(
    name: str, points: Points, faces: list[Face], layers: dict[str, Points], sharp: float = 32
) -> bpy.types.Object:
    """An object that stands in the studio; edges sharper than that angle (degrees) stay sharp, flats stay flat."""
    made = weld(make_object(name, standing(points), faces, layers))
    made.data.set_sharp_from_angle(angle=np.radians(sharp))
    even = made.modifiers.new("even", "WEIGHTED_NORMAL")
    even.keep_sharp = True
    return made


def polished_uv(points: Points) -> Points:
    """Where the texture of metal is polished."""
    return np.c_[points[:, 0] / 40 + 0.5, np.full(len(points), 0.25)]


def turned(name: str, profile: Points, segments: int, span: tuple[float, float] = (0.02, 0.48)) -> bpy.types.Object:
    """A body of revolution; `span` is where its profile lies in the texture of metal, brushed above 0.5."""
    points, faces, uv = lathe(profile, segments)
    return finished(name, points, faces, {MAIN_UV: _spanned(uv, span)})


def _spanned(uv: Points, span: tuple[float, float]) -> Points:
    return np.c_[uv[:, 0], span[0] + (span[1] - span[0]) * uv[:, 1]]


def _case(segments: int, corner: int) -> bpy.types.Object:
    rings = [lathe(profile, segments)[:2] for profile in (UPPER, LOWER)]
    lug, faces = _lug(corner)
    signs = [(x, y) for x in (1, -1) for y in (1, -1)]
    lugs = [(lug * (x, y, 1), faces) for x, y in signs]
    bars = [_bar(y) for y in (1, -1)]
    points, all_faces = join([*rings, *lugs, *bars])
    return finished("case", points, all_faces, {MAIN_UV: polished_uv(points)})


# y, upper and lower z, outer x of a lug from inside the case to its tip
_LUG = np.array([
    (13.0, 0.75, -2.0, 13.9),
    (15.5, 0.75, -2.2, 13.7),
    (17.5, 0.68, -2.4, 13.45),
    (19.0, 0.42, -2.65, 13.2),
    (20.4, -0.10, -2.95, 12.95),
    (21.5, -0.80, -3.22, 12.75),
    (22.3, -1.50, -3.45, 12.6),
    (22.85, -2.15, -3.60, 12.5),
    (23.15, -2.75, -3.65, 12.42),
])  # fmt: skip
LUG_INSIDE = 10.2


def _lug(corner: int) -> Mesh:
    rings = []
    for y, upper, lower, outer in _LUG:
        height, width = upper - lower, outer - LUG_INSIDE
        outline = rounded_rectangle(width, height, min(0.42, height / 3), corner)
        centre = ((outer + LUG_INSIDE) / 2, (upper + lower) / 2)
        rings.append(np.c_[outline[:, 0] + centre[0], np.full(len(outline), y), outline[:, 1] + centre[1]])
    # The tip is rounded: two smaller rings ahead of the last one.
    for ahead, share in ((0.16, 0.86), (0.24, 0.6)):
        middle = rings[len(_LUG) - 1].mean(0)
        rings.append(middle + (rings[len(_LUG) - 1] - middle) * share + (0, ahead, 0))
    count = len(rings[0])
    faces = grid_faces(len(rings), count, closed=True)
    faces.append(tuple((len(rings) - 1) * count + i for i in range(count)))
    return np.concatenate(rings), faces


def _bar(side: int) -> Mesh:
    """The spring bar between two lugs; one sees its end beside the strap."""
    profile = chain((0.001, -10.4), (0.75, -10.4), (0.75, 10.4), (0.001, 10.4))
    points, faces, _ = lathe(profile, 12)
    return np.stack([points[:, 2], points[:, 1] + side * 21.3, points[:, 0] - 2.1], -1), faces


def _crown(for_model: bool) -> bpy.types.Object:
    segments = FLUTES * (2 if for_model else 4)
    points, faces, _ = lathe(CROWN, segments)
    radius, turn = np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])
    fluted = (radius > 2.3) & (points[:, 2] < 22.3)
    scale = np.where(fluted, 1 - 0.030 * (1 + np.cos(FLUTES * turn)), 1.0)
    points = np.stack([points[:, 2], points[:, 1] * scale, points[:, 0] * scale - 0.45], -1)
    return finished("crown", points, faces, {MAIN_UV: polished_uv(points)}, 75 if for_model else 40)


def _back(segments: int) -> bpy.types.Object:
    points, faces, _ = lathe(BACK, segments)
    layers = {
        MAIN_UV: points[:, :2] / 12,
        "Caseback": panel_uv(points, CASEBACK_Y, CASEBACK_MM),
        "Number": panel_uv(points, NUMBER_Y, NUMBER_MM),
    }
    return finished("back", points, faces, layers)


def panel_uv(points: Points, centre: float, size: tuple[float, float]) -> Points:
    """A panel of the back: seen from behind, 12 o'clock up, −x lies on the right."""
    return np.c_[-points[:, 0] / size[0] + 0.5, (points[:, 1] - centre) / size[1] + 0.5]


def _legend() -> bpy.types.Object:
    """What is lasered around the back: letters of a line, bent to a circle."""
    written = text_object(LEGEND, 1.25, 0.0)
    points = np.array([corner.co for corner in written.data.vertices]) * 1000
    faces = [tuple(face.vertices) for face in written.data.polygons]
    bpy.data.objects.remove(written)
    left, right = points[:, 0].min(), points[:, 0].max() + 0.9
    turn = np.pi / 2 - 2 * np.pi * (points[:, 0] - left) / (right - left)
    radius = 14.42 + points[:, 1] - 0.1
    slope = np.interp(radius, (13.1, 16.0), (-3.90, -3.72)) - 0.02
    bent = np.c_[-radius * np.cos(turn), radius * np.sin(turn), slope]
    return make_object("legend", standing(bent), faces, {MAIN_UV: points[:, :2]}, smooth=False)

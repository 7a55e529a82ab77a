"""The shapes of ON:DAM: body, foot, gasket, lid with knob, sleeve with strap, snap and stitches. Millimetres, degrees.

Angles around the cup: 0 is the front (-y), positive to the right.
"""

from __future__ import annotations

import math
from itertools import pairwise

import bpy
import numpy as np

from photography import meshes
from photography.meshes import Layers, Points, arc, bezier, chain, lathe, make_object

HEIGHT = 118.0
WALL = bezier((31.6, 7.0), (37.0, 30.0), (39.6, 70.0), (40.2, HEIGHT - 2.0), 26)
LID_FROM = HEIGHT + 1.5
LID_TOP = LID_FROM + 12.5
KNOB_FROM = LID_TOP - 1.45
SLEEVE = (13.0, 61.0)
SLEEVE_OFF = (0.2, 2.5)  # inner and outer face, from the body's wall
SEAM = 86.0
STRAP = (51.0, 112.0)
STRAP_OFF = (2.35, 4.3)
SNAP = 60.5
PRINT = (89.0, 62.0, 46.0)  # centre's height, width, height of the printed panel
FOIL = (37.0, 46.0, 26.0)
STITCH_RADIUS = 0.47
OUTSIDE = -5.0


def wall(z: float | Points) -> Points:
    """The radius of the body's outer wall at a height."""
    return np.interp(z, WALL[:, 1], WALL[:, 0])


BODY = chain(
    arc((30.2, 6.6), 1.5, -70, -5, 5),
    WALL[1:],
    arc((38.3, HEIGHT - 2.0), 1.9, 0, 180, 11)[1:],
    *((36.2, z) for z in np.linspace(HEIGHT - 6, 60, 5)),
    bezier((36.2, 56), (35.4, 30), (32, 11), (22, 9.5), 9),
    (8, 9.2),
    (0.001, 9.2),
)
OUTER_POINTS = 5 + len(WALL) - 1
FOOT = chain(
    (0.001, 2.4),
    (22.5, 2.4),
    arc((23.6, 1.2), 1.2, 160, 270, 5),
    arc((28.4, 1.3), 1.3, -90, 10, 6),
    (29.9, 3.6),
    (30.25, 5.2),
    (30.6, 5.9),
)
GASKET = chain((30, HEIGHT - 0.2), (38.6, HEIGHT - 0.2), arc((38.6, HEIGHT + 0.7), 0.9, -90, 90, 7), (30, HEIGHT + 1.6))
LID = chain(
    (30, LID_FROM),
    (39.4, LID_FROM),
    arc((39.6, LID_FROM + 1.2), 1.2, -90, 0, 5),
    (40.9, LID_FROM + 4),
    arc((40.9 - 3.2, LID_TOP - 3.2), 3.2, 5, 88, 9),
    (34.5, LID_TOP - 0.05),
    (33.0, LID_TOP - 0.35),
    (31.6, LID_TOP - 1.0),
    (24, LID_TOP - 1.35),
    (12, KNOB_FROM),
    (0.001, KNOB_FROM),
)
KNOB = chain(
    (0.001, KNOB_FROM - 0.5),
    (6.2, KNOB_FROM - 0.5),
    arc((6.2, KNOB_FROM + 0.5), 0.9, -90, 60, 4),
    bezier((5.0, KNOB_FROM + 1.9), (4.0, KNOB_FROM + 3.2), (4.0, KNOB_FROM + 5.0), (5.2, KNOB_FROM + 6.6), 7),
    bezier((5.6, KNOB_FROM + 7.0), (9.0, KNOB_FROM + 7.9), (9.2, KNOB_FROM + 11.4), (7.4, KNOB_FROM + 12.7), 9),
    bezier((6.9, KNOB_FROM + 13.05), (4.6, KNOB_FROM + 13.75), (2, KNOB_FROM + 13.95), (0.001, KNOB_FROM + 14.0), 6),
)
SNAP_PROFILE = chain(
    *((0.001, 1.75), (1.2, 1.73), (2.4, 1.6)),
    bezier((3.0, 1.5), (3.4, 1.3), (3.5, 1.0), (3.9, 0.95), 4),
    arc((4.1, 0.5), 0.55, 80, -60, 6),
    (4.1, -0.3),
)


def build(for_model: bool) -> dict[str, bpy.types.Object]:
    """All objects of the cup."""
    segments = 48 if for_model else 72
    made = {
        "body": _body(segments),
        **{name: _turned(name, profile, segments) for name, profile in (("foot", FOOT), ("gasket", GASKET))},
        "lid": _lid(segments),
        "knob": _turned("knob", KNOB, 24 if for_model else 36),
        "snap": _snap(20 if for_model else 32),
        "sleeve": _sleeve(for_model),
        "strap": _strap(for_model),
        "stitch": _stitches(for_model),
    }
    if not for_model:
        for name in ("body", "foot", "gasket", "lid", "knob", "snap"):
            meshes.subdivide(made[name])
    return made


def panel_uv(points: Points, place: tuple[float, float, float], off: float = 0.0) -> Points:
    """Where points lie on a panel bent around the front, `off` the body's wall: u along the arc, v upwards."""
    centre, width, height = place
    turn = np.arctan2(points[:, 0], -points[:, 1])
    return np.stack([turn * (float(wall(centre)) + off) / width + 0.5, (points[:, 2] - centre) / height + 0.5], -1)


def _turned(name: str, profile: Points, segments: int) -> bpy.types.Object:
    points, faces, uv = lathe(profile, segments)
    return meshes.weld(make_object(name, points, faces, {meshes.MAIN_UV: uv}))


def _body(segments: int) -> bpy.types.Object:
    points, faces, uv = lathe(BODY, segments)
    panel = panel_uv(points, PRINT)
    inner = np.tile(np.arange(len(BODY)) >= OUTER_POINTS, segments + 1)
    # The lathe begins and ends behind: both ends of the panel's map meet there, far outside of the panel.
    panel[inner, 0] = OUTSIDE
    panel[: len(BODY), 0], panel[-len(BODY) :, 0] = OUTSIDE, OUTSIDE
    return meshes.weld(make_object("body", points, faces, {meshes.MAIN_UV: uv, "print": panel}))


def _lid(segments: int) -> bpy.types.Object:
    points, faces, _ = lathe(LID, segments)
    # Cut from one board: the grain runs along x, and the side goes on where the top ends.
    board = np.stack([points[:, 0] / 84 + 0.5, (points[:, 1] + 0.9 * points[:, 2]) / 84], -1)
    return meshes.weld(make_object("lid", points, faces, {meshes.MAIN_UV: board}))


def _around(offset: float, turn: float, z: float) -> tuple[float, float, float]:
    radius, t = float(wall(z)) + offset, math.radians(turn)
    return radius * math.sin(t), -radius * math.cos(t), z


def _strip_section(
    half: float, off: tuple[float, float], round_by: float, grooves: tuple[float, ...], steps: int
) -> Points:
    """The section of a leather strip: (offset from the wall, height from its middle), outer face first."""
    outer = np.linspace(-half + round_by, half - round_by, steps)
    sunk = sum((0.28 * np.exp(-(((outer - groove) / 0.75) ** 2)) for groove in grooves), np.zeros(steps))
    inner_round = round_by * 0.7
    return chain(
        np.stack([off[1] - sunk, outer], -1),
        arc((off[1] - round_by, half - round_by), round_by, 20, 90, 4),
        arc((off[0] + inner_round, half - inner_round), inner_round, 90, 170, 3),
        arc((off[0] + inner_round, -half + inner_round), inner_round, 190, 270, 3),
        arc((off[1] - round_by, -half + round_by), round_by, -90, -20, 4),
    )


def _strip(sections: list[tuple[float, Points]], middle: float) -> tuple[Points, list[meshes.Face], Points]:
    """A strip around the wall from its sections at angles; vertices, faces, UV in units of 30 mm."""
    points, uv = [], []
    for turn, section in sections:
        along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(section, axis=0), axis=1))]
        for (offset, z), length in zip(section, along, strict=True):
            points.append(_around(offset, turn, middle + z))
            uv.append((math.radians(turn) * 39 / 30, (length + middle) / 30))
    count = len(sections[0][1])
    faces = meshes.grid_faces(len(sections), count, closed=True)
    last = (len(sections) - 1) * count
    faces += [tuple(range(count - 1, -1, -1)), tuple(last + i for i in range(count))]
    return np.array(points), faces, np.array(uv)


def _sleeve(for_model: bool) -> bpy.types.Object:
    middle, half = sum(SLEEVE) / 2, (SLEEVE[1] - SLEEVE[0]) / 2
    section = _strip_section(half, SLEEVE_OFF, 0.8, (half - 3.4, -half + 3.4), 13 if for_model else 40)
    turns = np.linspace(SEAM + 0.5, SEAM + 359.5, 73 if for_model else 145)
    points, faces, uv = _strip([(turn, section) for turn in turns], middle)
    panel = panel_uv(points, FOIL, SLEEVE_OFF[1])
    inner = np.hypot(points[:, 0], points[:, 1]) < wall(points[:, 2]) + (SLEEVE_OFF[0] + SLEEVE_OFF[1]) / 2
    panel[inner, 0] = OUTSIDE
    made = make_object("sleeve", points, faces, {meshes.MAIN_UV: uv, "foil": panel})
    made.data.polygons.foreach_set("use_smooth", [True] * len(made.data.polygons))
    meshes.shade_by_angle(meshes.weld(made), 50)
    return made


def _strap_half(turn: float, inset: float = 0.0) -> float:
    """Half of the strap's height at an angle: a band with round ends."""
    radius_mm = 41.0
    first, last = STRAP
    end_mm = math.radians(min(turn - first, last - turn)) * radius_mm - inset
    half = 11.5 - inset
    if end_mm >= half * 0.9:
        return half
    return half * math.sqrt(max(0.0, 1 - (1 - max(end_mm, 0.0) / (half * 0.9)) ** 2))


def _strap(for_model: bool) -> bpy.types.Object:
    middle = sum(SLEEVE) / 2
    swing = np.linspace(0, math.pi, 25 if for_model else 49)
    turns = (STRAP[0] + STRAP[1]) / 2 - np.cos(swing) * (STRAP[1] - STRAP[0]) / 2
    sections = [(float(turn), _strip_section(max(_strap_half(turn), 1.1), STRAP_OFF, 0.7, (), 9)) for turn in turns]
    points, faces, uv = _strip(sections, middle)
    layers: Layers = {meshes.MAIN_UV: uv + 0.37, "foil": np.full((len(points), 2), OUTSIDE)}
    return meshes.shade_by_angle(meshes.weld(make_object("strap", points, faces, layers)), 50)


def _snap(segments: int) -> bpy.types.Object:
    points, faces, uv = lathe(SNAP_PROFILE, segments)
    t = math.radians(SNAP)
    out, along, up = (
        np.array([math.sin(t), -math.cos(t), 0]),
        np.array([math.cos(t), math.sin(t), 0]),
        np.array([0, 0, 1]),
    )
    centre = np.array(_around(STRAP_OFF[1] - 0.15, SNAP, sum(SLEEVE) / 2))
    placed = points[:, :1] * along + points[:, 1:2] * up + points[:, 2:] * out + centre
    return meshes.weld(make_object("snap", placed, faces, {meshes.MAIN_UV: uv}))


def _stitch(start: Points, end: Points, for_model: bool) -> tuple[Points, list[meshes.Face]]:
    """One stitch of thread between two holes: thick in the middle, sunk at its ends."""
    t = np.linspace(0, 1, 3 if for_model else 7)
    outward = np.r_[(start + end)[:2], 0]
    outward /= np.linalg.norm(outward)
    lift = 0.42 * (1 - (2 * t - 1) ** 4) - 0.28
    path = start + t[:, None] * (end - start) + lift[:, None] * outward
    radius = STITCH_RADIUS * (0.72 + 0.28 * np.sin(np.pi * t))
    return meshes.tube(path, radius, 5 if for_model else 8)


def _stitches(for_model: bool) -> bpy.types.Object:
    pieces = []
    for z in (SLEEVE[0] + 3.4, SLEEVE[1] - 3.4):
        step = 360 / 62
        for number in range(62):
            turn = SEAM + (number + 0.5) * step
            if abs((turn - SEAM + 180) % 360 - 180) > 3:
                start, end = (
                    _around(SLEEVE_OFF[1] - 0.02, turn - 0.36 * step, z - 0.12),
                    _around(SLEEVE_OFF[1] - 0.02, turn + 0.36 * step, z + 0.12),
                )
                pieces.append(_stitch(np.array(start), np.array(end), for_model))
    path = _strap_seam()
    for start, end in pairwise(path):
        gap = (end - start) * 0.14
        pieces.append(_stitch(start + gap, end - gap, for_model))
    points, faces = meshes.join(pieces)
    made = make_object("stitch", points, faces, {meshes.MAIN_UV: np.zeros((len(points), 2))})
    return meshes.weld(made, 1e-5)


def _strap_seam() -> list[Points]:
    """Holes of the seam around the strap, 2.6 mm inside of its edge, evenly spaced."""
    middle, first, last = sum(SLEEVE) / 2, *STRAP
    inset = 2.6
    edge = math.degrees(inset / 41.0)
    swing = np.linspace(0, 2 * math.pi, 721)
    turns = (first + last) / 2 - np.cos(swing) * ((last - first) / 2 - edge)
    heights = np.array([_strap_half(t, inset) for t in turns]) * np.where(swing <= math.pi, 1, -1)
    outline = np.array([_around(STRAP_OFF[1] - 0.05, t, middle + h) for t, h in zip(turns, heights, strict=True)])
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))]
    holes = np.linspace(0, along[-1], round(along[-1] / 3.4) + 1)
    return [np.array([np.interp(hole, along, outline[:, axis]) for axis in range(3)]) for hole in holes]

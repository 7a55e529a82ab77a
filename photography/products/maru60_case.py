"""Case, plate, name bar and back plate of MARU 60.

Two frames, both in millimetres: the desk's (z = 0 on the desk, y to the back) and the plate's, which is tilted by the
typing angle about the x axis and has z = 0 in the plane of the case's rim.
"""

import math
from collections.abc import Callable, Sequence

import bpy
import numpy as np

from photography.meshes import join, make_object, shade_by_angle, weld
from photography.products.maru60_mesh import Faces, at, capped, outline, spindle
from photography.products.maru60_solids import cut, round_edges, smoothed, subtract

Place = Callable[[np.ndarray], np.ndarray]

TYPING_ANGLE = math.radians(6.5)
FEET_MM = 2.0
RIM_CENTRE_Z = 24.0  # height of the rim's plane above the desk at y = 0
HALF_WIDTH, FRONT, BACK = 148.8, -65.0, 54.2
CORNER_MM = 7.0
SEAM_Z = 8.2
FIELD_MM = (286.8, 96.4)  # the opening for the keys
PLATE_DEPTH = 7.5
CHIN_ANGLE = math.radians(-25)  # slope of the front lip, down to the user
LIP_V = -52.6  # where the rim turns into the chin, in the plate's frame
BAR_MM = (80.0, 10.2)
BAR_X = 91.0
BAR_PANEL_MM = (76.0, 9.0)
BACK_MM = (204.0, 82.0)
BACK_PANEL_MM = (196.0, 74.0)
BACK_Y = -5.0

_COS, _SIN = math.cos(TYPING_ANGLE), math.sin(TYPING_ANGLE)


def tilted(points: np.ndarray) -> np.ndarray:
    """From the plate's frame to the desk's."""
    x, v, w = np.asarray(points, float).T
    return np.column_stack([x, v * _COS - w * _SIN, RIM_CENTRE_Z + v * _SIN + w * _COS])


def on_chin(points: np.ndarray) -> np.ndarray:
    """From the chin's frame (x, up the slope, out of it; origin in the middle of the slope) to the desk's."""
    x, up, out = np.asarray(points, float).T
    cos, sin = math.cos(CHIN_ANGLE), -math.sin(CHIN_ANGLE)
    y0, z0 = _chin_middle()
    return np.column_stack([x, y0 + up * cos - out * sin, z0 + up * sin + out * cos])


def _chin_middle() -> tuple[float, float]:
    """(y, z) of the middle of the slope between the lip and the front face."""
    _, lip_y, lip_z = tilted(np.array([[0, LIP_V, 0]]))[0]
    length = (lip_y - FRONT) / 2
    return lip_y - length, lip_z + length * math.tan(CHIN_ANGLE)


def build_case(light: bool) -> dict[str, bpy.types.Object]:
    """Objects of the case and of what is let into it."""
    result = {"upper": _upper_shell(light), "lower": _lower_shell(light)}
    result["seam"] = _slab("seam", SEAM_Z - 0.5, SEAM_Z + 0.5, 0.7, light)
    result["plate"] = _plate()
    result["bar"] = _bar(light)
    result["back"] = _back_plate(light)
    result["screws"] = _screws(light)
    result["feet"] = _feet(light)
    return result


def _slab(name: str, low: float, high: float, inset: float, light: bool) -> bpy.types.Object:
    """The case's outline, `inset` millimetres narrower, between two heights."""
    half = HALF_WIDTH - inset, (BACK - FRONT) / 2 - inset
    plan = outline(half, CORNER_MM - inset, (1, 1), 4 if light else 10) + np.array([0, (BACK + FRONT) / 2])
    points, faces = capped([at(plan, low), at(plan, high)])
    return make_object(name, points, faces, smooth=False)


def _upper_shell(light: bool) -> bpy.types.Object:
    """The wedge with chin, hollow for the keys and with a pocket for the name bar."""
    shell = _slab("upper", SEAM_Z + 0.25, 60, 0, light)
    cut(shell, tilted(np.array([[0, 0, 0]]))[0], (0, -_SIN, _COS))
    cut(shell, on_chin(np.array([[0, 0, 0]]))[0], (0, math.sin(CHIN_ANGLE), math.cos(CHIN_ANGLE)))
    round_edges(shell, 1.3, 1 if light else 4, 20)
    subtract(shell, _cutter(FIELD_MM, 2.0, (-PLATE_DEPTH - 3, 5), tilted, light=light))
    subtract(shell, _cutter(BAR_MM, 1.4, (-0.8, 3), _on_bar, light=light))
    round_edges(shell, 0.45, 1 if light else 3, 50)
    return smoothed(shell)


def _lower_shell(light: bool) -> bpy.types.Object:
    """The tray below the seam, with a recess for the back plate."""
    shell = _slab("lower", FEET_MM, SEAM_Z - 0.25, 0, light)
    round_edges(shell, 0.9, 1 if light else 3, 50)
    subtract(shell, _cutter(BACK_MM, 4.3, (FEET_MM - 2, FEET_MM + 1), _below, light=light))
    round_edges(shell, 0.4, 1 if light else 2, 50)
    return smoothed(shell)


def _on_bar(points: np.ndarray) -> np.ndarray:
    return on_chin(points + np.array([BAR_X, 0.2, 0]))


def _below(points: np.ndarray) -> np.ndarray:
    return points + np.array([0, BACK_Y, 0])


def _cutter(
    size: Sequence[float], radius: float, z: tuple[float, float], place: Place, *, light: bool
) -> bpy.types.Object:
    """A box with round corners that will be cut out, 0.2 mm larger all around than what is let in."""
    plan = outline((size[0] / 2 + 0.2, size[1] / 2 + 0.2), radius, (1, 1), 2 if light else 6)
    points, faces = capped([at(plan, z[0]), at(plan, z[1])])
    return make_object("cutter", place(points), faces, smooth=False)


def _plate() -> bpy.types.Object:
    half = np.array([FIELD_MM[0] / 2 + 0.5, FIELD_MM[1] / 2 + 0.5, -PLATE_DEPTH])
    points = np.array([(-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)]) * half
    return make_object("plate", tilted(points), [(0, 1, 2, 3)], smooth=False)


def _plaque(
    size: tuple[float, float], radius: float, z: tuple[float, float], edge: float, *, light: bool
) -> tuple[np.ndarray, Faces]:
    """Points and faces of a flat plaque with a rounded edge; the face upwards is one flat polygon."""
    rings = []
    for turn in np.radians((0, 90) if light else (0, 30, 60, 90)):
        inset = edge * (1 - math.cos(turn))
        plan = outline((size[0] / 2 - inset, size[1] / 2 - inset), radius - inset, (1, 1), 2 if light else 6)
        rings.append(at(plan, z[1] - edge * (1 - math.sin(turn))))
    inner = rings[-1].copy()
    inner[:, :2] -= np.sign(inner[:, :2]) * 0.05  # holds the shading of the flat face
    return capped([at(rings[0][:, :2], z[0]), *rings, inner])


def _panel_uv(points: np.ndarray, size: tuple[float, float]) -> np.ndarray:
    """0…1 on the face upwards; the sides fall outside because the panel is smaller than the plaque."""
    return points[:, :2] / size + 0.5


def _bar(light: bool) -> bpy.types.Object:
    points, faces = _plaque(BAR_MM, 1.2, (-0.7, 0.45), 0.35, light=light)
    uv = _panel_uv(points, BAR_PANEL_MM)
    return make_object("bar", _on_bar(points), faces, {"UVMap": points[:, :2] / 20, "Bar": uv})


def _back_plate(light: bool) -> bpy.types.Object:
    """Faces down; read with the piece turned over about its depth, so u runs to the left."""
    points, faces = _plaque(BACK_MM, 4.0, (-0.9, 0.15), 0.3, light=light)
    uv = _panel_uv(points, BACK_PANEL_MM)
    turned = points * (-1, 1, -1) + (0, BACK_Y, FEET_MM)
    return make_object("back", turned, faces, {"Back": uv})


def _screws(light: bool) -> bpy.types.Object:
    """Six countersunk heads with hexagonal sockets on the underside."""
    sides = 12 if light else 36
    head = spindle([(0.6, 2.5), (-0.15, 2.5), (-0.3, 2.3), (-0.3, 1.35)], sides)
    socket = spindle([(-0.3, 1.35), (0.5, 1.2), (0.5, 0.01)], 6)
    piece, faces = join([head, socket])
    upright = piece[:, [1, 2, 0]]
    places = [(x, y, FEET_MM) for x in (-118, 0, 118) for y in (-53.5, 43.5)]
    points, all_faces = join([(upright + np.array(place), faces) for place in places])
    return weld(make_object("screws", points, all_faces, smooth=False))


def _feet(light: bool) -> bpy.types.Object:
    sides = 16 if light else 40
    profile = [(FEET_MM + 0.3, 6.5), (0.5, 6.5), (0.15, 6.35), (0, 6.0), (0, 0.01)]
    piece, faces = spindle(profile, sides)
    upright = piece[:, [1, 2, 0]]
    places = [(x, y, 0) for x in (-134, 134) for y in (-50, 42)]
    points, all_faces = join([(upright + np.array(place), faces) for place in places])
    return shade_by_angle(weld(make_object("feet", points, all_faces)))

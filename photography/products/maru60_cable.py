"""The coiled cable of MARU 60 with its aviator connector."""

import bpy
import numpy as np

from photography.meshes import join, make_object, shade_by_angle, tube, weld
from photography.products.maru60_case import BACK
from photography.products.maru60_mesh import spindle

CABLE_R = 2.1
COIL_R = 7.0
COIL_Z = COIL_R + CABLE_R
PORT = (-100.0, BACK, 14.0)
PLUG = (60.0, 141.0, 4.2)
LINE_Y = 104.0  # the coil lies parallel to the keyboard's back


def build_cable(light: bool) -> dict[str, bpy.types.Object]:
    """Objects `cable` and `connector`."""
    sides = 5 if light else 12
    first = _smooth(
        [PORT, (-100, BACK + 14, 14), (-100, 80, 12.5), (-93, 97, 10), (-78, LINE_Y, COIL_Z), (-60, LINE_Y, COIL_Z)]
    )
    pieces = [tube(path[:: 2 if light else 1], CABLE_R, sides) for path in (first, _coil(light))]
    points, faces = join(pieces)
    cable = make_object("cable", points, faces)
    result = {"cable": cable, "connector": _connector(light)}
    for obj in result.values():
        _unplug_when_turned_over(obj)
    return result


def _unplug_when_turned_over(obj: bpy.types.Object) -> None:
    """Hides the object in poses that turn the piece over: a cable that lies on the desk would hang in the air there."""
    driver = obj.driver_add("hide_render").driver
    driver.type, driver.expression = "SCRIPTED", "abs(x) + abs(y) > 1"
    for axis in ("x", "y"):
        variable = driver.variables.new()
        variable.name, variable.type = axis, "TRANSFORMS"
        target = variable.targets[0]
        target.id, target.transform_type, target.transform_space = obj, f"ROT_{axis.upper()}", "WORLD_SPACE"


def _coil(light: bool) -> np.ndarray:
    """From the aviator through the coil to the tail, which runs back and ends in a plug."""
    turns, begin, end = 24, -4.0, 106.0
    steps = np.linspace(0, 1, turns * (10 if light else 28))
    angle = 2 * np.pi * turns * steps - np.pi / 2
    swell = np.clip(np.minimum(steps, 1 - steps) * turns / 0.8, 0, 1)
    radius = COIL_R * swell * swell * (3 - 2 * swell)
    x = begin + (end - begin) * steps
    helix = np.column_stack([x, LINE_Y + radius * np.cos(angle), COIL_Z + radius * np.sin(angle)])
    before = np.linspace((-18, LINE_Y, COIL_Z), helix[0], 12)[:-1]
    tail = _smooth(
        [
            helix[-1],
            (118, LINE_Y, 6),
            (138, LINE_Y + 8, 2.4),
            (142, 132, 2.2),
            (122, 142, 2.2),
            (86, 141, 2.6),
            PLUG,
        ]
    )
    return np.concatenate([before, helix, tail[1:]])


def _smooth(points: list[tuple[float, float, float]]) -> np.ndarray:
    """Catmull–Rom through the points."""
    control = np.array([points[0], *points, points[-1]], float)
    steps = np.linspace(0, 1, 16, endpoint=False)[:, None]
    path = []
    for p0, p1, p2, p3 in zip(control, control[1:], control[2:], control[3:], strict=False):
        cubic = -p0 + 3 * p1 - 3 * p2 + p3
        path.append(0.5 * (2 * p1 + (p2 - p0) * steps + (2 * p0 - 5 * p1 + 4 * p2 - p3) * steps**2 + cubic * steps**3))
    return np.concatenate([*path, control[-1:]])


def _connector(light: bool) -> bpy.types.Object:
    """Aviator coupling in the line, sleeve at the port and plug at the tail's end."""
    sides = 24 if light else 96
    aviator, faces = spindle(_aviator_profile(), sides)
    if not light:
        knurled = (aviator[:, 0] > 14.2) & (aviator[:, 0] < 25.8) & (np.hypot(aviator[:, 1], aviator[:, 2]) > 6.5)
        ridge = np.where(np.arange(len(aviator)) % 2, 0.965, 1.0)
        aviator[knurled, 1:] *= ridge[knurled, None]
    sleeve, sleeve_faces = spindle([(-1, 4.6), (1, 4.6), (1.4, 4.3), (13, 4.0), (14, 3.4), (14, 1.5)], sides // 2)
    plug, plug_faces = spindle([(0, 1.5), (0, 3.6), (0.6, 4.2), (20, 4.2), (20.5, 3.9), (20.5, 0.01)], sides // 2)
    tip, tip_faces = spindle([(20, 3.0), (27, 3.0), (27, 0.01)], sides // 2)
    tip = tip * (1, 1.3, 0.45)
    plug, plug_faces = join([(plug, plug_faces), (tip, tip_faces)])
    points, faces = join(
        [
            (aviator + np.array([-60, LINE_Y, COIL_Z]), faces),
            (sleeve[:, [1, 0, 2]] * np.array([-1, 1, 1]) + np.array(PORT), sleeve_faces),
            (plug * np.array([-1, -1, 1]) + np.array(PLUG), plug_faces),
        ]
    )
    return shade_by_angle(weld(make_object("connector", points, faces)))


def _aviator_profile() -> list[tuple[float, float]]:
    """(x, radius) in millimetres: strain relief, body, knurled ring, body, strain relief."""
    return [
        (-4, 2.2), (-4, 3.2), (0, 4.0), (0.4, 5.6), (1, 6.2), (11, 6.2), (11.6, 5.8), (12.6, 5.8),
        (13, 7.6), (13.6, 8.2), (14.4, 8.4), (25.6, 8.4), (26.4, 8.2), (27, 7.6), (27.4, 5.8), (28.4, 5.8),
        (29, 6.4), (40, 6.4), (40.6, 6.0), (41, 4.2), (45, 3.4), (45, 2.2),
    ]  # fmt: skip

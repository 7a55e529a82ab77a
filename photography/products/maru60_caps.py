"""Key caps of MARU 60 with their legends: a cherry-like, sculpted profile."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import bpy
import numpy as np

from photography.meshes import join, make_object
from photography.products.maru60_layout import UNIT_MM, Key, keys
from photography.products.maru60_mesh import Faces, at, loft, outline

GAP_MM = 1.1
# row → height of the top's centre above the cap's rim (mm) and its slope to the user (degrees)
SCULPT = ((9.3, 7.0), (8.0, 4.0), (7.4, -0.5), (7.8, -5.0), (7.9, -7.0))
DISH_MM = 0.8
EDGE_MM = 0.9
TOP_BACK_MM = 0.75  # the top stands back from the centre: the front wall slopes more
LEGEND_LIFT_MM = 0.05
# not bpy's Inter: the overlapping contours of a variable font leave holes and wedges when they are filled
LEGEND_FONT = str(files("pylopdf_fonts_ko") / "NotoSansKR-Regular.otf")
WEIGHT = 0.005


@dataclass(frozen=True)
class Cap:
    """The form that all caps of one width in one row share; millimetres, the rim at z = 0."""

    units: float
    row: int

    @property
    def base(self) -> tuple[float, float]:
        """Half width and half depth at the rim."""
        return (self.units * UNIT_MM - GAP_MM) / 2, (UNIT_MM - GAP_MM) / 2

    @property
    def top(self) -> tuple[float, float]:
        """Half width and half depth where the walls end."""
        return self.base[0] - 2.75, self.base[1] - 2.0

    @property
    def is_space(self) -> bool:
        return self.units > 4

    def height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height of the top's surface at (x, y), measured from the cap's centre."""
        centre, slope = SCULPT[self.row]
        along = y - TOP_BACK_MM
        level = centre + math.tan(math.radians(slope)) * along
        if self.is_space:
            return level - 1.1 * (along / self.top[1]) ** 2
        return level + DISH_MM * ((x / self.top[0]) ** 2 - 1)


@lru_cache(maxsize=64)
def cap_mesh(cap: Cap, *, light: bool) -> tuple[np.ndarray, Faces]:
    """Points and faces of a cap, open below."""
    sides = (max(4, round(cap.units * 3)), 3) if light else (max(9, round(cap.units * 8)), 8)
    corner = 2 if light else 6
    rings = [*_wall(cap, sides, corner, light), *_edge(cap, sides, corner, light), *_dish(cap, sides, corner, light)]
    points, faces = loft(rings)
    size = len(rings[0])
    faces += _lid(size, len(points) - size, sides, corner)
    return points, faces


def _top_outline(cap: Cap, inset: float, sides: tuple[int, int], corner: int) -> np.ndarray:
    half = cap.top[0] - inset, cap.top[1] - inset
    radius = max(2.3 - inset * 0.6, min(*half) * 0.5 if inset > 2.5 else 0.8)
    return outline(half, min(radius, min(half) * 0.95), sides, corner) + np.array([0, TOP_BACK_MM])


def _wall(cap: Cap, sides: tuple[int, int], corner: int, light: bool) -> list[np.ndarray]:
    """From the rim up to the rounded edge, slightly bulged; a last ring close to the edge holds the shading."""
    low = outline(cap.base, 1.0, sides, corner)
    high = _top_outline(cap, 0, sides, corner)
    end = cap.height(high[:, 0], high[:, 1]) - EDGE_MM
    rings = []
    for part in (0, 1) if light else (0, 0.04, 0.35, 0.7, 0.95, 1):
        plan = low + (high - low) * (part + 0.18 * part * (part - 1))
        rings.append(at(plan, part * end))
    return rings


def _edge(cap: Cap, sides: tuple[int, int], corner: int, light: bool) -> list[np.ndarray]:
    """The rounding between wall and top, a quarter of a circle."""
    rings = []
    for angle in np.radians((45, 90) if light else (20, 40, 60, 75, 90)):
        plan = _top_outline(cap, EDGE_MM * (1 - math.cos(angle)), sides, corner)
        z = cap.height(plan[:, 0], plan[:, 1]) - EDGE_MM * (1 - math.sin(angle))
        rings.append(at(plan, z))
    return rings


def _dish(cap: Cap, sides: tuple[int, int], corner: int, light: bool) -> list[np.ndarray]:
    """The concave top, ring by ring inwards."""
    inmost = cap.top[1] - 0.9
    insets = (3.0, inmost) if light else (EDGE_MM + 0.25, 1.9, 3.0, 4.2, inmost)
    rings = []
    for inset in insets:
        plan = _top_outline(cap, inset, sides, corner)
        rings.append(at(plan, cap.height(plan[:, 0], plan[:, 1])))
    return rings


def _lid(size: int, start: int, sides: tuple[int, int], corner: int) -> Faces:
    """Closes the innermost ring: quads between its long sides and a polygon at each end."""
    right_end = corner + sides[1] + corner
    left_end = right_end + sides[0] + corner + sides[1] + corner
    upper = list(range(right_end, right_end + sides[0] + 1))
    lower = [index % size for index in range(left_end, left_end + sides[0] + 1)][::-1]
    faces = [(lower[i], upper[i], upper[i + 1], lower[i + 1]) for i in range(sides[0])]
    faces.append(tuple(range(right_end + 1)))
    faces.append(tuple(range(right_end + sides[0], left_end + 1)))
    return [tuple(start + index for index in face) for face in faces]


def build_caps(light: bool, place: Callable[[np.ndarray], np.ndarray]) -> dict[str, bpy.types.Object]:
    """Objects `alphas`, `mods`, `accent`, `legend` and `modlegend`; `place` takes plate coordinates to the desk's."""
    names = ("alphas", "mods", "accent", "legend", "modlegend")
    pieces: dict[str, list[tuple[np.ndarray, Faces]]] = {name: [] for name in names}
    for key in keys():
        cap = Cap(key.units, key.row)
        offset = np.array([*key.centre_mm, 0.0])
        points, faces = cap_mesh(cap, light=light)
        pieces[key.part].append((points + offset, faces))
        printed = "legend" if key.part == "alphas" else "modlegend"
        pieces[printed] += [(glyphs + offset, its_faces) for glyphs, its_faces in _legend(key, cap, light)]
    result = {}
    for name, its_pieces in pieces.items():
        points, faces = join(its_pieces)
        result[name] = make_object(name, place(points), faces)
    return result


def _legend(key: Key, cap: Cap, light: bool) -> list[tuple[np.ndarray, Faces]]:
    """The signs of a key, upper left as on a classic cap, bent to the cap's surface."""
    lines = [line for line in reversed(key.legend.split("\n")) if line]
    is_word = len(lines) == 1 and len(lines[0]) > 1
    height = 3.0 if is_word else (4.5 if len(lines) == 1 else 2.9)
    left = -cap.top[0] + 1.65
    result = []
    for number, line in enumerate(lines):
        plan, faces = _text(line, height, light)
        baseline = cap.top[1] - 1.2 - height - number * 5.3 + TOP_BACK_MM
        x, y = plan[:, 0] + left, plan[:, 1] + baseline
        result.append((np.column_stack([x, y, cap.height(x, y) + LEGEND_LIFT_MM]), faces))
    return result


@lru_cache(maxsize=256)
def _text(line: str, height: float, light: bool) -> tuple[np.ndarray, Faces]:
    """A line of type, flat: its left edge at x = 0, its baseline at y = 0, capitals `height` millimetres high."""
    points, faces = _type(line, 1 if light else 4)
    scaled = points * (height / _type("H", 1)[0][:, 1].max())
    return scaled - np.array([scaled[:, 0].min(), 0]), faces


@lru_cache(maxsize=256)
def _type(line: str, resolution: int) -> tuple[np.ndarray, Faces]:
    """Outlines of a line of type, filled, in units of the font; a little heavier than the font's regular weight."""
    curve = bpy.data.curves.new("legend", "FONT")
    curve.body, curve.font = line, bpy.data.fonts.load(LEGEND_FONT, check_existing=True)
    curve.resolution_u, curve.offset = resolution, WEIGHT
    obj = bpy.data.objects.new("legend", curve)
    mesh = obj.to_mesh()
    points = np.array([vertex.co[:2] for vertex in mesh.vertices])
    faces = [tuple(polygon.vertices) for polygon in mesh.polygons]
    obj.to_mesh_clear()
    bpy.data.objects.remove(obj)
    return points, faces

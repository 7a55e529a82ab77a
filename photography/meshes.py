"""Meshes from numbers. Lengths are millimetres in, metres in the scene; angles in degrees unless a name says otherwise.

A profile is an array of (radius, height) from the axis at the bottom outwards; a UV layer gives each vertex its (u, v).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import bmesh
import bpy
import numpy as np
from numpy.typing import NDArray

MM = 0.001
Points = NDArray[np.float64]
Face = Sequence[int]
Layers = Mapping[str, Points]
MAIN_UV = "UVMap"


def bezier(start: Face, first: Face, second: Face, end: Face, count: int) -> Points:
    """Points of a cubic Bézier curve."""
    t = np.linspace(0, 1, count)[:, None]
    p = [np.asarray(point, float) for point in (start, first, second, end)]
    return (1 - t) ** 3 * p[0] + 3 * (1 - t) ** 2 * t * p[1] + 3 * (1 - t) * t**2 * p[2] + t**3 * p[3]


def arc(centre: tuple[float, float], radius: float, first: float, last: float, count: int) -> Points:
    """Points of a circle's arc from angle to angle."""
    t = np.radians(np.linspace(first, last, count))
    return np.stack([centre[0] + radius * np.cos(t), centre[1] + radius * np.sin(t)], -1)


def chain(*pieces: object) -> Points:
    """Points and runs of points as one profile."""
    return np.concatenate([np.atleast_2d(np.asarray(piece, float)) for piece in pieces])


def lengths(profile: Points) -> NDArray[np.float64]:
    """How far along the profile each point lies, 0…1."""
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))]
    return np.asarray(along / along[-1])


def lathe(profile: Points, segments: int) -> tuple[Points, list[Face], Points]:
    """A profile turned about the z axis; vertices, faces and UV (u around from behind, v along the profile).

    The seam is behind; its vertices are double until the mesh is welded.
    """
    count = len(profile)
    angle = np.linspace(0, 2 * np.pi, segments + 1) + np.pi / 2
    points = np.stack(
        [
            np.outer(np.cos(angle), profile[:, 0]),
            np.outer(np.sin(angle), profile[:, 0]),
            np.outer(np.ones(segments + 1), profile[:, 1]),
        ],
        -1,
    ).reshape(-1, 3)
    uv = np.stack([np.repeat(np.linspace(0, 1, segments + 1), count), np.tile(lengths(profile), segments + 1)], -1)
    return points, grid_faces(segments + 1, count), uv


def grid_faces(rows: int, columns: int, *, closed: bool = False) -> list[Face]:
    """Quadrilaterals between the points of a grid; `closed` joins the last column to the first."""
    faces: list[Face] = []
    for row in range(rows - 1):
        for column in range(columns if closed else columns - 1):
            here, right = row * columns + column, row * columns + (column + 1) % columns
            faces.append((here, here + columns, right + columns, right))
    return faces


def rounded_rectangle(width: float, height: float, radius: float, steps: int = 5) -> Points:
    """The outline of a rectangle with round corners about the origin, counter-clockwise."""
    x, y = width / 2 - radius, height / 2 - radius
    corners = (((x, y), 0), ((-x, y), 90), ((-x, -y), 180), ((x, -y), 270))
    return chain(*(arc(centre, radius, first, first + 90, steps) for centre, first in corners))


def prism(outline: Points, bottom: float, top: float, edge: float = 0.0, steps: int = 3) -> tuple[Points, list[Face]]:
    """An outline between two heights, its edges rounded by `edge`; the outline is convex or nearly so."""
    inward = _inward(outline)
    turns = np.radians(np.linspace(0, 90, steps + 1)) if edge else np.zeros(1)
    lower = [(edge * (1 - np.sin(t)), bottom + edge * (1 - np.cos(t))) for t in turns]
    upper = [(edge * (1 - np.sin(t)), top - edge * (1 - np.cos(t))) for t in turns[::-1]]
    rings = [np.c_[outline + inset * inward, np.full(len(outline), z)] for inset, z in (*lower, *upper)]
    count = len(outline)
    faces = grid_faces(len(rings), count, closed=True)
    faces = [tuple(reversed(face)) for face in faces]
    faces += [tuple(range(count - 1, -1, -1)), tuple((len(rings) - 1) * count + i for i in range(count))]
    return np.concatenate(rings), faces


def _inward(outline: Points) -> Points:
    before, after = np.roll(outline, 1, 0), np.roll(outline, -1, 0)
    along = after - before
    normal = np.stack([-along[:, 1], along[:, 0]], -1)
    return np.asarray(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9))


def box(size: tuple[float, float, float], edge: float, steps: int = 3) -> tuple[Points, list[Face]]:
    """A box about the origin with rounded vertical corners and edges."""
    outline = rounded_rectangle(size[0], size[1], max(edge, 1e-3), steps + 1)
    return prism(outline, -size[2] / 2, size[2] / 2, edge * 0.999, steps)


def tube(path: Points, radius: float | NDArray[np.float64], segments: int = 10) -> tuple[Points, list[Face]]:
    """A round tube along a path of points (N, 3), with closed ends; `radius` may vary along it."""
    path = np.asarray(path, float)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = _sides(along)
    up = np.cross(along, side)
    t = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    ring = np.cos(t)[None, :, None] * side[:, None] + np.sin(t)[None, :, None] * up[:, None]
    points = path[:, None] + np.broadcast_to(np.asarray(radius, float), len(path))[:, None, None] * ring
    faces = grid_faces(len(path), segments, closed=True)
    last = (len(path) - 1) * segments
    faces += [tuple(range(segments)), tuple(last + i for i in range(segments - 1, -1, -1))]
    return points.reshape(-1, 3), faces


def _sides(along: Points) -> Points:
    """A direction across the path at each point, turned as little as possible from point to point."""
    first = np.cross(along[0], (0, 0, 1) if abs(along[0][2]) < 0.9 else (1, 0, 0))
    sides = [first / np.linalg.norm(first)]
    for direction in along[1:]:
        side = sides[-1] - direction * np.dot(sides[-1], direction)
        sides.append(side / np.linalg.norm(side))
    return np.array(sides)


def join(pieces: Iterable[tuple[Points, Sequence[Face]]]) -> tuple[Points, list[Face]]:
    """Several meshes as one."""
    points: list[Points] = []
    faces: list[Face] = []
    count = 0
    for piece, its_faces in pieces:
        points.append(piece)
        faces += [tuple(index + count for index in face) for face in its_faces]
        count += len(piece)
    return np.concatenate(points), faces


def make_object(
    name: str, points: Points, faces: Sequence[Face], layers: Layers | None = None, *, smooth: bool = True
) -> bpy.types.Object:
    """A mesh of the scene from points in millimetres, with UV layers by name."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata((np.asarray(points) * MM).tolist(), [], [tuple(face) for face in faces])
    mesh.update()
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    for layer, uv in (layers or {}).items():
        mesh.uv_layers.new(name=layer).data.foreach_set("uv", np.asarray(uv, np.float32)[corners].ravel())
    mesh.polygons.foreach_set("use_smooth", [smooth] * len(mesh.polygons))
    made = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(made)
    return made


def weld(made: bpy.types.Object, distance_mm: float = 0.001) -> bpy.types.Object:
    """Vertices at one place become one (UV layers keep their seams); normals point outwards."""
    shape = bmesh.new()
    shape.from_mesh(made.data)
    bmesh.ops.remove_doubles(shape, verts=shape.verts, dist=distance_mm * MM)
    bmesh.ops.dissolve_degenerate(shape, edges=shape.edges, dist=1e-7)
    bmesh.ops.recalc_face_normals(shape, faces=shape.faces)
    shape.to_mesh(made.data)
    shape.free()
    return made


def subdivide(made: bpy.types.Object, levels: int = 2) -> bpy.types.Object:
    """A modifier that smooths the surface."""
    modifier = made.modifiers.new("subdivide", "SUBSURF")
    modifier.levels = modifier.render_levels = levels
    modifier.uv_smooth = "PRESERVE_BOUNDARIES"
    return made


def bevel(made: bpy.types.Object, width_mm: float, segments: int = 2, limit: float = 50) -> bpy.types.Object:
    """A modifier that rounds edges sharper than `limit` degrees."""
    modifier = made.modifiers.new("bevel", "BEVEL")
    modifier.width, modifier.segments = width_mm * MM, segments
    modifier.limit_method, modifier.angle_limit = "ANGLE", float(np.radians(limit))
    return made


def shade_by_angle(made: bpy.types.Object, limit: float = 35) -> bpy.types.Object:
    """Smooth shading but across edges sharper than `limit` degrees."""
    made.data.set_sharp_from_angle(angle=float(np.radians(limit)))
    return made


def text_object(text: str, height_mm: float, depth_mm: float, font_file: str = "") -> bpy.types.Object:
    """A text in the xy plane, centred on the origin, raised by `depth_mm`, as a mesh."""
    curve = bpy.data.curves.new(text, "FONT")
    curve.body, curve.size, curve.extrude = text, height_mm * MM, depth_mm * MM / 2
    curve.align_x, curve.align_y = "CENTER", "CENTER"
    if font_file:
        curve.font = bpy.data.fonts.load(font_file, check_existing=True)
    written = bpy.data.objects.new(text, curve)
    bpy.context.scene.collection.objects.link(written)
    mesh = bpy.data.meshes.new_from_object(written.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    bpy.data.objects.remove(written)
    made = bpy.data.objects.new(text, mesh)
    bpy.context.scene.collection.objects.link(made)
    return made

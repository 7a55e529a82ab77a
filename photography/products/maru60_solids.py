"""Solids that are cut, hollowed and rounded: how the case of MARU 60 is milled. Lengths in millimetres."""

import math
from collections.abc import Sequence

import bmesh
import bpy
import numpy as np

from photography.meshes import MM


def cut(obj: bpy.types.Object, point_mm: Sequence[float], normal: Sequence[float]) -> None:
    """Takes away what lies on the normal's side of a plane and closes the cut."""
    mesh = bmesh.new()
    mesh.from_mesh(obj.data)
    geometry = [*mesh.verts, *mesh.edges, *mesh.faces]
    cut = bmesh.ops.bisect_plane(
        mesh, geom=geometry, plane_co=np.asarray(point_mm) * MM, plane_no=normal, clear_outer=True
    )
    edges = [item for item in cut["geom_cut"] if isinstance(item, bmesh.types.BMEdge)]
    bmesh.ops.contextual_create(mesh, geom=edges)
    bmesh.ops.recalc_face_normals(mesh, faces=mesh.faces)
    mesh.to_mesh(obj.data)
    mesh.free()


def round_edges(obj: bpy.types.Object, width_mm: float, segments: int, angle: float) -> None:
    modifier = obj.modifiers.new("bevel", "BEVEL")
    modifier.width, modifier.segments = width_mm * MM, segments
    modifier.limit_method, modifier.angle_limit = "ANGLE", math.radians(angle)
    modifier.miter_outer = "MITER_ARC"
    _apply(obj)


def subtract(obj: bpy.types.Object, cutter: bpy.types.Object) -> None:
    modifier = obj.modifiers.new("cut", "BOOLEAN")
    modifier.operation, modifier.object, modifier.solver = "DIFFERENCE", cutter, "EXACT"
    _apply(obj)
    bpy.data.objects.remove(cutter)


def smoothed(obj: bpy.types.Object) -> bpy.types.Object:
    """Smooth shading whose normals follow the large faces, so that flat stays flat between bevels."""
    mesh = obj.data
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    modifier = obj.modifiers.new("normals", "WEIGHTED_NORMAL")
    modifier.weight, modifier.keep_sharp = 100, True
    _apply(obj)
    return obj


def _apply(obj: bpy.types.Object) -> None:
    """Makes the modifiers' result the object's mesh."""
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph)
    obj.modifiers.clear()
    obj.data = mesh

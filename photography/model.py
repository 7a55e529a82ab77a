"""The 3D model of a product: `model.glb` for the viewer, and `model.json` with what the viewer has to know.

Materials are named after what the application paints, what is left as it is `fixed-<name>`, and panels lie as decals
of their own, `panel-<name>`, a little above the surface.
"""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photography import materials, studio
from photography.gltf import Look, Mesh, tangents_of, write_glb
from photography.polygons import clipped, fan
from photography.product import Material, Panel, Product
from photography.textures import STEPS, Textures

log = logging.getLogger("photography")

Floats = NDArray[np.float64]

ABOVE = 0.00015
TINT_PIXELS = 512
NORMAL_PIXELS = 512
JPEG_QUALITY = 76
FLATTEST = 0.02
"""Mean slope below which a bump is not worth a texture."""
FOIL_METALLIC = 0.6
"""Wholly metallic foil would look black where it reflects the viewer's dark room."""


class Corners:
    """A mesh's triangles, corner by corner: positions (n, 3, 3), normals (n, 3, 3), and UV layers (n, 3, 2)."""

    def __init__(self, thing: bpy.types.Object) -> None:
        evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
        mesh = evaluated.to_mesh()
        mesh.calc_loop_triangles()
        loops = np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.loop_triangles.foreach_get("loops", loops)
        vertices = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("vertex_index", vertices)
        places = _numbers(mesh.vertices, "co", 3)
        normals = _numbers(mesh.corner_normals, "vector", 3)
        self.positions = places[vertices[loops]].reshape(-1, 3, 3)
        self.normals = normals[loops].reshape(-1, 3, 3)
        self.layers = {layer.name: _numbers(layer.uv, "vector", 2)[loops].reshape(-1, 3, 2) for layer in mesh.uv_layers}
        evaluated.to_mesh_clear()


def _numbers(things: Any, name: str, count: int) -> Floats:
    values = np.empty(count * len(things), np.float32)
    things.foreach_get(name, values)
    return values.reshape(-1, count).astype(np.float64)


def write_model(product: Product, folder: Path, work: Path) -> None:
    """Write the product's model into a folder."""
    studio.empty_scene()
    objects = product.build(True)
    bpy.context.view_layer.update()
    corners = {name: Corners(thing) for name, thing in objects.items()}
    textures = Textures(work / "textures" / product.slug, product.textures)
    looks = {owner: _look(product, owner, textures, corners) for owner in (*product.parts, *product.fixed)}
    meshes = [_part_mesh(product, name, shape, looks) for name, shape in corners.items()]
    meshes += [_decal(product, panel, corners) for panel in product.panels]
    decals = [_decal_look(panel) for panel in product.panels]
    used = {mesh.look for mesh in meshes}
    content = write_glb(product.slug, meshes, [look for look in (*looks.values(), *decals) if look.name in used])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.glb").write_bytes(content)
    (folder / "model.json").write_text(json.dumps(_facts(product), indent=1) + "\n", encoding="utf-8")
    triangles = sum(len(mesh.triangles) for mesh in meshes)
    log.info("%s: model of %.0f kB, %d triangles", product.slug, len(content) / 1000, triangles)


def _part_mesh(product: Product, name: str, shape: Corners, looks: dict[str, Look]) -> Mesh:
    owner = product.part_of[name]
    finish, look = _finish_of(product, owner)[0], looks[owner]
    textured = (look.tint or look.normal) and finish.uv in shape.layers
    uv = shape.layers[finish.uv] * np.array(finish.repeat) if textured else None
    return _mesh(name, look.name, shape.positions, shape.normals, uv, tangents=bool(look.normal))


def _finish_of(product: Product, owner: str) -> tuple[Material, str]:
    if owner in product.fixed:
        return product.fixed[owner][1], owner if owner in product.painted else f"fixed-{owner}"
    return product.finishes[owner][product.usual(owner)], owner


def _facts(product: Product) -> dict[str, Any]:
    camera = product.shots[0].camera
    x, y, z = camera.target
    return {
        "materials": {
            part: {
                name: {"roughness": finish.roughness, "metallic": finish.metallic} for name, finish in finishes.items()
            }
            for part, finishes in product.finishes.items()
        },
        "panels": {
            panel.name: {
                "part": panel.part,
                "material": f"panel-{panel.name}",
                "width_mm": panel.width_mm,
                "height_mm": panel.height_mm,
                "roughness": panel.ink.roughness,
                "metallic": min(panel.ink.metallic, FOIL_METALLIC),
            }
            for panel in product.panels
        },
        "orbit": f"{camera.azimuth:g}deg {90 - camera.elevation:g}deg {camera.distance:g}m",
        "target": f"{x:g}m {z:g}m {0.0 - y:g}m",
    }


def _upright(points: Floats) -> Floats:
    """From z up to y up."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def _mesh(
    name: str, look: str, positions: Floats, normals: Floats, uv: Floats | None, *, tangents: bool = False
) -> Mesh:
    """Corners that are alike become one vertex."""
    columns = [_upright(positions).reshape(-1, 3), _upright(normals).reshape(-1, 3)]
    if uv is not None:
        flat = uv.reshape(-1, 2)
        columns.append(np.stack([flat[:, 0], 1 - flat[:, 1]], axis=-1))
    rows = np.concatenate(columns, axis=1)
    _, first, number = np.unique(np.round(rows, 6), axis=0, return_index=True, return_inverse=True)
    triangles = number.reshape(-1, 3)
    whole = (np.diff(np.sort(triangles, axis=1), axis=1) > 0).all(axis=1)
    kept = rows[first]
    normal = kept[:, 3:6] / np.maximum(np.linalg.norm(kept[:, 3:6], axis=1, keepdims=True), 1e-9)
    texture = kept[:, 6:8] if uv is not None else None
    along = tangents_of(kept[:, :3], normal, texture, triangles[whole]) if tangents and texture is not None else None
    return Mesh(name, look, kept[:, :3], normal, texture, triangles[whole], along)


def _millimetres(positions: Floats, uv: Floats) -> float:
    """How many millimetres of the surface one unit of texture coordinates is."""
    space = np.linalg.norm(np.cross(positions[:, 1] - positions[:, 0], positions[:, 2] - positions[:, 0]), axis=1)
    first, second = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    flat = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    return float(np.sqrt(space.sum() / max(flat.sum(), 1e-12)) * 1000)


def _look(product: Product, owner: str, textures: Textures, corners: dict[str, Corners]) -> Look:
    finish, name = _finish_of(product, owner)
    colour = materials.linear(product.fixed[owner][0]) if owner in product.fixed else (1.0, 1.0, 1.0)
    shapes = [c for n, c in corners.items() if product.part_of[n] == owner and finish.uv in c.layers]
    tint = normal = b""
    if shapes and finish.tint:
        tint = _tint_file(textures, finish)
    if shapes and finish.bump:
        unit = _millimetres(shapes[0].positions, shapes[0].layers[finish.uv] * np.array(finish.repeat))
        normal = _normal_file(textures, finish, unit)
    return Look(name, finish.roughness, finish.metallic, colour, tint, normal)


def _map(textures: Textures, name: str, pixels: int) -> Floats:
    with Image.open(textures.file(name)) as picture:
        values = Image.fromarray(np.asarray(picture, np.float32) / STEPS)
    return np.asarray(values.resize((pixels, pixels), Image.Resampling.BOX), np.float64)


def _tint_file(textures: Textures, finish: Material) -> bytes:
    """The tint as a picture. It cannot brighten: its mean is just below white."""
    values = np.clip(_map(textures, finish.tint, TINT_PIXELS) / textures.mean(finish.tint) * 0.95, 0, 1)
    coded = np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
    return _jpeg(Image.fromarray((coded * 255 + 0.5).astype(np.uint8)))


def _normal_file(textures: Textures, finish: Material, unit_mm: float) -> bytes:
    """The slopes of the bump as a normal map."""
    height = _map(textures, finish.bump, NORMAL_PIXELS) * finish.bump_mm
    step = 2 * unit_mm / NORMAL_PIXELS
    across = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / step
    up = (np.roll(height, 1, 0) - np.roll(height, -1, 0)) / step
    if np.hypot(across, up).mean() < FLATTEST:
        return b""
    normal = np.stack([-across, -up, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return _jpeg(Image.fromarray(((normal * 0.5 + 0.5) * 255 + 0.5).astype(np.uint8)))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return file.getvalue()


def _decal_look(panel: Panel) -> Look:
    file = io.BytesIO()
    Image.new("RGBA", (1, 1), (255, 255, 255, 0)).save(file, "PNG")
    metallic = min(panel.ink.metallic, FOIL_METALLIC)
    return Look(f"panel-{panel.name}", panel.ink.roughness, metallic, tint=file.getvalue(), decal=True)


def _decal(product: Product, panel: Panel, corners: dict[str, Corners]) -> Mesh:
    """The part of the surface that lies on the panel, cut along the panel's border."""
    found = []
    for name, shape in corners.items():
        if product.part_of[name] == panel.part and panel.uv in shape.layers:
            uv = shape.layers[panel.uv]
            near = (uv.max(axis=1) > 0).all(axis=1) & (uv.min(axis=1) < 1).all(axis=1)
            # Where a map goes from its end back to its beginning, it is mirrored.
            first, second = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
            upright = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0
            rows = np.concatenate([uv, shape.positions, shape.normals], axis=-1)[near & upright]
            found += [triangle for corner in rows for triangle in fan(clipped(corner))]
    points = np.array(found).reshape(-1, 3, 8)
    normals = points[..., 5:] / np.linalg.norm(points[..., 5:], axis=-1, keepdims=True)
    return _mesh(
        f"panel-{panel.name}", f"panel-{panel.name}", points[..., 2:5] + ABOVE * normals, normals, points[..., :2]
    )

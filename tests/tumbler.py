"""A tumbler turned on a lathe by arithmetic: a small model with everything that a product's model must have."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from configurator.gltf.container import write_glb

AROUND = 48
# Radius and height in metres, from the axis outwards and up.
PROFILES = {
    "foot": ((0.0, 0.0), (0.031, 0.0), (0.031, 0.006)),
    "body": ((0.031, 0.006), (0.038, 0.02), (0.04, 0.118)),
    "gasket": ((0.04, 0.118), (0.0395, 0.121)),
    "lid": ((0.0395, 0.121), (0.0409, 0.122), (0.0409, 0.13), (0.0, 0.132)),
    "metal": ((0.008, 0.132), (0.008, 0.143), (0.0, 0.145)),
    "sleeve": ((0.0395, 0.025), (0.0415, 0.025), (0.0415, 0.07), (0.0405, 0.07)),
    "stitch": ((0.0417, 0.03), (0.0417, 0.031)),
}
# Radius, lowest, highest, and half the angle in degrees.
PANELS = {"body": (0.0411, 0.075, 0.115, 35.0), "sleeve": (0.042, 0.035, 0.061, 30.0)}
NOTES = {
    "materials": {"body": {"gloss": {"roughness": 0.16, "metallic": 0}, "matte": {"roughness": 0.8, "metallic": 0}}},
    "panels": {"body": {"roughness": 0.5, "metallic": 0}, "sleeve": {"roughness": 0.35, "metallic": 0.6}},
    "orbit": "16deg 75deg 0.56m",
    "target": "0m 0.069m 0m",
}
HEIGHT_M = 0.145


class Drawing:
    """A glTF document that grows."""

    def __init__(self) -> None:
        self.buffer = b""
        self.document: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            **{name: [] for name in ("nodes", "meshes", "materials", "accessors", "bufferViews")},
        }

    def accessor(self, rows: np.ndarray, target: int) -> int:
        kinds = {1: "SCALAR", 2: "VEC2", 3: "VEC3"}
        values = rows.astype(np.uint16 if rows.ndim == 1 else np.float32)
        self.view(values.tobytes(), target=target)
        row: dict[str, Any] = {
            "bufferView": len(self.document["bufferViews"]) - 1,
            "componentType": 5123 if rows.ndim == 1 else 5126,
            "count": len(rows),
            "type": kinds[1 if rows.ndim == 1 else rows.shape[1]],
        }
        if rows.ndim > 1:
            row |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.document["accessors"].append(row)
        return len(self.document["accessors"]) - 1

    def view(self, content: bytes, **more: int) -> None:
        self.buffer += b"\0" * (-len(self.buffer) % 4)
        row = {"buffer": 0, "byteOffset": len(self.buffer), "byteLength": len(content), **more}
        self.document["bufferViews"].append(row)
        self.buffer += content

    def mesh(self, points: np.ndarray, material: dict[str, Any], uv: np.ndarray | None = None) -> None:
        """A grid of points, shape (rows, columns, 3), as one mesh of its own material."""
        rows, columns = points.shape[:2]
        corner = np.arange(rows * columns).reshape(rows, columns)
        a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]
        faces = np.stack([a, b, d, a, d, c], axis=-1).reshape(-1)
        attributes = {
            "POSITION": self.accessor(points.reshape(-1, 3), 34962),
            "NORMAL": self.accessor(_normals(points).reshape(-1, 3), 34962),
        }
        if uv is not None:
            attributes["TEXCOORD_0"] = self.accessor(uv.reshape(-1, 2), 34962)
        indices, index = self.accessor(faces, 34963), len(self.document["meshes"])
        primitive = {"attributes": attributes, "indices": indices, "material": len(self.document["materials"])}
        self.document["materials"].append(material)
        self.document["meshes"].append({"primitives": [primitive]})
        self.document["nodes"].append({"mesh": index})
        self.document["scenes"][0]["nodes"].append(index)

    def file(self) -> bytes:
        self.document["buffers"] = [{"byteLength": len(self.buffer)}]
        return write_glb(self.document, [self.buffer])


def tumbler(parts: Mapping[str, Any] = PROFILES, panels: Mapping[str, Any] = PANELS) -> bytes:
    """The model as a GLB file."""
    drawing = Drawing()
    for name, profile in parts.items():
        surface = {"roughnessFactor": 0.5, "metallicFactor": 0, "baseColorFactor": [0.5, 0.5, 0.5, 1]}
        drawing.mesh(_turned(np.array(profile)), {"name": name, "pbrMetallicRoughness": surface, "doubleSided": True})
    if panels:
        drawing.document |= {"textures": [], "images": [], "samplers": [{"wrapS": 33071, "wrapT": 33071}]}
    for number, (name, panel) in enumerate(panels.items()):
        drawing.view(_clear_pixel())
        view = len(drawing.document["bufferViews"]) - 1
        drawing.document["images"].append({"mimeType": "image/png", "bufferView": view})
        drawing.document["textures"].append({"source": number, "sampler": 0})
        surface = {"baseColorTexture": {"index": number}, "metallicFactor": 0, "roughnessFactor": 0.5}
        material = {"name": f"panel-{name}", "alphaMode": "BLEND", "pbrMetallicRoughness": surface}
        points, uv = _sheet(*panel)
        drawing.mesh(points, material, uv)
    return drawing.file()


def write_tumbler(folder: Path) -> None:
    """The model and what is noted about it, as a product's folder has them."""
    folder.mkdir(parents=True)
    (folder / "model.glb").write_bytes(tumbler())
    (folder / "model.json").write_text(json.dumps(NOTES), encoding="utf-8")


def _turned(profile: np.ndarray) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, AROUND + 1)
    around = np.stack([np.sin(angles), np.zeros_like(angles), np.cos(angles)], axis=-1)
    turned: np.ndarray = profile[:, None, :1] * around[None] + profile[:, None, 1:] * np.array([0, 1, 0])
    return turned


def _sheet(radius: float, low: float, high: float, half: float) -> tuple[np.ndarray, np.ndarray]:
    """A piece of a cylinder that looks to the front (+z), and glTF's coordinates on it: v counts down."""
    u, v = np.meshgrid(np.linspace(0, 1, 13), np.linspace(1, 0, 2))
    angle = np.radians(half) * (2 * u - 1)
    points = np.stack([radius * np.sin(angle), high + (low - high) * v, radius * np.cos(angle)], axis=-1)
    return points, np.stack([u, v], axis=-1)


def _normals(points: np.ndarray) -> np.ndarray:
    """Across both directions of the grid; straight up where a ring has shrunk to the axis."""
    along = np.gradient(points, axis=0)
    around = np.gradient(points, axis=1)
    # A turned shape is closed: its seam looks where its neighbours do.
    crossed = np.cross(around, along)
    length = np.linalg.norm(crossed, axis=-1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    return np.where(length > 1e-12, crossed / np.maximum(length, 1e-12), up)


def _clear_pixel() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (1, 1), (255, 255, 255, 0)).save(file, "PNG")
    return file.getvalue()

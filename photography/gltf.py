"""A binary glTF 2.0 file from meshes and materials: core features only, so that every viewer shows it. Pure.

https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FLOAT, UNSIGNED_SHORT, UNSIGNED_INT = 5126, 5123, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
CLAMP, REPEAT, LINEAR, LINEAR_MIPMAP = 33071, 10497, 9729, 9987
MAGIC, JSON_CHUNK, BIN_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942


@dataclass(frozen=True)
class Look:
    """A material. `tint` and `normal` are JPEG or PNG files; `decal` is see-through where its texture is."""

    name: str
    roughness: float
    metallic: float
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    tint: bytes = b""
    normal: bytes = b""
    decal: bool = False


@dataclass(frozen=True)
class Mesh:
    """Triangles of one material: positions in metres (y up), normals, texture coordinates with v downwards."""

    name: str
    look: str
    positions: Array
    normals: Array
    uv: Array | None
    triangles: Array
    tangents: Array | None = None


class Writer:
    """The file's chunks while they grow."""

    def __init__(self, name: str) -> None:
        self.data = bytearray()
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "Dure photography"},
            "scene": 0,
            "scenes": [{"name": name, "nodes": []}],
            **{kind: [] for kind in ("nodes", "meshes", "materials", "accessors", "bufferViews")},
        }

    def add(self, kind: str, entry: dict[str, Any]) -> int:
        """Append to one of the file's lists; its number."""
        entries = self.json.setdefault(kind, [])
        entries.append(entry)
        return len(entries) - 1

    def view(self, content: bytes, target: int | None = None) -> int:
        """A run of bytes, at a multiple of four."""
        self.data += b"\0" * (-len(self.data) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(content)}
        self.data += content
        return self.add("bufferViews", entry | ({"target": target} if target else {}))

    def accessor(self, values: Array, kind: str, *, bounds: bool = False) -> int:
        """Numbers of vertices."""
        content = np.ascontiguousarray(values, "<f4")
        entry = {
            "bufferView": self.view(content.tobytes(), ARRAY_BUFFER),
            "componentType": FLOAT,
            "count": len(content),
            "type": kind,
        }
        if bounds:
            entry |= {"min": content.min(axis=0).tolist(), "max": content.max(axis=0).tolist()}
        return self.add("accessors", entry)

    def indices(self, triangles: Array) -> int:
        """Corners of triangles."""
        small = triangles.max() < 65535
        content = np.ascontiguousarray(triangles.ravel(), "<u2" if small else "<u4")
        view = self.view(content.tobytes(), ELEMENT_ARRAY_BUFFER)
        kind = UNSIGNED_SHORT if small else UNSIGNED_INT
        return self.add(
            "accessors", {"bufferView": view, "componentType": kind, "count": content.size, "type": "SCALAR"}
        )

    def texture(self, content: bytes, *, clamp: bool) -> dict[str, int]:
        """A picture with its sampler."""
        wrap = CLAMP if clamp else REPEAT
        sampler = {"magFilter": LINEAR, "minFilter": LINEAR_MIPMAP, "wrapS": wrap, "wrapT": wrap}
        samplers = self.json.setdefault("samplers", [])
        if sampler not in samplers:
            samplers.append(sampler)
        kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
        image = self.add("images", {"bufferView": self.view(content), "mimeType": kind})
        return {"index": self.add("textures", {"sampler": samplers.index(sampler), "source": image})}

    def file(self) -> bytes:
        """The whole file."""
        self.data += b"\0" * (-len(self.data) % 4)
        self.json["buffers"] = [{"byteLength": len(self.data)}]
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        total = 12 + 8 + len(text) + 8 + len(self.data)
        head = struct.pack("<III", MAGIC, 2, total)
        return (
            head
            + struct.pack("<II", len(text), JSON_CHUNK)
            + text
            + struct.pack("<II", len(self.data), BIN_CHUNK)
            + bytes(self.data)
        )


def write_glb(name: str, meshes: Sequence[Mesh], looks: Sequence[Look]) -> bytes:
    """The file; meshes of one material stay apart, each its own node."""
    writer = Writer(name)
    numbers = {look.name: writer.add("materials", _material(writer, look)) for look in looks}
    for mesh in meshes:
        attributes = {
            "POSITION": writer.accessor(mesh.positions, "VEC3", bounds=True),
            "NORMAL": writer.accessor(mesh.normals, "VEC3"),
        }
        if mesh.uv is not None:
            attributes["TEXCOORD_0"] = writer.accessor(mesh.uv, "VEC2")
        if mesh.tangents is not None:
            attributes["TANGENT"] = writer.accessor(mesh.tangents, "VEC4")
        primitive = {
            "attributes": attributes,
            "indices": writer.indices(mesh.triangles),
            "material": numbers[mesh.look],
        }
        number = writer.add("meshes", {"name": mesh.name, "primitives": [primitive]})
        writer.json["scenes"][0]["nodes"].append(writer.add("nodes", {"name": mesh.name, "mesh": number}))
    return writer.file()


def tangents_of(positions: Array, normals: Array, uv: Array, triangles: Array) -> Array:
    """For each vertex the direction of u on the surface, and in the fourth column which way v goes (up: +1 or -1)."""
    corners, places = positions[triangles], uv[triangles] * (1, -1)
    edges, steps = corners[:, 1:] - corners[:, :1], places[:, 1:] - places[:, :1]
    area = steps[:, 0, 0] * steps[:, 1, 1] - steps[:, 0, 1] * steps[:, 1, 0]
    sign = np.sign(area)[:, None]
    across = sign * (edges[:, 0] * steps[:, 1, 1:] - edges[:, 1] * steps[:, 0, 1:])
    upward = sign * (edges[:, 1] * steps[:, 0, :1] - edges[:, 0] * steps[:, 1, :1])
    along, up = np.zeros_like(positions), np.zeros_like(positions)
    for corner in range(3):
        np.add.at(along, triangles[:, corner], across)
        np.add.at(up, triangles[:, corner], upward)
    along -= normals * (along * normals).sum(axis=1, keepdims=True)
    # Where the texture has no direction (at a pole), any on the surface will do.
    aside = np.cross(normals, np.where(np.abs(normals[:, 1:2]) < 0.9, (0, 1, 0), (1, 0, 0)))
    along = np.where(np.linalg.norm(along, axis=1, keepdims=True) > 1e-12, along, aside)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    turned = (np.cross(normals, along) * up).sum(axis=1, keepdims=True)
    return np.concatenate([along, np.where(turned < 0, -1.0, 1.0)], axis=1)


def _material(writer: Writer, look: Look) -> dict[str, Any]:
    surface: dict[str, Any] = {
        "baseColorFactor": [*look.colour, 1.0],
        "roughnessFactor": look.roughness,
        "metallicFactor": look.metallic,
    }
    if look.tint:
        surface["baseColorTexture"] = writer.texture(look.tint, clamp=look.decal)
    entry: dict[str, Any] = {"name": look.name, "pbrMetallicRoughness": surface}
    if look.normal:
        entry["normalTexture"] = writer.texture(look.normal, clamp=False)
    if look.decal:
        entry["alphaMode"] = "BLEND"
    return entry

"""A product's model, taken apart once and painted for each design.

Its materials are named after the product's parts; `fixed-…` are the same on every piece, and `panel-…` are thin sheets
that carry what is printed or engraved. Only glTF's core is used, so that every viewer can show it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from configurator.gltf.container import ALIGNMENT, Document, Glb, MalformedModel, read_glb, write_glb
from configurator.gltf.extent import extent
from configurator.gltf.notes import Surface
from configurator.pictures.tone import linear

FIXED, PANEL = "fixed-", "panel-"
IMAGE_TYPES = ("image/png", "image/jpeg")
WHITE = "#ffffff"
# LINEAR, LINEAR_MIPMAP_LINEAR, CLAMP_TO_EDGE: ink that ends at the panel's edge must not come in at the other one.
CLAMPED = {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}

Row = dict[str, Any]


@dataclass(frozen=True)
class Inlay:
    """What lies on a panel: a PNG, and a colour that multiplies it (none where the picture has its own)."""

    png: bytes
    colour: str | None = None
    surface: Surface = field(default_factory=Surface)


@dataclass(frozen=True)
class Paint:
    """One design: colours as `#rrggbb` by part, surfaces by part where they are not the usual ones, inlays by panel."""

    colours: Mapping[str, str]
    surfaces: Mapping[str, Surface] = field(default_factory=dict)
    inlays: Mapping[str, Inlay] = field(default_factory=dict)


class ModelTemplate:
    """A model that can be painted, with `parts` and `panels`; it begins at `lowest_m` and is `height_m` high."""

    def __init__(self, content: bytes) -> None:
        """Raises MalformedModel, saying why, for a file that cannot be painted or needs more than glTF's core."""
        glb = read_glb(content)
        try:
            self._read(glb)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise MalformedModel(f"its document is not as glTF has it: {error!r}") from error

    def _read(self, glb: Glb) -> None:
        _check_core(glb)
        self._document: Document = glb.document
        self._binary = glb.binary[: glb.document["buffers"][0]["byteLength"]]
        self._materials = {name: index for index, name in enumerate(_names(glb.document))}
        self.panels = frozenset(name.removeprefix(PANEL) for name in self._materials if name.startswith(PANEL))
        self.parts = frozenset(name for name in self._materials if not name.startswith((FIXED, PANEL)))
        self._textures = {panel: self._texture_of(panel) for panel in self.panels}
        if len(set(self._textures.values())) < len(self._textures):
            raise MalformedModel("two panels share a texture")
        lowest, highest = extent(glb.document)
        self.lowest_m, self.height_m = float(lowest[1]), float(highest[1] - lowest[1])

    def surface(self, part: str) -> Surface:
        """The usual surface of a part."""
        found = self._row(part).get("pbrMetallicRoughness", {})
        return Surface(roughness=found.get("roughnessFactor", 1), metallic=found.get("metallicFactor", 1))

    def painted(self, paint: Paint) -> bytes:
        """The model of one design as a GLB file. Panels that nothing lies on are left out."""
        materials: list[Row] = list(self._document["materials"])
        for part in self.parts & paint.colours.keys():
            surface = paint.surfaces.get(part, Surface())
            materials[self._materials[part]] = _painted(self._row(part), paint.colours[part], surface)
        document = {**self._document, "materials": materials, **self._shown(paint.inlays)}
        pieces = [self._binary]
        for panel, inlay in paint.inlays.items():
            index = self._materials[PANEL + panel]
            materials[index] = _painted(materials[index], inlay.colour or WHITE, inlay.surface)
            _lay(document, pieces, self._textures[panel], inlay.png)
        document["buffers"] = [{**self._document["buffers"][0], "byteLength": sum(map(len, pieces))}]
        return write_glb(document, pieces)

    def _shown(self, inlays: Mapping[str, Inlay]) -> dict[str, list[Row]]:
        """Meshes and nodes without the sheets of bare panels; a mesh must not be empty, so its nodes lose it."""
        bare = {self._materials[PANEL + panel] for panel in self.panels - inlays.keys()}
        meshes = [_without(mesh, bare) for mesh in self._document["meshes"]]
        gone = {index for index, mesh in enumerate(meshes) if mesh is None}
        return {
            "meshes": [mesh or self._document["meshes"][index] for index, mesh in enumerate(meshes)],
            "nodes": [_emptied(node) if node.get("mesh") in gone else node for node in self._document["nodes"]],
        }

    def _row(self, name: str) -> Row:
        row: Row = self._document["materials"][self._materials[name]]
        return row

    def _texture_of(self, panel: str) -> int:
        row = self._row(PANEL + panel)
        texture = row.get("pbrMetallicRoughness", {}).get("baseColorTexture")
        if texture is None or row.get("alphaMode") != "BLEND":
            raise MalformedModel(f"panel {panel} is not a sheet that can be seen through, with a texture")
        return int(texture["index"])


def _names(document: Document) -> Iterator[str]:
    seen: set[str] = set()
    for row in document["materials"]:
        name = row.get("name", "")
        if not name or name in seen:
            raise MalformedModel(f"two materials are called {name}" if name else "a material has no name")
        seen.add(name)
        yield name


def _check_core(glb: Glb) -> None:
    """One buffer inside the file, nothing outside it, nothing that a plain viewer cannot read."""
    document = glb.document
    missing = [key for key in ("materials", "meshes", "nodes", "buffers", "bufferViews") if not document.get(key)]
    if missing:
        raise MalformedModel(f"it has no {', '.join(missing)}")
    if required := document.get("extensionsRequired"):
        raise MalformedModel(f"it needs {', '.join(required)}")
    buffers = document["buffers"]
    if len(buffers) != 1 or "uri" in buffers[0] or buffers[0]["byteLength"] > len(glb.binary):
        raise MalformedModel("its buffer is not its own binary chunk")
    length = buffers[0]["byteLength"]
    for view in document["bufferViews"]:
        if view.get("byteOffset", 0) + view["byteLength"] > length:
            raise MalformedModel("a buffer view ends outside the buffer")
    if any("uri" in image or image.get("mimeType") not in IMAGE_TYPES for image in document.get("images", ())):
        raise MalformedModel("a picture in it is not a PNG or JPEG inside the file")


def _painted(material: Row, colour: str, surface: Surface) -> Row:
    known = material.get("pbrMetallicRoughness", {})
    changed = {"roughnessFactor": surface.roughness, "metallicFactor": surface.metallic}
    said = {name: value for name, value in changed.items() if value is not None}
    factor = [*(round(float(light), 5) for light in linear(colour)), 1.0]
    return {**material, "pbrMetallicRoughness": {**known, **said, "baseColorFactor": factor}}


def _lay(document: Row, pieces: list[bytes], texture: int, png: bytes) -> None:
    """Append a picture to the buffer, and let a texture show it, clamped at its edges."""
    pieces.append(_padding(sum(map(len, pieces))))
    start = sum(map(len, pieces))
    pieces.append(png)
    views, images = document["bufferViews"], document.get("images", [])
    samplers, textures = document.get("samplers", []), list(document["textures"])
    textures[texture] = {**textures[texture], "source": len(images), "sampler": len(samplers)}
    document |= {
        "bufferViews": [*views, {"buffer": 0, "byteOffset": start, "byteLength": len(png)}],
        "images": [*images, {"mimeType": "image/png", "bufferView": len(views)}],
        "samplers": [*samplers, CLAMPED],
        "textures": textures,
    }


def _padding(size: int) -> bytes:
    return b"\0" * (-size % ALIGNMENT)


def _without(mesh: Row, materials: Collection[int]) -> Row | None:
    """The mesh without its primitives of these materials; None when nothing is left."""
    kept = [primitive for primitive in mesh["primitives"] if primitive.get("material") not in materials]
    return {**mesh, "primitives": kept} if kept else None


def _emptied(node: Row) -> Row:
    return {key: value for key, value in node.items() if key != "mesh"}

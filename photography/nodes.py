"""Shader nodes in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy

Socket = Any


class Nodes:
    """A material's node tree."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def new(self, kind: str, inputs: Mapping[str | int, object] | None = None, **settings: object) -> bpy.types.Node:
        """A node with settings; an input is a number, a colour or another node's output."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in settings.items():
            setattr(node, name, value)
        for key, value in (inputs or {}).items():
            self.put(node.inputs[key], value)
        return node

    def put(self, socket: Socket, value: object) -> None:
        """Link an output to an input, or set the input's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def maths(self, operation: str, first: object, second: object = 0.0) -> Socket:
        """The result of a sum, product, comparison …"""
        return self.new("Math", {0: first, 1: second}, operation=operation).outputs[0]

    def mix(self, factor: object, first: object, second: object, kind: str = "RGBA", blend: str = "MIX") -> Socket:
        """A colour (`RGBA`) or number (`FLOAT`) between two."""
        node = self.new("Mix", data_type=kind, blend_type=blend)
        sockets = [socket for socket in node.inputs if socket.enabled]
        for socket, value in zip(sockets, (factor, first, second), strict=True):
            self.put(socket, value)
        return next(socket for socket in node.outputs if socket.enabled)

    def uv(self, layer: str, repeat: tuple[float, float] = (1.0, 1.0)) -> Socket:
        """Texture coordinates of a UV layer."""
        coordinates = self.new("UVMap", uv_map=layer).outputs[0]
        if repeat == (1.0, 1.0):
            return coordinates
        scaled = self.new("VectorMath", {0: coordinates, 1: (*repeat, 1.0)}, operation="MULTIPLY")
        return scaled.outputs[0]

    def image(self, file: Path, coordinates: Socket, *, colours: bool = False, tiles: bool = True) -> bpy.types.Node:
        """A picture's texture node; numbers unless it holds `colours`."""
        picture = bpy.data.images.load(str(file), check_existing=True)
        picture.colorspace_settings.name = "sRGB" if colours else "Non-Color"
        return self.new("TexImage", {0: coordinates}, image=picture, extension="REPEAT" if tiles else "EXTEND")

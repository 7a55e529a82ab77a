"""Blender materials: one for each part, whose colour can be set later, and what covers its panels.

Further channels come with a picture: how much of a pixel each part covers (`cover0`, `cover1` …, three parts in
each), and for each panel `panel-<name>`: u·m, v·m and m, where m is how much of the pixel the panel covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from photography.nodes import Nodes, Socket
from photography.product import Material, Panel
from photography.textures import Textures

COLOUR = "colour"
INK = "ink"
SHEEN_ROUGHNESS = 0.4
CHANNELS = 3
BLACK = (0.0, 0.0, 0.0)
Rgb = Sequence[float]


def linear(colour: str) -> tuple[float, float, float]:
    """Linear light of an sRGB colour `#RRGGBB`."""
    coded = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in coded)
    return red, green, blue


def make_material(name: str, finish: Material, textures: Textures) -> bpy.types.Material:
    """A material of a finish; black until `set_colour`."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes.clear()
    nodes = Nodes(material.node_tree)
    shader = add_shader(nodes, finish, textures, COLOUR)
    nodes.new("OutputMaterial", {"Surface": shader.outputs[0]})
    return material


def add_shader(nodes: Nodes, finish: Material, textures: Textures, colour_name: str) -> bpy.types.Node:
    """A Principled node with the finish's numbers and maps; its colour is the node `colour_name`."""
    colour = nodes.new("RGB", name=colour_name)
    colour.outputs[0].default_value = (*BLACK, 1)
    shader = nodes.new(
        "BsdfPrincipled",
        {
            "Base Color": _tinted(nodes, finish, textures, colour.outputs[0]),
            "Roughness": _roughness(nodes, finish, textures),
            "Metallic": finish.metallic,
            "IOR": finish.ior,
            "Coat Weight": finish.coat,
            "Coat Roughness": finish.coat_roughness,
            "Sheen Weight": finish.sheen,
            "Sheen Roughness": SHEEN_ROUGHNESS,
            "Anisotropic": finish.anisotropy,
            "Anisotropic Rotation": finish.anisotropy_turn,
        },
    )
    if finish.bump:
        height = nodes.image(textures.file(finish.bump), nodes.uv(finish.uv, finish.repeat)).outputs[0]
        bump = nodes.new("Bump", {"Height": height, "Distance": finish.bump_mm * 0.001, "Strength": 1.0})
        nodes.put(shader.inputs["Normal"], bump.outputs[0])
    if finish.anisotropy:
        tangent = nodes.new("Tangent", direction_type="UV_MAP", uv_map=finish.uv)
        nodes.put(shader.inputs["Tangent"], tangent.outputs[0])
    if finish.nodes:
        finish.nodes(nodes.tree, shader)
    return shader


def _tinted(nodes: Nodes, finish: Material, textures: Textures, colour: Socket) -> Socket:
    if not finish.tint:
        return colour
    picture = nodes.image(textures.file(finish.tint), nodes.uv(finish.uv, finish.repeat)).outputs[0]
    # Divided by its mean: on average the part is of its swatch's colour.
    even = nodes.new("VectorMath", {0: picture, "Scale": 1 / textures.mean(finish.tint)}, operation="SCALE").outputs[0]
    return nodes.new("VectorMath", {0: colour, 1: even}, operation="MULTIPLY").outputs[0]


def _roughness(nodes: Nodes, finish: Material, textures: Textures) -> object:
    if not finish.roughness_map:
        return finish.roughness
    picture = nodes.image(textures.file(finish.roughness_map), nodes.uv(finish.uv, finish.repeat)).outputs[0]
    apart = nodes.maths("SUBTRACT", picture, textures.mean(finish.roughness_map))
    return nodes.maths("ADD", nodes.maths("MULTIPLY", apart, finish.roughness_swing), finish.roughness)


def set_colour(material: bpy.types.Material, colour: Rgb, name: str = COLOUR) -> None:
    """The material's colour in linear light."""
    material.node_tree.nodes[name].outputs[0].default_value = (*colour, 1)


def add_cover(material: bpy.types.Material, index: int) -> None:
    """Show where the part lies: a one in its channel."""
    nodes = Nodes(material.node_tree)
    colour = [0.0, 0.0, 0.0, 1.0]
    colour[index % CHANNELS] = 1.0
    nodes.new("OutputAOV", {"Color": colour}, aov_name=f"cover{index // CHANNELS}")


def add_panel_coordinates(material: bpy.types.Material, panel: Panel) -> None:
    """Show where the panel lies, and which of its points is seen."""
    nodes = Nodes(material.node_tree)
    u, v, inside = _panel_place(nodes, panel)
    marked = nodes.new(
        "CombineXYZ", {0: nodes.maths("MULTIPLY", u, inside), 1: nodes.maths("MULTIPLY", v, inside), 2: inside}
    )
    nodes.new("OutputAOV", {"Color": marked.outputs[0]}, aov_name=f"panel-{panel.name}")


def cover_panel(
    material: bpy.types.Material, panel: Panel, textures: Textures, colour: Rgb, picture: Path | None = None
) -> None:
    """Ink on the panel: all over in one colour, or as `picture` has it.

    A grey picture is a mask for the colour; one with an alpha channel brings its own colours.
    """
    nodes = Nodes(material.node_tree)
    name = f"{INK}-{panel.name}"
    shader = add_shader(nodes, panel.ink, textures, name)
    set_colour(material, colour, name)
    u, v, share = _panel_place(nodes, panel)
    if picture:
        coordinates = nodes.new("CombineXYZ", {0: u, 1: v}).outputs[0]
        share = _pictured(nodes, shader, picture, coordinates, share)
    output = next(node for node in nodes.tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    beneath = output.inputs["Surface"].links[0].from_socket
    mixed = nodes.new("MixShader", {0: share, 1: beneath, 2: shader.outputs[0]})
    nodes.put(output.inputs["Surface"], mixed.outputs[0])


def _pictured(nodes: Nodes, shader: bpy.types.Node, file: Path, coordinates: Socket, inside: Socket) -> Socket:
    picture = nodes.image(file, coordinates, colours=True, tiles=False)
    if picture.image.depth in (8, 24):  # no alpha channel: a mask
        picture.image.colorspace_settings.name = "Non-Color"
        return nodes.maths("MULTIPLY", picture.outputs["Color"], inside)
    nodes.put(shader.inputs["Base Color"], picture.outputs["Color"])
    return nodes.maths("MULTIPLY", picture.outputs["Alpha"], inside)


def _panel_place(nodes: Nodes, panel: Panel) -> tuple[Socket, Socket, Socket]:
    """u, v, and 1 inside of the panel, 0 outside."""
    split = nodes.new("SeparateXYZ", {0: nodes.uv(panel.uv)})
    u, v = split.outputs[0], split.outputs[1]
    inside: Socket = nodes.maths("GREATER_THAN", u, 0.0)
    for test in (
        nodes.maths("LESS_THAN", u, 1.0),
        nodes.maths("GREATER_THAN", v, 0.0),
        nodes.maths("LESS_THAN", v, 1.0),
    ):
        inside = nodes.maths("MULTIPLY", inside, test)
    return u, v, inside

"""A product in the studio, painted: what every photograph begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import bpy

from photography import materials, studio
from photography.materials import BLACK, Rgb
from photography.product import Product, Shot
from photography.textures import Textures


@dataclass(frozen=True)
class Ink:
    """What covers a panel: a colour (linear light) all over, or as a picture has it."""

    colour: Rgb = BLACK
    picture: Path | None = None


@dataclass(frozen=True)
class Paint:
    """How the parts look: colours in linear light (black unless named), finishes (the usual unless named), inks by
    panel; `measured` adds the channels of parts and panels to the picture.
    """

    colours: Mapping[str, Rgb] = field(default_factory=dict)
    finishes: Mapping[str, str] = field(default_factory=dict)
    inks: Mapping[str, Ink] = field(default_factory=dict)
    measured: bool = False


def set_scene(product: Product, shot: Shot, paint: Paint, textures: Textures) -> dict[str, bpy.types.Object]:
    """An empty studio, the product in it, painted and posed, the camera in place; the product's objects."""
    studio.empty_scene()
    objects = product.build(False)
    made = _part_materials(product, paint, textures)
    for name, thing in objects.items():
        thing.data.materials.clear()
        thing.data.materials.append(made[product.part_of[name]])
    studio.build_studio(product)
    studio.aim(product, shot)
    if paint.measured:
        _add_channels(product)
    return objects


def _part_materials(product: Product, paint: Paint, textures: Textures) -> dict[str, bpy.types.Material]:
    made = {}
    for index, part in enumerate(product.parts):
        finish = product.finishes[part][paint.finishes.get(part, product.usual(part))]
        made[part] = materials.make_material(part, finish, textures)
        materials.set_colour(made[part], paint.colours.get(part, BLACK))
        if paint.measured:
            materials.add_cover(made[part], index)
    for name, (colour, finish) in product.fixed.items():
        made[name] = materials.make_material(name, finish, textures)
        materials.set_colour(made[name], materials.linear(colour))
        if paint.measured and name == product.hued:
            materials.add_cover(made[name], len(product.parts))
    for panel in product.panels:
        if paint.measured:
            materials.add_panel_coordinates(made[panel.part], panel)
        if panel.name in paint.inks:
            ink = paint.inks[panel.name]
            materials.cover_panel(made[panel.part], panel, textures, ink.colour, ink.picture)
    return made


def _add_channels(product: Product) -> None:
    covers = [f"cover{number}" for number in range((len(product.covering) + 2) // 3)]
    for name in (*covers, *(f"panel-{panel.name}" for panel in product.panels)):
        channel = bpy.context.view_layer.aovs.add()
        channel.name, channel.type = name, "COLOR"

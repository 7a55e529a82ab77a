"""MARU 60: a 60 % mechanical keyboard with an engraved name bar and a printed back plate."""

from collections.abc import Callable

import bpy
import numpy as np

from photography.product import Artwork, Camera, Engraving, Material, Panel, Pose, Product, Reference, Shot
from photography.products.maru60_cable import build_cable
from photography.products.maru60_caps import build_caps
from photography.products.maru60_case import BACK_PANEL_MM, BAR_PANEL_MM, build_case, tilted

CAPS_ABOVE_RIM_MM = -1.6  # the case's wall hides the caps' rims


def build(for_model: bool) -> dict[str, bpy.types.Object]:
    """All objects, upright on z = 0, the front to −y."""
    caps = build_caps(for_model, lambda points: tilted(points + np.array([0, 0, CAPS_ABOVE_RIM_MM])))
    return build_case(for_model) | caps | build_cable(for_model)


def _grain(scale: float, depth_mm: float) -> Callable[[bpy.types.NodeTree, bpy.types.Node], None]:
    """A fine, even texture such as moulded plastic or blasted metal has; `scale` in grains per metre."""

    def add(tree: bpy.types.NodeTree, bsdf: bpy.types.Node) -> None:
        place = tree.nodes.new("ShaderNodeTexCoord")
        noise = tree.nodes.new("ShaderNodeTexNoise")
        noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = scale, 1.0
        bump = tree.nodes.new("ShaderNodeBump")
        bump.inputs["Distance"].default_value, bump.inputs["Strength"].default_value = depth_mm / 1000, 1.0
        tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
        tree.links.new(noise.outputs[0], bump.inputs["Height"])
        tree.links.new(bump.outputs[0], bsdf.inputs["Normal"])

    return add


def _brushed(tree: bpy.types.NodeTree, bsdf: bpy.types.Node) -> None:
    """Lines along x: the roughness varies from line to line."""
    place = tree.nodes.new("ShaderNodeTexCoord")
    stretch = tree.nodes.new("ShaderNodeMapping")
    stretch.inputs["Scale"].default_value = (9, 3200, 3200)
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 1.0
    span = tree.nodes.new("ShaderNodeMapRange")
    span.inputs["To Min"].default_value, span.inputs["To Max"].default_value = 0.25, 0.37
    tree.links.new(place.outputs["Object"], stretch.inputs["Vector"])
    tree.links.new(stretch.outputs[0], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], span.inputs["Value"])
    tree.links.new(span.outputs[0], bsdf.inputs["Roughness"])


_PBT = Material(roughness=0.46, ior=1.5, nodes=_grain(2600, 0.012))

FINISHES = {
    "case": {
        "anodised": Material(roughness=0.36, metallic=1.0),
        "lacquer": Material(roughness=0.42, ior=1.5, coat=0.25, coat_roughness=0.2),
    },
    "plate": {"matte": Material(roughness=0.5)},
    "alphas": {"pbt": _PBT},
    "mods": {"pbt": _PBT},
    "accent": {"pbt": _PBT},
    "legend": {"print": Material(roughness=0.5)},
    "modlegend": {"print": Material(roughness=0.5)},
    "cable": {"braid": Material(roughness=0.7, ior=1.45, sheen=0.3)},
    "bar": {"brushed": Material(roughness=0.3, metallic=1.0, anisotropy=0.5, nodes=_brushed)},
    "back": {"matte": Material(roughness=0.45, ior=1.5)},
    "metal": {"polished": Material(roughness=0.18, metallic=1.0)},
}

FIXED = {"feet": ("#2B2B2D", Material(roughness=0.75, ior=1.45))}

PART_OF = {
    "upper": "case", "lower": "case", "seam": "metal", "plate": "plate", "bar": "bar", "back": "back",
    "screws": "metal", "feet": "feet", "alphas": "alphas", "mods": "mods", "accent": "accent",
    "legend": "legend", "modlegend": "modlegend", "cable": "cable", "connector": "metal",
}  # fmt: skip

# lying on the caps of the first and the last row; the angle follows from their heights
TURNED_OVER = Pose(turn=(-7.47, 180, 0), move=(0, 0, 0.0313))

SHOTS = (
    Shot("hero", Camera(azimuth=22, elevation=38, distance=0.93, target=(0.004, 0.034, 0.01))),
    Shot("back", Camera(azimuth=-16, elevation=42, distance=0.84, target=(0.0, 0.0, 0.02)), TURNED_OVER),
    Shot("detail", Camera(azimuth=34, elevation=31, distance=0.41, target=(0.087, -0.014, 0.02))),
)

PANELS = (
    Panel("bar", "bar", "Bar", *BAR_PANEL_MM, ink=Material(roughness=0.8, ior=1.3)),
    Panel("back", "back", "Back", *BACK_PANEL_MM, ink=Material(roughness=0.4, ior=1.5)),
)

# case, plate, alphas, mods, accent, legend, modlegend, cable, bar, back, metal
_CELADON = "#C9C7C2 #D8D2C4 #EDE6D6 #8FA79A #D9694A #2E3230 #F4EFE4 #8FA79A #D6B36A #EDE6D6 #D6B36A"
_INK = "#3A3C40 #1E1F22 #34363A #26282B #C9A45C #E9E4D8 #E9E4D8 #26282B #C9A45C #26282B #C9A45C"
_OAT = "#E6DDCB #D6B36A #EDE6D6 #CDBFA6 #D9694A #4A4034 #4A4034 #CDBFA6 #C9CBD0 #E6DDCB #C9CBD0"
_INDIGO = "#CBB79A #D8D2C4 #E4E3DE #3C4A63 #D9694A #2A3140 #EDE6D6 #3C4A63 #D6B36A #F2EEE4 #D6B36A"
_PERSIMMON = "#B5573C #26282B #EDE6D6 #A65B43 #2E3230 #3A2C26 #F4E9DC #2E3230 #C77B4F #EDE6D6 #C77B4F"
_PINE = "#4F6F60 #C9CBD0 #B7C9BE #2F5546 #C9A45C #20322A #DCE6DF #EDE6D6 #C9CBD0 #F2EEE4 #C9CBD0"


def _colours(words: str) -> dict[str, str]:
    return dict(zip(FINISHES, words.split(), strict=True))


def _name(text: str, font: str = "sans-ko") -> Engraving:
    return Engraving("bar", text, font, "#16120E")


REFERENCES = (
    Reference("hero", _colours(_CELADON), engraving=_name("지우 · 2026")),
    Reference("hero", _colours(_INK), engraving=_name("MARU 60", "serif-ko")),
    Reference("back", _colours(_OAT), {"case": "lacquer"}, artwork=Artwork("back", "waves", 196)),
    Reference("back", _colours(_INDIGO), artwork=Artwork("back", "persimmons", 96, 30, 0)),
    Reference("detail", _colours(_PERSIMMON), {"case": "lacquer"}, engraving=_name("온유의 책상")),
    Reference("hero", _colours(_PINE), {"case": "lacquer"}, _name("No. 012 / 300", "serif-ko")),
    Reference("back", _colours(_CELADON), artwork=Artwork("back", "moon-and-hills", 120)),
)

PRODUCT = Product(
    slug="maru60",
    parts=tuple(FINISHES),
    finishes=FINISHES,
    fixed=FIXED,
    build=build,
    part_of=PART_OF,
    shots=SHOTS,
    panels=PANELS,
    mirrors=("case", "bar", "metal", "plate", "alphas", "mods", "accent", "cable"),
    reflected=("alphas", "mods", "accent", "case", "plate", "metal", "cable"),
    scale=0.22,
    references=REFERENCES,
)

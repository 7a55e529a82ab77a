"""ON:DAM, the lidded ceramic tumbler in a leather sleeve: materials, views, and the configurations that prove them."""

from __future__ import annotations

import numpy as np

from photography.product import Artwork, Camera, Engraving, Map, Material, Panel, Pose, Product, Reference, Shot
from photography.products import on_dam_shapes as shapes
from photography.textures import grid, normalised, speckle_tint, tileable_noise

RIM = 0.457
"""Where the rim lies along the body's profile, and so in its textures' v."""


def glaze_tint() -> Map:
    """Glaze that clouds a little, thins over the rim and pools in a dark line above the foot."""
    _, v = grid(1024)
    clouds = 0.10 * (tileable_noise(1024, 4, 21, 5) - 0.5)
    rim = 0.075 * np.exp(-(((v - RIM) / 0.016) ** 2))
    pool = 0.14 * np.exp(-((v / 0.022) ** 2)) + 0.03 * np.exp(-((v / 0.12) ** 2))
    return np.asarray(np.clip(0.86 + clouds + rim - pool, 0, 1))


def matt_tint() -> Map:
    """Matt glaze: iron speckle under the same pooling."""
    _, v = grid(1024)
    pool = 0.12 * np.exp(-((v / 0.020) ** 2))
    return np.asarray(np.clip(speckle_tint() + 0.05 * np.exp(-(((v - RIM) / 0.014) ** 2)) - pool, 0, 1))


def thrown_height() -> Map:
    """The rings that a hand leaves on the wheel: soft, slowly rising around the pot."""
    u, v = grid(1024)
    wander = 0.8 * (tileable_noise(1024, 3, 23, 3) - 0.5)
    rings = np.sin(2 * np.pi * (34 * v + u + wander)) * (0.55 + 0.45 * np.sin(2 * np.pi * (3 * v + 0.2)))
    return normalised(rings + 1.6 * (tileable_noise(1024, 9, 22, 3) - 0.5))


GLAZE = Material(0.11, coat=0.6, coat_roughness=0.02, tint="glaze_tint", bump="thrown_height", bump_mm=0.045)
MATT_GLAZE = Material(0.58, ior=1.46, tint="matt_tint", bump="thrown_height", bump_mm=0.05)
RAW_CLAY = Material(0.92, ior=1.4, tint="speckle_tint", bump="clay_height", bump_mm=0.10, repeat=(3.0, 0.8))
SILICONE = Material(0.48, ior=1.42)
WOOD = Material(0.40, ior=1.46, tint="wood_tint", bump="wood_tint", bump_mm=0.10)
LEATHER = Material(
    0.50, ior=1.45, sheen=0.05, tint="leather_tint", bump="leather_height", bump_mm=0.18, repeat=(1.15, 1.15)
)
THREAD = Material(0.72, ior=1.42, sheen=0.2)
POLISHED = Material(0.20, metallic=1.0)
CERAMIC_INK = Material(0.20, coat=0.2, bump="thrown_height", bump_mm=0.045)
FOIL = Material(0.27, metallic=1.0, bump="leather_height", bump_mm=0.07, repeat=(1.15, 1.15))

CELADON = {
    "body": "#8FB5A0",
    "foot": "#B99B78",
    "gasket": "#E9E4DA",
    "lid": "#D9B27C",
    "sleeve": "#8A4E2A",
    "stitch": "#E9D9BC",
    "metal": "#D9B56A",
}
WINTER = {
    "body": "#1F3A5F",
    "foot": "#8D8A86",
    "gasket": "#3A3A3C",
    "lid": "#7A4B2C",
    "sleeve": "#26262A",
    "stitch": "#C8442A",
    "metal": "#C9CBD0",
}
PERSIMMON = {
    "body": "#B5472B",
    "foot": "#8C4A32",
    "gasket": "#E9E4DA",
    "lid": "#9A6636",
    "sleeve": "#2F4A3A",
    "stitch": "#C9A24B",
    "metal": "#D9B56A",
}
SNOW = {**CELADON, "body": "#E8E2D4", "foot": "#E2DACB", "stitch": "#C8442A", "metal": "#C77B4F"}
MATT = {"body": "matte"}

HERO = Shot("hero", Camera(16, 14, 0.50, (0.0, 0.0, 0.0675)))
BACK = Shot("back", Camera(-10, 17, 0.50, (0.0, 0.0, 0.0675)), Pose(turn=(0, 0, -92)))
DETAIL = Shot("detail", Camera(30, 17, 0.27, (0.003, -0.010, 0.051)))

PRODUCT = Product(
    slug="on-dam",
    parts=tuple(CELADON),
    finishes={
        "body": {"gloss": GLAZE, "matte": MATT_GLAZE},
        "foot": {"raw": RAW_CLAY},
        "gasket": {"silicone": SILICONE},
        "lid": {"oiled": WOOD},
        "sleeve": {"leather": LEATHER},
        "stitch": {"thread": THREAD},
        "metal": {"polished": POLISHED},
    },
    build=shapes.build,
    part_of={
        "body": "body",
        "foot": "foot",
        "gasket": "gasket",
        "lid": "lid",
        "knob": "metal",
        "snap": "metal",
        "sleeve": "sleeve",
        "strap": "sleeve",
        "stitch": "stitch",
    },
    shots=(HERO, BACK, DETAIL),
    scale=0.13,
    panels=(
        Panel("body", "body", "print", 62, 46, CERAMIC_INK),
        Panel("sleeve", "sleeve", "foil", 46, 26, FOIL),
    ),
    mirrors=("metal", "gasket", "foot", "stitch", "sleeve"),
    reflected=("lid", "body", "sleeve", "metal"),
    references=(
        Reference(
            "hero",
            CELADON,
            engraving=Engraving("sleeve", "지우", "serif-ko", "#E0BE78"),
            artwork=Artwork("body", "moon-and-hills", 54),
        ),
        Reference("hero", WINTER, MATT, Engraving("sleeve", "Seoul 2026", "sans-ko", "#D8D9DD")),
        Reference("back", CELADON),
        Reference("back", PERSIMMON, MATT),
        Reference("detail", SNOW, artwork=Artwork("body", "persimmons", 56, degrees=4)),
        Reference("detail", WINTER, engraving=Engraving("sleeve", "겨울밤", "serif-ko", "#D8D9DD")),
        Reference("hero", SNOW, MATT, artwork=Artwork("body", "waves", 62)),
        Reference("back", WINTER),
        Reference("hero", PERSIMMON, engraving=Engraving("sleeve", "첫 불", "serif-ko", "#E0BE78")),
    ),
    textures={"glaze_tint": glaze_tint, "matt_tint": matt_tint, "thrown_height": thrown_height},
)

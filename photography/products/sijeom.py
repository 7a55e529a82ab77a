"""SIJEOM, a quiet 38 mm wristwatch: materials, views, and the configurations that prove them."""

from __future__ import annotations

import math

import bpy

from photography.product import Camera, Engraving, Material, Panel, Pose, Product, Reference, Shot
from photography.products import sijeom_textures as textures
from photography.products.sijeom_case import CASEBACK_MM, NUMBER_MM, build_case
from photography.products.sijeom_dial import build_dial
from photography.products.sijeom_frame import LEAN, lowest
from photography.products.sijeom_strap import build_strap


def build(for_model: bool) -> dict[str, bpy.types.Object]:
    """All objects, the strap closed in a loop that stands on z = 0, the dial to −y and a little up."""
    return build_case(for_model) | build_dial(for_model) | build_strap(for_model)


# Its strokes around the flank are rough, its edges and lugs are mirrors: the map is 0 there.
STEEL = Material(0.16, metallic=1.0, roughness_map="metal", roughness_swing=0.36, bump="metal", bump_mm=0.004)
MIRROR = Material(0.10, metallic=1.0)
SATIN = Material(0.27, metallic=1.0, bump="brushed_height", bump_mm=0.006)
SUNRAY = Material(
    0.36, metallic=0.78, anisotropy=0.85, tint="sunray_tint", roughness_map="sunray", roughness_swing=0.14
)
OPALINE = Material(0.55, ior=1.45, bump="opaline", bump_mm=0.02, uv="Plane")
ENAMEL = Material(0.16, ior=1.52, coat=0.5, coat_roughness=0.02)
PRINTED = Material(0.45)
LACQUER = Material(0.28, coat=0.3)
LEATHER = Material(0.50, ior=1.45, sheen=0.04, tint="leather_tint", bump="leather_height", bump_mm=0.10)
TEXTILE = Material(0.82, ior=1.4, sheen=0.25, tint="woven_tint", bump="woven_height", bump_mm=0.22, repeat=(2.2, 2.2))
THREAD = Material(0.72, ior=1.42, sheen=0.2)
LINING = Material(0.66, ior=1.42, sheen=0.1, bump="fine_grain", bump_mm=0.03)
DARK = Material(0.8)
LASER = Material(0.50, metallic=0.0)

FINISHES = {
    "case": {"steel": STEEL},
    "bezel": {"polished": MIRROR},
    "dial": {"sunray": SUNRAY, "opaline": OPALINE, "enamel": ENAMEL},
    "markers": {"polished": MIRROR},
    "track": {"print": PRINTED},
    "hands": {"polished": MIRROR},
    "second": {"lacquer": LACQUER},
    "strap": {"leather": LEATHER, "textile": TEXTILE},
    "stitch": {"thread": THREAD},
    "back": {"satin": SATIN},
}

# case, bezel, dial, markers, track, hands, second, strap, stitch, back
_NIGHT = "#CDCFD3 #CDCFD3 #24406B #D9DBDF #E8E6DF #D9DBDF #E07A4F #7A4A2C #D9C3A0 #CDCFD3"
_DAWN = "#E8C2AC #E8C2AC #EFE8DA #DDAE95 #4A4440 #DDAE95 #B5472B #A2684A #E9D9BC #E8C2AC"
_PINE = "#CDCFD3 #CDCFD3 #2F5546 #D9DBDF #EDE6D6 #D9DBDF #D9B56A #26282B #8C8F93 #CDCFD3"
_INK = "#56585D #56585D #232428 #CDCFD3 #D8D6D0 #CDCFD3 #C8442A #4A4E52 #8C8F93 #56585D"
_WHITE = "#CDCFD3 #CDCFD3 #F2EEE4 #3C5A8C #3A3C40 #3C5A8C #C8442A #5B6B7C #C9CCC8 #CDCFD3"
_PERSIMMON = "#E6CC98 #E6CC98 #B5573C #EAD6AC #F1E6CF #EAD6AC #F1E6CF #4A3A30 #B5573C #E6CC98"


def _colours(words: str) -> dict[str, str]:
    return dict(zip(FINISHES, words.split(), strict=True))


def _words(text: str, font: str = "serif-ko", panel: str = "caseback", colour: str = "#2E2B29") -> Engraving:
    return Engraving(panel, text, font, colour)


# Seen from behind, the loop rolls on until the back looks up, and turns until the strap leaves the back free.
def _rolled(degrees: float, heading: float) -> Pose:
    """The watch rolled forward on its strap, and turned; the middle of the case stays above the origin."""
    roll, turn = math.radians(degrees), math.radians(heading)
    before, after = -lowest() / 1000, -lowest(LEAN - roll) / 1000
    slip = before * math.sin(roll)
    move = (-slip * math.sin(turn), slip * math.cos(turn), after - before * math.cos(roll))
    return Pose((degrees, 0, heading), move)


BEHIND = _rolled(34, 200)

HERO = Shot("hero", Camera(29, 20, 0.208, (0.0020, 0.0110, 0.0335)))
BACK = Shot("back", Camera(-18, 20, 0.205, (0.0015, -0.014, 0.0335)), BEHIND)
DETAIL = Shot("detail", Camera(24, 34, 0.150, (0.004, 0.0, 0.0420)))

PRODUCT = Product(
    slug="sijeom",
    parts=tuple(FINISHES),
    finishes=FINISHES,
    fixed={
        "lining": ("#B99C7A", LINING),
        "hole": ("#17130F", DARK),
        "legend": ("#77777A", LASER),
    },
    build=build,
    part_of={
        "bezel": "bezel",
        "case": "case",
        "flank": "case",
        "crown": "case",
        "buckle": "case",
        "back": "back",
        "legend": "legend",
        "dial": "dial",
        "indices": "markers",
        "track": "track",
        "hands": "hands",
        "second": "second",
        "strap": "strap",
        "keepers": "strap",
        "lining": "lining",
        "stitch": "stitch",
        "holes": "hole",
    },
    shots=(HERO, BACK, DETAIL),
    scale=0.065,
    panels=(
        Panel("caseback", "back", "Caseback", *CASEBACK_MM, LASER),
        Panel("number", "back", "Number", *NUMBER_MM, LASER),
    ),
    mirrors=("case", "bezel", "dial", "hands", "markers", "back", "strap", "lining"),
    reflected=("dial", "strap", "back", "lining", "case", "bezel"),
    references=(
        Reference("hero", _colours(_NIGHT)),
        Reference("hero", _colours(_DAWN), {"dial": "opaline"}),
        Reference("back", _colours(_PINE), engraving=_words("지우에게, 2026")),
        Reference(
            "back", _colours(_INK), {"strap": "textile"}, _words("No. 012 / 300", "sans-ko", "number", "#DAD8D3")
        ),
        Reference("detail", _colours(_WHITE), {"dial": "enamel", "strap": "textile"}),
        Reference("hero", _colours(_PERSIMMON), {"dial": "enamel", "strap": "textile"}),
        Reference("back", _colours(_WHITE), engraving=_words("No. 300 / 300", "sans-ko", "number")),
    ),
    textures={
        "sunray": textures.sunray,
        "sunray_tint": textures.sunray_tint,
        "metal": textures.metal,
        "opaline": textures.opaline,
        "woven_height": textures.woven_height,
        "woven_tint": textures.woven_tint,
    },
)

"""What a product tells the studio: its parts, materials, panels, views and the configurations that prove the pictures.

Nothing here needs Blender; a product's `build` imports it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from configurator.pictures.tone import linear

if TYPE_CHECKING:
    import bpy

Vector = tuple[float, float, float]
Map = NDArray[np.float64]
"""A square grey texture, rows from the top, 0…1, that tiles."""
MAX_PARTS = 11
MAX_REFLECTED = 8
NEUTRAL = 0.02
"""Between the channels of a grey, in linear light."""


@dataclass(frozen=True)
class Material:
    """A finish: numbers of Blender's Principled BSDF, and the maps that vary it.

    `tint` multiplies the colour; it is divided by its own mean, so that the colour stays the swatch's on average.
    `bump` is a height map, `bump_mm` the height between its black and its white. Both are names of the product's or of
    the studio's textures (photography/textures.py) and are read through the UV layer `uv`, repeated `repeat` times.
    `nodes` adds what numbers do not say: it is called with the node tree and the Principled node, and may link to any
    of the node's inputs but the base colour.
    """

    roughness: float
    metallic: float = 0.0
    ior: float = 1.5
    coat: float = 0.0
    coat_roughness: float = 0.03
    sheen: float = 0.0
    anisotropy: float = 0.0
    anisotropy_turn: float = 0.0
    tint: str = ""
    roughness_map: str = ""
    roughness_swing: float = 0.0
    bump: str = ""
    bump_mm: float = 0.0
    uv: str = "UVMap"
    repeat: tuple[float, float] = (1.0, 1.0)
    nodes: Callable[[bpy.types.NodeTree, bpy.types.Node], None] | None = None


@dataclass(frozen=True)
class Camera:
    """Where the camera stands: degrees (azimuth 0 is the front, positive to the right), metres, millimetres.

    `aperture` is the f-number of a blurred fore- and background, focused on `focus` (or the target); 0 is all sharp.
    """

    azimuth: float
    elevation: float
    distance: float
    target: Vector
    lens_mm: float = 85.0
    aperture: float = 0.0
    focus: Vector | None = None


@dataclass(frozen=True)
class Pose:
    """How the product lies in the studio: turned by XYZ angles in degrees, then moved by metres."""

    turn: Vector = (0.0, 0.0, 0.0)
    move: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Shot:
    """One view of the product.

    The cove and the lights stand still, the cove behind the product as seen from azimuth 0: for a view from behind,
    turn the product with `pose` and leave the camera within ±40°. `margin` is the room around the product that takes
    part in its colours (shadow, reflections on the ground), as a share of the picture.
    """

    id: str
    camera: Camera
    pose: Pose = Pose()
    margin: float = 0.05


@dataclass(frozen=True)
class Panel:
    """A flat area that can carry a print or an engraving.

    The UV layer `uv` maps it to 0…1 (u right, v up as seen from outside); other places of the part lie outside 0…1.
    `ink` is what the surface is where it is covered.
    """

    name: str
    part: str
    uv: str
    width_mm: float
    height_mm: float
    ink: Material


@dataclass(frozen=True)
class Engraving:
    """A text on a panel, as a customer may choose it."""

    panel: str
    text: str
    font: str
    colour: str


@dataclass(frozen=True)
class Artwork:
    """A picture on a panel: one of photography/samples.py, its width and centre in millimetres, turned by degrees."""

    panel: str
    picture: str
    width_mm: float
    x_mm: float = 0.0
    y_mm: float = 0.0
    degrees: float = 0.0


@dataclass(frozen=True)
class Reference:
    """A configuration that is photographed directly, to prove the composed picture. Colours are `#RRGGBB` by part."""

    shot: str
    colours: Mapping[str, str]
    finishes: Mapping[str, str] = field(default_factory=dict)
    engraving: Engraving | None = None
    artwork: Artwork | None = None


@dataclass(frozen=True)
class Product:
    """A product as the studio needs it.

    `build(for_model)` makes the objects in the present scene and returns them by name: metres, z up, standing on
    z = 0, facing -y; with `for_model` lighter, for the 3D view. `part_of` says of each object which part it is, or
    which fixed material. `finishes` gives each part its finishes, the usual one first. `fixed` is what nobody chooses:
    colour and material by name. `mirrors` are the parts on which others are seen, or their light; `reflected` those
    that are seen, among them mirrors that show themselves. `scale` is a height-like size in metres, with which lights
    and cove grow.

    The light of parts is told apart by the channels of neutral pictures. So what is fixed is grey, but for one thing
    whose colour has a hue: by that its light is told from the rest, and it gets a plate as parts do.
    """

    slug: str
    parts: tuple[str, ...]
    finishes: Mapping[str, Mapping[str, Material]]
    build: Callable[[bool], dict[str, bpy.types.Object]]
    part_of: Mapping[str, str]
    shots: tuple[Shot, ...]
    scale: float
    fixed: Mapping[str, tuple[str, Material]] = field(default_factory=dict)
    panels: tuple[Panel, ...] = ()
    mirrors: tuple[str, ...] = ()
    reflected: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    textures: Mapping[str, Callable[[], Map]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(hued := self._hued()) > 1:
            raise ValueError(f"{self.slug}: more than one fixed colour with a hue: {', '.join(hued)}")
        if len(self.covering) > MAX_PARTS:
            raise ValueError(f"{self.slug}: more than {MAX_PARTS} parts")
        if len(self.reflected) > MAX_REFLECTED:
            raise ValueError(f"{self.slug}: more than {MAX_REFLECTED} reflected parts")
        unknown = set(self.finishes) - set(self.parts) | {*self.mirrors, *self.reflected} - set(self.covering)
        unknown |= set(self.part_of.values()) - set(self.parts) - set(self.fixed)
        if unknown:
            raise ValueError(f"{self.slug}: unknown parts {', '.join(sorted(unknown))}")

    @property
    def hued(self) -> str:
        """The fixed thing whose colour has a hue; empty without one."""
        return next(iter(self._hued()), "")

    def _hued(self) -> list[str]:
        return [name for name, (colour, _) in self.fixed.items() if float(np.ptp(linear(colour))) > NEUTRAL]

    @property
    def painted(self) -> dict[str, str]:
        """What the application has to paint though nobody chooses it: colours `#RRGGBB` by name."""
        return {self.hued: self.fixed[self.hued][0]} if self.hued else {}

    @property
    def covering(self) -> tuple[str, ...]:
        """Everything that has a plate, in the order of its channels of coverage."""
        return (*self.parts, *self.painted)

    def shot(self, name: str) -> Shot:
        """The shot of that id."""
        return next(shot for shot in self.shots if shot.id == name)

    def panel(self, name: str) -> Panel:
        """The panel of that name."""
        return next(panel for panel in self.panels if panel.name == name)

    def usual(self, part: str) -> str:
        """The part's usual finish."""
        return next(iter(self.finishes[part]))


def load_product(slug: str) -> Product:
    """The product of a slug, from its module."""
    product: Product = importlib.import_module(f"photography.products.{slug.replace('-', '_')}").PRODUCT
    return product

"""How a reference configuration is painted: its own colours, its text and picture as textures.

Text and picture are drawn by the very functions with which the application composes them.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from PIL import Image

from configurator.configuration import Placement
from configurator.pictures import engraving
from configurator.pictures.printing import panel_texture
from photography import samples
from photography.materials import linear
from photography.product import Artwork, Engraving, Product, Reference
from photography.scene import Ink, Paint

ROOT = Path(__file__).resolve().parent.parent


def paint_of(product: Product, reference: Reference, folder: Path) -> Paint:
    """The paint of a reference; its textures are written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    inks = {}
    if reference.engraving:
        text = reference.engraving
        inks[text.panel] = Ink(linear(text.colour), _written(engraving_mask(product, text), folder))
    if reference.artwork:
        inks[reference.artwork.panel] = Ink(picture=_written(artwork_texture(product, reference.artwork), folder))
    colours = {part: linear(colour) for part, colour in reference.colours.items()}
    return Paint(colours, reference.finishes, inks)


def engraving_mask(product: Product, text: Engraving) -> Image.Image:
    """The text as it is cut into its panel, white on black."""
    return engraving.mask(text.text, text.font, engraving.Area(**engraving_area(product, text)))


def engraving_area(product: Product, text: Engraving) -> dict[str, float]:
    """Measures of the area in millimetres: the catalogue's, or the panel's where the catalogue has none yet."""
    panel = product.panel(text.panel)
    area = {
        "width_mm": panel.width_mm,
        "height_mm": panel.height_mm,
        "margin_mm": min(2.0, panel.height_mm / 10),
        "letter_mm": panel.height_mm * 0.46,
        "smallest_letter_mm": 1.0,
    }
    file = ROOT / "catalogue" / product.slug / "product.toml"
    if file.exists():
        written = tomllib.loads(file.read_text(encoding="utf-8")).get("engraving", {})
        if written.get("panel") == text.panel:
            area |= {name: float(written[name]) for name in area if name in written}
    return area


def artwork_texture(product: Product, artwork: Artwork) -> Image.Image:
    """The picture as it lies on its panel, see-through elsewhere."""
    panel = product.panel(artwork.panel)
    placement = Placement("", artwork.x_mm, artwork.y_mm, artwork.width_mm, artwork.degrees)
    return panel_texture(samples.picture(artwork.picture), placement, (panel.width_mm, panel.height_mm))


def _written(picture: Image.Image, folder: Path) -> Path:
    # The same picture always has the same name, so that Blender never shows an old one.
    file = folder / f"{hash_of(picture)}.png"
    if not file.exists():
        picture.save(file)
    return file


def hash_of(picture: Image.Image) -> str:
    """A short name for a picture's content."""
    return hashlib.sha256(picture.tobytes() + str(picture.size).encode()).hexdigest()[:16]

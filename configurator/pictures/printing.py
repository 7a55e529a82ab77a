"""A customer's picture as it lies on its panel: the texture that is printed.

The browser draws the same texture on a canvas and hands it to its shader (frontend/islands/relight.js).
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageOps

from configurator.configuration import Placement
from configurator.pictures.tone import Floats

PIXELS_PER_MM = 4
"""About one and a quarter texels to a pixel of the largest picture."""
BORDER = 2
"""See-through pixels around the picture, so that its edges are smooth when it is turned."""


def panel_texture(picture: Image.Image, placement: Placement, panel_mm: tuple[float, float]) -> Image.Image:
    """The panel with the picture on it, see-through elsewhere, `PIXELS_PER_MM` fine."""
    size = round(panel_mm[0] * PIXELS_PER_MM), round(panel_mm[1] * PIXELS_PER_MM)
    scale = placement.width_mm * PIXELS_PER_MM / picture.width
    shown = picture.convert("RGBA")
    if scale < 1:
        # Averaged to the texture's own pixels first: what is only looked up would flicker.
        small = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        shown = shown.resize(small, Image.Resampling.LANCZOS, reducing_gap=3.0)
    shown = ImageOps.expand(shown, BORDER, (0, 0, 0, 0))
    return shown.transform(
        size, Image.Transform.AFFINE, _from_panel(picture, shown, placement, size), Image.Resampling.BILINEAR
    )


def linear_texture(texture: Image.Image) -> Floats:
    """Linear light multiplied by coverage, and the coverage: shape (height, width, 4)."""
    coded = np.asarray(texture, np.float32) / np.float32(255)
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)
    light[..., :3] *= coded[..., 3:]
    light[..., 3] = coded[..., 3]
    return light


def _from_panel(
    picture: Image.Image, shown: Image.Image, placement: Placement, size: tuple[int, int]
) -> tuple[float, ...]:
    """Where in the shown picture a pixel of the panel looks: an affine map's six numbers."""
    pixels_per_mm = (shown.width - 2 * BORDER) / placement.width_mm
    down_per_mm = (shown.height - 2 * BORDER) / (placement.width_mm * picture.height / picture.width)
    angle = math.radians(placement.degrees)
    across, down = pixels_per_mm / PIXELS_PER_MM, down_per_mm / PIXELS_PER_MM
    a, b = math.cos(angle) * across, math.sin(angle) * across
    d, e = -math.sin(angle) * down, math.cos(angle) * down
    x = size[0] / 2 + placement.x_mm * PIXELS_PER_MM
    y = size[1] / 2 + placement.y_mm * PIXELS_PER_MM
    return a, b, shown.width / 2 - a * x - b * y, d, e, shown.height / 2 - d * x - e * y

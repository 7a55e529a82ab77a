"""A customer's picture as it lies on its panel: the texture that is printed.

The browser draws the same texture on a canvas and hands it to its shader (frontend/islands/relight.js).
"""

from __future__ import annotations

import math

from PIL import Image, ImageOps

from configurator.configuration import Placement
from configurator.pictures.plates import Panel

PIXELS_PER_MM = 4.0
"""As fine as the browser's texture."""
TEXELS_PER_PIXEL = 1.25
"""A little finer than the picture, so that interpolation does not soften the print."""
BORDER = 2
"""See-through pixels around the picture, so that its edges are smooth when it is turned."""


def panel_texture(
    picture: Image.Image, placement: Placement, panel_mm: tuple[float, float], pixels_per_mm: float = PIXELS_PER_MM
) -> Image.Image:
    """The panel with the picture on it, see-through elsewhere."""
    size = max(2, round(panel_mm[0] * pixels_per_mm)), max(2, round(panel_mm[1] * pixels_per_mm))
    scale = placement.width_mm * pixels_per_mm / picture.width
    shown = picture.convert("RGBA")
    if scale < 1:
        # Averaged to the texture's own pixels first: what is only looked up would flicker.
        small = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        shown = shown.resize(small, Image.Resampling.LANCZOS, reducing_gap=3.0)
    shown = ImageOps.expand(shown, BORDER, (0, 0, 0, 0))
    return shown.transform(
        size,
        Image.Transform.AFFINE,
        _from_panel(picture, shown, placement, size, pixels_per_mm),
        Image.Resampling.BILINEAR,
    )


def fineness_for(panel: Panel, width_mm: float) -> float:
    """The texture's pixels per millimetre for a panel of that width, as a view shows it."""
    return round(TEXELS_PER_PIXEL * panel.across / width_mm, 2)


def _from_panel(
    picture: Image.Image, shown: Image.Image, placement: Placement, size: tuple[int, int], fineness: float
) -> tuple[float, ...]:
    """Where in the shown picture a pixel of the panel looks: an affine map's six numbers."""
    pixels_per_mm = (shown.width - 2 * BORDER) / placement.width_mm
    down_per_mm = (shown.height - 2 * BORDER) / (placement.width_mm * picture.height / picture.width)
    angle = math.radians(placement.degrees)
    across, down = pixels_per_mm / fineness, down_per_mm / fineness
    a, b = math.cos(angle) * across, math.sin(angle) * across
    d, e = -math.sin(angle) * down, math.cos(angle) * down
    x = size[0] / 2 + placement.x_mm * fineness
    y = size[1] / 2 + placement.y_mm * fineness
    return a, b, shown.width / 2 - a * x - b * y, d, e, shown.height / 2 - d * x - e * y

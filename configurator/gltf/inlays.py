"""The pictures on a model's panels: ink as a stencil that the colour is poured through, prints as they are."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def stencil(mask: Image.Image) -> bytes:
    """A PNG of a text's mask: white everywhere, opaque where the text is; the material's colour makes it visible."""
    white = Image.new("RGBA", mask.size, (255, 255, 255, 0))
    white.putalpha(mask)
    return _png(white)


def printed(texture: Image.Image, ink: tuple[Image.Image, str] | None = None) -> bytes:
    """A PNG of a print as it lies on its panel, with a text's mask in its colour above it where both share one."""
    sheet = texture.convert("RGBA")
    if ink:
        mask, colour = ink
        sheet = sheet.resize(mask.size, Image.Resampling.BICUBIC)
        sheet = Image.alpha_composite(sheet, _inked(mask, colour))
    return _png(_bled(sheet))


def _inked(mask: Image.Image, colour: str) -> Image.Image:
    sheet = Image.new("RGBA", mask.size, colour)
    sheet.putalpha(mask)
    return sheet


def _bled(sheet: Image.Image) -> Image.Image:
    """The same picture with its mean colour where nothing is seen: filters mix neighbours' colours at its edges, and
    black ones would draw a dark line around it.
    """
    pixels = np.array(sheet)
    seen = pixels[..., 3] > 0
    if seen.any():
        pixels[~seen, :3] = pixels[seen, :3].mean(axis=0).round()
    return Image.fromarray(pixels)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()

"""One picture of one configuration from a view's plates."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Literal

import numpy as np
from PIL import Image

from configurator.configuration import Colours
from configurator.pictures.plates import Floats, Panel, View
from configurator.pictures.printing import linear_texture
from configurator.pictures.tone import linear, to_bytes, tone_map

Format = Literal["webp", "jpeg", "png"]
SIZES = (400, 800)
WEBP_QUALITY = 82
JPEG_QUALITY = 86


def compose(
    view: View,
    colours: Colours,
    engravings: Mapping[str, Image.Image] | None = None,
    prints: Mapping[str, Image.Image] | None = None,
) -> Image.Image:
    """The picture at the view's full size.

    `engravings` are 8-bit masks by panel, painted as metal foil; `prints` are textures by panel, printed on the part of
    the panel's name. Foil lies on top of a print.
    """
    missing = set(view.parts) - set(colours.parts)
    if missing:
        raise KeyError(f"no colour for {', '.join(sorted(missing))}")
    painted = np.stack([np.ones(3, np.float32), *(linear(colours.parts[part]) for part in view.parts)])
    light = view.light @ painted
    for panel, texture in (prints or {}).items():
        _print(light.reshape(view.height, view.width, 3), view, panel, texture, linear(colours.parts[panel]))
    for panel, mask in (engravings or {}).items():
        _engrave(light.reshape(view.height, view.width, 3), view, view.panels[panel], mask, linear(colours.engraving))
    picture = view.backdrop.copy()
    crop = to_bytes(tone_map(light)).reshape(view.height, view.width, 3)
    picture[view.y : view.y + view.height, view.x : view.x + view.width] = crop
    return Image.fromarray(picture)


def encode(picture: Image.Image, size: int, kind: Format) -> bytes:
    """The picture at `size` pixels square, as a file."""
    if size != picture.width:
        picture = picture.resize((size, size), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    if kind == "webp":
        picture.save(file, "WEBP", quality=WEBP_QUALITY, method=2)
    elif kind == "jpeg":
        picture.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        picture.save(file, "PNG")
    return file.getvalue()


def _print(light: Floats, view: View, name: str, texture: Image.Image, painted: Floats) -> None:
    """Ink instead of the part's own colour, under the same light."""
    panel = view.panels[name]
    ink = _warp(linear_texture(texture), panel) * panel.coverage[..., None]
    part = view.light[:, 1 + view.parts.index(name)].reshape(view.height, view.width)[panel.rows, panel.columns]
    light[panel.rows, panel.columns] += part[..., None] * (ink[..., :3] - ink[..., 3:] * painted)


def _engrave(light: Floats, view: View, panel: Panel, mask: Image.Image, foil: Floats) -> None:
    covered = _warp(np.asarray(mask, np.float32) / np.float32(255), panel) * panel.coverage
    area = light[panel.rows, panel.columns]
    shine = view.foil[panel.rows, panel.columns]
    area += covered[..., None] * (shine[..., None] * foil - area)


def _warp(texture: Floats, panel: Panel) -> Floats:
    """The texture seen through the panel's coordinates, bilinear; v counts from the bottom."""
    height, width = texture.shape[:2]
    x = panel.uv[..., 0] * width - 0.5
    y = (1 - panel.uv[..., 1]) * height - 0.5
    left = np.clip(np.floor(x), 0, width - 2).astype(np.int32)
    top = np.clip(np.floor(y), 0, height - 2).astype(np.int32)
    across, down = np.clip(x - left, 0, 1), np.clip(y - top, 0, 1)
    if texture.ndim > across.ndim:
        across, down = across[..., None], down[..., None]
    upper = texture[top, left] * (1 - across) + texture[top, left + 1] * across
    lower = texture[top + 1, left] * (1 - across) + texture[top + 1, left + 1] * across
    seen: Floats = (upper * (1 - down) + lower * down).astype(np.float32)
    return seen

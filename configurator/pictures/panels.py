"""What is printed on a piece or cut into it, seen through a panel of a view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from configurator.pictures.plates import Panel, Places
from configurator.pictures.tone import LIGHT_OF_SRGB, Floats

WARPS_KEPT = 16
"""Up to 2 MB each."""


@dataclass(frozen=True, eq=False)
class Warp:
    """Where a texture's four texels around each of a panel's places lie, and their weights: bilinear, held at the
    edges, v counted from the bottom.
    """

    first: Places
    offsets: tuple[int, int, int, int]
    weights: Floats

    def seen(self, texels: Floats, chosen: Places | None = None) -> Floats:
        """One plane of a texture at the panel's places, or at those `chosen` of them."""
        first = self.first if chosen is None else self.first[chosen]
        weights = self.weights if chosen is None else self.weights[:, chosen]
        total = np.zeros(len(first), np.float32)
        for offset, weight in zip(self.offsets, weights, strict=True):
            total += texels[offset:].take(first) * weight
        return total


@lru_cache(WARPS_KEPT)
def warp_of(panel: Panel, width: int, height: int) -> Warp:
    """The warp of a texture of at least 2 × 2 texels: of the same size, every text and picture needs the same one."""
    x = panel.uv[0] * np.float32(width) - np.float32(0.5)
    y = (1 - panel.uv[1]) * np.float32(height) - np.float32(0.5)
    left = np.clip(np.floor(x), 0, width - 2)
    top = np.clip(np.floor(y), 0, height - 2)
    across, down = np.clip(x - left, 0, 1), np.clip(y - top, 0, 1)
    weights = np.stack([(1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down])
    return Warp((top * width + left).astype(np.intp), (0, 1, width, width + 1), weights)


def print_on(light: Floats, panel: Panel, texture: Floats) -> None:
    """Ink in the texture's own colours: `texture` is (4, height, width), linear light times coverage, and coverage."""
    _, height, width = texture.shape
    warp = warp_of(panel, width, height)
    planes = texture.reshape(4, -1)
    opaque = warp.seen(planes[3])
    printed = np.flatnonzero(opaque)
    cover, black, white = panel.ink[:, printed]
    alpha = opaque[printed] * cover
    places = panel.places[printed]
    for plane, row in zip(light, planes, strict=False):
        below = plane[places]
        plane[places] = below + alpha * (black - below) + warp.seen(row, printed) * cover * white


def cut_into(light: Floats, panel: Panel, mask: Image.Image, colour: Floats) -> None:
    """An engraving of one colour where an 8-bit mask is white."""
    texels = np.asarray(mask, np.float32).ravel() / np.float32(255)
    seen = warp_of(panel, mask.width, mask.height).seen(texels)
    cut = np.flatnonzero(seen)
    cover, black, white = panel.ink[:, cut]
    alpha = seen[cut] * cover
    places = panel.places[cut]
    for plane, channel in zip(light, colour, strict=True):
        below = plane[places]
        plane[places] = below + alpha * (black + channel * white - below)


def linear_texture(texture: Image.Image) -> Floats:
    """A texture with transparency as planes (4, height, width): linear light times coverage, and coverage."""
    coded = np.asarray(texture.convert("RGBA"))
    planes = np.empty((4, *coded.shape[:2]), np.float32)
    np.divide(coded[..., 3], np.float32(255), out=planes[3])
    for channel in range(3):
        np.multiply(LIGHT_OF_SRGB.take(coded[..., channel]), planes[3], out=planes[channel])
    return planes


def fitted(texture: Image.Image, panel: Panel) -> Image.Image:
    """The texture averaged by whole factors until there are fewer than two texels to a pixel: what is only looked up
    in a texture that is finer would flicker.
    """
    factors = max(1, int(texture.width / panel.across)), max(1, int(texture.height / panel.down))
    return texture if factors == (1, 1) else texture.reduce(factors)

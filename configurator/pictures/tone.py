"""From linear light to 8-bit sRGB by Khronos PBR Neutral, the tone map of the browser, Blender and model-viewer.

https://github.com/KhronosGroup/ToneMapping/blob/main/PBR_Neutral/README.md
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

START_COMPRESSION = np.float32(0.8 - 0.04)
DESATURATION = np.float32(0.15)
STEPS = 4095


def linear(colour: str) -> Floats:
    """Linear light of an sRGB colour `#RRGGBB`, shape (3,)."""
    coded = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)], np.float64) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _srgb_of_root() -> NDArray[np.uint8]:
    """sRGB bytes indexed by √light · STEPS: the curve is steep near black, and the root is flat there."""
    light = (np.arange(STEPS + 1) / STEPS) ** 2
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (np.clip(coded, 0, 1) * 255 + 0.5).astype(np.uint8)


SRGB_OF_ROOT = _srgb_of_root()


def tone_map(light: Floats) -> Floats:
    """PBR Neutral on linear light of shape (N, 3); works in place."""
    # Column by column: a reduction along an axis of three is thirty times slower.
    red, green, blue = light[:, 0], light[:, 1], light[:, 2]
    least = np.minimum(np.minimum(red, green), blue)
    offset = np.where(least < 0.08, least - 6.25 * least * least, np.float32(0.04))
    light -= offset[:, None]
    peak = np.maximum(np.maximum(red, green), blue)
    bright = np.flatnonzero(peak >= START_COMPRESSION)
    if bright.size:
        above = peak[bright]
        d = 1 - START_COMPRESSION
        compressed = 1 - d * d / (above + d - START_COMPRESSION)
        mix = 1 - 1 / (DESATURATION * (above - compressed) + 1)
        light[bright] = light[bright] * ((compressed / above) * (1 - mix))[:, None] + (compressed * mix)[:, None]
    return light


def to_bytes(light: Floats) -> NDArray[np.uint8]:
    """Tone-mapped linear light as sRGB bytes; works in place."""
    np.clip(light, 0, 1, out=light)
    np.sqrt(light, out=light)
    light *= STEPS
    light += 0.5
    return SRGB_OF_ROOT[light.astype(np.uint16)]

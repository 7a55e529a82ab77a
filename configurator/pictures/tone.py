"""From linear light to 8-bit sRGB by Khronos PBR Neutral, the tone map of the browser, Blender and model-viewer.

Light is kept as three planes, shape (3, N), so that every step runs over contiguous numbers.
https://github.com/KhronosGroup/ToneMapping/blob/main/PBR_Neutral/README.md
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

START_COMPRESSION = np.float32(0.8 - 0.04)
DESATURATION = np.float32(0.15)
DARK = np.float32(0.08)
ROOM = np.float32(1) - START_COMPRESSION
STEPS = 32_767
"""Of the table of sRGB: at its steepest, 12.92, one step is a tenth of a step of 8 bits."""


def _srgb_of_light() -> Bytes:
    """sRGB bytes indexed by light · STEPS (IEC 61966-2-1)."""
    light = np.arange(STEPS + 1) / STEPS
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (np.clip(coded, 0, 1) * 255 + 0.5).astype(np.uint8)


def _light_of_srgb() -> Floats:
    """Linear light indexed by sRGB bytes (IEC 61966-2-1)."""
    coded = np.arange(256) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).astype(np.float32)


SRGB_OF_LIGHT = _srgb_of_light()
LIGHT_OF_SRGB = _light_of_srgb()


def linear(colour: str) -> Floats:
    """Linear light of an sRGB colour `#RRGGBB`, shape (3,)."""
    return LIGHT_OF_SRGB[[int(colour[index : index + 2], 16) for index in (1, 3, 5)]]


def tone_map(light: Floats) -> Floats:
    """PBR Neutral on linear light of shape (3, N); works in place."""
    red, green, blue = light
    dark = np.minimum(red, green)
    np.minimum(dark, blue, out=dark)
    np.minimum(dark, DARK, out=dark)
    # x - 6.25 x² is 0.04 at 0.08: held there, one formula serves for both of the specification's cases.
    light -= dark - np.float32(6.25) * dark * dark
    peak = np.maximum(red, green)
    np.maximum(peak, blue, out=peak)
    if peak.size and peak.max() > START_COMPRESSION:
        _compress(light, peak)
    return light


def to_bytes(light: Floats) -> Bytes:
    """Tone-mapped linear light as sRGB bytes; works in place."""
    light *= np.float32(STEPS)
    light += np.float32(0.5)
    np.maximum(light, np.float32(0), out=light)
    np.minimum(light, np.float32(STEPS), out=light)
    return SRGB_OF_LIGHT.take(light.astype(np.intp))


def developed(light: Floats) -> Bytes:
    """Linear light of shape (…, 3), as a photographer has it, in sRGB bytes of the same shape."""
    planes = np.array(light.reshape(-1, 3).T, np.float32, order="C")
    return np.ascontiguousarray(to_bytes(tone_map(planes)).T).reshape(light.shape)


def _compress(light: Floats, peak: Floats) -> None:
    """The highlights. A peak held at START_COMPRESSION leaves its pixel as it is: nothing need be picked out."""
    np.maximum(peak, START_COMPRESSION, out=peak)
    compressed = peak + (ROOM - START_COMPRESSION)
    np.divide(-ROOM * ROOM, compressed, out=compressed)
    compressed += np.float32(1)
    kept = peak - compressed
    kept *= DESATURATION
    kept += np.float32(1)
    np.reciprocal(kept, out=kept)
    # What is not kept of the colour becomes white: compressed · (1 - kept).
    white = compressed - compressed * kept
    kept *= compressed
    kept /= peak
    light *= kept
    light += white

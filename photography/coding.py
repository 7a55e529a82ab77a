"""Plates as files: light in 8 bits (`light_of_codes`) in lossless WebP, and coordinates of 16 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import uniform_filter  # type: ignore[import-untyped]

from configurator.pictures.plates import light_of_codes
from configurator.pictures.tone import LIGHT_OF_SRGB, SRGB_OF_LIGHT, STEPS

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

FINEST = 16
DIMMEST = 0.5
"""A part that is hardly seen needs no 256 steps for the little that it throws on others."""
ROUGH = {2: 1.6, 4: 4.8, 8: 11.0}
"""The standard deviation of the codes around a pixel, in codes, from which a step is not seen."""
NEIGHBOURS = 5
MASKED = 8.5
"""Bytes of sRGB."""
COARSE = (2, 4, 8, 16, 32)
UNSEEN = 1.5
"""The step of sRGB's 255 by which thrown light may grow at once."""
DARKEST = 0.004
BRIGHTEST = 12.0
"""Light above this is white in every colour that it may be multiplied by; the scale is not spent on it."""


def scale_of(values: Floats) -> float:
    """The scale with which values are coded."""
    return float(np.clip(values.max(initial=0.0), DIMMEST, BRIGHTEST))


def coded(values: Floats, scale: float) -> Bytes:
    """Linear light as bytes."""
    light = np.clip(values, 0, scale).astype(np.float32)
    first = np.float32(min(scale, 1))
    root: Floats = np.sqrt(light / (first + light * (1 - first / np.float32(scale))))
    return (root * 255 + 0.5).astype(np.uint8)


def masked(code: Bytes, scale: float, colour: float = 1.0) -> Bytes:
    """Codes in steps of 2, 4 or 8 where they vary by more than that anyway: a sixth of a file for what no eye sees.

    No step changes sRGB by more than MASKED, where the light is multiplied by `colour`: one code of a highlight is a
    large step.
    """
    values = code.astype(np.float32)
    mean = uniform_filter(values, NEIGHBOURS)
    deviation = np.sqrt(np.maximum(uniform_filter(values * values, NEIGHBOURS) - mean * mean, 0))
    shown = srgb(light_of_codes(scale) * np.float32(colour))
    kept = code
    for step, rough in ROUGH.items():
        first = np.clip(np.arange(256) - step // 2, 0, 255 - step)
        is_small = shown[first + step] - shown[first] <= MASKED
        kept = np.where((deviation >= rough) & is_small[code], in_steps(code, step), kept)
    return kept


def srgb(light: Floats) -> Floats:
    """sRGB of light, 0…255, not rounded (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def in_steps(code: Bytes, step: int) -> Bytes:
    """Codes rounded to multiples of a step, the brightest code as it is."""
    return np.minimum((code.astype(np.uint16) + step // 2) // step * step, 255).astype(np.uint8)


def unseen(code: Bytes, scale: float, light: Floats) -> Bytes:
    """Codes in the largest steps up to 32 that change sRGB by less than UNSEEN where there is so much `light` in all.

    A part throws little light on others; 256 steps of it cost half of a file and show nothing.
    """
    lights = light_of_codes(scale)
    seen = np.clip(light, DARKEST, 1)
    codes_per_light = 255 * 1.055 / 2.4 * seen ** (1 / 2.4 - 1)
    kept = code
    for step in COARSE:
        fewer = in_steps(code, step)
        below = np.minimum(fewer, 255 - step)
        apart = lights[below + step] - lights[below]
        kept = np.where(apart * codes_per_light <= UNSEEN, fewer, kept)
    return kept


def decoded(code: Bytes, scale: float) -> Floats:
    """Linear light of bytes."""
    return light_of_codes(scale)[code]


def share_bytes(values: Floats) -> Bytes:
    """A share 0…1 as bytes."""
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def coordinates(u: Floats, v: Floats) -> Bytes:
    """u and v (0…1) as 16 bits: a picture twice as high, the high bytes above, the low bytes below.

    The last four bits are spent on nothing: a panel is less than 1,000 pixels wide, and noise makes files large.
    """
    steps = [np.clip(axis, 0, 1).astype(np.float64) * (65535 / FINEST) for axis in (u, v)]
    numbers = [np.minimum(np.rint(step) * FINEST, 65535).astype(np.uint16) for step in steps]
    high = [(number >> 8).astype(np.uint8) for number in numbers]
    low = [(number & 255).astype(np.uint8) for number in numbers]
    nothing = np.zeros_like(high[0])
    return np.concatenate([np.stack([*high, nothing], -1), np.stack([*low, nothing], -1)])


def coordinates_of(picture: Bytes) -> tuple[Floats, Floats]:
    """u and v of a picture of coordinates."""
    half = len(picture) // 2
    numbers = (picture[:half, :, :2].astype(np.uint32) * 256 + picture[half:, :, :2]) / 65535
    return numbers[..., 0].astype(np.float32), numbers[..., 1].astype(np.float32)


def write_lossless(file: Path, picture: Bytes) -> None:
    """RGB bytes as lossless WebP, without a change to any of them."""
    Image.fromarray(picture).save(file, "WEBP", lossless=True, quality=100, method=6, exact=True)


def squeezed(light: Floats) -> Floats:
    """Light above 1 pressed together below 2, so that a filter's sharpness does not ring around highlights."""
    return np.where(light > 1, 2 - 1 / np.maximum(light, 1), light)


def released(squeezed_light: Floats) -> Floats:
    """What `squeezed` made of light, undone."""
    return np.where(squeezed_light > 1, 1 / (2 - np.minimum(squeezed_light, 2 - 1 / BRIGHTEST)), squeezed_light)


def smaller(values: Floats, size: tuple[int, int], resampling: Image.Resampling = Image.Resampling.LANCZOS) -> Floats:
    """An array resampled to (width, height), in linear light. Lanczos' filter is sharp; it overshoots at edges."""
    if values.shape[1::-1] == size:
        return values
    if values.ndim == 3:
        return np.stack([smaller(values[..., index], size, resampling) for index in range(values.shape[-1])], axis=-1)
    resized = Image.fromarray(np.ascontiguousarray(values, np.float32)).resize(size, resampling)
    return np.asarray(resized, np.float32)


def picture_smaller(picture: Bytes, size: int) -> Bytes:
    """A square sRGB picture resampled in the light that the screen gives off."""
    light = smaller(LIGHT_OF_SRGB[picture], (size, size)).clip(0, 1)
    return np.asarray(SRGB_OF_LIGHT[(light * STEPS + np.float32(0.5)).astype(np.intp)])

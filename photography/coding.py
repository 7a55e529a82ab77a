"""Plates as files: 8-bit v = 255·√(value / scale) in lossless WebP, and coordinates of 16 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import uniform_filter  # type: ignore[import-untyped]

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

FINEST = 16
DIMMEST = 0.5
"""A part that is hardly seen needs no 256 steps for the little that it throws on others."""
ROUGH = {2: 1.6, 4: 4.8, 8: 11.0}
"""The standard deviation of the codes around a pixel, in codes, from which a step is not seen."""
NEIGHBOURS = 5
BRIGHTEST = 3.0
"""Light above this is white on every screen; the scale is not spent on it."""


def scale_of(values: Floats) -> float:
    """The scale with which values are coded."""
    return float(np.clip(values.max(initial=0.0), DIMMEST, BRIGHTEST))


def coded(values: Floats, scale: float) -> Bytes:
    """Linear light as bytes."""
    root: Floats = np.sqrt(np.clip(values / np.float32(scale), 0, 1))
    return (root * 255 + 0.5).astype(np.uint8)


def masked(code: Bytes) -> Bytes:
    """Codes in steps of 2, 4 or 8 where they vary by more than that anyway: a sixth of a file for what no eye sees."""
    values = code.astype(np.float32)
    mean = uniform_filter(values, NEIGHBOURS)
    deviation = np.sqrt(np.maximum(uniform_filter(values * values, NEIGHBOURS) - mean * mean, 0))
    for step, rough in ROUGH.items():
        rounded = (np.rint(values / step) * step).clip(0, 255).astype(np.uint8)
        code = np.where(deviation >= rough, rounded, code)
    return code


def decoded(code: Bytes, scale: float) -> Floats:
    """Linear light of bytes."""
    share = code.astype(np.float32) / np.float32(255)
    return share * share * np.float32(scale)


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


def smaller(values: Floats, size: tuple[int, int], resampling: Image.Resampling = Image.Resampling.LANCZOS) -> Floats:
    """An array resampled to (width, height), in linear light. Lanczos' filter is sharp; it overshoots at edges."""
    if values.shape[1::-1] == size:
        return values
    if values.ndim == 3:
        return np.stack([smaller(values[..., index], size, resampling) for index in range(values.shape[-1])], axis=-1)
    resized = Image.fromarray(np.ascontiguousarray(values, np.float32)).resize(size, resampling)
    return np.asarray(resized, np.float32)

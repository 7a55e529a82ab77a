"""Pictures as files. The qualities were chosen by measurement: research on size, error and time per format."""

from __future__ import annotations

import io
from typing import Any, Literal

from PIL import Image

Format = Literal["avif", "webp", "jpeg", "png"]
SIZES = (400, 800, 1200)
"""Pixels on a side of the pictures that can be asked for."""
OPTIONS: dict[Format, dict[str, Any]] = {
    "avif": {"quality": 65, "speed": 10, "max_threads": 1},
    "webp": {"quality": 82, "method": 2},
    "jpeg": {"quality": 86, "optimize": True},
    "png": {},
}
FINE = 800
OF_FINE_PIXELS: dict[Format, dict[str, Any]] = {"avif": {"quality": 50}, "webp": {"quality": 62}}
"""A larger picture has more pixels than a screen can show one by one: a phone is spared a third of the bytes."""


def baked_size(size: int) -> int:
    """The size of the plates that a picture of `size` pixels is composed from."""
    return 1200 if size > FINE else 800


def encode(picture: Image.Image, kind: Format) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    options = OPTIONS[kind] | (OF_FINE_PIXELS.get(kind, {}) if picture.width > FINE else {})
    picture.save(file, kind.upper(), **options)
    return file.getvalue()


def shrunk(picture: Image.Image, size: int) -> Image.Image:
    """The square picture at `size` pixels on a side."""
    if picture.width == size:
        return picture
    return picture.resize((size, size), Image.Resampling.LANCZOS)

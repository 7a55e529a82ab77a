"""What a picture may be, and the one way in which it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["PNG", "JPEG", "WEBP", "HEIF", "SVG"]
Reason = Literal[
    "picture_too_large",
    "picture_unknown_kind",
    "picture_damaged",
    "picture_animated",
    "picture_too_many_pixels",
    "picture_too_small",
    "picture_too_complex",
    "svg_not_allowed",
]
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What is accepted. `memory` is what decoding may use beyond the bare process; times are seconds of one core.

    With the bare process (under 25 MB) the whole stays below 200 MB; the numbers of pixels are what each decoder
    manages in that (a JPEG is shrunk while it is decoded, a progressive one is kept as coefficients first, WebP's
    decoder keeps four copies). A drawing is rasterised within `drawing_seconds`, so that none costs more.
    """

    file_bytes: int = 12 * MEGABYTE
    drawing_bytes: int = MEGABYTE
    pixels: int = 30 * MEGABYTE
    jpeg_pixels: int = 40 * MEGABYTE
    webp_pixels: int = 9 * MEGABYTE
    progressive_bytes: int = 120 * MEGABYTE
    side: int = 16_000
    smallest_side: int = 32
    kept_side: int = 1600
    memory: int = 168 * MEGABYTE
    seconds: float = 4.0
    drawing_seconds: float = 0.7
    wall_seconds: float = 15.0


class Refused(Exception):
    """The picture is not accepted. `reason` is stable; `what` names the part of the file that is the cause, if one is.

    `peak` is the most memory, in bytes, that finding out took in a process of its own; 0 where that is not known.
    """

    def __init__(self, reason: Reason, what: str = "", peak: int = 0) -> None:
        super().__init__(reason, what)
        self.reason = reason
        self.what = what
        self.peak = peak


def check_size(width: int, height: int, limits: Limits, pixels: int = 0) -> None:
    """Raise Refused for dimensions that are not accepted. `pixels` is the kind's own limit."""
    if width < 1 or height < 1:
        raise Refused("picture_damaged", "size")
    if max(width, height) > limits.side or width * height > (pixels or limits.pixels):
        raise Refused("picture_too_many_pixels", f"{width} × {height}")
    if min(width, height) < limits.smallest_side:
        raise Refused("picture_too_small", f"{width} × {height}")

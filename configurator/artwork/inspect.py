"""What a file says it is, read from its own bytes: kind, dimensions, frames. Nothing is decoded.

Names and media types that came with the file are not looked at. Every loop is bounded by the file's length,
which is bounded itself.
"""

from __future__ import annotations

from configurator.artwork import jpeg, png, webp
from configurator.artwork.heif import HEIF_BRANDS, SEQUENCE_BRANDS, brands_of, check_heif
from configurator.artwork.limits import Kind, Limits, Refused
from configurator.artwork.svg import looks_like_svg


def kind_of(content: bytes) -> Kind:
    """The kind of picture, by its content; raises Refused for anything that is not accepted."""
    if content.startswith(png.SIGNATURE):
        return "PNG"
    if content.startswith(jpeg.START):
        return "JPEG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    brands = brands_of(content)
    if brands & SEQUENCE_BRANDS:
        raise Refused("picture_animated")
    if brands & HEIF_BRANDS:
        return "HEIF"
    if looks_like_svg(content):
        return "SVG"
    raise Refused("picture_unknown_kind")


def inspect(content: bytes, limits: Limits) -> tuple[Kind, bytes]:
    """The kind of a file and what of it is to be decoded; raises Refused.

    Of a PNG that is the picture alone: texts, which may be compressed bombs, are left out before any decoder sees them.
    What follows a picture's end (another file, for one) is left out as well.
    """
    if len(content) > limits.file_bytes:
        raise Refused("picture_too_large")
    kind = kind_of(content)
    if kind == "PNG":
        return kind, png.bare(content, limits)
    if kind == "JPEG":
        return kind, jpeg.bare(content, limits)
    if kind == "WEBP":
        return kind, webp.bare(content, limits)
    if kind == "HEIF":
        check_heif(content, limits)
    elif len(content) > limits.drawing_bytes:
        raise Refused("picture_too_large")
    return kind, content

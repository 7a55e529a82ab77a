"""HEIF (ISO/IEC 23008-12): brands, and the sizes that its boxes declare."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from configurator.artwork.limits import Limits, Refused, check_size

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
SEQUENCE_BRANDS = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"avis"})
INSIDE = {b"meta": 4, b"iprp": 0, b"ipco": 0}
"""Boxes that hold boxes, and the bytes before the first of them."""
MOST_BOXES = 5000


def brands_of(content: bytes) -> frozenset[bytes]:
    """The brands that a file's first box names; none when it is no such file, or AVIF, which is not accepted."""
    if content[4:8] != b"ftyp" or len(content) < 16:
        return frozenset()
    length = min(struct.unpack_from(">I", content)[0], 256)
    brands = frozenset(content[at : at + 4] for at in (8, *range(16, length - 3, 4)))
    return brands if content[8:12] not in (b"avif", b"MA1B") and b"avif" not in brands else frozenset()


def check_heif(content: bytes, limits: Limits) -> None:
    """Raise Refused unless the file's items all have acceptable sizes and its boxes end where they should."""
    sizes = [data for name, data in _boxes(content, 0, len(content), [MOST_BOXES]) if name == b"ispe"]
    if not sizes or any(len(data) < 12 for data in sizes):
        raise Refused("picture_damaged", "HEIF")
    whole = max((struct.unpack_from(">II", data, 4) for data in sizes), key=lambda size: size[0] * size[1])
    check_size(whole[0], whole[1], limits)
    # Smaller items are tiles and thumbnails, but none may be longer than the limit either.
    if any(max(struct.unpack_from(">II", data, 4)) > limits.side for data in sizes):
        raise Refused("picture_too_many_pixels", "HEIF")


def _boxes(content: bytes, at: int, end: int, left: list[int]) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        left[0] -= 1
        length, name = struct.unpack_from(">I4s", content, at)
        start = at + 8
        if length == 1 and start + 8 <= end:
            length, start = struct.unpack_from(">Q", content, start)[0], start + 8
        stop = end if length == 0 else at + length
        if stop > end or stop < start or left[0] < 0:
            raise Refused("picture_damaged", "HEIF")
        if name in INSIDE:
            yield from _boxes(content, start + INSIDE[name], stop, left)
        elif name == b"ispe":
            yield name, content[start:stop]
        at = stop

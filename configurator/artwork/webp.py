"""WebP (RFC 9649): chunks, dimensions, and the picture alone."""

from __future__ import annotations

import struct

from configurator.artwork.limits import Limits, Refused, check_size

HEADER = 12
ANIMATION = 0x02
MOST_CHUNKS = 1000


def bare(content: bytes, limits: Limits) -> bytes:
    """The file up to the end that its header names; raises Refused."""
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content) or end < HEADER + 8:
        raise Refused("picture_damaged", "WebP")
    at, pictures = HEADER, 0
    for _each in range(MOST_CHUNKS):
        if at + 8 > end:
            break
        name, length = struct.unpack_from("<4sI", content, at)
        data = content[at + 8 : at + 8 + length]
        if at + 8 + length > end:
            raise Refused("picture_damaged", "WebP")
        pictures += _check_chunk(name, data, limits)
        at += 8 + length + length % 2
    if pictures != 1:
        raise Refused("picture_damaged", "WebP")
    return content[:end]


def _check_chunk(name: bytes, data: bytes, limits: Limits) -> bool:
    """Whether the chunk is a picture. Both the canvas and the picture on it have a size."""
    if name in (b"ANIM", b"ANMF") or (name == b"VP8X" and data[:1] and data[0] & ANIMATION):
        raise Refused("picture_animated")
    if name not in (b"VP8X", b"VP8 ", b"VP8L"):
        return False
    if len(data) < 10:
        raise Refused("picture_damaged", "WebP")
    if name == b"VP8X":
        size = int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    elif name == b"VP8 ":
        size = struct.unpack_from("<H", data, 6)[0] & 0x3FFF, struct.unpack_from("<H", data, 8)[0] & 0x3FFF
    else:
        bits = struct.unpack_from("<I", data, 1)[0]
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    check_size(*size, limits, limits.webp_pixels)
    return name != b"VP8X"

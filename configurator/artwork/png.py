"""PNG (ISO/IEC 15948): chunks, their checksums, and the picture alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from configurator.artwork.limits import MEGABYTE, Limits, Refused, check_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_LENGTH = 13
FRAME = 12
"""Length, name and checksum around a chunk's data."""
KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"eXIf"}
LARGEST_PROFILE = 4 * MEGABYTE
SMALL_CHUNK = 64_000
MOST_CHUNKS = 20_000


def bare(content: bytes, limits: Limits) -> bytes:
    """The file without texts, without anything after its end; raises Refused."""
    kept = [SIGNATURE]
    for name, data, whole in _chunks(content):
        if len(kept) == 1:
            _check_header(name, data, limits)
        _check_chunk(name, data)
        if name in KEPT:
            kept.append(whole)
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, data and the whole of each chunk up to the last one."""
    at = len(SIGNATURE)
    for _each in range(MOST_CHUNKS):
        if at + FRAME > len(content):
            break
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + FRAME + length
        data = content[at + 8 : end - 4]
        if end > len(content) or zlib.crc32(name + data) != struct.unpack_from(">I", content, end - 4)[0]:
            break
        yield name, data, content[at:end]
        if name == b"IEND":
            return
        at = end
    raise Refused("picture_damaged", "PNG")


def _check_header(name: bytes, data: bytes, limits: Limits) -> None:
    if name != b"IHDR" or len(data) != HEADER_LENGTH:
        raise Refused("picture_damaged", "IHDR")
    width, height = struct.unpack_from(">II", data)
    check_size(width, height, limits)


def _check_chunk(name: bytes, data: bytes) -> None:
    if name in (b"acTL", b"fcTL", b"fdAT"):
        raise Refused("picture_animated")
    if name == b"iCCP":
        _check_profile(data)
    elif name in KEPT - {b"IDAT"} and len(data) > SMALL_CHUNK:
        raise Refused("picture_damaged", name.decode())


def _check_profile(data: bytes) -> None:
    """The colour profile is the one compressed thing beside the pixels that is wanted."""
    _name, _separator, rest = data.partition(b"\0")
    inflate = zlib.decompressobj()
    try:
        inflate.decompress(rest[1:], LARGEST_PROFILE)
    except zlib.error:
        raise Refused("picture_damaged", "iCCP") from None
    if not inflate.eof:
        raise Refused("picture_damaged", "iCCP")

"""JPEG (ITU-T T.81): segments, dimensions, scans, and the first picture alone."""

from __future__ import annotations

import re
import struct

from configurator.artwork.limits import Limits, Refused, check_size

START = b"\xff\xd8\xff"
END = 0xD9
SCAN = 0xDA
PROGRESSIVE = 0xC2
FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive; lossless and arithmetic coding are not met in the wild."""
OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
MOST_SCANS = 64
"""A scan goes over the whole picture: cameras write one, progressive files ten."""
MOST_SEGMENTS = 2000
# In coded data 0xFF is followed by 0x00, or by a restart marker.
_next_marker = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)


def bare(content: bytes, limits: Limits) -> bytes:
    """The first picture of the file, up to its end marker; raises Refused."""
    at, scans, sized = 2, 0, False
    for _each in range(MOST_SEGMENTS):
        found = _next_marker.search(content, at)
        if found is None:
            break
        marker, at = found[1][0], found.end()
        if marker == END and scans:
            return content[:at]
        data = _segment(content, at)
        if marker in FRAMES | OTHER_FRAMES:
            _check_frame(marker, data, limits, again=sized)
            sized = True
        scans += marker == SCAN
        if scans > MOST_SCANS:
            raise Refused("picture_too_complex", "JPEG")
        at += 2 + len(data)
    raise Refused("picture_damaged", "JPEG")


def _segment(content: bytes, at: int) -> bytes:
    if at + 2 > len(content):
        raise Refused("picture_damaged", "JPEG")
    length = struct.unpack_from(">H", content, at)[0]
    if length < 2 or at + length > len(content):
        raise Refused("picture_damaged", "JPEG")
    return content[at + 2 : at + length]


def _check_frame(marker: int, data: bytes, limits: Limits, *, again: bool) -> None:
    if again or marker in OTHER_FRAMES or len(data) < 9:
        raise Refused("picture_damaged", "JPEG")
    precision, height, width, components = struct.unpack_from(">BHHB", data)
    if precision != 8 or components not in (1, 3, 4):
        raise Refused("picture_damaged", "JPEG")
    check_size(width, height, limits, limits.jpeg_pixels)
    samples = [data[at] for at in range(7, min(len(data), 6 + 3 * components), 3)]
    whole = max((each >> 4) * (each & 15) for each in samples)
    coefficients = sum((each >> 4) * (each & 15) for each in samples) / max(whole, 1) * width * height
    if marker == PROGRESSIVE and 2 * coefficients > limits.progressive_bytes:
        raise Refused("picture_too_many_pixels", f"{width} × {height}")

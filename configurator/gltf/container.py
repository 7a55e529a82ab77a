"""A GLB file: its JSON document and its binary chunk (glTF 2.0, section 4.4)."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAGIC = b"glTF"
VERSION = 2
HEADER = struct.Struct("<4sII")
CHUNK = struct.Struct("<I4s")
JSON_CHUNK, BINARY_CHUNK = b"JSON", b"BIN\0"
ALIGNMENT = 4

Document = Mapping[str, Any]


class MalformedModel(Exception):
    """A file is not a model that can be painted; the message says why, in English, for the maker."""


@dataclass(frozen=True)
class Glb:
    """A document and the bytes of its only buffer."""

    document: Document
    binary: bytes


def read_glb(content: bytes) -> Glb:
    """Take a file apart; raises MalformedModel for everything but one JSON chunk and one binary chunk."""
    if len(content) < HEADER.size:
        raise MalformedModel("it is shorter than a header")
    magic, version, length = HEADER.unpack_from(content)
    if magic != MAGIC or version != VERSION:
        raise MalformedModel("it is not a GLB file of glTF 2.0")
    if length != len(content):
        raise MalformedModel(f"its header says {length} bytes, and it has {len(content)}")
    text, start = _chunk(content, HEADER.size, JSON_CHUNK)
    binary, end = _chunk(content, start, BINARY_CHUNK)
    if end != len(content):
        raise MalformedModel("something follows its two chunks")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise MalformedModel(f"its document is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedModel("its document is not an object")
    return Glb(document, binary)


def write_glb(document: Document, binary: Sequence[bytes]) -> bytes:
    """Put a file together; the pieces of the binary chunk must begin at multiples of four bytes already."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    size = sum(map(len, binary))
    padding = b"\0" * (-size % ALIGNMENT)
    size += len(padding)
    total = HEADER.size + CHUNK.size + len(text) + CHUNK.size + size
    head = HEADER.pack(MAGIC, VERSION, total) + CHUNK.pack(len(text), JSON_CHUNK)
    return b"".join((head, text, CHUNK.pack(size, BINARY_CHUNK), *binary, padding))


def _chunk(content: bytes, start: int, kind: bytes) -> tuple[bytes, int]:
    """A chunk's bytes and where the next one begins."""
    first = start + CHUNK.size
    if first > len(content):
        raise MalformedModel(f"it has no {kind.decode().strip(chr(0))} chunk")
    length, found = CHUNK.unpack_from(content, start)
    if found != kind or first + length > len(content):
        raise MalformedModel(f"it has no {kind.decode().strip(chr(0))} chunk")
    return content[first : first + length], first + length

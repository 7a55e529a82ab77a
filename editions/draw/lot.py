"""The lot: a seed that was committed to, a list that was closed, and the one order that follows from both.

1. Before the lobby opens, SHA-256(seed) is public: the seed cannot be chosen any more to suit the list.
2. When the lobby closes, the SHA-256 of the list is public: the list cannot be changed any more to suit the seed.
3. Then the seed is public. Entries stand in the order of SHA-256(seed ‖ list hash ‖ entry), lowest first.

Commit and reveal as in M. Blum, "Coin flipping by telephone", 1981.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from editions.ledger.entry import canonical_json

FORMAT = 1
SEED_BYTES = 32
ENTRY_BYTES = 16


@dataclass(frozen=True)
class Terms:
    """What was published with the commitment, before anybody came. `pace` is how many are let in each minute."""

    edition: str
    opens_at: datetime
    closes_at: datetime
    pace: int
    seed_hash: str

    def canonical(self) -> bytes:
        """The list's first line: JSON with its keys in order and without spaces, times in UTC."""
        times = {"opens_at": self.opens_at, "closes_at": self.closes_at}
        if any(each.tzinfo is None for each in times.values()):
            raise ValueError("a time without a zone is not one moment")
        written = {name: each.astimezone(UTC).isoformat() for name, each in times.items()}
        return canonical_json({**vars(self), **written, "format": FORMAT})


def commitment(seed: bytes) -> str:
    """What is published of a seed of 32 bytes before it is used; raises ValueError for another length."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
    return digest(seed)


def digest(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return sha256(content).hexdigest()


def list_file(terms: Terms, entries: Iterable[str]) -> bytes:
    """The list as it is hashed: the terms, then a line per entry, lowest first, each line ended by a line feed.

    An entry is 16 random bytes as hexadecimal digits, so that its place in the list says nothing about when it came.
    Raises ValueError for an entry that is none and for one that stands twice.
    """
    lines = sorted(entries)
    for each in lines:
        if len(each) != 2 * ENTRY_BYTES or set(each) - set("0123456789abcdef"):
            raise ValueError(f"{each!r} is not an entry")
    if len(set(lines)) != len(lines):
        raise ValueError("an entry stands twice in the list")
    return b"".join(line + b"\n" for line in (terms.canonical(), *(each.encode() for each in lines)))


def drawn_order(seed: bytes, list_hash: str, entries: Iterable[str]) -> list[str]:
    """The entries by SHA-256 of seed (32 bytes) ‖ list hash (32 bytes) ‖ entry (16 bytes), lowest first."""
    begin = seed + bytes.fromhex(list_hash)
    return sorted(entries, key=lambda entry: sha256(begin + bytes.fromhex(entry)).digest())


def order_file(seed: bytes, list_hash: str, order: Sequence[str]) -> bytes:
    """The outcome: the seed, the hash of the list it was drawn from, then a line per entry, the first one first."""
    return "".join(f"{line}\n" for line in (seed.hex(), list_hash, *order)).encode()

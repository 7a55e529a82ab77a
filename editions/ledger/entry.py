"""One entry of a ledger as bytes, and the chain that its hash makes with all entries before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

FORMAT = 1
GENESIS = "0" * 64
"""What stands before the first entry: 32 bytes of zero, as hexadecimal digits."""


class Kind(StrEnum):
    """What happened: the edition was announced, a piece was ordered, an ordered one came back, some were withdrawn."""

    ANNOUNCED = "announced"
    SALE = "sale"
    RETURN = "return"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Entry:
    """What one entry says. Nothing in it belongs to a person.

    `orders_placed` counts the edition's orders before this entry. `total` is in minor units of `currency`: what a sale
    charges, and below zero what a return gives back. `card` is the fingerprint of the price card.
    A sale has `counters`, those that its price was made from when it was frozen, and the `breakdown` of the price.
    A return names in `takes_back` the sequence of the sale that it undoes. An announcement has its `terms`, and a
    withdrawal new ones: the numbers that were `withdrawn`, and the `size` that is left.
    """

    sequence: int
    kind: str
    at: datetime
    card: str
    orders_placed: int
    currency: str
    total: int
    piece: int | None = None
    takes_back: int | None = None
    counters: Mapping[str, Any] | None = None
    breakdown: Mapping[str, Any] | None = None
    terms: Mapping[str, Any] | None = None

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON in one line, keys in order, without spaces, in UTF-8, the time in UTC.

        Different entries have different bytes. Raises ValueError for a time without a zone and for values that have
        no one way to be written, as fractions have not.
        """
        return canonical_json({**vars(self), "at": _in_utc(self.at)})


@dataclass(frozen=True)
class Link:
    """An entry in its chain: `hash` covers the entry and, by `previous`, everything before it."""

    entry: Entry
    previous: str
    hash: str


def digest(previous: str, entry: bytes) -> str:
    """SHA-256 of the previous hash's 32 bytes followed by the entry's; both hashes as 64 hexadecimal digits."""
    return sha256(bytes.fromhex(previous) + entry).hexdigest()


def fingerprint(card: Any) -> str:
    """SHA-256 of a price card's JSON in canonical form."""
    return sha256(canonical_json(card)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one way to write a JSON value of texts, integers, booleans, nulls, lists and objects; else ValueError."""
    _check_plain(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _check_plain(value: Any) -> None:
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("the keys of an object are texts")
        for each in value.values():
            _check_plain(each)
    elif isinstance(value, list):
        for each in value:
            _check_plain(each)
    elif value is not None and not isinstance(value, (str, int)):
        raise ValueError(f"{value!r} has no one way to be written")


def _in_utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not one moment")
    return moment.astimezone(UTC).isoformat()

"""A configuration: the choices and personal content of one piece, and its fingerprint. Pure."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Configuration:
    """Choices by group id and an engraved text for one published version, `<product>/<number>`, of a product."""

    version: str
    choices: Mapping[str, str]
    engraving: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "engraving", normalise_text(self.engraving))
        object.__setattr__(self, "choices", dict(sorted(self.choices.items())))

    def as_json(self) -> dict[str, Any]:
        return {"version": self.version, "choices": dict(self.choices), "engraving": self.engraving}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Configuration:
        return cls(version=data["version"], choices=data["choices"], engraving=data["engraving"])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: keys sorted, text in NFC, no white space between tokens."""
        return sha256(canonical_json(self.as_json())).hexdigest()


@dataclass(frozen=True)
class Colours:
    """What a configuration paints: a colour per part, and the engraving's."""

    parts: Mapping[str, str] = field(default_factory=dict)
    engraving: str = "#000000"


def normalise_text(text: str) -> str:
    """NFC, runs of white space as one space, none at the ends: what is compared is what is cut."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical_json(data: Any) -> bytes:
    """The one spelling of a value under which it is hashed and signed."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

"""A configuration: the choices and personal content of one piece, and its fingerprint. Pure."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Placement:
    """A picture of the customer's on the artwork panel.

    `artwork` is the SHA-256 of the picture's file as it is kept; `x_mm` and `y_mm` are the picture's centre from
    the panel's centre, right and down; `width_mm` is its width before it is turned by `degrees`, clockwise.
    """

    artwork: str
    x_mm: float
    y_mm: float
    width_mm: float
    degrees: float = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Placement:
        numbers = {name: round(float(data[name]), 2) for name in ("x_mm", "y_mm", "width_mm")}
        return cls(artwork=str(data["artwork"]), **numbers, degrees=round(float(data.get("degrees", 0)), 1) % 360)


@dataclass(frozen=True)
class Configuration:
    """Choices by group id and personal content for one published version, `<product>/<number>`, of a product.

    `font` is empty for the product's usual one. What is not used is left out of the JSON, so that a design's
    fingerprint stays what it was before that kind of content was thought of.
    """

    version: str
    choices: Mapping[str, str]
    engraving: str = ""
    font: str = ""
    artwork: Placement | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "engraving", normalise_text(self.engraving))
        object.__setattr__(self, "choices", dict(sorted(self.choices.items())))
        if not self.engraving:
            object.__setattr__(self, "font", "")

    @property
    def is_personal(self) -> bool:
        """Whether the piece is made for one person: choosing among options alone does not make it so."""
        return bool(self.engraving or self.artwork)

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"version": self.version, "choices": dict(self.choices), "engraving": self.engraving}
        if self.font:
            data["font"] = self.font
        if self.artwork:
            data["artwork"] = self.artwork.as_json()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Configuration:
        artwork = data.get("artwork")
        return cls(
            version=data["version"],
            choices=data["choices"],
            engraving=data["engraving"],
            font=data.get("font", ""),
            artwork=Placement.from_json(artwork) if artwork else None,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: keys sorted, text in NFC, no white space between tokens."""
        return sha256(canonical_json(self.as_json())).hexdigest()

    @property
    def choices_key(self) -> str:
        """SHA-256 of product and choices alone: the same whoever's name is on it and whichever version it is of."""
        product, _, _ = self.version.partition("/")
        return sha256(canonical_json([product, dict(self.choices)])).hexdigest()


@dataclass(frozen=True)
class Colours:
    """What a configuration paints: a colour per part, the engraving's and the number's, and the parts whose finish is
    not the usual one.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    engraving: str = "#000000"
    number: str = "#000000"
    finishes: Mapping[str, str] = field(default_factory=dict)


def normalise_text(text: str) -> str:
    """NFC, runs of white space as one space, none at the ends: what is compared is what is cut."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical_json(data: Any) -> bytes:
    """The one spelling of a value under which it is hashed and signed."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

"""Why a price is what it is, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CARD_KINDS = ("base", "component")
"""Lines that a card says anew for each order."""
SHIPPING = "shipping"
"""The line of the zone that a piece goes to; it stays where it is 0."""


@dataclass(frozen=True)
class Line:
    """One line of a breakdown; `key` says which one of its kind.

    `kind` is `base`, `component`, `option`, `engraving`, `artwork` or `shipping`.
    """

    kind: str
    key: str
    amount: int


@dataclass(frozen=True)
class Breakdown:
    """The lines of a price, in minor units with tax. `step` is the index on the card."""

    step: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def own_lines(self) -> list[Line]:
        """The design's own lines, and shipping; the others are the card's, which says them anew for each order."""
        return [line for line in self.lines if line.kind not in CARD_KINDS]

    @property
    def shipping(self) -> Line | None:
        """None where shipping to anywhere is in the price of the piece."""
        return next((line for line in self.lines if line.kind == SHIPPING), None)

    def as_json(self) -> dict[str, Any]:
        lines = [{"kind": line.kind, "key": line.key, "amount": line.amount} for line in self.lines]
        return {"step": self.step, "lines": lines, "total": self.total}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Breakdown:
        return cls(step=data["step"], lines=tuple(Line(**row) for row in data["lines"]))

"""The shop as a model: pieces, a line and counters in plain Python, to hold beside the services."""

from dataclasses import dataclass, field
from datetime import datetime

SIZE = 4


@dataclass
class Kept:
    """What the model knows of a piece: to whom and until when it is kept, by which hold; sold or withdrawn for good."""

    state: str = "free"
    owner: str = ""
    until: datetime | None = None
    hold: int | None = None


@dataclass
class Model:
    """The shop as anybody would explain it."""

    pieces: dict[int, Kept] = field(default_factory=lambda: {number: Kept() for number in range(1, SIZE + 1)})
    line: list[str] = field(default_factory=list)
    offered: dict[str, tuple[int, datetime, int]] = field(default_factory=dict)
    """By person: the piece's number, the end, and the orders placed at the offer."""
    orders_placed: int = 0
    net: int = 0

    def free(self, now: datetime) -> list[int]:
        return [number for number, each in self.pieces.items() if self._is_free(each, now)]

    def _is_free(self, piece: Kept, now: datetime) -> bool:
        return piece.state == "free" or (piece.state == "held" and piece.until is not None and piece.until <= now)

    def counts(self, now: datetime) -> dict[str, int]:
        sold = sum(each.state == "sold" for each in self.pieces.values())
        size = sum(each.state != "withdrawn" for each in self.pieces.values())
        free = len(self.free(now))
        return {"size": size, "free": free, "held": size - free - sold, "sold": sold, "waiting": len(self.line)}

    def public_hold(self, number: int | None, now: datetime) -> int | str:
        """The number that somebody from the street gets, or why none."""
        free, found = self.free(now), self.counts(now)
        if number and self.pieces[number].state == "withdrawn":
            return "no_such_number"
        if self.line:
            return "line_first"
        if number in free or (free and number is None):
            return number or free[0]
        if free:
            return "number_taken"
        return "all_held" if found["held"] else "sold_out"

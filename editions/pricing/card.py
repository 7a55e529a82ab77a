"""Price cards: at most six published steps over the orders placed in an edition, never lowered. Pure.

All amounts are integer minor units of the edition's currency and include tax and shipping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 6


@dataclass(frozen=True)
class Step:
    """From order number `from_order` (the first is 1) on, the piece costs `amount`."""

    from_order: int
    amount: int


@dataclass(frozen=True)
class PriceCard:
    """The published ladder. Raises ValueError unless it starts at order 1 and never falls."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        orders = [step.from_order for step in self.steps]
        amounts = [step.amount for step in self.steps]
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise ValueError(f"a price card has one to {MOST_STEPS} steps")
        if orders[0] != 1 or orders != sorted(set(orders)):
            raise ValueError("the steps must start at order 1 and come in order")
        if min(amounts) < 0 or amounts != sorted(amounts):
            raise ValueError("a price never falls")

    def step_at(self, orders_placed: int) -> int:
        """The index of the step that the next order pays, after `orders_placed` orders."""
        return max(index for index, step in enumerate(self.steps) if step.from_order <= orders_placed + 1)

    def last_order_of(self, index: int, size: int) -> int:
        """The last order number that pays step `index`, in an edition of `size` pieces."""
        return self.steps[index + 1].from_order - 1 if index + 1 < len(self.steps) else size

    def as_json(self) -> list[dict[str, int]]:
        return [{"from_order": step.from_order, "amount": step.amount} for step in self.steps]

    @classmethod
    def from_json(cls, rows: Sequence[Mapping[str, Any]]) -> PriceCard:
        return cls(tuple(Step(int(row["from_order"]), int(row["amount"])) for row in rows))


@dataclass(frozen=True)
class Line:
    """One line of a breakdown; `kind` is `base`, `option` or `engraving`, `key` says which one."""

    kind: str
    key: str
    amount: int


@dataclass(frozen=True)
class Breakdown:
    """Why a price is what it is. `step` is the index on the card."""

    step: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        lines = [{"kind": line.kind, "key": line.key, "amount": line.amount} for line in self.lines]
        return {"step": self.step, "lines": lines, "total": self.total}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Breakdown:
        return cls(step=data["step"], lines=tuple(Line(**row) for row in data["lines"]))


def price(card: PriceCard, orders_placed: int, extras: Sequence[Line]) -> Breakdown:
    """The price of the next order: the card's current step and what the design adds. Free extras are left out."""
    step = card.step_at(orders_placed)
    base = Line("base", "", card.steps[step].amount)
    return Breakdown(step=step, lines=(base, *(line for line in extras if line.amount)))

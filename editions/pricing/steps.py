"""Steps: from which count on what is paid. They only rise; whoever counts, counts up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 6


@dataclass(frozen=True)
class Step:
    """From order number `from_order` (the first is 1) on, the piece costs `amount`, in minor units.

    On the ladder of a component, `from_order` counts the units of it that were ordered.
    """

    from_order: int
    amount: int

    def as_json(self) -> dict[str, int]:
        return {"from_order": self.from_order, "amount": self.amount}


def check_steps(steps: Sequence[Step], what: str) -> None:
    """Raise ValueError unless there are one to six steps that start at order 1 and never fall."""
    orders = [step.from_order for step in steps]
    amounts = [step.amount for step in steps]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(f"{what} has one to {MOST_STEPS} steps")
    if orders[0] != 1 or orders != sorted(set(orders)):
        raise ValueError("the steps must start at order 1 and come in order")
    if min(amounts) < 0 or amounts != sorted(amounts):
        raise ValueError("a price never falls")


def index_at(steps: Sequence[Step], count: int) -> int:
    """The index of the step that the next order pays, after `count` orders; ValueError for a count below 0."""
    if count < 0:
        raise ValueError("nobody has ordered fewer than none")
    return bisect_right(steps, count + 1, key=lambda step: step.from_order) - 1


def steps_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(int(row["from_order"]), int(row["amount"])) for row in rows)

"""What a scarce component adds to the price: a ladder of its own over the units of it that were ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from editions.pricing.steps import Step, check_steps, index_at, steps_from_json


@dataclass(frozen=True)
class ComponentLadder:
    """The published ladder of a component of which there are `stock` units.

    Raises ValueError unless it starts at unit 1, never falls and has at most six steps.
    """

    component: str
    stock: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        check_steps(self.steps, "the ladder of a component")
        if self.steps[-1].from_order > self.stock:
            raise ValueError("a step that begins after the last unit is never paid")

    def amount_at(self, left: int) -> int:
        """What the next unit adds while `left` units were never ordered; ValueError for a count that cannot be.

        A unit that comes back does not raise `left`: it is sold at the step that was reached.
        """
        return self.steps[self.step_at(left)].amount

    def step_at(self, left: int) -> int:
        """The index of the step that the next unit pays; ValueError for a count that cannot be."""
        if not 0 <= left <= self.stock:
            raise ValueError(f"of {self.stock} units of {self.component}, {left} cannot be left")
        return index_at(self.steps, self.stock - left)

    def as_json(self) -> dict[str, Any]:
        return {"component": self.component, "stock": self.stock, "steps": [step.as_json() for step in self.steps]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ComponentLadder:
        return cls(str(data["component"]), int(data["stock"]), steps_from_json(data["steps"]))

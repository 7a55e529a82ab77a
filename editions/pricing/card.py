"""Price cards: what the next order costs, as a function of the orders placed. Published, and never lowered. Pure.

Three policies have one face, `Card`: a `PriceCard` is a ladder of at most six steps, or a fixed price when it has
one; a `CurveCard` rises by a published formula. All amounts are integer minor units of the edition's currency and
include tax; shipping too in an edition without zones (see `shipping`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from editions.pricing.components import ComponentLadder
from editions.pricing.steps import Step, check_steps, index_at, steps_from_json

STEEPEST = 16


class Card(ABC):
    """What all price cards share: steps over the orders placed, and a ladder for each scarce component."""

    steps: tuple[Step, ...]
    components: tuple[ComponentLadder, ...]

    def step_at(self, orders_placed: int) -> int:
        """The index of the step that the next order pays, after `orders_placed` orders."""
        return index_at(self.steps, orders_placed)

    def amount_at(self, orders_placed: int) -> int:
        """What the next order pays for the piece alone."""
        return self.steps[self.step_at(orders_placed)].amount

    def last_order_of(self, index: int, size: int) -> int:
        """The last order number that pays step `index`, in an edition of `size` pieces."""
        return self.steps[index + 1].from_order - 1 if index + 1 < len(self.steps) else size

    def ladder_of(self, component: str) -> ComponentLadder | None:
        """The ladder of a component; None when using it adds nothing."""
        return next((each for each in self.components if each.component == component), None)

    @abstractmethod
    def as_json(self) -> Any:
        """What `card_from_json` reads."""


@dataclass(frozen=True)
class PriceCard(Card):
    """The published ladder. Raises ValueError unless it starts at order 1, never falls and has at most six steps."""

    steps: tuple[Step, ...]
    components: tuple[ComponentLadder, ...] = ()

    def __post_init__(self) -> None:
        check_steps(self.steps, "a price card")
        check_components(self.components)

    @classmethod
    def fixed(cls, amount: int) -> PriceCard:
        """The same price from the first piece to the last."""
        return cls((Step(1, amount),))

    def as_json(self) -> Any:
        """The bare list of steps where no component has a ladder, as cards were written before components."""
        steps = [step.as_json() for step in self.steps]
        if not self.components:
            return steps
        return {"policy": "ladder", "steps": steps, "components": [each.as_json() for each in self.components]}

    @classmethod
    def from_json(cls, data: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> PriceCard:
        if isinstance(data, Mapping):
            return cls(steps_from_json(data["steps"]), components_from_json(data))
        return cls(steps_from_json(data))


@dataclass(frozen=True)
class CurveCard(Card):
    """A price that rises with every order, from `first` to `last`, the price of the last of `size` pieces.

    After k orders it is first + (last - first) · (k / (size - 1))^power, rounded down to a multiple of `unit` above
    `first`; calculated in integers, so that everybody gets the same. A power of 1 is a straight line; the higher
    it is, the longer the price stays low and the steeper it ends.
    Raises ValueError unless 0 <= first <= last, size >= 2, 1 <= power <= 16 and unit >= 1.
    """

    size: int
    first: int
    last: int
    power: int = 1
    unit: int = 1
    components: tuple[ComponentLadder, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise ValueError("a price never falls")
        if self.size < 2 or not 1 <= self.power <= STEEPEST or self.unit < 1:
            raise ValueError(f"a curve needs two pieces, a power of 1 to {STEEPEST} and a unit of 1 or more")
        check_components(self.components)

    @cached_property
    def steps(self) -> tuple[Step, ...]:  # type: ignore[override]  # cached: the amounts of a few hundred orders
        """Every amount of the curve with the first order that pays it: what is published."""
        steps: list[Step] = []
        for order in range(1, self.size + 1):
            amount = self._amount(order)
            if not steps or amount > steps[-1].amount:
                steps.append(Step(order, amount))
        return tuple(steps)

    def _amount(self, order: int) -> int:
        share, whole = (order - 1) ** self.power, (self.size - 1) ** self.power
        rise: int = (self.last - self.first) * share // whole
        return self.first + rise // self.unit * self.unit

    def as_json(self) -> dict[str, Any]:
        names = ("size", "first", "last", "power", "unit")
        parameters: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {"policy": "curve", **parameters, "components": [each.as_json() for each in self.components]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CurveCard:
        numbers = {name: int(data[name]) for name in ("size", "first", "last", "power", "unit")}
        return cls(**numbers, components=components_from_json(data))


def card_from_json(data: Any) -> Card:
    """The card that wrote itself with `as_json`; ValueError for a broken promise or an unknown policy."""
    policy = data.get("policy") if isinstance(data, Mapping) else "ladder"
    if policy == "ladder":
        return PriceCard.from_json(data)
    if policy == "curve":
        return CurveCard.from_json(data)
    raise ValueError(f"there is no price policy {policy!r}")


def components_from_json(data: Mapping[str, Any]) -> tuple[ComponentLadder, ...]:
    return tuple(ComponentLadder.from_json(row) for row in data["components"])


def check_components(ladders: Sequence[ComponentLadder]) -> None:
    names = [each.component for each in ladders]
    if len(names) != len(set(names)):
        raise ValueError("a component has one ladder")

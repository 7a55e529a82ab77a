"""What staff ask the lab, in their words and in minor units, and the answer: policies compared, a card to publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from editions.lab.comparison import Comparison, compare
from editions.lab.demand import Demand, Exponential, Linear, Logit
from editions.lab.ladders import outcome
from editions.lab.market import Market
from editions.lab.policy import Outcome
from editions.lab.publishing import card_of, prices_of
from editions.pricing import MOST_STEPS, PriceCard

CURVES = ("exponential", "logit", "linear")
MOST_PIECES = 200
MOST_BUYERS = 2000


class UnableToAsk(ValueError):
    """The question is beyond what the lab answers while somebody waits; `field` says which number is."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Question:
    """Raises UnableToAsk for a number that makes no sense or would take minutes.

    `worth` is what a piece is worth to visitors on average, in minor units with tax and shipping. `spread` is used by
    the logit curve alone: its scale in percent of `worth`. Amounts of the card are multiples of `unit`.
    """

    curve: str
    worth: int
    visitors_a_day: float
    days: float
    stock: int
    steps: int
    unit: int
    spread: float = 25.0

    def __post_init__(self) -> None:
        sensible = {
            "curve": self.curve in CURVES,
            "worth": self.worth > 0,
            "visitors_a_day": self.visitors_a_day > 0.0,
            "days": self.days > 0.0,
            "stock": 1 <= self.stock <= MOST_PIECES,
            "steps": 1 <= self.steps <= MOST_STEPS,
            "unit": 1 <= self.unit <= self.worth,
            "spread": 5.0 <= self.spread <= 100.0,
        }
        for field, is_sensible in sensible.items():
            if not is_sensible:
                raise UnableToAsk(field)
        market = self.market
        if not market.visitors * float(market.demand.share(market.lowest)) <= MOST_BUYERS:
            raise UnableToAsk("visitors_a_day")

    @cached_property
    def market(self) -> Market:
        """The market in minor units."""
        return Market(self._demand(), self.visitors_a_day * self.days, self.stock)

    def _demand(self) -> Demand:
        worth = float(self.worth)
        if self.curve == "logit":
            return Logit(middle=worth, steepness=100.0 / (self.spread * worth))
        return Exponential(worth) if self.curve == "exponential" else Linear(2.0 * worth)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Question:
        return cls(**data)


@dataclass(frozen=True)
class Answer:
    """The policies side by side, and the card in whole amounts with what it brings after rounding, exactly."""

    comparison: Comparison
    card: PriceCard
    rounded: Outcome

    def as_json(self) -> dict[str, Any]:
        """Expected revenue, sell-out chance and prices of each policy and of the card as published; in minor units."""
        rows = {policy.name: policy.outcome for policy in self.comparison.policies} | {"published": self.rounded}
        return {
            name: {
                "revenue": round(found.revenue),
                "sell_out": round(found.sell_out, 4),
                "lowest": round(found.lowest),
                "highest": round(found.highest),
            }
            for name, found in rows.items()
        }


def answer(question: Question) -> Answer:
    """Compare the policies for a question; takes a second or a few. The same question has the same answer."""
    comparison = compare(question.market, question.steps)
    found = comparison.named("card").ladder
    if found is None:
        raise RuntimeError("a card is a ladder")
    card = card_of(found, question.unit)
    return Answer(comparison, card, outcome(question.market, prices_of(card, question.stock)))

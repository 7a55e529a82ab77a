"""All policies beside each other: what staff see before they choose a card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from editions.lab.free import free_table
from editions.lab.ladders import Ladder, best_cards, best_curve, outcome
from editions.lab.market import Market
from editions.lab.never_lower import never_lower_table, never_lower_value
from editions.lab.policy import Outcome
from editions.lab.simulation import simulate

Name = Literal["fixed", "card", "line", "never_lower", "free"]


@dataclass(frozen=True)
class Policy:
    """One way to price the edition, and what it would bring; `ladder` where its prices depend on orders alone.

    Lines and cards are exact. Of the two that follow the clock, `outcome.revenue` is the programme's value; spread,
    sell-out chance and price range come from simulated sales with a fixed seed.
    """

    name: Name
    outcome: Outcome
    ladder: Ladder | None = None


@dataclass(frozen=True)
class Comparison:
    """The policies from the simplest to the bound that no policy passes, which is last."""

    market: Market
    policies: tuple[Policy, ...]

    def share_of_bound(self, policy: Policy) -> float:
        """A policy's expected revenue as a share of the free-floating optimum's."""
        return policy.outcome.revenue / self.policies[-1].outcome.revenue

    def named(self, name: Name) -> Policy:
        return next(policy for policy in self.policies if policy.name == name)


def compare(market: Market, steps: int) -> Comparison:
    """Fixed price, straight line, the best card of at most `steps` steps, the two optima that follow the clock."""
    cards = best_cards(market, steps)
    value, table = free_table(market)
    rising = simulate(market, never_lower_table(market))
    return Comparison(
        market,
        (
            _on_orders("fixed", market, cards[0]),
            _on_orders("line", market, best_curve(market)),
            _on_orders("card", market, cards[-1]),
            Policy("never_lower", replace(rising, revenue=never_lower_value(market))),
            Policy("free", replace(simulate(market, table), revenue=value)),
        ),
    )


def _on_orders(name: Name, market: Market, ladder: Ladder) -> Policy:
    return Policy(name, outcome(market, ladder.prices), ladder)

"""The never-lower optimum: the price may depend on stock and time, but only ever rise.

The state is (price asked now, pieces left, time left):
    V ← max over j ≥ k of [q_j (p_j + V_j(n - 1)) + (1 - q_j) V_j(n)],
with q_j the chance of a sale in one step of time at price p_j. One running maximum per step serves all k.
"""

from __future__ import annotations

import math

import numpy as np

from editions.lab.demand import Floats
from editions.lab.free import SLICES, free_values
from editions.lab.market import Market
from editions.lab.policy import PriceTable

COARSE = 0.1
PRICES = 120


def price_grid(market: Market, count: int) -> Floats:
    """`count` prices, evenly in ratio, from the lowest sensible one to that of the last piece on the first day."""
    highest = float(market.demand.best_response(free_values(Market(market.demand, market.visitors, 1))[1]))
    return np.geomspace(market.lowest, highest, count)


def coarse_steps(market: Market) -> int:
    """So many steps that at most a tenth of a sale happens in each."""
    return max(2 * SLICES, math.ceil(market.visitors * float(market.demand.share(market.lowest)) / COARSE))


def never_lower_value(market: Market, grid: Floats | None = None, steps: int | None = None) -> float:
    """The optimum's value in continuous time: two grids of time, extrapolated to steps of no length."""
    prices = price_grid(market, PRICES) if grid is None else grid
    few = coarse_steps(market) if steps is None else steps
    return 2.0 * NeverLower(market, prices, 2 * few).run() - NeverLower(market, prices, few).run()


def never_lower_table(market: Market) -> PriceTable:
    """For each slice of time and number of pieces left, the price below which the optimum does not stay."""
    steps = SLICES * math.ceil(coarse_steps(market) / SLICES)
    programme = NeverLower(market, price_grid(market, PRICES), steps)
    rows = []
    for _ in range(SLICES):
        programme.advance(steps // SLICES)
        rows.append(programme.targets())
    return PriceTable(np.asarray(rows)[::-1], never_lower=True)


class NeverLower:
    """The programme, from the end of the sale backwards, over a grid of prices."""

    def __init__(self, market: Market, prices: Floats, steps: int) -> None:
        self.prices, self.steps = prices, steps
        self._chance = (market.visitors / steps * market.demand.share(prices))[:, None]
        if float(self._chance.max()) > 1.0:
            raise ValueError("a step of time must not see more than one sale")
        self._earns = self._chance * prices[:, None]
        self._values = np.zeros((len(prices), market.stock + 1))
        self._change = np.empty((len(prices), market.stock))

    def run(self) -> float:
        """The value of the whole stock over the whole sale."""
        self.advance(self.steps)
        return float(self._values[0, -1])

    def advance(self, steps: int) -> None:
        """Move the start of the sale `steps` steps back."""
        values, change = self._values, self._change
        for _ in range(steps):
            np.subtract(values[:, :-1], values[:, 1:], out=change)
            change *= self._chance
            change += self._earns
            values[:, 1:] += change
            # From the dearest price down: who asks k now may ask any j ≥ k.
            np.maximum.accumulate(values[::-1], axis=0, out=values[::-1])

    def targets(self) -> Floats:
        """The best price to ask now, by pieces left (1 … stock), for whoever has asked nothing yet."""
        staying = self._values[:, 1:]
        # All prices up to the best one share its value: rising to it is open to them.
        best = (staying >= staying[0] * (1.0 - 1e-12)).sum(axis=0) - 1
        targets: Floats = self.prices[best]
        return targets

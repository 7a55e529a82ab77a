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
TOGETHER = 50


def price_grid(market: Market, count: int) -> Floats:
    """`count` prices, evenly in ratio, from the lowest sensible one to that of the last piece on the first day."""
    highest = float(market.demand.best_response(free_values(Market(market.demand, market.visitors, 1))[1]))
    return np.geomspace(market.lowest, highest, count)


def coarse_steps(market: Market) -> int:
    """So many steps that at most a tenth of a sale happens in each."""
    return max(SLICES, math.ceil(market.visitors * float(market.demand.share(market.lowest)) / COARSE))


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
    """The programme, from the end of the sale backwards, over a grid of prices.

    The values have the shape (blocks, prices of a block, pieces left from 1 on). More pieces than can be sold in the
    time left are worth no more than those: their columns are filled only when they begin to differ.
    """

    def __init__(self, market: Market, prices: Floats, steps: int) -> None:
        self.prices, self.steps = prices, steps
        count = len(prices)
        size = next(size for size in range(math.isqrt(count), 0, -1) if count % size == 0)
        self._chance = (market.visitors / steps * market.demand.share(prices)).reshape(-1, size, 1)
        if float(self._chance.max()) > 1.0:
            raise ValueError("a step of time must not see more than one sale")
        self._earns = self._chance * prices.reshape(-1, size, 1)
        self._values = np.zeros((count // size, size, market.stock))
        self._change = np.empty_like(self._values)
        self._taken, self._reach = 0, 1

    def run(self) -> float:
        """The value of the whole stock over the whole sale."""
        self.advance(self.steps)
        return float(self._values[0, 0, self._reach - 1])

    def advance(self, steps: int) -> None:
        """Move the start of the sale `steps` steps back."""
        until = self._taken + steps
        while self._taken < until:
            together = min(TOGETHER, until - self._taken)
            self._taken += together
            self._widen()
            self._step(together)

    def _widen(self) -> None:
        """Fill the columns that sales begin to reach, but for a chance of less than 1e-12."""
        sales = self._taken * float(self._chance.max())
        reach = min(self._values.shape[2], math.ceil(sales + 7.5 * math.sqrt(sales) + 25.0))
        self._values[..., self._reach : reach] = self._values[..., self._reach - 1 : self._reach]
        self._reach = max(reach, self._reach)

    def _step(self, steps: int) -> None:
        values, change = self._values[..., : self._reach], self._change[..., : self._reach]
        for _ in range(steps):
            np.subtract(values[..., :-1], values[..., 1:], out=change[..., 1:])
            np.negative(values[..., 0], out=change[..., 0])
            change *= self._chance
            change += self._earns
            values += change
            # Who asks price k now may ask any j ≥ k.
            running_maximum(values)

    def targets(self) -> Floats:
        """The best price to ask now, by pieces left (1 … stock), for whoever has asked nothing yet."""
        staying = self._values[..., : self._reach].reshape(-1, self._reach)
        # All prices up to the best one share its value: rising to it is open to them.
        best = (staying >= staying[0] * (1.0 - 1e-12)).sum(axis=0) - 1
        targets: Floats = np.pad(self.prices[best], (0, self._values.shape[2] - self._reach), mode="edge")
        return targets


def running_maximum(blocks: Floats) -> None:
    """Replace each row, in the order of blocks and rows, by the largest of it and all after it, column by column.

    What `np.maximum.accumulate` does for rows, several times as fast: inside the blocks side by side, from block to
    block, and then for the rows of each block.
    """
    for row in range(blocks.shape[1] - 1, 0, -1):
        np.maximum(blocks[:, row - 1], blocks[:, row], out=blocks[:, row - 1])
    for block in range(len(blocks) - 1, 0, -1):
        np.maximum(blocks[block - 1, 0], blocks[block, 0], out=blocks[block - 1, 0])
    np.maximum(blocks[:-1, 1:], blocks[1:, :1], out=blocks[:-1, 1:])

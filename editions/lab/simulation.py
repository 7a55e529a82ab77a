"""Sales played out at random, for what has no formula: the spread of revenue where prices depend on time."""

from __future__ import annotations

import numpy as np

from editions.lab.market import Market
from editions.lab.policy import Outcome, PriceTable

RUNS = 4000
SEED = 20


def simulate(market: Market, table: PriceTable, runs: int = RUNS, seed: int = SEED) -> Outcome:
    """What a table of prices brings in `runs` sales; the same for the same seed."""
    drawn = np.random.default_rng(seed)
    left, takings, asked = np.full(runs, market.stock), np.zeros(runs), np.zeros(runs)
    lowest, highest = np.inf, 0.0
    for row in table.prices:
        time = np.full(runs, 1.0 / len(table.prices))
        selling = np.flatnonzero(left)
        while len(selling):
            asked[selling] = np.maximum(asked[selling] * table.never_lower, row[left[selling] - 1])
            price = asked[selling]
            lowest, highest = min(lowest, float(price.min())), max(highest, float(price.max()))
            rate = market.visitors * market.demand.share(price)
            with np.errstate(divide="ignore"):
                time[selling] -= drawn.exponential(size=len(selling)) / rate
            sold = selling[time[selling] > 0.0]
            takings[sold] += asked[sold]
            left[sold] -= 1
            selling = sold[left[sold] > 0]
    return Outcome(
        revenue=float(takings.mean()),
        sell_out=float((left == 0).mean()),
        lowest=lowest,
        highest=highest,
        revenues=takings,
        chances=np.full(runs, 1.0 / runs),
    )

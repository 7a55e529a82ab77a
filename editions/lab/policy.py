"""What a policy is and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from editions.lab.demand import Floats

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class PriceTable:
    """Prices by slice of time (rows, from the start of the sale) and pieces left (columns, 1 … stock).

    With `never_lower` the price asked is the dearest so far of those the table had named.
    """

    prices: Floats
    never_lower: bool


@dataclass(frozen=True)
class Outcome:
    """What a policy would earn: revenues with their chances, how often it sells out, the prices it may ask."""

    revenue: float
    sell_out: float
    lowest: float
    highest: float
    revenues: Floats
    chances: Floats

    def quantile(self, level: float) -> float:
        """The least revenue that is not exceeded with a chance of `level`."""
        order = np.argsort(self.revenues, kind="stable")
        index = np.searchsorted(np.cumsum(self.chances[order]), level - 1e-12)
        return float(self.revenues[order][min(int(index), len(order) - 1)])

    @property
    def deviation(self) -> float:
        """The standard deviation of the revenue."""
        mean = float(self.revenues @ self.chances)
        return float(np.sqrt(np.maximum(0.0, (self.revenues - mean) ** 2 @ self.chances)))

"""What the lab is asked about: a demand curve, how many visitors are expected, how many pieces there are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from editions.lab.demand import Demand


@dataclass(frozen=True)
class Market:
    """`visitors` come over the whole sale, one by one (a Poisson stream of even rate); `stock` pieces are sold.

    Raises ValueError without visitors or stock.
    """

    demand: Demand
    visitors: float
    stock: int

    def __post_init__(self) -> None:
        if not self.visitors > 0 or self.stock < 1:
            raise ValueError("a sale needs visitors and at least one piece")

    @classmethod
    def with_load(cls, demand: Demand, stock: int, load: float) -> Market:
        """The market in which `stock` is `load` times what the revenue-maximising price alone would sell."""
        return cls(demand, stock / (load * float(demand.share(demand.best_response(0.0)))), stock)

    @cached_property
    def lowest(self) -> float:
        """The price that earns most per visitor where nothing is scarce; no good policy goes below it."""
        return float(self.demand.best_response(0.0))

    @property
    def load(self) -> float:
        """Stock ÷ expected sales at `lowest`: below 1 the pieces are scarce."""
        return self.stock / (self.visitors * float(self.demand.share(self.lowest)))

"""What other apps exchange with editions: frozen data, no models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from configurator.configuration import Configuration
from editions.pricing import Breakdown


@dataclass(frozen=True)
class Offer:
    """What a hold freezes: the design, its price and the promised dates."""

    configuration: Configuration
    price: Breakdown
    likely_at: datetime
    safe_at: datetime


@dataclass(frozen=True)
class Availability:
    """How many pieces of an edition are left, counted at one time: available + held + sold = size - withdrawn."""

    size: int
    available: int
    held: int
    sold: int

    @property
    def state(self) -> str:
        """`available`, `all_held` (one may come back) or `sold_out`."""
        if self.available:
            return "available"
        return "all_held" if self.held else "sold_out"

"""What other apps exchange with editions: frozen data, no models."""

from __future__ import annotations

from collections.abc import Mapping
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
class Scarce:
    """A scarce component as a design uses it: how many of its units were never ordered, and how many it takes."""

    component_id: int
    slug: str
    never_ordered: int
    units: int


@dataclass(frozen=True)
class OptionPrices:
    """What each option adds to a design's price at one moment, in minor units, and those that are used up."""

    amounts: Mapping[tuple[str, str], int]
    gone: frozenset[tuple[str, str]] = frozenset()


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


@dataclass(frozen=True)
class Standing:
    """What is true of an edition at one moment, read in one statement: its pieces and the counters of its price.

    `units_left` has, for each scarce component, how many of its units were never ordered, in the order of their names.
    """

    left: Availability
    orders_placed: int
    units_left: tuple[tuple[str, int], ...] = ()

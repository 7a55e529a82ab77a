"""What other apps exchange with editions: frozen data, no models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from configurator.configuration import Configuration
from editions.pricing import Breakdown, Line, Zone

LINE_TOPIC = "editions.line_moved"
"""The outbox's topic for letters to people in a waiting list: `place_id`, and `news`, one of News."""


class News(StrEnum):
    """What somebody in a waiting list is told."""

    CONFIRM = "confirm"
    OFFER = "offer"
    LAPSED = "lapsed"
    LIMIT = "limit"
    CLOSED = "closed"


@dataclass(frozen=True)
class Offer:
    """What a hold freezes: the design, its price, the promised dates and the country that it goes to.

    `destination` is an ISO 3166-1 alpha-2 code, empty where shipping to anywhere is in the price.
    """

    configuration: Configuration
    price: Breakdown
    likely_at: datetime
    safe_at: datetime
    destination: str = ""


@dataclass(frozen=True)
class Delivery:
    """Where a piece goes: a country and its zone; neither where shipping to anywhere is in the price."""

    country: str = ""
    zone: Zone | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it adds to a price."""
        return (self.zone.line,) if self.zone else ()


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
    """How many pieces of an edition are left to the public, counted at one time: available + held + sold = size.

    `waiting` people stand in line for the next one; what comes back while there are any is counted as held, for them.
    """

    size: int
    available: int
    held: int
    sold: int
    waiting: int = 0

    @property
    def state(self) -> str:
        """`available`, `all_held` (one may come back) or `sold_out`."""
        if self.available:
            return "available"
        return "all_held" if self.held else "sold_out"


def public_availability(*, size: int, free: int, held: int, sold: int, waiting: int = 0) -> Availability:
    """What the public can hold: nothing while somebody waits in line, and the free pieces are kept for the line."""
    kept = free if waiting else 0
    return Availability(size=size, available=free - kept, held=held + kept, sold=sold, waiting=waiting)


@dataclass(frozen=True)
class Standing:
    """What is true of an edition at one moment, read in one statement: its pieces and the counters of its price.

    `units_left` has, for each scarce component, how many of its units were never ordered, in the order of their names.
    """

    left: Availability
    orders_placed: int
    units_left: tuple[tuple[str, int], ...] = ()

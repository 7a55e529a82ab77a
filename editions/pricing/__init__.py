"""The price: a pure function of a published card and of counters that never decrease. It cannot see a person."""

from editions.pricing.card import Breakdown, Line, PriceCard, Step, price

__all__ = ["Breakdown", "Line", "PriceCard", "Step", "price"]

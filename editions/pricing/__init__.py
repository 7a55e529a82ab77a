"""The price: a pure function of a published card and of counters that never decrease. It cannot see a person."""

from editions.pricing.breakdown import Breakdown, Line
from editions.pricing.card import Card, CurveCard, PriceCard, card_from_json
from editions.pricing.components import ComponentLadder
from editions.pricing.next_order import price
from editions.pricing.steps import MOST_STEPS, Step

__all__ = [
    "MOST_STEPS",
    "Breakdown",
    "Card",
    "ComponentLadder",
    "CurveCard",
    "Line",
    "PriceCard",
    "Step",
    "card_from_json",
    "price",
]

"""The price: a pure function of a published card and of counters that never decrease. It cannot see a person."""

from editions.pricing.breakdown import SHIPPING, Breakdown, Line
from editions.pricing.card import Card, CurveCard, PriceCard, card_from_json
from editions.pricing.components import ComponentLadder
from editions.pricing.next_order import price
from editions.pricing.shipping import MOST_ZONES, Zone, zone_of, zones_from_json
from editions.pricing.steps import MOST_STEPS, Step

__all__ = [
    "MOST_STEPS",
    "MOST_ZONES",
    "SHIPPING",
    "Breakdown",
    "Card",
    "ComponentLadder",
    "CurveCard",
    "Line",
    "PriceCard",
    "Step",
    "Zone",
    "card_from_json",
    "price",
    "zone_of",
    "zones_from_json",
]

"""The price of the next order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from editions.pricing.breakdown import SHIPPING, Breakdown, Line
from editions.pricing.card import Card

NO_COMPONENTS: Mapping[str, int] = MappingProxyType({})


def price(
    card: Card,
    orders_placed: int,
    extras: Sequence[Line] = (),
    components_left: Mapping[str, int] = NO_COMPONENTS,
    units: Mapping[str, int] = NO_COMPONENTS,
) -> Breakdown:
    """What the next order costs: the card's step, the scarce components that the design uses, and what it adds.

    `orders_placed` never falls. `components_left` has, for each component that the design uses, how many units of the
    card's stock were never ordered; it never rises, so the price never falls. `units` says how many of them the design
    takes (one where it says nothing); all of them pay the step of the first. Lines of 0 are left out, but for shipping.
    """
    step = card.step_at(orders_placed)
    base = Line("base", "", card.steps[step].amount)
    scarce = [
        Line(
            "component",
            ladder.component,
            units.get(ladder.component, 1) * ladder.amount_at(components_left[ladder.component]),
        )
        for ladder in card.components
        if ladder.component in components_left
    ]
    said = (line for line in (*scarce, *extras) if line.amount or line.kind == SHIPPING)
    return Breakdown(step=step, lines=(base, *said))

"""From the lab's prices to a card that can be published: whole amounts, at most six steps."""

from __future__ import annotations

import numpy as np

from editions.lab.demand import Floats
from editions.lab.ladders import Ladder
from editions.pricing import CurveCard, PriceCard, Step


def card_of(ladder: Ladder, unit: int) -> PriceCard:
    """The card of a ladder whose prices are in minor units, each rounded half up to a multiple of `unit`.

    Steps that round to the same amount become one. Raises ValueError for more than six.
    """
    steps: list[Step] = []
    for start in ladder.starts:
        amount = max(unit, rounded(float(ladder.prices[start]), unit))
        if not steps or amount > steps[-1].amount:
            steps.append(Step(start + 1, amount))
    return PriceCard(tuple(steps))


def line_of(ladder: Ladder, unit: int) -> CurveCard:
    """The straight line of a ladder of two pieces or more, with its ends rounded to multiples of `unit`."""
    first, last = (rounded(float(price), unit) for price in (ladder.prices[0], ladder.prices[-1]))
    return CurveCard(len(ladder.prices), first, last, power=1, unit=unit)


def prices_of(card: PriceCard | CurveCard, stock: int) -> Floats:
    """What each of `stock` pieces costs by a card, to be put into the lab again."""
    return np.array([card.amount_at(orders) for orders in range(stock)], dtype=float)


def rounded(price: float, unit: int) -> int:
    """The nearest multiple of `unit`, halves up."""
    return int(np.floor(price / unit + 0.5)) * unit

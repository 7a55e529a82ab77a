"""The most that a design may cost, as a person writes it, and the range in which that makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from configurator.selectors import definition_of
from configurator.studio import cheapest_with, dearest
from editions.models import Edition
from editions.selectors import option_prices

STEPS = 60
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Budget:
    """A limit as it was written, its value in minor units (None: no limit), and what was wrong with it."""

    written: str = ""
    minor: int | None = None
    problem: str = ""


def read_budget(edition: Edition, written: str) -> Budget:
    """The limit in a form or an address, in units of the currency: `60000`, `60,000` or `₩60,000`."""
    text = written.strip()
    if not text:
        return Budget()
    try:
        amount = Decimal(text.lstrip("₩$€").replace(",", "").strip()[:20])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        return Budget(written=text[:40], problem=_("Please write an amount in digits, 60000 for example."))
    units = Decimal(edition.money(1).amount)
    return Budget(written=text[:40], minor=int(amount / units))


@dataclass(frozen=True)
class BudgetRange:
    """What designs of an edition that can be had cost now with their shipping, in minor units, widened to whole steps.

    The least is without personal content, the most with all of it. One unit of the currency has `minor_units`.
    """

    least: int
    most: int
    step: int
    minor_units: int


def budget_range(edition: Edition, shipping: int = 0) -> BudgetRange:
    definition = definition_of(edition.version)
    base = edition.card.amount_at(edition.orders_placed) + shipping
    personal = definition.engraving.price + (definition.artwork.price if definition.artwork else 0)
    prices = option_prices(edition, definition)
    cheapest = cheapest_with(definition, prices.amounts, prices.gone)
    most = base + dearest(definition, prices.amounts, prices.gone) + personal
    # When so much is used up that no design is left, the range says what one cost.
    least = base + min(cheapest.values(), default=min(cheapest_with(definition).values()))
    most = max(most, least + personal)
    step = round_step((most - least) / STEPS)
    return BudgetRange(
        least=least // step * step,
        most=-(-most // step) * step,
        step=step,
        minor_units=int(1 / edition.money(1).amount),
    )


def round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, … that is not below `least`."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size >= least:
                return factor * size
        size *= 10

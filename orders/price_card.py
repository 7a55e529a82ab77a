"""The whole price card as people read it: a table for the piece, one for each scarce component, and what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from configurator.selectors import definition_of
from editions.models import Edition
from editions.pricing import ComponentLadder, Step

LONGEST_TABLE = 12
"""Rows; a longer table, as that of a curve, scrolls within itself."""


def card_tables(edition: Edition, figures: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The tables of an edition's card, the piece's first; `figures` say which row of each is the current one."""
    card, definition = edition.card, definition_of(edition.version)
    tables = [_table(edition, card.steps, figures["step"], figures["size"], language)]
    for ladder in card.components:
        current = figures["ladders"].get(ladder.component)
        table = _table(edition, ladder.steps, current, ladder.stock, language)
        left = figures["units_left"].get(ladder.component)
        tables.append(
            {
                **table,
                "ladder": ladder.component,
                "name": definition.component(ladder.component).name.of(language),
                "units": "" if left is None else units_text(ladder, left),
                "units_name": units_name(ladder.component),
            }
        )
    return tables


def component_cards(edition: Edition, figures: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The ladders of scarce components, as the API answers them."""
    definition = definition_of(edition.version)
    return [
        {
            "id": ladder.component,
            "name": definition.component(ladder.component).name.of(language),
            "stock": ladder.stock,
            "card": [
                {
                    "from_unit": step.from_order,
                    "to_unit": last,
                    "price": str(edition.money(step.amount).amount),
                    "current": index == figures["ladders"].get(ladder.component),
                }
                for index, (step, last) in enumerate(zip(ladder.steps, _lasts(ladder.steps, ladder.stock), strict=True))
            ],
        }
        for ladder in edition.card.components
    ]


def units_text(ladder: ComponentLadder, never_ordered: int) -> str:
    """How many units of a component were ever ordered: the counter that its price is made from."""
    ordered = ladder.stock - never_ordered
    return _("%(ordered)d of %(stock)d ordered so far") % {"ordered": ordered, "stock": ladder.stock}


def units_name(component: str) -> str:
    """Under what name the text goes to pages that are open."""
    return f"units-{component}"


def next_text(edition: Edition, step: int, size: int, language: str) -> str:
    """What comes after a step of the card; nothing is said of when."""
    following = next_step(edition, step, size)
    if following is None:
        return _("There is no further step.")
    amount = edition.money(following.amount).format(language)
    return _("From order %(order)d on it is %(price)s.") % {"order": following.from_order, "price": amount}


def next_step(edition: Edition, step: int, size: int) -> Step | None:
    """The step after one of the card; None after the last that an edition of `size` pieces reaches."""
    later = edition.card.steps[step + 1 : step + 2]
    return next((each for each in later if each.from_order <= size), None)


def _table(edition: Edition, steps: Sequence[Step], current: int | None, count: int, language: str) -> dict[str, Any]:
    rows = [
        {
            "first": step.from_order,
            "last": last,
            "price": edition.money(step.amount).format(language),
            "current": index == current,
        }
        for index, (step, last) in enumerate(zip(steps, _lasts(steps, count), strict=True))
        # A size that shrank has left steps behind that nobody will pay.
        if step.from_order <= count
    ]
    return {"ladder": "", "name": "", "rows": rows, "is_long": len(rows) > LONGEST_TABLE}


def _lasts(steps: Sequence[Step], count: int) -> list[int]:
    """The last order, or unit, of each step, of `count`."""
    return [*(step.from_order - 1 for step in steps[1:]), count]

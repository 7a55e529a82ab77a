"""What each option leads to, in words: its price then and from what price on, and what else changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.selectors import definition_of
from configurator.studio import Change, GroupState, OptionState, cheapest_with, cost_at, group_states
from editions.models import Edition
from editions.pricing import Line
from editions.selectors import current_price, option_prices

MINUS = "−"


@dataclass
class OptionWords:
    """Words for the options beside one design, valid or not, at the current step of the card, with its shipping."""

    edition: Edition
    configuration: Configuration
    language: str
    shipping: tuple[Line, ...] = ()
    _written: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.definition: ProductDefinition = definition_of(self.edition.version)
        self.now = current_price(self.edition, self.definition, self.configuration, self.shipping).total
        prices = option_prices(self.edition, self.definition)
        self.amounts, self.gone = prices.amounts, prices.gone
        self.rest = self.now - cost_at(self.amounts, self.configuration.choices)
        self.cheapest = cheapest_with(self.definition, self.amounts, self.gone)

    def groups(self) -> tuple[GroupState, ...]:
        return group_states(self.definition, self.configuration.choices, self.language)

    def group(self, state: GroupState) -> dict[str, Any]:
        """A group as the API answers it."""
        return {
            "id": state.id,
            "exists": state.exists,
            "sentence": state.sentence,
            "options": [self.option(state.id, option) for option in state.options],
        }

    def total(self, state: OptionState) -> int:
        """What the design that picking an option leads to costs now."""
        return self.rest + cost_at(self.amounts, state.choices)

    def least(self, group: str, state: OptionState) -> int:
        """What a design with an option costs at least that can be had now; where none can, what picking it leads to."""
        cheapest = self.cheapest.get((group, state.id))
        return self.total(state) if cheapest is None else self.rest + cheapest

    def option(self, group: str, state: OptionState) -> dict[str, Any]:
        """An option as the API answers it."""
        total, cheapest = self.total(state), self.least(group, state)
        return {
            "id": state.id,
            "state": state.state,
            "reason": " ".join(state.reasons),
            "total": str(self.edition.money(total).amount),
            "total_text": self.money(total),
            "difference": str(self.edition.money(total - self.now).amount),
            "difference_text": self.difference(total - self.now),
            "from_total": str(self.edition.money(cheapest).amount),
            "from_text": from_text(self.money(cheapest)),
            "changes": [change_text(change) for change in state.changes],
            "choices": dict(state.choices),
        }

    def difference(self, minor: int) -> str:
        """`+₩3,000`, `−₩3,000`, or nothing."""
        if not minor:
            return ""
        return f"{'+' if minor > 0 else MINUS}{self.money(abs(minor))}"

    def money(self, minor: int) -> str:
        """An amount as people write it; most options share a few."""
        if minor not in self._written:
            self._written[minor] = self.edition.money(minor).format(self.language)
        return self._written[minor]


def change_text(change: Change) -> str:
    """`Lid: Bamboo → Walnut`, or that the group comes or goes."""
    names = {"group": change.group, "before": change.before, "after": change.after}
    if not change.after:
        return _("%(group)s: %(before)s → no longer needed") % names
    if not change.before:
        return _("%(group)s: new, %(after)s") % names
    return f"{change.group}: {change.before} → {change.after}"


def from_text(amount: str) -> str:
    return _("from %(amount)s") % {"amount": amount}

"""What each option leads to, in words: its price then and from what price on, and what else changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.selectors import definition_of
from configurator.studio import Change, GroupState, OptionState, group_states, options_cost
from editions.models import Edition
from editions.pricing import Line
from editions.selectors import current_price, unit_amounts

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
        self.rest = self.now - options_cost(self.definition, self.configuration.choices)
        self.ladders = unit_amounts(self.edition, self.definition)
        self.scarce = self.scarcity(self.configuration.choices)

    def scarcity(self, choices: Mapping[str, str]) -> int:
        """What the scarce components in a design add."""
        units = self.definition.units(choices) if self.ladders else {}
        return sum(count * self.ladders.get(component, 0) for component, count in units.items())

    def groups(self) -> tuple[GroupState, ...]:
        return group_states(self.definition, self.configuration.choices, self.language)

    def group(self, state: GroupState) -> dict[str, Any]:
        """A group as the API answers it."""
        return {
            "id": state.id,
            "exists": state.exists,
            "sentence": state.sentence,
            "options": [self.option(option) for option in state.options],
        }

    def option(self, state: OptionState) -> dict[str, Any]:
        """An option as the API answers it."""
        total = self.rest + state.cost - self.scarce + self.scarcity(state.choices)
        cheapest = min(self.rest - self.scarce + state.cheapest, total)
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

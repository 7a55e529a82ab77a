"""What each option leads to, in words: its price then and from what price on, its date, and what else changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.selectors import definition_of
from configurator.studio import Change, GroupState, OptionState, cheapest_with, cost_at, group_states
from editions.models import Edition
from editions.pricing import Line
from editions.selectors import option_prices, price_at
from factory_sim.plant_queue import PlantQueue
from orders.models import Order
from orders.work_ahead import work_of

MINUS = "−"


@dataclass
class OptionWords:
    """Words for the options beside one design, valid or not, at the current step of the card, with its shipping.

    Dates are spoken of where a `queue` is given: the one that the design's own date was promised behind. While an
    `order` is changed, prices are those of its own counters, and what it has is not used up.
    """

    edition: Edition
    configuration: Configuration
    language: str
    shipping: tuple[Line, ...] = ()
    queue: PlantQueue | None = None
    order: Order | None = None
    _written: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.definition: ProductDefinition = definition_of(self.edition.version)
        counters = self.order.hold.counters if self.order else {}
        own = self.definition.units(self.order.configuration.choices) if self.order else {}
        self.now = price_at(counters, self.edition, self.definition, self.configuration, self.shipping).total
        prices = option_prices(self.edition, self.definition, counters, own)
        self.amounts, self.gone = prices.amounts, prices.gone
        self.rest = self.now - cost_at(self.amounts, self.configuration.choices)
        self.cheapest = cheapest_with(self.definition, self.amounts, self.gone)

    @cached_property
    def groups(self) -> tuple[GroupState, ...]:
        return group_states(self.definition, self.configuration.choices, self.language)

    @cached_property
    def days(self) -> dict[tuple[str, str], int]:
        """By how many days the date that is shown (P90) changes with each option: all in one call."""
        if self.queue is None:
            return {}
        leads_to = {(group.id, option.id): option.choices for group in self.groups for option in group.options}
        designs = [self.configuration, *(replace(self.configuration, choices=each) for each in leads_to.values())]
        promises = self.queue.promises([work_of(self.edition.version_id, design) for design in designs])
        shown, *others = (timezone.localdate(promise.safe_at) for promise in promises)
        return {key: (day - shown).days for key, day in zip(leads_to, others, strict=True)}

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
        days = self.days.get((group, state.id), 0)
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
            "days": days,
            "days_text": days_text(days),
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


def days_text(days: int) -> str:
    """`+2 days`, `2 days sooner`, or nothing."""
    if days < 0:
        return ngettext("%(days)d day sooner", "%(days)d days sooner", -days) % {"days": -days}
    return ngettext("+%(days)d day", "+%(days)d days", days) % {"days": days} if days else ""


def from_text(amount: str) -> str:
    return _("from %(amount)s") % {"amount": amount}

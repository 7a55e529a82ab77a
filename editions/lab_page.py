"""The pricing lab's page: what a question's answer looks like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from core.money import Money
from editions.lab.free import free_values
from editions.lab.ladders import outcome
from editions.lab.market import Market
from editions.lab.policy import Outcome
from editions.lab.publishing import prices_of
from editions.lab.question import Answer, Question, answer
from editions.lab_charts import price_chart, spread_chart


@dataclass(frozen=True)
class Row:
    """A policy in the table, in words."""

    name: str
    label: str
    revenue: str
    share: str
    sell_out: str
    prices: str


def policy_names() -> dict[str, str]:
    return {
        "fixed": _("One fixed price"),
        "line": _("A straight line"),
        "card": _("The best card"),
        "published": _("That card in whole amounts"),
        "never_lower": _("Follows the clock too, never falls"),
        "free": _("Free to rise and fall: the bound"),
    }


def lab_context(
    question: Question, currency: str, visitors_percent: int, worth_percent: int, language: str
) -> dict[str, Any]:
    """Everything that the template shows of an answer; takes as long as the lab does."""
    found = answer(question)
    words = Words(currency, language)
    spreads = spread_chart(found.comparison)
    prices = price_chart(found.comparison, found.card)
    return {
        "rows": _rows(found, words),
        "steps": _steps(found, words),
        "what_if": _what_if(question, found, (visitors_percent, worth_percent), words),
        "load": f"{100.0 * question.market.load:.0f}",
        "prices": prices,
        "price_marks": [(tick, words.money(tick.value)) for tick in prices.amounts],
        "spreads": spreads,
        "spread_marks": [(tick, words.money(tick.value)) for tick in spreads.amounts],
        "spread_names": [(spread, policy_names()[spread.name]) for spread in spreads.spreads],
    }


@dataclass(frozen=True)
class Words:
    """Amounts and shares as people read them."""

    currency: str
    language: str

    def money(self, minor: float) -> str:
        return Money.from_minor(round(minor), self.currency).format(self.language)

    def row(self, name: str, found: Outcome, bound: float) -> Row:
        lowest, highest = self.money(found.lowest), self.money(found.highest)
        return Row(
            name=name,
            label=policy_names()[name],
            revenue=self.money(found.revenue),
            share=f"{100.0 * found.revenue / bound:.1f} %",
            sell_out=f"{100.0 * found.sell_out:.0f} %",
            prices=lowest if lowest == highest else f"{lowest} – {highest}",
        )


def _rows(found: Answer, words: Words) -> list[Row]:
    bound = found.comparison.policies[-1].outcome.revenue
    rows = [words.row(policy.name, policy.outcome, bound) for policy in found.comparison.policies]
    return [*rows[:3], words.row("published", found.rounded, bound), *rows[3:]]


def _steps(found: Answer, words: Words) -> list[tuple[int, int, str]]:
    """The card to publish: first order, last order, price."""
    card, stock = found.card, found.comparison.market.stock
    return [
        (step.from_order, card.last_order_of(index, stock), words.money(step.amount))
        for index, step in enumerate(card.steps)
    ]


def _what_if(question: Question, found: Answer, percents: tuple[int, int], words: Words) -> Row | None:
    """What the card to publish brings where demand turns out otherwise, against whoever knew; None as planned."""
    if percents == (100, 100):
        return None
    more, dearer = (percent / 100.0 for percent in percents)
    demand = replace(question, worth=max(1, round(question.worth * dearer)), unit=1).market.demand
    truth = Market(demand, question.market.visitors * more, question.stock)
    bound = float(free_values(truth)[-1])
    return words.row("published", outcome(truth, prices_of(found.card, question.stock)), bound)

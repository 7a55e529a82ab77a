"""Designs that are proposed: a surprise, the rest of one that was begun, one that costs no more than a limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from random import Random
from typing import Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.artwork_check import read_placement
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.rules import Choice
from configurator.selectors import definition_of
from configurator.studio import BEYOND, cost_at, in_order, without
from configurator.validation import ForbiddenCombination, check_options
from core.problems import Problem
from editions.models import Edition
from editions.selectors import current_price, option_prices
from editions.shipping import delivery_to
from insights.selectors import option_weights

Kind = Literal["surprise", "finish", "fit"]
KINDS: tuple[Kind, ...] = ("surprise", "finish", "fit")
LIKED = 1000
"""How much more a person's interest in an option weighs than its place in the maker's order."""
TOUCHED = 1000
"""How much more a choice weighs that the customer made than one that she only found."""


class NothingWithinBudget(Problem):
    """Even the cheapest design costs more than the limit."""

    code = "nothing_within_budget"
    status = 422


class NothingLeft(Problem):
    """Every design needs a component that is used up."""

    code = "nothing_left"
    status = 410


def suggest_choices(
    *,
    edition: Edition,
    data: Mapping[str, Any],
    keep: Collection[str],
    budget: int | None,
    kind: Kind,
    seed: int,
    now: datetime,
    destination: str = "",
) -> dict[str, str]:
    """Whole, valid choices that cost no more than `budget` minor units in all, if there is one.

    `surprise` draws everything but the groups in `keep` at random from `seed`; `finish` takes for them what people
    liked most in this edition, or as long as nobody did, what comes first in the maker's order; `fit` keeps as many
    choices as the budget allows, those in `keep` before others. Raises UnknownOption, ForbiddenCombination when the
    choices to be kept do not go together, NothingWithinBudget, NothingLeft and NotDeliveredThere.
    """
    definition = definition_of(edition.version)
    check_options(definition, data["choices"])
    choices = definition.settled(data["choices"])
    printed = read_placement(data.get("artwork"))
    configuration = Configuration(edition.version.key, choices, data.get("engraving", ""), artwork=printed)
    prices = option_prices(edition, definition)
    shipping = delivery_to(edition, destination).lines
    rest = current_price(edition, definition, configuration, shipping).total - cost_at(prices.amounts, choices)
    kept = {} if kind == "fit" else _kept(definition, choices, keep)
    left = None if budget is None else budget - rest
    if kind == "fit":
        weights = {(group, option): TOUCHED if group in keep else 1 for group, option in choices.items()}
    else:
        weights = _drawn(definition, seed) if kind == "surprise" else _liked(definition, edition, now)
    # What she keeps although it is used up is refused by its name when she takes a piece.
    gone = prices.gone - kept.items()
    costs = without(gone, prices.amounts)
    found = None
    if left is None or left >= 0:
        limit = BEYOND - 1 if gone and left is None else left
        found = definition.engine.complete(kept, weights, costs, limit)
    if found is None:
        raise _refusal(definition, edition, kept, rest, costs)
    return in_order(definition, found)


def _drawn(definition: ProductDefinition, seed: int) -> dict[Choice, int]:
    draw = Random(seed)  # noqa: S311 (a design, not a secret)
    return {(group.id, option.id): draw.randrange(1, LIKED) for group in definition.groups for option in group.offered}


def _liked(definition: ProductDefinition, edition: Edition, now: datetime) -> dict[Choice, int]:
    liked = option_weights(edition.slug, now)
    return {
        (group.id, option.id): LIKED * liked.get((group.id, option.id), 0) + len(group.offered) - place
        for group in definition.groups
        for place, option in enumerate(group.offered)
    }


def _kept(definition: ProductDefinition, choices: Mapping[str, str], keep: Collection[str]) -> dict[str, str]:
    """The choices to be kept, with those on which the existence of their groups rests."""
    wanted = set(keep)
    for group in reversed(definition.groups):
        if group.id in wanted:
            wanted |= set(group.when)
    return {group: option for group, option in choices.items() if group in wanted}


def _refusal(
    definition: ProductDefinition, edition: Edition, kept: Mapping[str, str], rest: int, prices: Mapping[Choice, int]
) -> Problem:
    language = get_language() or "en"
    costs = definition.engine.cheapest_per_option(kept, prices)
    if not costs:
        broken = definition.engine.broken_rules(kept)
        return ForbiddenCombination(
            " ".join(definition.sentences[rule].of(language) for rule in broken), rules=list(broken)
        )
    if min(costs.values()) >= BEYOND:
        return NothingLeft(_("Too much of what these designs need is used up. Please change a choice."))
    least = edition.money(rest + min(costs.values())).format(language)
    if not kept:
        sentence = _("Every design costs at least %(amount)s. Please raise your limit.")
    else:
        sentence = _(
            "With what you have chosen a design costs at least %(amount)s. Please raise your limit or change a choice."
        )
    return NothingWithinBudget(sentence % {"amount": least}, field="budget")

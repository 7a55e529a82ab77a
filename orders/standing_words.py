"""How an edition stands, in words: what its page, the studio and their live streams all say of it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.configuration import Configuration
from configurator.selectors import definition_of
from editions.contracts import Standing
from editions.models import Edition
from editions.pricing import Card, Line, price
from editions.selectors import extras
from editions.shipping import home_delivery
from editions.standing import standing_of
from orders.present import present_availability
from orders.price_card import next_text, units_name, units_text


def words_now(edition: Edition, language: str, now: datetime) -> dict[str, Any]:
    """How an edition stands at a time, for a page or an answer."""
    return standing_words(edition, preset_of(edition), standing_of(edition, now), language)


@dataclass(frozen=True)
class Preset:
    """What the price of a product's own preset is made from, beside the counters.

    Its own lines with shipping within the edition's own zone, and the units it takes.
    """

    own: tuple[Line, ...]
    units: tuple[tuple[str, int], ...]


def preset_of(edition: Edition) -> Preset:
    definition = definition_of(edition.version)
    design = Configuration(edition.version.key, definition.started())
    lines = (*extras(definition, design), *home_delivery(edition).lines)
    return Preset(lines, tuple(definition.units(design.choices).items()))


def standing_words(edition: Edition, preset: Preset, standing: Standing, language: str) -> dict[str, Any]:
    """A standing in figures and in sentences of the active language, without the database. `id` names the standing.

    `price` changes whenever the price of any design may have changed.
    """
    left, card = standing.left, edition.card
    step = card.step_at(standing.orders_placed)
    texts = {
        "left": f"{left.available} / {left.size}" if left.available else present_availability(left),
        "availability": present_availability(left),
        "held": held_text(left.held),
        "waiting": waiting_text(left.waiting),
        "step": step_sentence(edition, step, left.size, language),
        "next": next_text(edition, step, left.size, language),
        "from": edition.money(preset_total(card, preset, standing)).format(language),
    }
    figures: dict[str, Any] = {name: getattr(left, name) for name in ("size", "available", "held", "sold")}
    figures |= {"orders_placed": standing.orders_placed, "step": step}
    left_of = dict(standing.units_left)
    ladders = {each.component: each for each in card.components if each.component in left_of}
    figures["ladders"] = {slug: each.step_at(left_of[slug]) for slug, each in ladders.items()}
    amounts = {slug: each.amount_at(left_of[slug]) for slug, each in ladders.items()}
    texts |= {units_name(slug): units_text(each, left_of[slug]) for slug, each in ladders.items()}
    figures["units_left"] = {slug: left_of[slug] for slug in ladders}
    found = {"state": left.state, "figures": figures, "price": f"{step} {amounts}", "texts": texts}
    return {"id": sha256(repr((edition.pk, standing)).encode()).hexdigest()[:16], **found}


def held_text(held: int) -> str:
    """How many pieces somebody holds just now; nothing when there are none."""
    if not held:
        return ""
    text = ngettext(
        "%(count)d is held at this moment and may come back.",
        "%(count)d are held at this moment and may come back.",
        held,
    )
    return text % {"count": held}


def waiting_text(waiting: int) -> str:
    """How many people stand in line; nothing when nobody does."""
    if not waiting:
        return ""
    return ngettext("%(count)d person waits in line.", "%(count)d people wait in line.", waiting) % {"count": waiting}


def step_sentence(edition: Edition, step: int, size: int, language: str) -> str:
    """Which orders pay a step of the card, and how much."""
    card = edition.card
    numbers = {
        "first": card.steps[step].from_order,
        "last": card.last_order_of(step, size),
        "size": size,
        "price": edition.money(card.steps[step].amount).format(language),
    }
    if numbers["first"] == numbers["last"]:
        return _("Order %(first)d of %(size)d pays %(price)s for the piece.") % numbers
    return _("Orders %(first)d to %(last)d of %(size)d pay %(price)s for the piece.") % numbers


def preset_total(card: Card, preset: Preset, standing: Standing) -> int:
    units = dict(preset.units)
    left = {slug: count for slug, count in standing.units_left if slug in units}
    return price(card, standing.orders_placed, preset.own, left, units).total

"""A quote in words: what the studio's page and the API both say of it, in the reader's language."""

from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.artwork_check import print_of
from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition
from configurator.model_address import model_address, model_token
from configurator.picture_address import picture_address, picture_sources
from configurator.selectors import definition_of
from configurator.studio import description
from core import words
from editions.contracts import Availability
from editions.models import Edition
from editions.pricing import Breakdown
from orders.contracts import Quote
from orders.personal import present_lettering, present_returns
from orders.price_card import next_step, next_text
from orders.price_lines import price_lines
from orders.selectors import makers_of
from orders.shipping_words import delivery_of, present_shipping, tax_in, tax_text

USUAL = 800
LARGE = 1200
"""Pixels: as large as the plates are. Whoever looks closer gets a JPEG, which is not made to be small."""


def present_quote(quote: Quote, edition: Edition, language: str) -> dict[str, Any]:
    """Everything that a client shows of a quote."""
    configuration = quote.offer.configuration
    definition = definition_of(edition.version)
    return {
        "quote": quote.token,
        "expires_at": quote.expires_at.isoformat(),
        "fingerprint": configuration.fingerprint,
        "configuration": configuration.as_json(),
        "destination": quote.offer.destination,
        "price": present_price(quote.offer.price, edition, language, quote.offer.destination),
        "promise": present_promise(quote.offer.likely_at, quote.offer.safe_at, language),
        "picture": {
            **present_picture(definition, configuration, language),
            "views": present_views(definition, configuration),
        },
        "rarity": present_rarity(definition, configuration, language),
        "engraving": present_lettering(definition, configuration, edition.version_id),
        "returns": present_returns(configuration),
        "artwork": present_artwork(definition, configuration.artwork),
        "model": present_model(definition, configuration),
    }


def present_rarity(definition: ProductDefinition, configuration: Configuration, language: str) -> dict[str, Any]:
    """How rare a piece is, by its choices alone: how many different ones there could be, and how many were ordered.

    `possible` is None where it is not known, and then the text does not speak of it.
    """
    possible, made = definition.engine.count({}), makers_of(configuration.choices_key)
    number = "" if possible is None else format_decimal(possible, locale=language)
    if made:
        text = ngettext(
            "%(count)d piece with these choices has been ordered.",
            "%(count)d pieces with these choices have been ordered.",
            made,
        ) % {"count": made}
        if number:
            text = _("One of %(number)s possible pieces. %(made)s") % {"number": number, "made": text}
    elif number:
        text = _("One of %(number)s possible pieces; nobody has made this one yet.") % {"number": number}
    else:
        text = _("Nobody has made this one yet.")
    return {"possible": possible, "made": made, "text": text}


def present_price(breakdown: Breakdown, edition: Edition, language: str, destination: str) -> dict[str, Any]:
    """A price with its lines; the total includes tax and shipping to a country and comes first."""
    total, delivery = edition.money(breakdown.total), delivery_of(breakdown, edition, destination)
    return {
        "currency": edition.currency,
        "total": str(total.amount),
        "total_text": total.format(language),
        "tax_text": tax_text(total, edition, delivery, language),
        "tax": str(tax_in(total, edition, delivery.zone).amount),
        "shipping": present_shipping(delivery, edition, language),
        "step_text": step_text(breakdown, edition),
        "step": _step(breakdown, edition),
        "next_text": next_text(edition, breakdown.step, edition.size, language),
        "next_step": _next(breakdown, edition),
        "lines": [
            {"name": label, "amount": str(amount.amount), "amount_text": amount.format(language)}
            for label, amount in price_lines(breakdown, edition, language, destination)
        ],
    }


def _step(breakdown: Breakdown, edition: Edition) -> dict[str, Any]:
    """The step of the card that a price was made at."""
    card = edition.card
    step = card.steps[breakdown.step]
    last = card.last_order_of(breakdown.step, edition.size)
    return {"first_order": step.from_order, "last_order": last, "price": str(edition.money(step.amount).amount)}


def _next(breakdown: Breakdown, edition: Edition) -> dict[str, Any] | None:
    """The step after it; None when there is none."""
    step = next_step(edition, breakdown.step, edition.size)
    return {"from_order": step.from_order, "price": str(edition.money(step.amount).amount)} if step else None


def step_text(breakdown: Breakdown, edition: Edition) -> str:
    """Which orders pay this step of the card."""
    card = edition.card
    first, last = card.steps[breakdown.step].from_order, card.last_order_of(breakdown.step, edition.size)
    return _("Price for orders %(first)d to %(last)d of %(size)d") % {
        "first": first,
        "last": last,
        "size": edition.size,
    }


def present_promise(likely_at: datetime, safe_at: datetime, language: str) -> dict[str, str]:
    """A promise as dates and as words."""
    likely, safe = words.day(likely_at, language), words.day(safe_at, language)
    also = _("in 9 of 10 cases; most likely %(day)s") % {"day": likely}
    return {
        "likely_at": likely_at.isoformat(),
        "safe_at": safe_at.isoformat(),
        "safe_day": safe,
        "safe_text": _("Ready by %(day)s") % {"day": safe},
        "likely_text": _("in 9 of 10 cases") if likely == safe else also,
    }


def present_picture(
    definition: ProductDefinition, configuration: Configuration, language: str, size: int = 800, view: str = ""
) -> dict[str, str]:
    """The picture's address, that of a large one, and a description in words; of the first view without `view`."""
    seen = view or definition.views[0].id
    return {
        "url": picture_address(configuration, seen, size),
        "large": picture_address(configuration, seen, LARGE, "jpeg"),
        "alt": description(definition, configuration, language),
    }


def present_photo(
    definition: ProductDefinition, configuration: Configuration, language: str, view: str = "", number: str = ""
) -> dict[str, Any]:
    """A picture for a page, which chooses format and size itself; with the number of the piece, once it has one."""
    seen = view or definition.views[0].id
    shown = number if definition.numbering else ""
    return {
        "url": picture_address(configuration, seen, USUAL, number=shown),
        "large": picture_address(configuration, seen, LARGE, "jpeg", shown),
        "jpeg": picture_address(configuration, seen, USUAL, "jpeg", shown),
        "proof": picture_address(configuration, seen, LARGE, "png", shown),
        "sources": picture_sources(configuration, seen, shown),
        "alt": description(definition, configuration, language),
    }


def present_photos(
    definition: ProductDefinition, configuration: Configuration, language: str, number: str = ""
) -> list[dict[str, Any]]:
    """The piece from every side, each with the name of its view."""
    return [
        {"view": view.name.of(language), **present_photo(definition, configuration, language, view.id, number)}
        for view in definition.views
    ]


def present_views(definition: ProductDefinition, configuration: Configuration) -> dict[str, dict[str, str]]:
    """The addresses of the picture by view: the usual one, and the large one for a closer look."""
    return {
        view.id: {
            "url": picture_address(configuration, view.id, 800),
            "large": picture_address(configuration, view.id, LARGE, "jpeg"),
        }
        for view in definition.views
    }


def present_model(definition: ProductDefinition, configuration: Configuration) -> dict[str, str] | None:
    """Where a design's model is, the page that puts it into a room, and the code for a phone; None without a model."""
    if definition.model is None:
        return None
    token = model_token(configuration)
    return {
        "url": model_address(configuration),
        "room": reverse("orders:room", kwargs={"token": token}),
        "code": reverse("orders:room_code", kwargs={"token": token}),
    }


def present_artwork(definition: ProductDefinition, placement: Placement | None) -> dict[str, Any] | None:
    """How fine a print will be, in figures and in words; None when nothing is printed."""
    if placement is None:
        return None
    placed = print_of(definition, placement)
    figures = {"dpi": round(placed.dpi), "largest": placed.largest_good_mm}
    text = {
        "good": _("%(dpi)d dpi: printed sharp."),
        "fair": _("%(dpi)d dpi: a little soft. Up to %(largest)g mm wide it is sharp."),
        "coarse": _("%(dpi)d dpi: too few pixels for this size."),
    }[placed.quality]
    return {
        "dpi": figures["dpi"],
        "quality": placed.quality,
        "largest_mm": placed.largest_mm,
        "largest_good_mm": placed.largest_good_mm,
        "width_mm": placement.width_mm,
        "height_mm": round(placed.height_mm, 2),
        "text": text % figures,
    }


def present_availability(left: Availability) -> str:
    """How many pieces are left, in words that are true: held pieces may come back."""
    if left.state == "available":
        text = ngettext("%(count)d of %(size)d is left", "%(count)d of %(size)d are left", left.available)
        return text % {"count": left.available, "size": left.size}
    if left.state == "all_held":
        return _("all remaining pieces are held at the moment; one may come back")
    return _("all %(size)d pieces have an owner") % {"size": left.size}

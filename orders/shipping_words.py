"""Shipping and tax in words: where a piece goes, what that costs, which tax is in its price, and where else it goes."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import gettext as _

from core.money import Money, tax_included
from core.words import country_name
from editions.contracts import Delivery
from editions.models import Edition
from editions.pricing import Breakdown, Zone

ELSEWHERE = "ZZ"
"""What stands for a country outside all zones; ISO 3166-1 leaves the code to its users."""


def delivery_of(breakdown: Breakdown, edition: Edition, country: str) -> Delivery:
    """Where a price that was made goes: the zone is that of its line."""
    line = breakdown.shipping
    if line is None:
        return Delivery()
    return Delivery(country, next(zone for zone in edition.zones if zone.id == line.key))


def present_shipping(delivery: Delivery, edition: Edition, language: str) -> dict[str, Any] | None:
    """The country, its zone and the amount; None where shipping to anywhere is in the price."""
    if delivery.zone is None:
        return None
    amount = edition.money(delivery.zone.amount)
    return {
        "destination": delivery.country,
        "name": country_name(delivery.country, language),
        "zone": delivery.zone.id,
        "zone_name": delivery.zone.name(language),
        "amount": str(amount.amount),
        "amount_text": amount.format(language),
        "text": _("with shipping to %(place)s") % {"place": country_name(delivery.country, language)},
    }


def shipping_label(delivery: Delivery, language: str) -> str:
    """The name of the line in a price."""
    return _("Shipping to %(place)s") % {"place": country_name(delivery.country, language)}


def tax_percent(edition: Edition, zone: Zone | None) -> Decimal:
    """The rate of the tax in a total: the zone's; without zones that of the settings for the currency."""
    return zone.tax_percent if zone else settings.TAX_PERCENT.get(edition.currency, Decimal(0))


def tax_in(total: Money, edition: Edition, zone: Zone | None) -> Money:
    """The tax inside a total."""
    return tax_included(total, tax_percent(edition, zone))


def tax_text(total: Money, edition: Edition, delivery: Delivery, language: str) -> str:
    """The tax inside a total, where shipping in it leads, and what may come on top at a border."""
    tax = tax_in(total, edition, delivery.zone)
    if delivery.zone is None:
        if not tax.amount:
            return _("including shipping; no VAT is charged")
        return _("including %(tax)s VAT and shipping") % {"tax": tax.format(language)}
    place = country_name(delivery.country, language)
    if delivery.zone.tax_percent:
        return _("including %(tax)s VAT and shipping to %(place)s") % {"tax": tax.format(language), "place": place}
    if delivery.zone == edition.zones[0]:
        return _("including shipping to %(place)s; no VAT is charged") % {"place": place}
    return _("including shipping to %(place)s; no VAT is charged, import charges there are not included") % {
        "place": place
    }


def present_zones(edition: Edition, language: str) -> list[dict[str, Any]]:
    """The zones as a table, the edition's own first."""
    return [
        {
            "name": zone.name(language),
            # A zone of one country bears its name.
            "names": ", ".join(country_name(each, language) for each in zone.countries if len(zone.countries) > 1),
            "amount": edition.money(zone.amount).format(language),
            "tax": _("%(rate)s %% included") % {"rate": format_decimal(zone.tax_percent, locale=language)}
            if zone.tax_percent
            else _("no VAT"),
        }
        for zone in edition.zones
    ]


def zone_cards(edition: Edition, language: str) -> list[dict[str, Any]]:
    """The zones, as the API answers them."""
    return [
        {
            "id": zone.id,
            "name": zone.name(language),
            "countries": list(zone.countries),
            "amount": str(edition.money(zone.amount).amount),
            "tax_percent": str(zone.tax_percent),
        }
        for zone in edition.zones
    ]


def destination_choices(edition: Edition, country: str, language: str) -> list[dict[str, Any]]:
    """What the select of countries offers, by zone; a country outside all of them counts as the last."""
    zones = [
        {
            "label": f"{zone.name(language)} · {edition.money(zone.amount).format(language)}",
            "countries": [
                {"code": each, "name": country_name(each, language), "chosen": each == country}
                for each in zone.countries
            ],
        }
        for zone in edition.zones
    ]
    is_known = any(country in zone.countries for zone in edition.zones)
    elsewhere = {"code": ELSEWHERE, "name": _("Another country"), "chosen": not is_known}
    return [*zones, {"label": _("Not delivered"), "countries": [elsewhere]}] if zones else []

"""The lines of a price in words."""

from configurator.definition import ProductDefinition
from configurator.selectors import definition_with_id
from core.money import Money
from editions.models import Edition
from editions.pricing import SHIPPING, Breakdown
from orders.shipping_words import delivery_of, shipping_label


def price_lines(breakdown: Breakdown, edition: Edition, language: str, destination: str) -> list[tuple[str, Money]]:
    """The lines of a breakdown as (label, amount)."""
    definition, delivery = definition_with_id(edition.version_id), delivery_of(breakdown, edition, destination)
    return [
        (
            shipping_label(delivery, language)
            if line.kind == SHIPPING
            else _line_label(definition, line.kind, line.key, language),
            edition.money(line.amount),
        )
        for line in breakdown.lines
    ]


def _line_label(definition: ProductDefinition, kind: str, key: str, language: str) -> str:
    if kind == "base":
        return definition.name.of(language)
    if kind == "component":
        return definition.component(key).name.of(language)
    if kind == "engraving":
        return definition.engraving.name.of(language)
    if kind == "artwork" and definition.artwork:
        return definition.artwork.name.of(language)
    group_id, option_id = key.split("/")
    group = definition.group(group_id)
    return f"{group.name.of(language)}: {group.option(option_id).name.of(language)}"

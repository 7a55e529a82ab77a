"""Two designs side by side: every group as a row, the rows that differ marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from orders.design_page import DesignPage


@dataclass(frozen=True)
class Cell:
    """What one of the two has; empty text where it has nothing."""

    text: str = ""
    swatch: str = ""


@dataclass(frozen=True)
class Row:
    name: str
    left: Cell
    right: Cell

    @property
    def differs(self) -> bool:
        return self.left != self.right


def comparison(left: DesignPage, right: DesignPage) -> list[Row]:
    """The rows for two designs: groups in the first one's order, then those that only the second has, then the rest."""
    return [*_groups(left, right), *_content(left, right), *_sale(left, right)]


def _groups(left: DesignPage, right: DesignPage) -> Iterator[Row]:
    names = {group.id: group.name.of(left.language) for page in (right, left) for group in page.definition.groups}
    order = [group.id for page in (left, right) for group in page.definition.groups]
    for group_id in dict.fromkeys(order):
        cells = [_choice(page.definition, page.configuration, group_id, page.language) for page in (left, right)]
        if any(cell.text for cell in cells):
            yield Row(names[group_id], *cells)


def _choice(definition: ProductDefinition, configuration: Configuration, group_id: str, language: str) -> Cell:
    if group_id not in configuration.choices:
        return Cell()
    option = definition.option(group_id, configuration.choices[group_id])
    return Cell(option.name.of(language), option.swatch)


def _content(left: DesignPage, right: DesignPage) -> Iterator[Row]:
    pages = (left, right)
    if any(page.configuration.engraving for page in pages):
        name = left.definition.engraving.name.of(left.language)
        yield Row(name, *(Cell(page.configuration.engraving) for page in pages))
    if any(page.configuration.artwork for page in pages):
        has = [Cell(_("Your own picture") if page.configuration.artwork else "") for page in pages]
        yield Row(_("Printed picture"), *has)


def _sale(left: DesignPage, right: DesignPage) -> Iterator[Row]:
    yield Row(_("Price now"), *(Cell(_price(page)) for page in (left, right)))
    yield Row(_("Ready"), *(Cell(_date(page)) for page in (left, right)))


def _price(page: DesignPage) -> str:
    if page.sale and page.sale.shown:
        return str(page.sale.shown["price"]["total_text"])
    return _("Not for sale at present")


def _date(page: DesignPage) -> str:
    return str(page.sale.shown["promise"]["safe_text"]) if page.sale and page.sale.shown else ""

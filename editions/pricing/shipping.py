"""Shipping: where an edition goes, in a handful of zones with one amount each, announced with its price card. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from editions.pricing.breakdown import SHIPPING, Line

MOST_ZONES = 6
COUNTRY = re.compile("[A-Z]{2}")


@dataclass(frozen=True)
class Zone:
    """Countries to which shipping costs the same, the usual one first, as ISO 3166-1 alpha-2 codes.

    `amount` is in minor units of the edition's currency. `tax_percent` is the rate of the tax in the whole price of a
    piece that goes there, 0 where none is charged; the price itself is the same for every zone.
    Raises ValueError without a country, for a code that is none, an amount below 0 and a rate outside 0 to 100.
    """

    id: str
    name_ko: str
    name_en: str
    countries: tuple[str, ...]
    amount: int
    tax_percent: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.countries or not all(COUNTRY.fullmatch(each) for each in self.countries):
            raise ValueError(f"zone {self.id} has no countries, or one that is not written with two capital letters")
        if self.amount < 0 or not 0 <= self.tax_percent < 100:
            raise ValueError(f"zone {self.id} has an amount or a tax that cannot be")

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    @property
    def line(self) -> Line:
        """Its line in a breakdown."""
        return Line(SHIPPING, self.id, self.amount)

    def as_json(self) -> dict[str, Any]:
        """The rate as a text: a ledger has no fractions."""
        return {**vars(self), "countries": list(self.countries), "tax_percent": str(self.tax_percent)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Zone:
        return cls(
            id=str(data["id"]),
            name_ko=str(data["name_ko"]),
            name_en=str(data["name_en"]),
            countries=tuple(map(str, data["countries"])),
            amount=int(data["amount"]),
            tax_percent=Decimal(str(data["tax_percent"])),
        )


def zones_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Zone, ...]:
    """The zones that wrote themselves with `as_json`; none where shipping to anywhere is in the price.

    Raises ValueError for more than six, for a name given twice and for a country in two zones.
    """
    zones = tuple(Zone.from_json(row) for row in rows)
    names, countries = [zone.id for zone in zones], [each for zone in zones for each in zone.countries]
    if len(zones) > MOST_ZONES:
        raise ValueError(f"an edition has at most {MOST_ZONES} zones")
    if len(names) != len(set(names)) or len(countries) != len(set(countries)):
        raise ValueError("a zone has one name, and a country lies in one zone")
    return zones


def zone_of(zones: Sequence[Zone], country: str) -> Zone | None:
    """The zone in which a country lies; None outside all of them."""
    return next((zone for zone in zones if country in zone.countries), None)

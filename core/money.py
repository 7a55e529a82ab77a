"""Money: a decimal amount with its ISO 4217 currency, rounded half up to the currency's minor unit.

Columns and JSON hold integer minor units; KRW has none (1 minor unit = 1 won), USD and EUR have cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision

# Amounts come again and again: those of a card's steps, and of options.
REMEMBERED = 4_096


@dataclass(frozen=True, order=False)
class Money:
    """An exact amount in one currency. Arithmetic between currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        quantum = Decimal(1).scaleb(-get_currency_precision(self.currency))
        object.__setattr__(self, "amount", self.amount.quantize(quantum, rounding=ROUND_HALF_UP))

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """Money from integer minor units: `from_minor(62000, "KRW")` is ₩62,000, `(6200, "USD")` is $62."""
        return cls(Decimal(minor).scaleb(-get_currency_precision(currency)), currency)

    @property
    def minor(self) -> int:
        """The amount in integer minor units."""
        return int(self.amount.scaleb(get_currency_precision(self.currency)))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def format(self, language: str) -> str:
        """The amount as people of a language write it, for example `₩62,000`."""
        return _formatted(self.amount, self.currency, language.replace("-", "_"))

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} with {other.currency}")
        return other


@lru_cache(REMEMBERED)
def _formatted(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


def tax_included(total: Money, percent: Decimal) -> Money:
    """The part of a tax-inclusive total that is tax: total · p / (100 + p), rounded half up."""
    return Money(total.amount * percent / (100 + percent), total.currency)

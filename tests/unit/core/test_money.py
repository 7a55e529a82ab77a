"""Money is exact, rounds half up to what its currency can pay, and never mixes currencies."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, tax_included

CURRENCIES = st.sampled_from(["KRW", "USD", "EUR"])
MINOR_UNITS = st.integers(-(10**12), 10**12)


def won(amount: str) -> Money:
    return Money(Decimal(amount), "KRW")


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("given_amount", "currency", "amount"),
    [
        # Half up means away from zero at the half; Python's round() would give 0, 2, 2 and 0.12.
        ("0.5", "KRW", "1"),
        ("1.5", "KRW", "2"),
        ("2.5", "KRW", "3"),
        ("-0.5", "KRW", "-1"),
        ("61999.49", "KRW", "61999"),
        ("0.125", "USD", "0.13"),
        ("0.005", "EUR", "0.01"),
        ("0.00499", "EUR", "0.00"),
    ],
)
def test_an_amount_is_rounded_half_up_to_what_can_be_paid(given_amount: str, currency: str, amount: str) -> None:
    assert str(Money(Decimal(given_amount), currency).amount) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(62_000, "KRW", "62000"), (6_200, "USD", "62.00"), (6_205, "EUR", "62.05"), (-1, "USD", "-0.01")],
)
def test_a_won_has_no_minor_unit_and_a_dollar_has_cents(minor: int, currency: str, amount: str) -> None:
    money = Money.from_minor(minor, currency)

    assert str(money.amount) == amount
    assert money.minor == minor


@given(MINOR_UNITS, CURRENCIES)
def test_minor_units_survive_the_way_through_money(minor: int, currency: str) -> None:
    assert Money.from_minor(minor, currency).minor == minor


@given(MINOR_UNITS, MINOR_UNITS, CURRENCIES)
def test_arithmetic_is_that_of_the_minor_units(first: int, second: int, currency: str) -> None:
    one, other = Money.from_minor(first, currency), Money.from_minor(second, currency)

    assert (one + other).minor == first + second
    assert (one - other).minor == first - second
    assert (one < other, one <= other, one == other) == (first < second, first <= second, first == second)


@pytest.mark.parametrize(
    "operation",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one <= other,
        lambda one, other: one > other,
        max,
    ],
)
def test_currencies_never_mix(operation: Callable[[Money, Money], object]) -> None:
    with pytest.raises(ValueError, match=r"^cannot mix (KRW with USD|USD with KRW)$"):
        operation(won("1"), dollars("1"))


def test_the_same_number_in_two_currencies_is_not_the_same_money() -> None:
    assert won("1") != dollars("1")
    assert len({won("1"), dollars("1"), won("1.2")}) == 2


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (won("62000"), "ko", "₩62,000"),
        (won("62000"), "en", "₩62,000"),
        (won("-1500"), "ko", "-₩1,500"),
        (dollars("62"), "en", "$62.00"),
        (dollars("1062.5"), "ko", "US$1,062.50"),
        (Money(Decimal("62.5"), "EUR"), "en", "€62.50"),
        (won("62000"), "en-us", "₩62,000"),
    ],
)
def test_money_is_written_as_people_of_the_language_write_it(money: Money, language: str, text: str) -> None:
    assert money.format(language) == text


@pytest.mark.parametrize(
    ("total", "percent", "tax"),
    [
        # 55,000 · 10 / 110 = 5,000 exactly.
        (won("55000"), "10", "5000"),
        # 62,000 · 10 / 110 = 5,636.36…
        (won("62000"), "10", "5636"),
        # 58,007 · 10 / 110 = 5,273.36…; ten per cent on top would be 5,800.7.
        (won("58007"), "10", "5273"),
        # 119 · 19 / 119 = 19 exactly.
        (Money(Decimal(119), "EUR"), "19", "19.00"),
        # 10.00 · 8.25 / 108.25 = 0.76212…
        (dollars("10"), "8.25", "0.76"),
        # 3 · 20 / 120 = 0.5: half a won is a whole one.
        (won("3"), "20", "1"),
        (won("62000"), "0", "0"),
    ],
)
def test_the_tax_inside_a_total_is_that_of_a_hand_calculation(total: Money, percent: str, tax: str) -> None:
    assert str(tax_included(total, Decimal(percent)).amount) == tax


@given(st.integers(0, 10**12), CURRENCIES, st.decimals("0", "30", places=2))
def test_net_and_tax_make_the_total_and_the_tax_is_the_nearest_that_can_be_paid(
    minor: int, currency: str, percent: Decimal
) -> None:
    total = Money.from_minor(minor, currency)

    tax = tax_included(total, percent)
    net = total - tax

    assert net + tax == total
    assert 0 <= tax.minor <= minor
    # |tax - total · p / (100 + p)| is at most half a minor unit, in integers and without a division.
    scaled = int(percent * 100)
    assert abs(tax.minor * (10_000 + scaled) - minor * scaled) * 2 <= 10_000 + scaled

"""Fixed prices, curves and the ladders of scarce components: one interface, whole minor units, never lower."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, tax_included
from editions.pricing import Card, ComponentLadder, CurveCard, Line, PriceCard, Step, card_from_json, price

GOLD = ComponentLadder("gold-strap", 10, (Step(1, 30_000), Step(8, 45_000)))
LADDER = PriceCard((Step(1, 58_000), Step(41, 64_000)), (GOLD,))
CURVE = CurveCard(size=100, first=58_000, last=90_000, power=4, unit=1_000)


def test_a_fixed_price_is_the_same_for_every_order() -> None:
    assert {price(PriceCard.fixed(58_000), orders).total for orders in range(100)} == {58_000}


def test_a_curve_runs_from_its_first_amount_to_its_last_in_whole_units() -> None:
    amounts = [CURVE.amount_at(orders) for orders in range(100)]

    assert (amounts[0], amounts[50], amounts[90], amounts[99]) == (58_000, 60_000, 79_000, 90_000)
    assert amounts == sorted(amounts)
    assert {amount % 1_000 for amount in amounts} == {0}


def test_a_straight_curve_rises_by_the_same_amount() -> None:
    assert [CurveCard(size=5, first=100, last=180).amount_at(orders) for orders in range(5)] == [
        100,
        120,
        140,
        160,
        180,
    ]


def test_a_curve_publishes_each_amount_with_its_first_order() -> None:
    card = CurveCard(size=5, first=100, last=180, power=2, unit=40)

    assert card.steps == (Step(1, 100), Step(4, 140), Step(5, 180))
    assert (card.step_at(2), card.step_at(3), card.last_order_of(0, 5), card.last_order_of(2, 5)) == (0, 1, 3, 5)


@pytest.mark.parametrize("left", [10, 4])
def test_the_first_units_of_a_component_pay_its_first_step(left: int) -> None:
    breakdown = price(LADDER, 0, components_left={"gold-strap": left})

    assert breakdown.lines == (Line("base", "", 58_000), Line("component", "gold-strap", 30_000))


def test_the_last_three_units_of_a_component_pay_its_last_step() -> None:
    breakdown = price(LADDER, 40, [Line("engraving", "name", 5_000)], {"gold-strap": 3})

    assert [line.amount for line in breakdown.lines] == [64_000, 45_000, 5_000]
    assert breakdown.total == 114_000


def test_a_design_pays_for_no_component_that_it_does_not_use() -> None:
    assert price(LADDER, 0, components_left={"steel-strap": 3}).total == 58_000


@pytest.mark.parametrize("left", [-1, 11])
def test_a_count_of_units_that_cannot_be_is_refused(left: int) -> None:
    with pytest.raises(ValueError, match="cannot be left"):
        price(LADDER, 0, components_left={"gold-strap": left})


def test_a_count_of_orders_below_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than none"):
        price(LADDER, -1)


def _steps(amounts: list[int], apart: int) -> tuple[Step, ...]:
    return tuple(Step(1 + apart * index, amount) for index, amount in enumerate(sorted(amounts)))


amounts = st.lists(st.integers(0, 10**9), min_size=1, max_size=6)
ladders = st.builds(lambda found: ComponentLadder("gold-strap", 60, _steps(found, 10)), amounts)
components = st.lists(ladders, max_size=1).map(tuple)
ladder_cards = st.builds(lambda found, scarce: PriceCard(_steps(found, 30), scarce), amounts, components)
curve_cards = st.builds(
    lambda size, first, more, power, unit, scarce: CurveCard(size, first, first + more, power, unit, scarce),
    st.integers(2, 200),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(1, 16),
    st.integers(1, 10_000),
    components,
)
cards = st.one_of(ladder_cards, curve_cards)
history = st.lists(st.booleans(), max_size=60)


@given(cards, history)
def test_no_order_of_whatever_kind_makes_the_next_one_cheaper(card: Card, uses_gold: list[bool]) -> None:
    orders, left, last = 0, 60, {True: 0, False: 0}
    for gold in uses_gold:
        for kind in (True, False):
            now = price(card, orders, components_left={"gold-strap": left} if kind else {}).total
            assert now >= last[kind]
            last[kind] = now
        orders, left = orders + 1, left - gold


@given(cards)
def test_a_card_survives_its_json(card: Card) -> None:
    assert card_from_json(card.as_json()) == card


@given(cards, st.integers(0, 250), st.integers(0, 60))
def test_every_amount_is_a_whole_number_of_minor_units(card: Card, orders: int, left: int) -> None:
    breakdown = price(card, orders, components_left={"gold-strap": left})

    assert all(type(line.amount) is int for line in breakdown.lines)


def test_a_card_from_before_components_is_still_read() -> None:
    assert card_from_json([{"from_order": 1, "amount": 100}]) == PriceCard.fixed(100)


@pytest.mark.parametrize(("currency", "text", "tax"), [("KRW", "12345", "1122"), ("USD", "123.45", "11.22")])
def test_minor_units_are_those_of_the_currency_and_the_tax_is_inside(currency: str, text: str, tax: str) -> None:
    total = Money.from_minor(price(PriceCard.fixed(12_345), 0).total, currency)

    assert (total.amount, tax_included(total, Decimal(10)).amount) == (Decimal(text), Decimal(tax))


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ({"first": 2, "last": 1}, "never falls"),
        ({"first": -1}, "never falls"),
        ({"size": 1}, "two pieces"),
        ({"power": 0}, "two pieces"),
        ({"power": 17}, "two pieces"),
        ({"unit": 0}, "two pieces"),
        ({"components": (GOLD, GOLD)}, "one ladder"),
    ],
)
def test_a_curve_that_breaks_its_promise_cannot_be_made(numbers: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        CurveCard(**{"size": 5, "first": 0, "last": 9, **numbers})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((Step(1, 200), Step(5, 100)), "never falls"),
        (tuple(Step(1 + n, n) for n in range(7)), "one to 6 steps"),
        ((Step(1, 100), Step(11, 200)), "never paid"),
    ],
)
def test_a_component_ladder_that_breaks_its_promise_cannot_be_made(steps: tuple[Step, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ComponentLadder("gold-strap", 10, steps)


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="no price policy 'auction'"):
        card_from_json({"policy": "auction"})

"""The price is a pure function of the published card and of a counter, and it never falls."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions.pricing import Line, PriceCard, Step, price

CARD = PriceCard((Step(1, 58_000), Step(41, 64_000), Step(71, 72_000), Step(91, 86_000)))


@pytest.mark.parametrize(
    ("orders_placed", "step", "amount"),
    [(0, 0, 58_000), (39, 0, 58_000), (40, 1, 64_000), (70, 2, 72_000), (90, 3, 86_000), (99, 3, 86_000)],
)
def test_the_next_order_pays_the_step_of_its_number(orders_placed: int, step: int, amount: int) -> None:
    breakdown = price(CARD, orders_placed, [])

    assert (breakdown.step, breakdown.total) == (step, amount)


def test_extras_are_added_and_free_ones_left_out() -> None:
    extras = [Line("option", "glaze/indigo", 5_000), Line("option", "lid/bamboo", 0), Line("engraving", "name", 5_000)]

    breakdown = price(CARD, 0, extras)

    assert breakdown.lines == (Line("base", "", 58_000), extras[0], extras[2])
    assert breakdown.total == 68_000


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(0, 200), st.integers(0, 200))
def test_a_price_never_falls_as_orders_come_in(amounts: list[int], first: int, more: int) -> None:
    steps = tuple(Step(1 + 10 * index, amount) for index, amount in enumerate(sorted(amounts)))
    card = PriceCard(steps)

    assert price(card, first, []).total <= price(card, first + more, []).total


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((), "one to 6 steps"),
        (tuple(Step(1 + n, 100 + n) for n in range(7)), "one to 6 steps"),
        ((Step(2, 100),), "start at order 1"),
        ((Step(1, 100), Step(1, 200)), "come in order"),
        ((Step(1, 200), Step(5, 100)), "never falls"),
        ((Step(1, -1),), "never falls"),
    ],
)
def test_a_card_that_breaks_its_promise_cannot_be_made(steps: tuple[Step, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PriceCard(steps)


def test_a_card_and_a_breakdown_survive_their_json() -> None:
    breakdown = price(CARD, 40, [Line("engraving", "name", 5_000)])

    assert PriceCard.from_json(CARD.as_json()) == CARD
    assert type(breakdown).from_json(breakdown.as_json()) == breakdown


def test_the_price_function_cannot_see_a_person() -> None:
    assert list(inspect.signature(price).parameters) == ["card", "orders_placed", "extras", "components_left", "units"]

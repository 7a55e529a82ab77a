"""What else changes with an option, in words; round amounts for a slider."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from configurator.studio import Change
from orders.budget import round_step
from orders.options import change_text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("Lid", "Bamboo", "Walnut"), "Lid: Bamboo → Walnut"),
        (Change("Finish", "Smoked", ""), "Finish: Smoked → no longer needed"),
        (Change("Finish", "", "Clear oil"), "Finish: new, Clear oil"),
    ],
)
def test_a_change_in_words(change: Change, words: str) -> None:
    with translation.override("en"):
        assert change_text(change) == words


@pytest.mark.parametrize(
    ("least", "step"),
    [(0, 1), (1, 1), (1.1, 2), (3, 5), (5, 5), (5.5, 10), (550, 1_000), (1_001, 2_000), (40_000, 50_000)],
)
def test_a_step_is_a_round_amount(least: float, step: int) -> None:
    assert round_step(least) == step


@given(st.floats(min_value=0, max_value=1e9))
def test_a_step_is_never_below_what_is_asked_and_never_far_above(least: float) -> None:
    step = round_step(least)

    assert step >= least
    assert step == 1 or step < 2.5 * least + 1
    assert str(step).rstrip("0") in ("1", "2", "5")

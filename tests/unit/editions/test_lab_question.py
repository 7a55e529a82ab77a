"""What staff may ask the lab, and that its answer can be published as it stands."""

import math
from dataclasses import replace

import numpy as np
import pytest

from editions.lab.demand import Exponential, Linear, Logit
from editions.lab.ladders import Ladder
from editions.lab.publishing import card_of, line_of, prices_of
from editions.lab.question import Question, UnableToAsk, answer
from editions.pricing import CurveCard, PriceCard, Step

QUESTION = Question(curve="exponential", worth=62_000, visitors_a_day=10.0, days=4.0, stock=8, steps=4, unit=1_000)


def test_the_question_is_a_market_in_minor_units() -> None:
    assert QUESTION.market.demand == Exponential(62_000.0)
    assert (QUESTION.market.visitors, QUESTION.market.stock) == (40.0, 8)
    assert replace(QUESTION, curve="linear").market.demand == Linear(124_000.0)
    assert replace(QUESTION, curve="logit", worth=50_000).market.demand == Logit(50_000.0, 1.0 / 12_500.0)


def test_the_answer_is_a_card_in_whole_units_that_earns_nearly_as_much() -> None:
    found = answer(QUESTION)
    exact = found.comparison.named("card").outcome.revenue

    assert len(found.card.steps) <= 4
    assert all(step.amount % 1_000 == 0 for step in found.card.steps)
    assert found.rounded.revenue == pytest.approx(exact, rel=1e-3)
    assert found.rounded.revenue <= exact * (1.0 + 1e-9)


def test_the_policies_come_from_the_simplest_to_the_bound() -> None:
    comparison = answer(QUESTION).comparison
    shares = [comparison.share_of_bound(policy) for policy in comparison.policies]

    assert [policy.name for policy in comparison.policies] == ["fixed", "line", "card", "never_lower", "free"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    for policy in comparison.policies:
        assert 0.0 <= policy.outcome.sell_out <= 1.0
        assert policy.outcome.lowest <= policy.outcome.highest
        assert policy.outcome.quantile(0.05) <= policy.outcome.quantile(0.5) <= policy.outcome.quantile(0.95)


def test_the_same_question_has_the_same_answer() -> None:
    assert answer(QUESTION).as_json() == answer(Question.from_json(QUESTION.as_json())).as_json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("curve", "flat"),
        ("worth", 0),
        ("visitors_a_day", 0.0),
        ("visitors_a_day", math.nan),
        ("visitors_a_day", math.inf),
        ("visitors_a_day", 1e6),
        ("days", -1.0),
        ("stock", 0),
        ("stock", 201),
        ("steps", 7),
        ("unit", 0),
        ("unit", 62_001),
        ("spread", 4.0),
    ],
)
def test_what_makes_no_sense_or_takes_minutes_is_refused(field: str, value: object) -> None:
    with pytest.raises(UnableToAsk) as refusal:
        replace(QUESTION, **{field: value})  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_steps_that_round_to_one_amount_become_one_step() -> None:
    ladder = Ladder(np.array([1_049.0, 1_049.0, 1_020.0 + 30.0, 1_160.0]), 0.0, (0, 2, 3))

    assert card_of(ladder, 100) == PriceCard((Step(1, 1_000), Step(3, 1_100), Step(4, 1_200)))
    assert card_of(ladder, 1_000) == PriceCard.fixed(1_000)
    assert list(prices_of(card_of(ladder, 100), 4)) == [1_000.0, 1_000.0, 1_100.0, 1_200.0]


def test_a_line_is_published_as_a_curve() -> None:
    assert line_of(Ladder(np.array([1_049.0, 1_300.0, 1_551.0]), 0.0), 100) == CurveCard(3, 1_000, 1_600, 1, 100)

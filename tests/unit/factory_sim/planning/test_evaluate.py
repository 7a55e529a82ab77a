"""The recursion equals a slow one in plain Python, and refuses what it would read wrongly."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.workloads import line
from factory_sim.planning import NO_STEP, Problem, followed
from tests.unit.factory_sim.planning.problems import small
from tests.unit.factory_sim.planning.slow_recursion import slowly_followed


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_the_recursion_equals_the_slow_one(jobs: int, seed: int) -> None:
    problem = small(jobs, seed)
    order = np.random.default_rng(seed).permutation(jobs)

    plan = followed(problem, order)

    objective, ready, set_up = slowly_followed(problem, order.tolist())
    assert plan.objective == pytest.approx(objective, rel=1e-12)
    assert plan.completion[order].tolist() == ready
    assert plan.set_up_minutes == set_up


def two_jobs() -> Problem:
    """Both go through a cutter with a set-up of 7 minutes from family 0 to 1, then through one of two ovens."""
    return Problem(
        minutes=[[10, 30], [10, 30]],
        station=[[0, 1], [0, 1]],
        machines=(1, 2),
        released_at=0,
        due_at=[40, 50],
        weight=[1, 3],
        family=[[0, 0], [1, 0]],
        set_up={0: [[0, 7], [4, 0]]},
        set_up_price=2,
    )


def test_a_plan_says_when_each_job_begins_and_is_ready_and_what_that_costs() -> None:
    plan = followed(two_jobs(), [0, 1])

    assert plan.begins.tolist() == [0, 17]
    assert plan.completion.tolist() == [40, 57]
    assert plan.tardiness.tolist() == [0, 7]
    assert (plan.set_up_minutes, plan.objective) == (7, 3 * 7 + 2 * 7)


def test_one_oven_less_keeps_the_second_job_waiting() -> None:
    plan = followed(replace(two_jobs(), machines=(1, 1)), [0, 1])

    assert plan.completion.tolist() == [40, 70]


def test_a_machine_that_is_down_and_set_up_for_another_family_delays_what_comes() -> None:
    plan = followed(replace(two_jobs(), free_at=[20, 0, 0], family_at=[1, -1, -1]), [0, 1])

    assert plan.begins.tolist() == [24, 41]


def test_a_broken_promise_costs_besides() -> None:
    plan = followed(replace(two_jobs(), promised_at=[40, 55], churn_price=100), [0, 1])

    assert plan.objective == 3 * 7 + 2 * 7 + 100 * 2


def test_a_plan_knows_which_head_of_it_has_begun() -> None:
    plan = followed(two_jobs(), [1, 0])

    assert [plan.head(until).tolist() for until in (0, 1, 100)] == [[], [1], [1, 0]]


WRONG: dict[str, dict[str, Any]] = {
    "a station that there is not": {"station": [[0, 1], [0, 2]]},
    "a station before the first": {"station": [[0, 1], [0, -2]]},
    "a step after the last": {"station": [[0, 1], [NO_STEP, 1]]},
    "shapes that differ": {"station": [[0], [0]]},
    "a family that there is not": {"family": [[0, 0], [2, 0]]},
    "a set-up of that family": {"family_at": [2, 0, 0]},
    "a family before the first": {"family": [[-2, 0], [0, 0]]},
    "no machine": {"machines": (1, 0)},
    "negative minutes": {"minutes": [[10, 30], [10, -1]]},
    "minutes without end": {"minutes": [[10, 30], [10, float("inf")]]},
    "a negative weight": {"weight": -1},
    "a negative price": {"churn_price": -1},
    "a release that never comes": {"released_at": float("inf")},
    "a machine that never comes": {"free_at": float("inf")},
    "no number": {"due_at": float("nan")},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(two_jobs(), **change)


def test_a_line_of_any_length_is_a_problem() -> None:
    assert line(5).jobs == 5

"""Following another plan: the frozen head, arrivals, breakdowns, and promises that are kept."""

import os
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.workloads import after_arrival, line, without_last
from factory_sim.planning import followed, plan, replanned

ARRIVALS = max(6, int(os.environ.get("DURE_FACTORIES", "20")) // 3)
JOBS = 60
HOUR = 60
FROZEN = 4


def share_worsened(*, churn_price: float) -> float:
    """Of the promises given before a job arrived, the share that is over an hour worse after it was planned."""
    worsened = 0
    for seed in range(ARRIVALS):
        whole = line(JOBS + 1, seed)
        before = plan(without_last(whole), moves=30_000, seed=seed)
        arrived = after_arrival(whole, before, churn_price=churn_price)
        after = replanned(arrived, before.sequence, frozen=FROZEN, moves=60_000, seed=seed)
        worsened += int((after.completion[:JOBS] > before.completion + HOUR).sum())
    return worsened / (ARRIVALS * JOBS)


def test_an_arrival_hardly_ever_worsens_a_promise_by_over_an_hour() -> None:
    assert share_worsened(churn_price=20) < 0.02


def test_without_a_price_for_it_promises_are_broken() -> None:
    assert share_worsened(churn_price=0) > 0.02


def test_the_frozen_head_stays() -> None:
    problem, before = line(30), list(range(28))

    after = replanned(problem, before, frozen=10, moves=20_000)

    assert after.sequence[:10].tolist() == before[:10]
    assert sorted(after.sequence) == list(range(30))
    assert after.sequence[10:28].tolist() != before[10:]


def test_without_a_frozen_head_it_would_move() -> None:
    assert replanned(line(30), range(28), moves=20_000).sequence[:10].tolist() != list(range(10))


def test_an_arrival_is_put_where_it_costs_least_even_when_there_is_no_time_to_search() -> None:
    problem = line(12)
    before = [*range(11)]

    after = replanned(problem, before, frozen=2, moves=0)

    places = [followed(problem, np.insert(before, place, 11)).objective for place in range(2, 12)]
    assert after.objective == min(places)
    assert [job for job in after.sequence if job != 11] == before


def test_when_time_is_up_arrivals_come_last() -> None:
    after = replanned(line(12), range(10), seconds=0)

    assert after.sequence[:10].tolist() == list(range(10))
    assert sorted(after.sequence[10:]) == [10, 11]


def test_after_a_breakdown_the_plan_starts_from_the_machines_as_they_are() -> None:
    problem = line(20)
    before = plan(problem, moves=10_000)
    broken = replace(problem, free_at=[0, 0, 0, 240, 0, 0, 0, 0])

    after = replanned(broken, before.sequence, moves=10_000)

    assert after.completion.min() > 240
    assert after.objective <= followed(broken, before.sequence).objective


def test_a_word_from_the_staff_brings_a_job_forward() -> None:
    problem = line(40)
    before = plan(problem, moves=20_000)
    last = int(before.sequence[-1])
    hurried = replace(
        problem,
        due_at=np.where(np.arange(40) == last, 0, problem.due_at),
        weight=np.where(np.arange(40) == last, 1000, problem.weight),
    )

    after = replanned(hurried, before.sequence, frozen=FROZEN, moves=20_000)

    assert after.sequence[FROZEN] == last


@pytest.mark.parametrize(("before", "frozen"), [([0, 0], 0), ([5], 0), ([-1], 0), ([0, 1], 3), ([0, 1], -1)])
def test_a_plan_before_that_cannot_be_is_refused(before: list[int], frozen: int) -> None:
    with pytest.raises(ValueError, match="before"):
        replanned(line(5), before, frozen=frozen)

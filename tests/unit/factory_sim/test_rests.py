"""What is left of work that has lasted so long already: what the draws say of those that are not done by then."""

import numpy as np
import pytest

from factory_sim.contracts import OperationSpec
from factory_sim.draws import log_normal_parameters
from factory_sim.promise_draws import REPLICATIONS, Minutes, durations, rests
from tests.unit.factory_sim.plants import step

CUP = step("fire", "kiln", 60, variation=0.3)
BIG = step("fire", "kiln", 80, variation=0.2)
SHARES = (0.1, 0.5, 0.9)


def by_rejection(operations: list[OperationSpec], worked: float) -> Minutes:
    """The rests of a great many works, of which those are left out that are done."""
    generator = np.random.Generator(np.random.PCG64(1))
    logs = [log_normal_parameters(each.minutes, each.variation) for each in operations]
    longest: Minutes = np.max([generator.lognormal(mu, sigma, 400_000) for mu, sigma in logs], axis=0)
    return longest[longest > worked] - worked


@pytest.mark.parametrize("operations", [[CUP], [CUP, CUP, BIG]])
@pytest.mark.parametrize("worked", [0.0, 50.0, 80.0])
def test_they_are_those_of_work_that_is_not_done_yet(operations: list[OperationSpec], worked: float) -> None:
    ours, theirs = rests(operations, worked, "cup", 0), by_rejection(operations, worked)

    assert (ours > 0).all()
    assert np.quantile(ours, SHARES) == pytest.approx(np.quantile(theirs, SHARES), rel=0.03, abs=0.3)


def test_control_draws_that_do_not_know_it_are_shorter() -> None:
    ignorant = np.maximum(durations(CUP, "cup", 0) - 80.0, 0.0)

    assert np.median(ignorant) < 0.5 * np.median(rests([CUP], 80.0, "cup", 0))


def test_certain_work_takes_what_is_left_of_it() -> None:
    steady = step("fire", "kiln", 60)

    assert set(rests([steady], 45.0, "cup", 0)) == {15}


def test_what_is_overdue_beyond_belief_takes_a_twentieth_still() -> None:
    assert set(rests([CUP], 5_000.0, "cup", 0)) == {3}
    assert set(rests([step("fire", "kiln", 60)], 61.0, "cup", 0)) == {3}


def test_the_luck_stays_the_same_while_work_goes_on() -> None:
    ends = [worked + rests([CUP], worked, "cup", 0) for worked in (0.0, 20.0, 21.0)]

    # Nobody is done after 20 minutes of work that takes 60: what is known changes nothing yet.
    assert np.allclose(ends[0], ends[1], rtol=2e-2)
    assert np.argsort(ends[2]).tolist() == np.argsort(ends[0]).tolist()
    assert len(ends[0]) == REPLICATIONS

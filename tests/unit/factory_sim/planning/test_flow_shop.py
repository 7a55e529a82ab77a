"""The flow shop: Taillard's instances as he published them, and makespans close to the best known."""

from itertools import permutations

import numpy as np
import pytest

from benchmarks.taillard import INSTANCES, Instance
from factory_sim.planning import Problem, followed
from factory_sim.planning.flow_shop import makespan, shortest

PUBLISHED = [54, 83, 15, 71, 77, 36, 53, 38, 27, 87, 76, 91, 14, 29, 12, 77, 32, 87, 68, 94]
"""The first machine of his first instance."""


def flow_shop(minutes: np.ndarray) -> Problem:
    stations = minutes.shape[1]
    return Problem(
        minutes=minutes,
        station=np.broadcast_to(np.arange(stations), minutes.shape),
        machines=(1,) * stations,
        released_at=0,
        due_at=0,
        weight=1,
    )


def test_the_generator_makes_the_instance_that_was_published() -> None:
    minutes = INSTANCES[0].minutes()

    assert minutes.shape == (20, 5)
    assert minutes[:, 0].tolist() == PUBLISHED


@pytest.mark.parametrize("instance", [INSTANCES[0], INSTANCES[5], INSTANCES[6], INSTANCES[17]], ids=str)
def test_a_makespan_comes_within_two_percent_of_the_best_known(instance: Instance) -> None:
    minutes = instance.minutes()

    found = makespan(minutes, shortest(minutes, rounds=200, seed=1))

    assert instance.best_known <= found <= 1.02 * instance.best_known


def test_the_makespan_is_the_end_of_the_plan() -> None:
    minutes = INSTANCES[3].minutes()
    order = np.random.default_rng(0).permutation(20)

    assert makespan(minutes, order) == followed(flow_shop(minutes), order).completion.max()


@pytest.mark.parametrize("seed", range(5))
def test_seven_jobs_are_ready_as_early_as_by_trying_every_order(seed: int) -> None:
    minutes = np.random.default_rng(seed).integers(1, 99, (7, 5))

    best = min(makespan(minutes, np.array(order)) for order in permutations(range(7)))

    assert makespan(minutes, shortest(minutes, rounds=200)) == best


def test_an_order_is_repeatable_by_seed_and_rounds() -> None:
    minutes = INSTANCES[9].minutes()

    one, same, other = (shortest(minutes, rounds=20, seed=seed).tolist() for seed in (1, 1, 2))

    assert one == same != other
    assert sorted(one) == list(range(50))

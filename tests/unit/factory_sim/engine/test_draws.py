"""Draws by what they are for: nobody's luck depends on who else is there, and they have the distributions they say."""

import numpy as np
import pytest

from factory_sim.engine import draws
from factory_sim.engine.draws import Purposes
from factory_sim.engine.model import PASS, REMAKE

MANY = 200_000


def purposes(orders: list[str], *, replications: int = 3, visits: int = 2) -> Purposes:
    """Two operations an order."""
    names = [order for order in orders for _ in range(2)]
    return Purposes(draws.keys(names), draws.keys(["throw", "fire"] * len(orders)), replications, visits)


def drawn(orders: list[str], replications: int = 3) -> tuple[np.ndarray, np.ndarray]:
    count = 2 * len(orders)
    asked = purposes(orders, replications=replications)
    minutes = draws.durations(7, asked, means=np.full(count, 10.0), variations=np.full(count, 0.5))
    return minutes, draws.verdicts(7, asked, rates=np.full(count, 0.4), back_to=np.full(count, REMAKE))


def test_one_more_order_changes_nobody_elses_luck() -> None:
    minutes, verdicts = drawn(["a", "b", "c"])
    more_minutes, more_verdicts = drawn(["a", "rush", "b", "c"])

    others = [0, 1, 4, 5, 6, 7]
    assert np.array_equal(more_minutes[:, others], minutes)
    assert np.array_equal(more_verdicts[:, others], verdicts)


def test_more_replications_change_none_of_the_first() -> None:
    assert np.array_equal(drawn(["a", "b"], replications=8)[0][:3], drawn(["a", "b"])[0])


def test_control_a_stream_would_give_them_others() -> None:
    def from_a_stream(orders: int) -> np.ndarray:
        return np.random.default_rng(7).random((3, 2 * orders, 2))

    assert not np.array_equal(from_a_stream(4)[:, [0, 1, 4, 5, 6, 7]], from_a_stream(3))


def test_no_two_draws_are_alike() -> None:
    minutes, _ = drawn([f"order {number}" for number in range(500)])

    assert len(np.unique(minutes)) == minutes.size
    assert not np.intersect1d(draws.uniform(7, "a", np.arange(100)), draws.uniform(8, "a", np.arange(100))).size


def test_one_more_machine_breaks_nobody_elses() -> None:
    alone = draws.breakdowns(7, machines=draws.keys(["kiln 1"]), up=120, repair=8, shape=(4, 10))
    together = draws.breakdowns(7, machines=draws.keys(["kiln 0", "kiln 1"]), up=120, repair=8, shape=(4, 10))

    assert np.array_equal(together[0][:, 1:], alone[0])
    assert np.array_equal(together[1][:, 1:], alone[1])


def test_uniform_numbers_fill_the_line_evenly() -> None:
    values = draws.uniform(1, "evenly", np.arange(MANY))
    share = np.histogram(values, bins=100, range=(0, 1))[0] / MANY

    assert 0 < values.min() < values.max() < 1
    assert np.abs(share - 0.01).max() < 0.0015
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.01


def test_durations_have_their_mean_and_variation() -> None:
    asked = Purposes(draws.keys(["a"]), draws.keys(["fire"]), MANY, 1)
    minutes = draws.durations(3, asked, means=np.array([12.0]), variations=np.array([0.5]))

    assert minutes.mean() == pytest.approx(12, rel=0.01)
    assert minutes.std() / minutes.mean() == pytest.approx(0.5, rel=0.02)


def test_without_variation_an_operation_takes_its_mean() -> None:
    minutes = draws.durations(3, purposes(["a"]), means=np.array([12.0, 5.0]), variations=np.zeros(2))

    assert minutes == pytest.approx(np.broadcast_to(np.array([12.0, 5.0])[:, None], minutes.shape), abs=1e-12)


def test_verdicts_come_with_their_rate_and_the_last_visit_passes() -> None:
    asked = Purposes(draws.keys(["a"]), draws.keys(["look"]), MANY, 3)
    verdicts = draws.verdicts(3, asked, rates=np.array([0.05]), back_to=np.array([REMAKE]))

    assert set(np.unique(verdicts)) == {REMAKE, PASS}
    assert (verdicts[:, :, :-1] == REMAKE).mean() == pytest.approx(0.05, rel=0.05)
    assert (verdicts[:, :, -1] == PASS).all()


def test_breakdowns_have_their_means() -> None:
    uptimes, repairs = draws.breakdowns(3, machines=draws.keys(["a"]), up=120, repair=8, shape=(MANY // 100, 100))

    assert uptimes.mean() == pytest.approx(120, rel=0.02)
    assert repairs.mean() == pytest.approx(8, rel=0.02)

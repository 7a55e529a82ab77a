"""Bid prices of scarce components against the closed form, the research's small workshop and SciPy's HiGHS."""

import math

import numpy as np
import pytest
from scipy.optimize import linprog  # type: ignore[import-untyped]

from editions.lab import free
from editions.lab.demand import Demand, Elastic, Exponential, Floats, Linear, Logit
from editions.lab.scarce import Variant, Workshop, bid_prices, exact_bids, exact_values, fluid_bids
from editions.lab.simplex import Unbounded, maximise

PLAIN, GOLD = Variant(Exponential(1.0), 20.0, (1, 0)), Variant(Exponential(1.8), 10.0, (1, 1))
STRAPS = Workshop((PLAIN, GOLD), (10, 3))


def test_one_stock_and_one_variant_are_the_closed_form() -> None:
    workshop = Workshop((Variant(Exponential(1.0), 20.0, (1,)),), (10,))
    values = free.closed_form(Exponential(1.0), 20.0, 10)
    found = exact_bids(workshop)

    assert exact_values(workshop)[1:] == pytest.approx(values[1:], rel=1e-6)
    assert found.bids[0] == pytest.approx(values[10] - values[9], rel=1e-5)


def test_the_workshop_with_three_gold_straps_is_the_researchs() -> None:
    found = exact_bids(STRAPS)

    assert found.revenue == pytest.approx(12.27225, abs=1e-5)
    assert found.bids == pytest.approx([0.24664, 0.85041], abs=3e-5)
    assert found.prices == pytest.approx([1.24664, 2.84306], abs=3e-5)


def test_its_fluid_problem_is_the_researchs() -> None:
    found = fluid_bids(STRAPS)

    assert found.revenue == pytest.approx(13.85021, abs=6e-6)
    assert found.bids == pytest.approx([0.04982, 0.31733], abs=2e-5)
    assert found.prices == pytest.approx([1.04982, 2.16715], abs=3e-5)


def test_the_fluid_problem_of_one_stock_is_its_formula() -> None:
    found = fluid_bids(Workshop((Variant(Exponential(1.0), 20.0, (1,)),), (5,)))

    assert found.revenue == pytest.approx(5.0 * math.log(20.0 / 5.0), rel=1e-9)


@pytest.mark.parametrize("demand", [Exponential(1.3), Logit(1.0, 4.0), Linear(2.0), Elastic(1.0, 2.0)])
def test_the_fluid_problem_is_highs_on_a_fine_grid_of_prices(demand: Demand) -> None:
    workshop = Workshop((Variant(demand, 30.0, (1, 0)), Variant(Exponential(1.8), 12.0, (1, 2))), (9, 5))
    grid = np.linspace(1.0, 4.0, 1501)
    sales = np.concatenate([each.visitors * each.demand.share(grid) for each in workshop.variants])
    uses = np.repeat([each.uses for each in workshop.variants], len(grid), axis=0)
    shares = np.repeat(np.eye(2), len(grid), axis=0)
    peer = linprog(
        -sales * np.tile(grid, 2),
        (np.hstack([uses, shares]) * np.hstack([sales[:, None]] * 2 + [np.ones((len(sales), 1))] * 2)).T,
        [9, 5, 1, 1],
    )
    found = fluid_bids(workshop)

    assert found.revenue == pytest.approx(-peer.fun, rel=1e-5)
    assert found.bids == pytest.approx(-peer.ineqlin.marginals[:2], abs=5e-3)


@pytest.mark.parametrize("seed", range(25))
def test_a_linear_programme_has_the_optimum_and_the_duals_of_highs(seed: int) -> None:
    """Random programmes; numbers drawn at random have one optimum and one set of duals."""
    drawn = np.random.default_rng(seed)
    rows, width = drawn.integers(2, 9), drawn.integers(2, 25)
    costs, limits = drawn.normal(1.0, 2.0, width), drawn.uniform(1.0, 9.0, rows)
    table = drawn.uniform(0.1, 2.0, (rows, width)) * (drawn.random((rows, width)) < 0.7)
    table[-1] = drawn.uniform(0.1, 1.0, width)
    peer = linprog(-costs, table, limits)
    found = maximise(costs, table, limits)

    assert found.value == pytest.approx(-peer.fun, rel=1e-9)
    assert found.duals == pytest.approx(-peer.ineqlin.marginals, abs=1e-8)
    assert np.all(table @ found.x <= limits + 1e-9)


def test_two_published_fares_have_the_bid_prices_of_the_research() -> None:
    """Fares 100 and 180, demand 20 and 10; 12 bases, of which the second fare also takes one of 3 straps."""
    found = maximise(
        np.array([100.0, 180.0]), np.array([[1.0, 1], [0, 1], [1, 0], [0, 1]]), np.array([12.0, 3, 20, 10])
    )

    assert found.value == pytest.approx(1440.0)
    assert found.duals[:2] == pytest.approx([100.0, 80.0])


def test_a_programme_that_makes_the_steepest_rule_run_in_circles_ends() -> None:
    """Beale's example of 1955."""
    costs = np.array([0.75, -150.0, 0.02, -6.0])
    rows = np.array([[0.25, -60.0, -0.04, 9.0], [0.5, -90.0, -0.02, 3.0], [0.0, 0.0, 1.0, 0.0]])

    assert maximise(costs, rows, np.array([0.0, 0.0, 1.0])).value == pytest.approx(0.05)


def test_programmes_without_an_answer_are_refused() -> None:
    with pytest.raises(Unbounded):
        maximise(np.array([1.0]), np.array([[-1.0]]), np.array([1.0]))
    with pytest.raises(ValueError, match="below 0"):
        maximise(np.array([1.0]), np.array([[1.0]]), np.array([-1.0]))


@pytest.mark.parametrize("time_left", [1.0, 0.5, 0.1])
def test_the_fluid_value_is_above_the_exact_one_and_both_fall_with_time(time_left: float) -> None:
    rest = STRAPS.after((10, 3), time_left)

    assert exact_bids(rest).revenue < fluid_bids(rest).revenue
    assert exact_bids(rest).revenue <= exact_bids(STRAPS).revenue
    assert np.all(exact_bids(rest).bids <= exact_bids(STRAPS).bids + 1e-12)


def test_what_is_gone_has_no_price() -> None:
    for bids in (exact_bids, fluid_bids):
        found = bids(STRAPS.after((2, 0), 0.5))

        assert found.prices[1] == math.inf
        assert 1.0 < found.prices[0] < 3.0
        assert found.bids[1] == math.inf
        assert bids(STRAPS.after((0, 3), 0.5)).revenue == 0.0


def test_the_last_unit_is_worth_more_than_one_of_many() -> None:
    bids = [exact_bids(Workshop((PLAIN, GOLD), (10, straps))).bids[1] for straps in (1, 2, 3, 4)]

    assert bids == sorted(bids, reverse=True)


def test_small_workshops_are_solved_exactly_and_large_ones_by_the_fluid_problem() -> None:
    large = Workshop(
        (Variant(Exponential(1.0), 900.0, (1, 0, 0)), Variant(Exponential(2.0), 300.0, (1, 1, 1))), (300, 60, 40)
    )

    assert (STRAPS.states, STRAPS.can_be_exact, bid_prices(STRAPS).method) == (44, True, "exact")
    assert (large.states, large.can_be_exact, bid_prices(large).method) == (752_801, False, "fluid")


def test_the_fluid_prices_solved_again_four_times_earn_98_percent() -> None:
    """In every state, at each quarter of the time; their expected revenue by the linear differential equation."""
    values = np.zeros((11, 4))
    for quarter in range(1, 5):
        prices = np.array(
            [[fluid_bids(STRAPS.after((base, strap), quarter / 4)).prices for strap in range(4)] for base in range(11)]
        )
        for _ in range(100):
            values = values + _sold(values, prices) / 400.0

    assert values[10, 3] / exact_bids(STRAPS).revenue == pytest.approx(0.982, abs=1e-3)


def _sold(values: Floats, prices: Floats) -> Floats:
    """What a unit of time brings at prices by state and variant."""
    change = np.zeros_like(values)
    plain, gold = prices[1:, :, 0], prices[1:, 1:, 1]
    change[1:] += 20.0 * np.exp(-plain) * (plain + values[:-1] - values[1:])
    change[1:, 1:] += 10.0 * np.exp(-gold / 1.8) * (gold + values[:-1, :-1] - values[1:, 1:])
    return change


@pytest.mark.parametrize(
    ("variants", "stocks"),
    [((), (3,)), ((PLAIN,), (3,)), ((Variant(Exponential(1.0), 5.0, (0,)),), (3,)), ((PLAIN,), (3, -1))],
)
def test_a_workshop_that_cannot_be_is_refused(variants: tuple[Variant, ...], stocks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"uses some units|no stock is below"):
        Workshop(variants, stocks)

"""The pricing lab against what is known from elsewhere: closed forms, published tables, SciPy, simulation."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp  # type: ignore[import-untyped]
from scipy.special import wrightomega  # type: ignore[import-untyped]
from scipy.stats import poisson  # type: ignore[import-untyped]

from editions.lab import birth, free, ladders, never_lower
from editions.lab.demand import Demand, Elastic, Exponential, Floats, Linear, Logit, wright_omega
from editions.lab.market import Market
from editions.lab.simulation import simulate

ONE = Exponential(1.0)
LOGIT = Logit(middle=1.0, steepness=4.0)
LINEAR = Linear(2.0)
CURVES: list[Demand] = [ONE, LOGIT, LINEAR, Elastic(1.0, 2.0), Elastic(1.0, 3.0)]
VISITORS = 20.0

# Exponential willingness to pay of mean 1, 20 visitors. Stock: optimum, its price on the first day, best fixed price
# and its revenue, the straight line's first price, rise and revenue, revenue of the best ladder of all.
TABLE = {
    1: (2.12316997, 3.12316997, 2.510104, 2.015932, None, None, 2.015932, 2.015932),
    2: (3.56740778, 2.44423781, 2.132476, 3.394396, 2.02844, 0.26525, 3.411123, 3.411123),
    3: (4.62308283, 2.05567505, 1.876883, 4.417075, 1.73166, 0.18146, 4.445929, 4.449442),
    4: (5.41125161, 1.78816879, 1.686344, 5.196332, 1.52599, 0.13224, 5.231969, 5.240111),
    5: (6.00040013, 1.58914852, 1.536997, 5.794273, 1.37496, 0.09986, 5.832166, 5.844540),
    6: (6.43602821, 1.43562808, 1.416649, 6.251192, 1.26106, 0.07686, 6.287739, 6.303132),
    7: (6.75170111, 1.31567290, 1.318321, 6.595996, 1.17470, 0.05957, 6.628519, 6.645343),
    8: (6.97401575, 1.22231464, 1.237734, 6.850968, 1.11007, 0.04603, 6.877729, 6.894344),
    9: (7.12498391, 1.15096816, 1.172146, 7.034221, 1.06327, 0.03512, 7.054455, 7.069431),
    10: (7.22310664, 1.09812273, 1.119720, 7.161071, 1.03126, 0.02618, 7.174956, 7.187281),
}
# Optimal prices with a share of the time left, by stock.
TIMES = (1.0, 0.75, 0.5, 0.25, 0.1)
PRICES = {
    1: (3.123170, 2.874597, 2.543040, 2.043592, 1.551445),
    2: (2.444238, 2.204714, 1.894561, 1.467370, 1.144912),
    3: (2.055675, 1.827672, 1.545218, 1.206131, 1.032549),
    5: (1.589149, 1.393682, 1.186573, 1.028612, 1.000861),
    10: (1.098123, 1.030169, 1.003169, 1.000019, 1.000000),
}
STOCKS = (1, 2, 3, 5, 10)
OTHER_CURVES = [
    (LINEAR, (1.666667, 3.132467, 4.416443, 6.485650, 9.260429), (1.833333, 1.732900, 1.641988, 1.477479, 1.164920)),
    (LOGIT, (1.441050, 2.678797, 3.782961, 5.685520, 9.005099), (1.705899, 1.519093, 1.403864, 1.247699, 1.006332)),
    (
        Elastic(1.0, 2.0),
        (3.146971, 5.089785, 6.588291, 8.944259, 13.187239),
        (6.293942, 3.885627, 2.997013, 2.199335, 1.468845),
    ),
]
OTHER_FIXED = [
    (LINEAR, 5, 1.41931, 6.27952),
    (LINEAR, 10, 1.16445, 9.10711),
    (LOGIT, 5, 1.18191, 5.45078),
    (LOGIT, 10, 0.99396, 8.75013),
    (Elastic(1.0, 2.0), 5, 1.95886, 8.25121),
    (Elastic(1.0, 2.0), 10, 1.40032, 12.37568),
]
LOADS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.3)


@pytest.mark.parametrize("demand", CURVES)
def test_the_best_response_earns_more_than_any_other_price(demand: Demand) -> None:
    for cost in (0.0, 0.3, 1.0, 1.7):
        tried = np.linspace(max(cost, 1e-9), 9.0, 90_001)
        best = demand.best_response(cost)

        assert (best - cost) * demand.share(best) >= ((tried - cost) * demand.share(tried)).max()


@pytest.mark.parametrize("demand", CURVES)
def test_the_slope_is_the_derivative_of_the_share(demand: Demand) -> None:
    prices = np.array([1.1, 1.3, 1.7, 2.5])
    differences = (demand.share(prices + 1e-6) - demand.share(prices - 1e-6)) / 2e-6

    assert demand.slope(prices) == pytest.approx(differences, abs=1e-8)
    assert np.all(np.diff(demand.share(np.linspace(0.01, 5.0, 500))) <= 0.0)


def test_wright_omega_is_scipys() -> None:
    z = np.concatenate([np.linspace(-600.0, 600.0, 2401), np.linspace(-3.0, 3.0, 601)])

    assert wright_omega(z) == pytest.approx(wrightomega(z), rel=1e-13)


@pytest.mark.parametrize("visitors", [5.0, 20.0, 54.4, 100.0])
def test_the_integrated_optimum_is_the_closed_form(visitors: float) -> None:
    """Gallego and van Ryzin's formula, by our own scheme and by SciPy's integrator."""
    market = Market(ONE, visitors, 10)
    exact = free.closed_form(ONE, visitors, 10)
    peer = solve_ivp(lambda _, j: free.gain(market, j), (0, 1), np.zeros(11), method="DOP853", rtol=1e-10, atol=1e-12)

    assert free.free_values(market)[1:] == pytest.approx(exact[1:], rel=1e-6)
    assert peer.y[1:, -1] == pytest.approx(exact[1:], rel=1e-9)


@pytest.mark.parametrize("stock", [100, 500])
def test_the_closed_form_holds_where_stock_is_large_and_very_scarce(stock: int) -> None:
    demand = Exponential(62_000.0)
    market = Market.with_load(demand, stock, 0.2)
    exact = free.closed_form(demand, market.visitors, stock)

    assert free.free_values(market)[-1] == pytest.approx(exact[-1], rel=1e-6)


def test_eulers_error_falls_by_half_when_the_step_does() -> None:
    market = Market(ONE, VISITORS, 10)
    exact = free.closed_form(ONE, VISITORS, 10)[1:]
    errors = [
        free.last(free.values_over_time(market, steps, free.euler_step))[1:] / exact - 1.0
        for steps in (500, 1000, 2000)
    ]

    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.05)
    assert errors[1] / errors[2] == pytest.approx(2.0, abs=0.025)
    assert np.all(np.abs(errors[2]) < 1e-3)


@pytest.mark.parametrize("stock", TABLE)
def test_values_and_first_prices_are_those_of_the_table(stock: int) -> None:
    values = free.free_values(Market(ONE, VISITORS, stock))

    assert values[-1] == pytest.approx(TABLE[stock][0], abs=6e-9)
    assert ONE.best_response(values[-1] - values[-2]) == pytest.approx(TABLE[stock][1], abs=2e-8)


@pytest.mark.parametrize("stock", PRICES)
def test_optimal_prices_over_time_are_those_of_the_table(stock: int) -> None:
    for time, expected in zip(TIMES, PRICES[stock], strict=True):
        values = free.free_values(Market(ONE, VISITORS * time, stock))

        assert ONE.best_response(values[-1] - values[-2]) == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize(("demand", "values", "prices"), OTHER_CURVES)
def test_other_curves_are_those_of_the_table(demand: Demand, values: list[float], prices: list[float]) -> None:
    found = free.free_values(Market(demand, VISITORS, 10))

    assert found[list(STOCKS)] == pytest.approx(values, abs=6e-7)
    assert demand.best_response(np.diff(found))[[stock - 1 for stock in STOCKS]] == pytest.approx(prices, abs=6e-7)


@pytest.mark.parametrize("stock", TABLE)
def test_the_best_fixed_price_and_the_best_line_are_those_of_the_table(stock: int) -> None:
    _, _, price, fixed, first, rise, line, _ = TABLE[stock]
    market = Market(ONE, VISITORS, stock)
    best, curve = ladders.best_fixed(market), ladders.best_curve(market)

    assert best.prices[0] == pytest.approx(price, abs=2e-6)
    assert best.revenue == pytest.approx(fixed, abs=1e-6)
    assert curve.revenue == pytest.approx(line, abs=1e-6)
    if first is not None:
        assert curve.prices[0] == pytest.approx(first, abs=2e-5)
        assert curve.prices[1] - curve.prices[0] == pytest.approx(rise, abs=2e-5)


@pytest.mark.parametrize(("demand", "stock", "price", "revenue"), OTHER_FIXED)
def test_the_best_fixed_price_of_other_curves(demand: Demand, stock: int, price: float, revenue: float) -> None:
    best = ladders.best_fixed(Market(demand, VISITORS, stock))

    assert best.prices[0] == pytest.approx(price, abs=1e-5)
    assert best.revenue == pytest.approx(revenue, abs=1e-5)


@pytest.mark.parametrize("stock", TABLE)
def test_a_card_with_a_step_for_each_piece_is_the_best_ladder_of_the_table(stock: int) -> None:
    cards = ladders.best_cards(Market(ONE, VISITORS, stock), stock)

    assert cards[-1].revenue == pytest.approx(TABLE[stock][7], abs=1e-6)
    assert len(cards[-1].starts) == stock
    assert np.all(np.diff(cards[-1].prices) >= 0.0)


def test_published_bounds_of_a_single_price_for_a_single_piece() -> None:
    """Şen 2013: at least 96.93 % of the optimum for linear demand, 89.85 % for a constant elasticity."""
    linear = Market(LINEAR, 16.2, 1)
    elastic = Market(Elastic(1.0, 2.55), 1500.0, 1)

    assert ladders.best_fixed(linear).revenue / free.free_values(linear)[1] == pytest.approx(0.9693, abs=5e-5)
    assert ladders.best_fixed(elastic).revenue / free.free_values(elastic)[1] == pytest.approx(0.8985, abs=5e-4)


def test_a_fixed_prices_revenue_is_that_of_a_poisson_number_of_buyers() -> None:
    market = Market(ONE, VISITORS, 5)
    buyers = VISITORS * math.exp(-1.5)

    assert ladders.revenue_of(market, np.full(5, 1.5)) == pytest.approx(
        1.5 * poisson.sf(np.arange(5), buyers).sum(), rel=1e-13
    )
    assert ladders.outcome(market, np.full(5, 1.5)).sell_out == pytest.approx(poisson.sf(4, buyers), rel=1e-12)


def test_a_ladders_revenue_is_that_of_its_differential_equation() -> None:
    market = Market(LOGIT, 60.0, 12)
    prices = np.linspace(0.8, 1.6, 12)
    rates = 60.0 * LOGIT.share(prices)

    def change(_: float, worth: Floats) -> Floats:
        return np.append(rates * (prices + worth[1:] - worth[:-1]), 0.0)

    peer = solve_ivp(change, (0, 1), np.zeros(13), method="DOP853", rtol=1e-12, atol=1e-14)

    assert ladders.revenue_of(market, prices) == pytest.approx(peer.y[0, -1], rel=1e-10)
    assert ladders.outcome(market, prices).revenue == pytest.approx(peer.y[0, -1], rel=1e-10)


@pytest.mark.parametrize("head", [1, 4])
def test_a_ladders_gradient_is_that_of_differences(head: int) -> None:
    prices, rates = np.array([[1.0, 1.2, 1.5, 2.0]]), np.array([[9.0, 6.0, 4.0, 1.0]])
    found = birth.revenue_gradient(prices, rates, head)
    for column in range(4):
        for given, by in ((prices, found.by_price), (rates, found.by_rate)):
            nudged = given.copy()
            nudged[0, column] += 1e-6
            more = birth.revenue_gradient(
                nudged if given is prices else prices, nudged if given is rates else rates, head
            )

            assert by[0, column] == pytest.approx((more.revenue[0] - found.revenue[0]) / 1e-6, abs=1e-5)


def test_a_head_of_many_pieces_is_worth_what_its_pieces_are() -> None:
    short = birth.revenue_gradient(np.array([[1.0, 1.5]]), np.array([[9.0, 4.0]]), head=3)
    long = birth.revenue_gradient(np.array([[1.0, 1.0, 1.0, 1.5]]), np.array([[9.0, 9.0, 9.0, 4.0]]))

    assert short.revenue == pytest.approx(long.revenue, rel=1e-13)
    assert short.by_rate[0] == pytest.approx([long.by_rate[0, :3].sum(), long.by_rate[0, 3]], rel=1e-12)


@pytest.mark.parametrize("steps", [2, 3])
def test_no_other_beginnings_of_the_steps_earn_more(steps: int) -> None:
    """Every possible card of so few steps, its prices polished, against the one that the search finds."""
    market = Market.with_load(ONE, 12, 0.8)
    found = ladders.best_cards(market, steps)[-1]
    others = [(0, *rest) for rest in itertools.combinations(range(1, 12), steps - 1)]
    bases = np.stack([(np.arange(12)[:, None] >= np.array(each)).astype(float) for each in others])
    begin = np.tile([[found.prices[0], *[0.1] * (steps - 1)]], (len(others), 1))
    every = ladders.polish(market, ladders.look(market, bases, begin))

    assert found.revenue == pytest.approx(every.revenue.max(), rel=1e-9)


@pytest.mark.parametrize(("demand", "load"), [*((ONE, load) for load in LOADS), (LOGIT, 0.4), (LINEAR, 0.8)])
def test_each_step_more_earns_more_and_never_more_than_the_optima(demand: Demand, load: float) -> None:
    market = Market.with_load(demand, 25, load)
    cards = ladders.best_cards(market, 4)
    earned = [card.revenue for card in cards]
    bound = never_lower.never_lower_value(market)
    optimum = free.free_values(market)[-1]

    assert earned == sorted(set(earned))
    assert earned[-1] < bound < optimum
    assert demand != ONE or earned[-1] >= 0.96 * optimum
    assert all(np.all(np.diff(card.prices) >= 0.0) for card in cards)
    assert [len(set(card.prices)) for card in cards] == [1, 2, 3, 4]


def test_a_card_in_won_is_the_card_in_units_times_the_unit() -> None:
    units, won = (ladders.best_cards(Market.with_load(Exponential(mean), 25, 0.6), 3)[-1] for mean in (1.0, 62_000.0))

    assert won.starts == units.starts
    assert won.revenue == pytest.approx(62_000.0 * units.revenue, rel=1e-9)


@pytest.mark.parametrize(
    ("demand", "stock", "load", "percent"),
    [(Elastic(1.0, 2.0), 3, 0.2, 93.71), (ONE, 10, 0.4, 97.58), (ONE, 25, 0.4, 98.23)],
)
def test_never_lowering_costs_what_it_was_measured_to_cost(
    demand: Demand, stock: int, load: float, percent: float
) -> None:
    """The worst of 180 scenarios, and two whose value the research had for steps of no length."""
    market = Market.with_load(demand, stock, load)
    share = never_lower.never_lower_value(market) / free.free_values(market)[-1]

    assert 100.0 * share == pytest.approx(percent, abs=0.02)


@pytest.mark.parametrize("shape", [(1, 1, 9), (7, 1, 9), (4, 3, 9), (8, 8, 9)])
def test_the_running_maximum_is_numpys(shape: tuple[int, int, int]) -> None:
    values = np.random.default_rng(1).random(shape)
    expected = np.maximum.accumulate(values.reshape(-1, 9)[::-1], axis=0)[::-1]
    never_lower.running_maximum(values)

    assert np.array_equal(values.reshape(-1, 9), expected)


@pytest.mark.parametrize("prices", [6, 7])
def test_the_programme_is_its_formula_written_out(prices: int) -> None:
    """Plain loops over stock and price, for forty steps, with columns that are filled late."""
    market, grid = Market(ONE, 3.0, 60), np.geomspace(1.0, 2.0, prices)
    chance = 3.0 / 40 * ONE.share(grid)
    values = np.zeros((prices, 61))
    for _ in range(40):
        stay = values.copy()
        stay[:, 1:] += chance[:, None] * (grid[:, None] + values[:, :-1] - values[:, 1:])
        values = np.array([stay[price:].max(axis=0) for price in range(prices)])

    assert never_lower.NeverLower(market, grid, 40).run() == pytest.approx(values[0, -1], rel=1e-13)


def test_the_programme_refuses_steps_that_see_two_sales() -> None:
    market = Market(ONE, VISITORS, 3)

    with pytest.raises(ValueError, match="more than one sale"):
        never_lower.NeverLower(market, np.array([1.0, 2.0]), steps=5)


@pytest.mark.parametrize("demand", [ONE, LOGIT, LINEAR])
def test_simulated_sales_earn_what_the_programmes_say(demand: Demand) -> None:
    """Within three standard errors, with a fixed seed."""
    market = Market.with_load(demand, 10, 0.5)
    value, table = free.free_table(market)
    floating = simulate(market, table)
    rising = simulate(market, never_lower.never_lower_table(market))
    error = 4000**-0.5

    assert value == pytest.approx(free.free_values(market)[-1], rel=1e-7)
    assert abs(floating.revenue - value) < 3.0 * floating.deviation * error
    assert abs(rising.revenue - never_lower.never_lower_value(market)) < 3.0 * rising.deviation * error
    assert floating.lowest < rising.lowest


def test_a_simulated_ladder_has_the_exact_spread() -> None:
    market = Market.with_load(ONE, 10, 0.5)
    card = ladders.best_cards(market, 3)[-1]
    exact = ladders.outcome(market, card.prices)
    played = simulate(market, ladders.as_table(card.prices))
    error = 4000**-0.5

    assert abs(played.revenue - exact.revenue) < 3.0 * exact.deviation * error
    assert abs(played.sell_out - exact.sell_out) < 3.0 * error * math.sqrt(exact.sell_out * (1.0 - exact.sell_out))
    assert played.deviation == pytest.approx(exact.deviation, rel=0.05)
    assert exact.quantile(0.5) == pytest.approx(played.quantile(0.5), abs=1e-9)
    assert (exact.lowest, exact.highest) == (card.prices[0], card.prices[-1])


def test_a_market_without_visitors_or_stock_is_refused() -> None:
    for visitors, stock in ((0.0, 3), (float("nan"), 3), (5.0, 0)):
        with pytest.raises(ValueError, match="needs visitors"):
            Market(ONE, visitors, stock)

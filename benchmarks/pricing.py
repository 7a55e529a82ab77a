"""The pricing lab: how near published prices that never fall come to the optimum that may change at any moment.

The scenarios are five demand curves (exponential, linear, logit, constant elasticity of 2 and 3), stocks of 50 and 100
(four-step cards: 25 and 100) and six loads: stock ÷ what the revenue-maximising price alone would sell, from 0.2 (very
scarce) to 1.3 (a price alone sells out rarely). The values are exact but for the never-lower optimum, which is
extrapolated from two grids of time over 120 prices. `pricing.dp` times 500 pieces with a tenth of a visitor per step.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.harness import Figure, benchmark, race, require
from editions.lab.demand import Demand, Elastic, Exponential, Linear, Logit
from editions.lab.free import closed_form, euler_step, free_values, last, values_over_time
from editions.lab.ladders import best_cards
from editions.lab.market import Market
from editions.lab.never_lower import NeverLower, never_lower_value, price_grid

EXPONENTIAL = Exponential(1.0)
CURVES: dict[str, Demand] = {
    "exponential": EXPONENTIAL,
    "logit": Logit(middle=1.0, steepness=4.0),
    "linear": Linear(2.0),
    "elastic2": Elastic(1.0, 2.0),
    "elastic3": Elastic(1.0, 3.0),
}
LOADS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.3)
STOCKS = (50, 100)
STEPS = 4
LARGE = 500
VISITORS_A_STEP = 0.1
ROUNDS = 1
TIMED_PRICES = 64


@benchmark("pricing.never_lower")
def never_lower() -> Iterator[Figure]:
    """The stock-and-time optimum that never lowers its price, in percent of the one that may."""
    markets = [Market.with_load(curve, stock, load) for curve in CURVES.values() for stock in STOCKS for load in LOADS]
    shares = [100.0 * never_lower_value(market) / float(free_values(market)[-1]) for market in markets]
    require(max(shares) <= 100.0, "an optimum that never falls passed the one that may")
    yield Figure("min_percent", min(shares), "%")
    yield Figure("mean_percent", statistics.fmean(shares), "%")


@benchmark("pricing.four_steps.25", stock=25)
@benchmark("pricing.four_steps.100", stock=100)
def four_steps(stock: int) -> Iterator[Figure]:
    """The best card of four steps over orders placed, in percent of the free optimum; and the best fixed price."""
    for name in ("exponential", "logit", "linear"):
        cards, fixed = [], []
        for load in LOADS:
            market = Market.with_load(CURVES[name], stock, load)
            optimum = float(free_values(market)[-1]) / 100.0
            found = best_cards(market, STEPS)
            require(found[-1].revenue > found[0].revenue, f"a fixed price earns as much at a load of {load}")
            cards.append(found[-1].revenue / optimum)
            fixed.append(found[0].revenue / optimum)
        kind = "" if name == "exponential" else f"{name}_"
        yield Figure(f"{kind}min_percent", min(cards), "%")
        yield Figure(f"{kind}mean_percent", statistics.fmean(cards), "%")
        yield Figure(f"{kind}fixed_min_percent", min(fixed), "%")


@benchmark("pricing.dp")
def dynamic_programme() -> Iterator[Figure]:
    """The dynamic programme of 500 pieces at a load of 1: prices free to fall, and never lowered over 64 prices."""
    market = Market.with_load(EXPONENTIAL, LARGE, 1.0)
    steps = math.ceil(market.visitors / VISITORS_A_STEP)
    grid = price_grid(market, TIMED_PRICES)
    laps = race(
        {"free": partial(free_programme, market), "never lower": partial(never_lower_programme, market, grid)},
        [steps],
        ROUNDS,
    )
    known = float(closed_form(EXPONENTIAL, market.visitors, LARGE)[-1])
    require(abs(free_programme(market, steps) / known - 1.0) < 1e-3, "the programme is not the closed form")
    yield Figure("seconds", laps["free"].median(sum), "s")
    yield Figure("never_lower_seconds", laps["never lower"].median(sum), "s")


@benchmark("pricing.card", stock=100)
def card(stock: int) -> Iterator[Figure]:
    """How long the search for the best card of four steps takes."""
    markets = [Market.with_load(EXPONENTIAL, stock, load) for load in LOADS]
    laps = race({"ours": lambda market: best_cards(market, STEPS)}, markets, 1)
    yield Figure("seconds", laps["ours"].median(statistics.fmean), "s")


def free_programme(market: Market, steps: int) -> float:
    return float(last(values_over_time(market, steps, euler_step))[-1])


def never_lower_programme(market: Market, grid: np.ndarray, steps: int) -> float:
    return NeverLower(market, grid, steps).run()

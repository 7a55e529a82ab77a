"""The free-floating optimum: the price may change at any moment, up or down. The most that any policy can earn.

With J(n, t) the best expected revenue from n pieces in the time t that is left, Λ visitors per unit of time and the
demand's share S:  dJ(n, t)/dt = max over p of Λ S(p) · (p - (J(n, t) - J(n - 1, t))),  J(0, ·) = J(·, 0) = 0
(Gallego and van Ryzin 1994, Management Science 40(8), 999-1020).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from editions.lab.demand import Exponential, Floats
from editions.lab.market import Market
from editions.lab.policy import PriceTable

FINE = 0.25
SLICES = 400

Scheme = Callable[[Market, Floats, float], Floats]


def free_values(market: Market) -> Floats:
    """J(0 … stock, 1), to about 1e-8 of the value."""
    return last(values_over_time(market, fine_steps(market), runge_kutta_step))


def free_table(market: Market) -> tuple[float, PriceTable]:
    """The optimum's value and its prices by time and pieces left."""
    steps = SLICES * math.ceil(fine_steps(market) / SLICES)
    every = steps // SLICES
    rows = [
        values for number, values in enumerate(values_over_time(market, steps, runge_kutta_step)) if number % every == 0
    ]
    # rows[i] belongs to i / SLICES of the time left; a slice uses the values of its middle.
    middles = (np.asarray(rows[1:]) + np.asarray(rows[:-1])) / 2.0
    prices = market.demand.best_response(np.diff(middles, axis=1))
    return float(rows[-1][-1]), PriceTable(prices[::-1], never_lower=False)


def closed_form(demand: Exponential, visitors: float, stock: int) -> Floats:
    """J(0 … stock) for exponential demand of mean m: m · ln Σ_{i ≤ n} (visitors / e)^i / i!  (Gallego and van Ryzin).

    Summed in logarithms: the partial sums overflow, and e^x · Q(n + 1, x) underflows, where stock is scarce.
    """
    count = np.arange(1, stock + 1)
    logs = np.concatenate([[0.0], np.cumsum(math.log(visitors) - 1.0 - np.log(count))])
    values: Floats = demand.mean * np.logaddexp.accumulate(logs)
    return values


def fine_steps(market: Market) -> int:
    """So many steps that at most a quarter of a sale happens in each."""
    return max(200, math.ceil(market.visitors * float(market.demand.share(market.lowest)) / FINE))


def values_over_time(market: Market, steps: int, step: Scheme) -> Iterator[Floats]:
    """J(0 … stock) at 0, 1 / steps, … 1 of the time left."""
    values = np.zeros(market.stock + 1)
    yield values
    for _ in range(steps):
        values = step(market, values, 1.0 / steps)
        yield values


def euler_step(market: Market, values: Floats, time: float) -> Floats:
    """The dynamic programme in discrete time: at most one visitor per step; its error is of first order in the step."""
    return values + time * gain(market, values)


def runge_kutta_step(market: Market, values: Floats, time: float) -> Floats:
    """The classical scheme of fourth order."""
    first = gain(market, values)
    second = gain(market, values + time / 2.0 * first)
    third = gain(market, values + time / 2.0 * second)
    fourth = gain(market, values + time * third)
    return values + time / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)


def gain(market: Market, values: Floats) -> Floats:
    """dJ/dt at J = `values`."""
    cost = values[1:] - values[:-1]
    price = market.demand.best_response(cost)
    result = np.zeros_like(values)
    result[1:] = market.visitors * market.demand.share(price) * (price - cost)
    return result


def last(values: Iterator[Floats]) -> Floats:
    for each in values:
        latest = each
    return latest

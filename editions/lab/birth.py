"""Sales at prices that depend only on how many pieces are sold: a pure birth process, evaluated exactly.

After i sales the next one comes at rate λ_i, until time 1. Uniformised (Jensen 1953): with a rate U ≥ every λ_i the
process is a chain of steps, its transitions λ_i / U, at as many moments as a Poisson number of mean U; truncated
where less than 1e-15 of that number is left. Prices that never fall sell ever more slowly, so U = λ_0, and the chain
runs through the pieces of the first price without a doubt: only the pieces after them need to be followed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from editions.lab.demand import Floats

BATCH = 2_000_000


@dataclass(frozen=True)
class Gradient:
    """Expected revenue of several ladders (rows) and its derivatives by each price and each rate of sale."""

    revenue: Floats
    by_price: Floats
    by_rate: Floats


def revenue_gradient(prices: Floats, rates: Floats, head: int = 1) -> Gradient:
    """Revenue Σ_i p_i λ_i ∫ P(i sold at t) dt of ladders (rows), with all derivatives.

    The first column stands for the first `head` pieces, which share a price, each further column for one piece more.
    No rate may be above the one before. One pass forward for the chances of each count, one backward for what each
    count is still worth.
    """
    steps = max(_enough(float(rates[:, 0].max())), head + 2)
    rows = max(1, BATCH // ((steps - head) * prices.shape[1]))
    parts = [_gradient(prices[i : i + rows], rates[i : i + rows], head, steps) for i in range(0, len(prices), rows)]
    return Gradient(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])))


def sold_chances(rates: Floats) -> Floats:
    """The chances that 0 … n pieces are sold when the sale ends; `rates` of n pieces."""
    uniform = max(float(rates.max()), 1e-9)
    chance = rates / uniform
    counts = np.zeros(len(rates) + 1)
    counts[0] = 1.0
    result = np.zeros_like(counts)
    for weight in _poisson(np.array([[uniform]]), _enough(uniform))[0]:
        result += weight * counts
        moved = counts[:-1] * chance
        counts[:-1] -= moved
        counts[1:] += moved
    chances: Floats = result / result.sum()
    return chances


def _gradient(prices: Floats, rates: Floats, head: int, steps: int) -> Gradient:
    uniform = np.maximum(rates[:, :1], 1e-9)
    arrivals = _poisson(uniform, steps)
    more = np.maximum(0.0, 1.0 - np.cumsum(arrivals, axis=1))
    head_sold = more[:, :head].sum(axis=1)
    tail, pace = prices[:, 1:], rates[:, 1:]
    chance = pace / uniform
    counts = _counts(chance, steps - head)
    weights = more[:, head:] / uniform
    time_in = np.einsum("rm,mrl->rl", weights, counts)
    hastened = _worth_of_haste(tail * pace, chance, counts, weights)
    # With U the Poisson number grows, its weights change by (P(m) - w_m) / U, and the tail's chances shrink.
    by_arrivals = np.einsum("rm,mrl->rl", arrivals[:, head:], counts) - time_in
    by_first_rate = np.sum(tail * pace * by_arrivals - chance * hastened, axis=1) / uniform[:, 0]
    return Gradient(
        revenue=prices[:, 0] * head_sold + np.sum(tail * pace * time_in, axis=1),
        by_price=np.column_stack([head_sold, pace * time_in]),
        by_rate=np.column_stack(
            [prices[:, 0] * arrivals[:, :head].sum(axis=1) + by_first_rate, tail * time_in + hastened / uniform]
        ),
    )


def _counts(chance: Floats, steps: int) -> Floats:
    """Shape (steps, ladders, pieces): the chances of each count, after each step from the first tail piece on."""
    counts = np.zeros((steps, *chance.shape))
    counts[0, :, :1] = 1.0
    for before, after in pairwise(counts):
        moved = before * chance
        np.subtract(before, moved, out=after)
        after[:, 1:] += moved[:, :-1]
    return counts


def _worth_of_haste(earns: Floats, chance: Floats, counts: Floats, weights: Floats) -> Floats:
    """The derivative of the revenue by each chance of a transition."""
    worth = np.zeros((len(earns), earns.shape[1] + 1))
    hastened = np.zeros_like(earns)
    for weight, count in zip(weights.T[::-1], counts[::-1], strict=True):
        rise = worth[:, 1:] - worth[:, :-1]
        hastened += count * rise
        worth[:, :-1] += weight[:, None] * earns + chance * rise
    return hastened


def _poisson(mean: Floats, steps: int) -> Floats:
    """Shape (rows, steps): the chances of 0, 1, … of Poisson numbers; `mean` is a column."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, steps)))])
    chances: Floats = np.exp(np.arange(steps) * np.log(mean) - logs - mean)
    return chances


def _enough(mean: float) -> int:
    """So many terms that less than 1e-15 of a Poisson number of that mean is left out."""
    return math.ceil(mean + 9.0 * math.sqrt(mean) + 25.0)

"""Pieces that use scarce components: what a unit of each stock is worth, its bid price.

Several variants of a piece (a plain one, one with the gold strap) draw on the same stocks; visitors come for one
variant and buy it or not. A variant's best price is the best response to the bid prices of what it uses (Gallego and
van Ryzin 1997, Operations Research 45(1), 24-41; Talluri and van Ryzin 1998, Management Science 44(11), 1577-1593). The
bid prices come from the exact dynamic programme over all stocks where they have few states, else from the fluid
problem, solved again whenever stock or time has changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from editions.lab.demand import Demand, Floats
from editions.lab.simplex import maximise

MOST_STATES = 100_000
MOST_WORK = 40_000_000
SALES_A_STEP = 0.5
FEWEST_STEPS = 100
ROUNDS = 200
CONVERGED = 1e-10


@dataclass(frozen=True)
class Variant:
    """What one kind of visitor comes for, how many come over the whole sale, and what a piece uses of each stock."""

    demand: Demand
    visitors: float
    uses: tuple[int, ...]


@dataclass(frozen=True)
class Workshop:
    """Variants that share stocks. Raises ValueError where a variant uses nothing, or names another number of stocks."""

    variants: tuple[Variant, ...]
    stocks: tuple[int, ...]

    def __post_init__(self) -> None:
        for variant in self.variants:
            if len(variant.uses) != len(self.stocks) or min(variant.uses) < 0 or not any(variant.uses):
                raise ValueError("a variant uses some units of the stocks that there are")
        if not self.variants or min(self.stocks) < 0:
            raise ValueError("there is a variant, and no stock is below none")

    @property
    def states(self) -> int:
        """How many combinations of stocks there are."""
        return math.prod(stock + 1 for stock in self.stocks)

    @property
    def steps(self) -> int:
        """So many steps of time that at most half a sale happens in each."""
        sales = sum(float(each.visitors * each.demand.share(each.demand.best_response(0.0))) for each in self.variants)
        return max(FEWEST_STEPS, math.ceil(sales / SALES_A_STEP))

    @property
    def can_be_exact(self) -> bool:
        """Whether the dynamic programme is small enough to be run while somebody waits."""
        return self.states <= MOST_STATES and self.states * self.steps * len(self.variants) <= MOST_WORK

    def after(self, stocks: tuple[int, ...], time_left: float) -> Workshop:
        """The rest of the sale, with a share of its time left."""
        rest = tuple(replace(each, visitors=each.visitors * time_left) for each in self.variants)
        return Workshop(rest, stocks)


@dataclass(frozen=True)
class Bids:
    """What a unit of each stock is worth now, the price to ask of each variant, and the revenue.

    Infinity stands for a unit of an empty stock, and for a variant that cannot be made any more.
    `method` is `exact` (the expected revenue; a bid is what is lost with a unit) or `fluid` (an upper bound of it).
    """

    method: Literal["exact", "fluid"]
    revenue: float
    bids: Floats
    prices: Floats


def bid_prices(workshop: Workshop) -> Bids:
    """The bid prices of the stocks: exact where that is quick enough, else by the fluid problem."""
    return exact_bids(workshop) if workshop.can_be_exact else fluid_bids(workshop)


def exact_bids(workshop: Workshop) -> Bids:
    """By the dynamic programme."""
    values, stocks = exact_values(workshop), workshop.stocks
    here = float(values[stocks])
    bids = [math.inf] * len(stocks)
    for index, stock in enumerate(stocks):
        if stock:
            one_less = (*stocks[:index], stock - 1, *stocks[index + 1 :])
            bids[index] = here - float(values[one_less])
    prices = [
        float(each.demand.best_response(here - float(values[_without(stocks, each.uses)])))
        if _fits(stocks, each)
        else math.inf
        for each in workshop.variants
    ]
    return Bids("exact", here, np.array(bids), np.array(prices))


def exact_values(workshop: Workshop) -> Floats:
    """The best expected revenue for each combination of stocks left, shape (stock + 1, …); classical Runge-Kutta."""
    values = np.zeros([stock + 1 for stock in workshop.stocks])
    time = 1.0 / workshop.steps
    for _ in range(workshop.steps):
        first = _gain(workshop, values)
        second = _gain(workshop, values + time / 2.0 * first)
        third = _gain(workshop, values + time / 2.0 * second)
        fourth = _gain(workshop, values + time * third)
        values = values + time / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
    return values


def _gain(workshop: Workshop, values: Floats) -> Floats:
    result = np.zeros_like(values)
    for variant in workshop.variants:
        if not _fits(workshop.stocks, variant):
            continue
        having = tuple(slice(used, None) for used in variant.uses)
        leaving = tuple(
            slice(None, stock + 1 - used) for stock, used in zip(workshop.stocks, variant.uses, strict=True)
        )
        cost = values[having] - values[leaving]
        price = variant.demand.best_response(cost)
        result[having] += variant.visitors * variant.demand.share(price) * (price - cost)
    return result


def _fits(stocks: Sequence[int], variant: Variant) -> bool:
    return all(used <= stock for used, stock in zip(variant.uses, stocks, strict=True))


def _without(stocks: Sequence[int], uses: Sequence[int]) -> tuple[int, ...]:
    return tuple(stock - used for stock, used in zip(stocks, uses, strict=True))


def fluid_bids(workshop: Workshop) -> Bids:
    """By the linear programme in which visitors come evenly and shares of them are sold at several prices."""
    made = [index for index, each in enumerate(workshop.variants) if _fits(workshop.stocks, each)]
    value, bids = _fluid([workshop.variants[index] for index in made], workshop.stocks)
    prices = np.full(len(workshop.variants), math.inf)
    for index in made:
        each = workshop.variants[index]
        prices[index] = each.demand.best_response(float(bids @ each.uses))
    return Bids("fluid", value, np.where(np.asarray(workshop.stocks) > 0, bids, math.inf), prices)


def _fluid(variants: Sequence[Variant], stocks: Sequence[int]) -> tuple[float, Floats]:
    """The programme's value and bid prices. It is an upper bound of what any policy earns.

    Its columns are prices; each round adds, for each variant, the best response to the bid prices found, until none of
    them is worth more than the columns that are there (column generation).
    """
    columns = [(index, float(each.demand.best_response(0.0))) for index, each in enumerate(variants)]
    value, bids, missing = 0.0, np.zeros(len(stocks)), 0.0
    for _ in range(ROUNDS if variants else 0):
        value, bids, worth = _master(variants, stocks, columns)
        prices = [float(each.demand.best_response(float(bids @ each.uses))) for each in variants]
        more = [_earns(*each, bids) for each in zip(variants, prices, strict=True)] - worth
        missing = float(np.maximum(more, 0.0).sum())
        if missing <= CONVERGED * value:
            break
        columns += [(int(index), prices[index]) for index in np.flatnonzero(more > 0.0)]
    return value + missing, bids


def _earns(variant: Variant, price: float, bids: Floats) -> float:
    """What a variant's visitors bring at a price above the bids of what it uses."""
    return variant.visitors * float(variant.demand.share(price)) * (price - float(bids @ variant.uses))


def _master(
    variants: Sequence[Variant], stocks: Sequence[int], columns: Sequence[tuple[int, float]]
) -> tuple[float, Floats, Floats]:
    """The programme over the columns so far: its value, the stocks' bid prices, what each variant's visitors are worth.

    Visitors may also be sent away: that is the slack of each variant's row.
    """
    chosen = [variants[index] for index, _ in columns]
    sales = np.array(
        [each.visitors * float(each.demand.share(price)) for each, (_, price) in zip(chosen, columns, strict=True)]
    )
    uses = np.array([each.uses for each in chosen], dtype=float)
    of_variant = np.arange(len(variants))[:, None] == np.array([index for index, _ in columns])
    rows = np.concatenate([uses.T * sales, of_variant])
    limits = np.concatenate([np.array(stocks, dtype=float), np.ones(len(variants))])
    solution = maximise(sales * np.array([price for _, price in columns]), rows, limits)
    return solution.value, solution.duals[: len(stocks)], solution.duals[len(stocks) :]

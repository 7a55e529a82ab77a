"""The best whole design: the highest sum of weights, within a budget if there is one.

Over a diagram the best way is one sweep. A budget makes it a shortest path with one resource: relaxed by a Lagrange
multiplier for bounds (Handler and Zang 1980; the multiplier as in Juttner et al. 2001), then closed by a best-first
search along them. Without a diagram it is weighted MaxSAT (RC2; Ignatiev, Morgado and Marques-Silva 2019). Both are
exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import gcd

import numpy as np
from numpy.typing import NDArray
from pysat.examples.rc2 import RC2
from pysat.formula import WCNF

from configurator.rules.diagram import ENDLESS, Diagram, Level
from configurator.rules.rulebook import Rulebook, mask_of, numbers_in
from configurator.rules.solver import Solver

Floats = NDArray[np.float64]
CHEAPEST_FIRST = float("inf")
ROUNDS = 8
ROUNDING = 1e-6


@dataclass(frozen=True)
class Goal:
    """What is wanted: costs and prices (both not below 0) by option number, and the most that may be paid."""

    allowed: int
    costs: Mapping[int, int]
    prices: Mapping[int, int]
    budget: int | None = None


def best_in_diagram(diagram: Diagram, goal: Goal) -> int:
    """The design of the least cost within the budget, as a mask; 0 when there is none."""
    costs = diagram.weights(goal.allowed, goal.costs).astype(float)
    below = _to_end(diagram.levels, costs)
    if below[0][0] >= ENDLESS:
        return 0
    design = _way(diagram.levels, costs, below)
    paid = sum(goal.prices.get(number, 0) for number in numbers_in(design))
    if goal.budget is None or paid <= goal.budget:
        return design
    return _Search(diagram, goal, goal.budget).best()


def best_by_maxsat(book: Rulebook, solver: Solver, assumed: Sequence[int], goal: Goal) -> int:
    """The same without a diagram. `assumed` are the choices as the solver's literals."""
    formula = WCNF()
    for clause in (*solver.clauses, *([literal] for literal in assumed)):
        formula.append(clause)
    if goal.budget is not None:
        for clause in _budget_clauses(book, goal, goal.budget, formula.nv):
            formula.append(clause)
    for option, cost in goal.costs.items():
        if cost:
            formula.append([-option], weight=cost)
    with RC2(formula) as search:
        model = search.compute()
    return mask_of(number for number in model[: book.size] if number > 0) if model else 0


class _Search:
    """The least cost within a budget: a shortest way through the diagram with one resource."""

    def __init__(self, diagram: Diagram, goal: Goal, budget: int) -> None:
        self._levels = diagram.levels
        self._budget = budget
        self._costs = diagram.weights(goal.allowed, goal.costs).astype(float)
        self._prices = diagram.weights(goal.allowed, goal.prices).astype(float)
        self._multipliers: list[float] = []
        self._bounds: list[list[Floats]] = []

    def best(self) -> int:
        dear, thrifty = self._way(0.0), self._way(CHEAPEST_FIRST)
        if self._sum(self._prices, thrifty) > self._budget:
            return 0
        for _ in range(ROUNDS):
            saved = self._sum(self._prices, dear) - self._sum(self._prices, thrifty)
            lost = self._sum(self._costs, thrifty) - self._sum(self._costs, dear)
            if saved <= 0 or lost <= 0:
                break
            between = self._way(lost / saved)
            if between in (dear, thrifty):
                break
            if self._sum(self._prices, between) <= self._budget:
                thrifty = between
            else:
                dear = between
        return self._close(thrifty)

    def _close(self, known: int) -> int:
        """Best first by the bounds, until no way can be better than the known one."""
        multipliers = np.array(self._multipliers)[:, None]
        bounds = [np.stack(rows) for rows in zip(*self._bounds, strict=True)]
        least = self._sum(self._costs, known)
        queue = [(0.0, 0, 0, 0.0, 0.0, 0)]
        reached: dict[tuple[int, int], list[tuple[float, float]]] = {}
        while queue:
            bound, depth, node, cost, price, design = heappop(queue)
            if bound >= least - ROUNDING:
                break
            if depth == -len(self._levels):
                return design
            if _is_dominated(reached.setdefault((depth, node), []), cost, price):
                continue
            level = self._levels[-depth]
            edges = level.edges(node)
            options, ends = level.options[edges], level.ends[edges]
            costs, prices = cost + self._costs[options], price + self._prices[options]
            rest = bounds[1 - depth][:, ends] - multipliers * (self._budget - prices)
            totals = costs + rest.max(axis=0)
            cheapest = prices + self._cheapest[1 - depth][ends]
            for index in np.flatnonzero((totals < least - ROUNDING) & (cheapest <= self._budget)).tolist():
                taken = design | 1 << int(options[index])
                label = (float(totals[index]), depth - 1, int(ends[index]), float(costs[index]), float(prices[index]))
                heappush(queue, (*label, taken))
        return known

    def _way(self, multiplier: float) -> int:
        """The design of the least cost + multiplier * price; its bounds are kept for the search."""
        if multiplier == CHEAPEST_FIRST:
            weights = self._prices
            self._cheapest = below = _to_end(self._levels, weights)
        else:
            weights = self._costs + multiplier * self._prices
            below = _to_end(self._levels, weights)
            self._multipliers.append(multiplier)
            self._bounds.append(below)
        return _way(self._levels, weights, below)

    def _sum(self, weights: Floats, design: int) -> float:
        return float(weights[list(numbers_in(design))].sum())


def _is_dominated(labels: list[tuple[float, float]], cost: float, price: float) -> bool:
    """Whether the node was reached before at no higher cost and price; remembers this time otherwise."""
    if any(other <= cost and paid <= price for other, paid in labels):
        return True
    labels.append((cost, price))
    return False


def _to_end(levels: Sequence[Level], weights: Floats) -> list[Floats]:
    """By level, the least weight of a way from each node to the end."""
    below = np.zeros(1)
    found = [below]
    for level in reversed(levels):
        below = np.minimum.reduceat(weights[level.options] + below[level.ends], level.first)
        found.append(below)
    return found[::-1]


def _way(levels: Sequence[Level], weights: Floats, below: Sequence[Floats]) -> int:
    """A way of the least weight; where several are, the option that the maker named first."""
    node, design = 0, 0
    for level, rest in zip(levels, below[1:], strict=True):
        edges = level.edges(node)
        edge = edges.start + int(np.argmin(weights[level.options[edges]] + rest[level.ends[edges]]))
        design |= 1 << int(level.options[edge])
        node = int(level.ends[edge])
    return design


def _budget_clauses(book: Rulebook, goal: Goal, budget: int, top: int) -> Iterator[list[int]]:
    """The budget as a sequential counter over the groups: spent[n] is true when at least n units are."""
    unit = gcd(*goal.prices.values()) or 1
    most = budget // unit
    spent: dict[int, int] = {}
    for numbers in book.variables.values():
        steps = sorted({goal.prices.get(number, 0) // unit for number in numbers})
        if steps == [0]:
            continue
        sums = sorted({min(before + step, most + 1) for before in (0, *spent) for step in steps} - {0})
        following = {}
        for amount in sums:
            top += 1
            following[amount] = top
        for number in numbers:
            step = goal.prices.get(number, 0) // unit
            for before in (0, *spent):
                after = min(before + step, most + 1)
                if after:
                    yield [-number, *([-spent[before]] if before else []), following[after]]
        spent = following
        if most + 1 in spent:
            yield [-spent.pop(most + 1)]

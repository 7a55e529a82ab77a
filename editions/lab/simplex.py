"""A linear programme of a few dozen rows: maximise c · x subject to A x ≤ b, x ≥ 0, with b ≥ 0. Dense simplex.

The slack basis is feasible because b is; Bland's rule of the smallest index ends every cycle (Bland 1977,
Mathematics of Operations Research 2(2), 103-107).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from editions.lab.demand import Floats

ZERO = 1e-11
MOST_PIVOTS = 20_000


class Unbounded(Exception):
    """The programme's value has no limit."""


@dataclass(frozen=True)
class Solution:
    """The best x, its value, and the shadow price of each row: what one unit more of b would add."""

    x: Floats
    value: float
    duals: Floats


def maximise(costs: Floats, rows: Floats, limits: Floats) -> Solution:
    """The optimum of the programme. Raises ValueError for a limit below 0, Unbounded where there is no best."""
    if np.any(limits < 0.0):
        raise ValueError("a limit below 0 cannot be kept by buying nothing")
    count, width = rows.shape
    table = np.zeros((count + 1, width + count + 1))
    table[:count, :width], table[:count, -1] = rows, limits
    table[:count, width:-1] = np.eye(count)
    table[-1, :width] = -costs
    basis = np.arange(width, width + count)
    for _ in range(MOST_PIVOTS):
        improving = np.flatnonzero(table[-1, :-1] < -ZERO)
        if not len(improving):
            return _solution(table, basis, width)
        _pivot(table, basis, int(improving[0]))
    raise RuntimeError("the simplex method did not end")


def _pivot(table: Floats, basis: np.ndarray, column: int) -> None:
    """Bring a column into the basis in place of the row that limits it first; among equals the smallest index."""
    pull = table[:-1, column]
    limiting = np.flatnonzero(pull > ZERO)
    if not len(limiting):
        raise Unbounded
    ratios = table[limiting, -1] / pull[limiting]
    tied = limiting[ratios <= ratios.min() + ZERO]
    row = int(tied[basis[tied].argmin()])
    table[row] /= table[row, column]
    factors = table[:, column].copy()
    factors[row] = 0.0
    table -= np.outer(factors, table[row])
    basis[row] = column


def _solution(table: Floats, basis: np.ndarray, width: int) -> Solution:
    x = np.zeros(table.shape[1] - 1)
    x[basis] = table[:-1, -1]
    return Solution(x[:width], float(table[-1, -1]), table[-1, width:-1].copy())

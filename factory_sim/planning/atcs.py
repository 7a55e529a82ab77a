"""A first order by a dispatching rule: apparent tardiness cost with set-ups.

Lee, Bhaskaran and Pinedo, "A heuristic to minimize the total weighted tardiness with sequence-dependent setups",
IIE Transactions 29 (1997): next comes the job with the largest
w/p · exp(-max(d - P - t, 0) / (k1·p̄)) · exp(-s / (k2·s̄)). For a line, p is the job's longest step, P all its steps,
and t goes on by the longest step and half the set-ups. Logarithms are compared: exp(-1000) is 0.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from factory_sim.planning.compiled import compiled, inlined
from factory_sim.planning.evaluate import evaluate
from factory_sim.planning.problem import Families, Minutes, Numbers, Problem, Tables

LOOK_AHEADS = (0.5, 1.0, 2.0, 4.0)
SET_UP_FEARS = (0.1, 0.3, 0.6)
# A line's bottleneck is about so much slower than its mean station.
BOTTLENECK = 1.6
LIGHTEST = 1e-9


class Typical(NamedTuple):
    """What the rule asks of the jobs: each one's longest step and whole work, the mean work, the mean set-ups."""

    longest: Minutes
    whole: Minutes
    mean_whole: float
    mean_set_up: float


def first_order(problem: Problem) -> Numbers:
    """The cheapest of the orders that the rule gives with twelve settings of k1 and k2."""
    tables, typical = problem.tables, _typical(problem)
    begins, ready = np.empty(problem.jobs), np.empty(problem.jobs)
    orders = [dispatched(tables, typical, k1, k2) for k1 in LOOK_AHEADS for k2 in SET_UP_FEARS]
    return min(orders, key=lambda order: evaluate(tables, order, begins, ready)[0])


def _typical(problem: Problem) -> Typical:
    tables = problem.tables
    is_step = np.arange(tables.steps.shape[1]) < tables.jobs["steps"][:, None]
    minutes = np.where(is_step, tables.steps["minutes"], 0.0)
    pace = minutes / tables.stations["machines"][tables.steps["station"]]
    whole = minutes.sum(axis=1)
    matrices = [np.asarray(matrix) for matrix in problem.set_up.values()]
    mean_set_up = sum(matrix[matrix > 0].mean() for matrix in matrices if (matrix > 0).any())
    longest = np.maximum(pace.max(axis=1, initial=0.0), LIGHTEST)
    return Typical(longest, whole, max(whole.sum() / max(len(whole), 1), LIGHTEST), max(float(mean_set_up), LIGHTEST))


@compiled
def dispatched(tables: Tables, typical: Typical, look_ahead: float, fear: float) -> Numbers:
    """The order that the rule gives with k1 = `look_ahead` and k2 = `fear`, always among the jobs released by then."""
    jobs = len(tables.jobs)
    order = np.empty(jobs, np.int64)
    left = np.arange(jobs)
    family_at = tables.family_at[tables.stations["first_machine"]]
    at = tables.free_at.min()
    for place in range(jobs):
        at = max(at, first_release(tables, left[place:]))
        chosen, highest = -1, -np.inf
        for candidate in range(place, jobs):
            job = tables.jobs[left[candidate]]
            if job.released_at <= at:
                slack = max(job.due_at - typical.whole[left[candidate]] - at, 0.0)
                urgency = math.log(max(job.weight, LIGHTEST) / typical.longest[left[candidate]])
                urgency -= slack / (look_ahead * BOTTLENECK * typical.mean_whole)
                urgency -= set_up_before(tables, left[candidate], family_at) / (fear * typical.mean_set_up)
                if chosen < 0 or urgency > highest:
                    chosen, highest = candidate, urgency
        order[place] = left[chosen]
        left[chosen] = left[place]
        at += typical.longest[order[place]] + set_up_before(tables, order[place], family_at) / 2
        for index in range(tables.jobs[order[place]].steps):
            step = tables.steps[order[place], index]
            family_at[step.station] = step.family
    return order


@inlined
def first_release(tables: Tables, left: Numbers) -> float:
    earliest = np.inf
    for number in left:
        earliest = min(earliest, tables.jobs[number].released_at)
    return earliest


@inlined
def set_up_before(tables: Tables, number: int, family_at: Families) -> float:
    """Minutes of set-up if a job comes next, with one family per station."""
    total = 0.0
    for index in range(tables.jobs[number].steps):
        step = tables.steps[number, index]
        total += tables.set_up[step.station, family_at[step.station], step.family]
    return total

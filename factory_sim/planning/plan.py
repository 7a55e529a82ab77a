"""Plans: a new one, and one that follows another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from factory_sim.planning.atcs import first_order
from factory_sim.planning.evaluate import evaluate
from factory_sim.planning.problem import Minutes, Numbers, Problem
from factory_sim.planning.search import Budget, search


@dataclass(frozen=True, eq=False)
class Plan:
    """An order of the jobs and what it leads to.

    `begins`, `completion` and `tardiness` are [jobs], in minutes, by the job's number; `objective` is in points.
    """

    sequence: Numbers
    begins: Minutes
    completion: Minutes
    tardiness: Minutes
    objective: float
    set_up_minutes: float

    def head(self, until: float) -> Numbers:
        """The shortest head of the order with every job that begins before a minute: the frozen zone."""
        begun = np.flatnonzero(self.begins[self.sequence] < until)
        return self.sequence[: begun[-1] + 1] if len(begun) else self.sequence[:0]


def plan(problem: Problem, *, seconds: float = 1.0, moves: int | None = None, seed: int = 0) -> Plan:
    """An order for jobs of which none is planned yet.

    The search ends after `seconds`. With `moves` it ends after so many instead, however long they take, and the same
    `seed` gives the same plan.
    """
    budget = Budget(seconds, moves)
    return followed(problem, search(problem, first_order(problem), frozen=0, budget=budget, seed=seed))


def replanned(
    problem: Problem,
    before: ArrayLike,
    *,
    frozen: int = 0,
    seconds: float = 1.0,
    moves: int | None = None,
    seed: int = 0,
) -> Plan:
    """A plan that follows another: after an arrival, a breakdown, a late change, or a word from the staff.

    `before` is the order of the plan before, in the numbers of this problem and without what is done since; its
    first `frozen` jobs stay where they are. Jobs that it does not name are new: each, the most urgent first, is
    put where it costs least. The search goes on from there. What keeps promises is `Problem.promised_at`.

    Raises ValueError when `before` names a job twice, or one that there is not.
    """
    budget = Budget(seconds, moves)
    known = np.asarray(before, np.int64)
    if len(np.unique(known)) != len(known) or not np.isin(known, np.arange(problem.jobs)).all():
        raise ValueError("the plan before names a job twice, or one that there is not")
    if not 0 <= frozen <= len(known):
        raise ValueError("only jobs of the plan before can be frozen")
    sequence = known
    order = first_order(problem)
    for job in order[~np.isin(order, known)]:
        place = len(sequence) if budget.is_late else cheapest_place(problem, sequence, job, frozen)
        sequence = np.insert(sequence, place, job)
    return followed(problem, search(problem, sequence, frozen=frozen, budget=budget, seed=seed))


def followed(problem: Problem, sequence: ArrayLike) -> Plan:
    """What an order leads to: the same recursion that the search went by."""
    order = np.array(sequence, np.int64)
    begins, completion = np.zeros(problem.jobs), np.zeros(problem.jobs)
    objective, set_up = evaluate(problem.tables, order, begins, completion)
    tardiness = np.maximum(completion - problem.tables.jobs["due_at"], 0.0)
    return Plan(order, begins, completion, tardiness, objective, set_up)


def cheapest_place(problem: Problem, sequence: Numbers, job: int, frozen: int) -> int:
    """The position, from `frozen` on, at which one more job makes an order cheapest; the last of equals."""
    begins, ready = np.empty(problem.jobs), np.empty(problem.jobs)
    places = range(len(sequence), frozen - 1, -1)
    return min(places, key=lambda place: evaluate(problem.tables, np.insert(sequence, place, job), begins, ready)[0])

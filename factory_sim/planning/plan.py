"""Plans: a new one, and one that follows another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from factory_sim.planning.atcs import first_order
from factory_sim.planning.evaluate import evaluate
from factory_sim.planning.problem import Minutes, Numbers, Problem
from factory_sim.planning.search import Budget, search


@dataclass(frozen=True, eq=False)
class Plan:
    """An order of the jobs, and what it leads to, per job: when it begins, when it is ready, how late that is."""

    sequence: Numbers
    begins: Minutes
    completion: Minutes
    tardiness: Minutes
    objective: float
    set_up_minutes: float


def plan(problem: Problem, *, seconds: float = 1.0, moves: int | None = None, seed: int = 0) -> Plan:
    sequence = search(problem, first_order(problem), frozen=0, budget=Budget(seconds, moves), seed=seed)
    return judged(problem, sequence)


def judged(problem: Problem, sequence: Numbers) -> Plan:
    begins, ready = np.empty(problem.jobs), np.empty(problem.jobs)
    objective, set_up = evaluate(problem.tables, sequence, begins, ready)
    return Plan(sequence, begins, ready, np.maximum(ready - problem.tables.jobs["due_at"], 0.0), objective, set_up)

def replanned(): ...

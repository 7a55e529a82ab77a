"""Compiling the planner before it is needed: for workers, at their start."""

from __future__ import annotations

from factory_sim.planning.plan import plan, replanned
from factory_sim.planning.problem import Problem


def warm_up() -> None:
    """Load what an earlier process compiled, or compile it, which takes some 10 s."""
    problem = Problem(minutes=[[1.0], [1.0]], station=[[0], [0]], machines=(1,), released_at=0, due_at=1, weight=1)
    replanned(problem, plan(problem, moves=1).sequence, moves=1)

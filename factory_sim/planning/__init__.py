"""The planner: in which order the plant makes its pieces. Pure; compiled with numba, so for workers only.

`plan` orders jobs from nothing, `replanned` mends an order that customers know already, and `followed` says
what an order leads to. The why stands in docs/decisions/0018-planning.md.
"""

from factory_sim.planning.plan import Plan, followed, plan, replanned
from factory_sim.planning.problem import NEVER, NO_STEP, UNKNOWN_FAMILY, Problem

__all__ = ["NEVER", "NO_STEP", "UNKNOWN_FAMILY", "Plan", "Problem", "followed", "plan", "replanned"]

"""The planner: in which order the plant makes its pieces. Pure; compiled with numba, so for workers only.

`plan` orders jobs from nothing, `replanned` mends an order that customers know already.
"""

from factory_sim.planning.plan import Plan, plan, replanned
from factory_sim.planning.problem import NEVER, NO_STEP, UNKNOWN_FAMILY, Problem

__all__ = ["NEVER", "NO_STEP", "UNKNOWN_FAMILY", "Plan", "Problem", "plan", "replanned"]

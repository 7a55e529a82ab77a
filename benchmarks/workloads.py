"""A line with set-ups as the planner's yardstick: eight stations, of which two are set up for families of jobs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from factory_sim.planning import NEVER, Plan, Problem

STATIONS = 8
SET_UP = {2: (8, (5, 20)), 5: (4, (3, 12))}
"""By station: how many families, and from how many minutes to below how many a change takes."""
MINUTES = 4, 16
WEIGHTS, SHARES = (1, 2, 5), (0.6, 0.3, 0.1)
PACE = 13
"""About the minutes between two jobs at the bottleneck, set-ups included."""
EARLIEST, LATEST, WAY = 0.15, 1.05, 80
"""Jobs are due from 15 to 105 % of the minutes that all take, and the way through the line later."""


def line(jobs: int, seed: int = 0) -> Problem:
    """Random jobs that all are there at minute 0, and the matrices of their line."""
    random = np.random.default_rng(seed)
    minutes = random.integers(*MINUTES, (jobs, STATIONS))
    family = np.zeros((jobs, STATIONS), np.int64)
    for station, (families, _) in SET_UP.items():
        family[:, station] = random.integers(0, families, jobs)
    set_up = {station: random.integers(*span, (families, families)) for station, (families, span) in SET_UP.items()}
    for matrix in set_up.values():
        np.fill_diagonal(matrix, 0)
    whole = jobs * PACE
    due_at = random.integers(int(EARLIEST * whole) + WAY, int(LATEST * whole) + WAY, jobs)
    weight = random.choice(WEIGHTS, jobs, p=SHARES)
    return Problem(
        minutes=minutes,
        station=np.broadcast_to(np.arange(STATIONS), minutes.shape),
        machines=(1,) * STATIONS,
        released_at=0,
        due_at=due_at,
        weight=weight,
        family=family,
        set_up=set_up,
    )


SAFETY = 45
"""How many minutes after its likely end a piece is promised: about what P90 is after P50 on a day."""


def without_last(problem: Problem) -> Problem:
    """The same line before its last job arrived."""
    return replace(
        problem,
        minutes=np.asarray(problem.minutes)[:-1],
        station=np.asarray(problem.station)[:-1],
        family=np.asarray(problem.family)[:-1],
        due_at=np.asarray(problem.due_at)[:-1],
        weight=np.asarray(problem.weight)[:-1],
    )


def after_arrival(problem: Problem, before: Plan, *, churn_price: float) -> Problem:
    """The line when its last job has just arrived, and each other customer was promised the plan before, and SAFETY."""
    return replace(problem, promised_at=np.append(before.completion + SAFETY, NEVER), churn_price=churn_price)

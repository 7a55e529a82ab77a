"""Random small problems: other routes, several machines, set-ups, a plant in the middle of its day."""

import numpy as np

from factory_sim.planning import NEVER, NO_STEP, UNKNOWN_FAMILY, Problem

STATIONS, FAMILIES = 4, 3


def small(jobs: int, seed: int, *, machines: tuple[int, ...] | None = None) -> Problem:
    """A problem of jobs that take different ways, some of them through a station twice."""
    random = np.random.default_rng(seed)
    machines = machines or tuple(random.integers(1, 4, STATIONS).tolist())
    steps = np.arange(5) < random.integers(1, 6, (jobs, 1))
    station = np.where(steps, random.integers(0, STATIONS, (jobs, 5)), NO_STEP)
    set_up_at = random.permutation(STATIONS)[: random.integers(0, 3)].tolist()
    matrices = {number: random.integers(0, 12, (FAMILIES, FAMILIES)) for number in set_up_at}
    promised_at = np.where(random.random(jobs) < 0.5, random.integers(0, 150, jobs), NEVER)
    return Problem(
        minutes=random.integers(1, 120, (jobs, 5)) / 4,
        station=station,
        machines=machines,
        released_at=random.integers(0, 40, jobs),
        due_at=random.integers(10, 150, jobs),
        weight=random.choice([0, 1, 2, 5], jobs),
        family=random.integers(0, FAMILIES, (jobs, 5)),
        set_up=matrices,
        promised_at=promised_at,
        free_at=random.integers(0, 30, sum(machines)),
        family_at=random.integers(UNKNOWN_FAMILY, FAMILIES, sum(machines)),
    )

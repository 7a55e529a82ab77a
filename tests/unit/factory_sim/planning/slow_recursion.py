"""The recursion in plain Python, as plain as can be."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from factory_sim.planning import NO_STEP, UNKNOWN_FAMILY, Problem


def column(values: ArrayLike, count: int) -> list[float]:
    return [float(value) for value in np.broadcast_to(np.asarray(values), count)]


def slowly_followed(problem: Problem, sequence: Sequence[int]) -> tuple[float, list[float], float]:
    """The objective, when each job of the sequence is ready, and the minutes of set-up; from the fields of the problem
    alone.
    """
    jobs, machines = len(np.asarray(problem.minutes)), sum(problem.machines)
    family_of = np.broadcast_to(np.asarray(problem.family), np.shape(problem.minutes)).tolist()
    free, at_hand = column(problem.free_at, machines), column(problem.family_at, machines)
    objective, set_ups, ready = 0.0, 0.0, []
    for job in sequence:
        at, before = column(problem.released_at, jobs)[job], 0.0
        for minutes, station, family in zip(
            np.asarray(problem.minutes)[job], np.asarray(problem.station)[job], family_of[job], strict=True
        ):
            if station == NO_STEP:
                break
            first = sum(problem.machines[:station])
            choices = []
            for machine in range(first, first + problem.machines[station]):
                matrix = problem.set_up.get(station)
                known = matrix is not None and at_hand[machine] != UNKNOWN_FAMILY
                set_up = float(np.asarray(matrix)[int(at_hand[machine]), family]) if known else 0.0
                choices.append((max(at, free[machine] + set_up), set_up, free[machine], machine))
            begin, set_up, _, machine = min(choices)
            at = begin + float(minutes)
            free[machine], at_hand[machine] = at, family
            before += set_up
        ready.append(at)
        set_ups += before
        late = max(0.0, at - column(problem.due_at, jobs)[job])
        broken = max(0.0, at - column(problem.promised_at, jobs)[job])
        objective += column(problem.weight, jobs)[job] * late + problem.set_up_price * before
        objective += problem.churn_price * broken if broken else 0.0
    return objective, ready, set_ups

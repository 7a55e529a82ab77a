"""A plant as it stands is a problem: plan and kernel see every piece ready at the same minute."""

from collections.abc import Iterable
from math import inf

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim.contracts import Kind, Phase
from factory_sim.planning import NO_STEP, Problem, followed
from factory_sim.standing import Job
from tests.unit.factory_sim.plain_kernel import run
from tests.unit.factory_sim.plants import STATIONS, piece, step

MACHINES = dict.fromkeys(STATIONS, 1)


def problem_of(jobs: list[Job], now: float) -> Problem:
    """What is still to be done with pieces in a plant of one machine a station."""
    left = [job.operations[job.position + (job.phase is Phase.WORKING) :] for job in jobs]
    steps = max(map(len, left))
    free = {job.operation.station: job.ends_at for job in jobs if job.phase is Phase.WORKING}
    return Problem(
        minutes=[padded((each.minutes for each in row), steps, 0) for row in left],
        station=[padded((STATIONS.index(each.station) for each in row), steps, NO_STEP) for row in left],
        machines=tuple(MACHINES.values()),
        released_at=[now if job.phase is Phase.QUEUED else max(now, job.due_at) for job in jobs],
        due_at=inf,
        weight=1,
        free_at=[free.get(station, now) for station in STATIONS],
    )


def padded(values: Iterable[float], length: int, last: float) -> list[float]:
    row = list(values)
    return row + [last] * (length - len(row))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.floats(1, 40), min_size=3, max_size=3), min_size=1, max_size=8),
    st.floats(0, 30),
    st.floats(0, 200),
)
def test_plan_and_kernel_see_every_piece_ready_at_the_same_minute(
    minutes: list[list[float]], apart: float, now: float
) -> None:
    jobs = [
        piece(str(rank), rank, map(step, "abc", STATIONS, row), released_at=rank * apart)
        for rank, row in enumerate(minutes)
    ]
    _, standing = run(MACHINES, jobs, now)
    rest = [job for job in standing.values() if job.phase is not Phase.DONE]
    events, _ = run(MACHINES, rest, inf)
    by_kernel = {event.key: event.minute for event in events if event.kind is Kind.COMPLETED}

    if rest:
        by_plan = followed(problem_of(rest, now), np.arange(len(rest))).completion
        np.testing.assert_allclose(by_plan, [by_kernel[job.key] for job in rest], atol=1e-9)

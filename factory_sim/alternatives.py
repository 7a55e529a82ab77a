"""When each of many possible pieces would be ready, at once: what each option of a screen does to the date. Pure.

Each alternative is the one next piece behind the same queue, in a world of its own, and all have the same luck. They
are carried through the stations together; the minutes are those that `promise.finishing_minutes` says of each alone,
bit for bit, and by which the engine is later for a piece like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError

import numpy as np

from factory_sim.contracts import WorkSpec
from factory_sim.passage import Passage
from factory_sim.promise import Gap, Queue, finishing_minutes
from factory_sim.promise_draws import NEWCOMER, REPLICATIONS, Minutes
from factory_sim.steps import Work, steps_of

ALIKE = 0.5
"""The share of operations that two pieces must have in common for one to tell of the other."""


def finishing_minutes_of_each(queue: Queue, specs: Sequence[WorkSpec], *, released_at: float) -> Minutes:
    """When one more piece would be ready, for each work it might be: shape (specs, REPLICATIONS), in their order.

    Equal work is computed once and has equal minutes.
    """
    different = {spec.work_digest: spec for spec in specs}
    minutes = _finishing_minutes(queue, list(different.values()), released_at)
    for row, spec in enumerate(different.values()):
        minutes[row] += gap_of(queue.gaps, spec.work)
    rows = {digest: row for row, digest in enumerate(different)}
    return minutes[[rows[spec.work_digest] for spec in specs]]


def gap_of(gaps: Sequence[Gap], work: Work) -> Minutes | float:
    """What the recursion is wrong by, as far as a piece is known that is made much like this one."""
    operations = {load[:2] for load in work}
    shares = [len(operations & gap.operations) / len(operations | gap.operations) for gap in gaps]
    best = max(shares, default=0.0)
    return gaps[shares.index(best)].minutes if best >= ALIKE else 0.0


def _finishing_minutes(queue: Queue, different: Sequence[WorkSpec], released_at: float) -> Minutes:
    try:
        steps = steps_of(tuple(spec.work for spec in different))
    except CycleError:
        # Routes that have no order in common cannot be walked together.
        return np.stack([finishing_minutes(queue, spec, released_at=released_at) for spec in different])
    start = np.full(len(different) * REPLICATIONS, max(queue.now, released_at))
    state = queue.state.copied({step.station for step in steps}, len(different))
    return Passage(queue.layout, state, steps, NEWCOMER, start).run()

"""When a machine is up and when its work is done, compiled: the same for the kernel and for the line's recursion."""

from __future__ import annotations

import numpy as np

from factory_sim.engine.compiled import inlined
from factory_sim.engine.model import Floats, Record

# `holds` counts what stands on a machine: pieces at work, and those that are done and wait for room. `broken` counts
# its breakdowns on the operating clock, `left` is the work until the next; `next_away` counts absences gone by.
MACHINE = np.dtype(
    [
        ("station", np.int64),
        ("holds", np.int64),
        ("family", np.int64),
        ("broken", np.int64),
        ("left", np.float64),
        ("next_away", np.int64),
    ]
)


@inlined
def up_from(machine: Record, away: Floats, minute: float) -> float:
    """The minute itself if the machine is up, else when it is up again; `away` [n, 2] is when it is not."""
    while away[machine.next_away, 1] <= minute:
        machine.next_away += 1
    return away[machine.next_away, 1] if away[machine.next_away, 0] <= minute else minute


@inlined
def finish_minute(machine: Record, away: Floats, breakdowns: Floats, minute: float, work: float) -> float:
    """When work is done that begins in a minute in which the machine is up. `breakdowns` [n, 2]: uptimes, repairs."""
    work += _repairs(machine, breakdowns, work)
    while away[machine.next_away, 1] <= minute:
        machine.next_away += 1
    while minute + work > away[machine.next_away, 0]:
        work -= away[machine.next_away, 0] - minute
        minute = away[machine.next_away, 1]
        machine.next_away += 1
    return minute + work


@inlined
def after(machine: Record, away: Floats, minute: float, up: float) -> float:
    """The minute after so many minutes, from another on, in which the machine is neither closed nor away."""
    next_away = machine.next_away
    while away[next_away, 1] <= minute:
        next_away += 1
    while minute + up > away[next_away, 0]:
        up -= away[next_away, 0] - minute
        minute = away[next_away, 1]
        next_away += 1
    return minute + up


@inlined
def _repairs(machine: Record, breakdowns: Floats, work: float) -> float:
    """Minutes of repair within the work."""
    total = 0.0
    while work > machine.left:
        work -= machine.left
        total += breakdowns[machine.broken, 1]
        machine.broken += 1
        machine.left = breakdowns[machine.broken, 0]
    machine.left -= work
    return total

"""What an order of the jobs leads to: the recursion that promises, plans and the factory share.

A job begins a step when it has arrived and a machine is ready for it, set up for its family:
end = max(arrives, free + set-up) + minutes. With several machines it takes the one that lets it begin first;
of those the one with the least to set up, then the one that is free first (Kiefer and Wolfowitz 1955).
Jobs go through the stations one after the other, in the order that is judged.
"""

from __future__ import annotations

from factory_sim.planning.compiled import compiled, inlined
from factory_sim.planning.problem import Families, Minutes, Numbers, Tables


@inlined
def best_machine(tables: Tables, station: int, family: int, arrives: float, free: Minutes, family_at: Families) -> int:
    """The machine of a station that takes a job arriving at a minute."""
    first = tables.stations[station].first_machine
    best: int = first
    best_begin, best_set_up = 0.0, 0.0
    for machine in range(first, first + tables.stations[station].machines):
        set_up = tables.set_up[station, family_at[machine], family]
        begin = max(arrives, free[machine] + set_up)
        is_better = (
            machine == first
            or begin < best_begin
            or (begin == best_begin and (set_up, free[machine]) < (best_set_up, free[best]))
        )
        if is_better:
            best, best_begin, best_set_up = machine, begin, set_up
    return best


@inlined
def make(tables: Tables, number: int, free: Minutes, family_at: Families) -> tuple[float, float, float]:
    """Carry one job through its steps: when it begins, when it is ready, and the minutes of set-up before it.

    `free` and `family_at`, one entry per machine, become the state of the plant behind it.
    """
    job = tables.jobs[number]
    at = job.released_at
    begins, all_set_up = at, 0.0
    for index in range(job.steps):
        step = tables.steps[number, index]
        station = tables.stations[step.station]
        machine = station.first_machine
        if station.machines > 1:
            machine = best_machine(tables, step.station, step.family, at, free, family_at)
        set_up = tables.set_up[step.station, family_at[machine], step.family]
        begin = max(at, free[machine] + set_up)
        at = begin + step.minutes
        free[machine], family_at[machine] = at, step.family
        all_set_up += set_up
        if index == 0:
            begins = begin
    return begins, at, all_set_up


@inlined
def cost(tables: Tables, number: int, ready: float, set_up: float) -> float:
    """Points for one job: weighted tardiness, set-up before it, and what its promise is exceeded by."""
    job = tables.jobs[number]
    tardy = max(0.0, ready - job.due_at)
    broken = max(0.0, ready - job.promised_at)
    points: float = job.weight * tardy + tables.set_up_price * set_up + tables.churn_price * broken
    return points


@compiled
def evaluate(tables: Tables, sequence: Numbers, begins: Minutes, ready: Minutes) -> tuple[float, float]:
    """The objective and the minutes of set-up of a whole order; `begins` and `ready`, [jobs], are filled in."""
    free, family_at = tables.free_at.copy(), tables.family_at.copy()
    objective, all_set_up = 0.0, 0.0
    for job in sequence:
        begins[job], ready[job], set_up = make(tables, job, free, family_at)
        objective += cost(tables, job, ready[job], set_up)
        all_set_up += set_up
    return objective, all_set_up

"""Simulated annealing over orders of the jobs: swap two, move one, or move a block of them.

Every order is judged by the same recursion that promises. Three things make that quick, and all are exact:
the states of the plant before each position are kept, so that a move is judged from the first place that it
changes; the price that a move may have is drawn before it is judged, so that judging ends where it is exceeded;
and once the rest of the order is the old one, a plant that is in the old state, or in a later one, says what
the rest will cost, or cost at least.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from factory_sim.planning.compiled import compiled, inlined
from factory_sim.planning.evaluate import cost, make
from factory_sim.planning.problem import Families, Minutes, Numbers, Problem, Tables

MOVES_AT_A_TIME = 2000
HOTTEST, COLDEST = 1.0, 0.02
"""Temperatures at the beginning and the end, in mean costs of a job."""
LONGEST_BLOCK = 8
NEAR = 30
"""Every other move goes no farther."""
SWAPS, REUNIONS, BLOCKS = 0.15, 0.35, 0.25
"""Shares of the kinds of moves; the rest move one job."""


class Walk(NamedTuple):
    """An order and the plant before each position: `free` and `family_at` [jobs + 1, machines], `spent` [jobs + 1].

    `spent` is the sum of the costs of all jobs before a position, its last entry the objective.
    """

    sequence: Numbers
    free: Minutes
    family_at: Families
    spent: Minutes


@dataclass(frozen=True)
class Budget:
    """When a search ends: after `seconds` from now; or, with `moves`, after so many, however long they take."""

    seconds: float
    moves: int | None
    began: float = field(default_factory=time.monotonic)

    def spent(self, moved: int) -> float:
        """The share of it that is spent after so many moves; from 1 on it is over."""
        share, whole = (time.monotonic() - self.began, self.seconds) if self.moves is None else (moved, self.moves)
        return share / whole if whole > 0 else 1.0

    @property
    def is_late(self) -> bool:
        """Whether the time is up, where it counts."""
        return self.moves is None and self.spent(0) >= 1


def search(problem: Problem, start: Numbers, *, frozen: int, budget: Budget, seed: int) -> Numbers:
    """The best order found from `start`, whose first `frozen` jobs stay where they are."""
    best = start.copy()
    if len(start) - frozen < 2:
        return best
    tables, monotone = problem.tables, problem.is_monotone
    walk, trial = walked(tables, start), walked(tables, start)
    kin = np.unique(tables.steps["family"], axis=0, return_inverse=True)[1]
    sow(seed)
    best_cost, moved, per_job = walk.spent[-1], 0, max(walk.spent[-1] / len(start), 1.0)
    while (spent := budget.spent(moved)) < 1:
        moves = MOVES_AT_A_TIME if budget.moves is None else min(MOVES_AT_A_TIME, budget.moves - moved)
        temperature = per_job * HOTTEST * (COLDEST / HOTTEST) ** spent
        best_cost = anneal(tables, monotone, walk, trial, kin, frozen, best, best_cost, moves, temperature)
        moved += moves
    return best


def walked(tables: Tables, sequence: Numbers) -> Walk:
    """An order, with the state of the plant before each position."""
    jobs, machines = len(sequence), len(tables.free_at)
    walk = Walk(
        sequence=sequence.copy(),
        free=np.empty((jobs + 1, machines)),
        family_at=np.empty((jobs + 1, machines), np.uint32),
        spent=np.empty(jobs + 1),
    )
    walk.free[0], walk.family_at[0], walk.spent[0] = tables.free_at, tables.family_at, 0.0
    carry(tables, walk)
    return walk


@compiled
def carry(tables: Tables, walk: Walk) -> None:
    """Fill in the states of the plant for the whole order."""
    judge(tables, True, walk, walk, 0, len(walk.sequence), np.inf)


@compiled
def sow(seed: int) -> None:
    """Seed the compiled functions' random numbers."""
    np.random.seed(seed)


@compiled
def anneal(
    tables: Tables,
    monotone: bool,
    walk: Walk,
    trial: Walk,
    kin: Numbers,
    frozen: int,
    best: Numbers,
    best_cost: float,
    moves: int,
    temperature: float,
) -> float:
    """Try some moves at one temperature; `walk` goes on, `best` keeps the cheapest order. Its cost."""
    for _ in range(moves):
        first, after = propose(walk.sequence, trial.sequence, kin, frozen)
        limit = walk.spent[-1] - temperature * math.log(1.0 - np.random.random())
        same_from = judge(tables, monotone, walk, trial, first, after, limit)
        if same_from < 0:
            copy(walk.sequence, first, after, trial.sequence, first)
            continue
        accept(walk, trial, first, after, same_from)
        if walk.spent[-1] < best_cost:
            best_cost = walk.spent[-1]
            copy(walk.sequence, 0, len(best), best, 0)
    return best_cost


@inlined
def propose(old: Numbers, new: Numbers, kin: Numbers, frozen: int) -> tuple[int, int]:
    """Write a changed order to `new`, so far equal to `old`; the positions [first, after) that differ."""
    jobs = len(old)
    one = frozen + np.random.randint(jobs - frozen)
    other = frozen + np.random.randint(jobs - frozen)
    if np.random.random() < 0.5:
        other = min(max(one + np.random.randint(-NEAR, NEAR + 1), frozen), jobs - 1)
    kind = np.random.random()
    if kind < SWAPS:
        first, last = min(one, other), max(one, other)
        new[first], new[last] = old[last], old[first]
        return first, last + 1
    block = 1
    if kind < SWAPS + REUNIONS:
        other = kin_from(old, kin, one, other)
        while one + block < jobs and kin[old[one + block]] == kin[old[one]]:
            block += 1
    elif kind < SWAPS + REUNIONS + BLOCKS:
        block += np.random.randint(LONGEST_BLOCK)
    if one < other:
        after = max(other + 1, min(one + block, jobs))
        rotate(old, new, one, min(one + block, jobs), after)
        return one, after
    after = min(one + block, jobs)
    rotate(old, new, other, one, after)
    return other, after


@inlined
def kin_from(order: Numbers, kin: Numbers, one: int, other: int) -> int:
    """The first position from `other` on where a job of the same families as that at `one` stands, else `other`."""
    for position in range(other, len(order)):
        if kin[order[position]] == kin[order[one]] and position != one:
            return position
    return other


@inlined
def rotate(old: Numbers, new: Numbers, first: int, middle: int, after: int) -> None:
    """Let the blocks [first, middle) and [middle, after) change places."""
    behind = after - middle
    copy(old, middle, after, new, first)
    copy(old, first, middle, new, first + behind)


@inlined
def copy(source: Numbers, first: int, after: int, target: Numbers, to: int) -> None:
    """target[to:] = source[first:after]; for so few numbers a slice takes longer, to compile too."""
    for position in range(first, after):
        target[to + position - first] = source[position]


@inlined
def judge(tables: Tables, monotone: bool, walk: Walk, trial: Walk, first: int, after: int, limit: float) -> int:
    """Carry the jobs of `trial` from position `first` on; -1 as soon as it must cost more than `limit`.

    Else the position from which on the plant is again as in `walk`, and `trial` is filled in up to there.
    """
    jobs = len(trial.sequence)
    copy_state(walk, first, trial, first)
    trial.spent[first] = walk.spent[first]
    for position in range(first, jobs):
        behind = position + 1
        job = trial.sequence[position]
        copy_state(trial, position, trial, behind)
        _, ready, set_up = make(tables, job, trial.free[behind], trial.family_at[behind])
        trial.spent[behind] = trial.spent[position] + cost(tables, job, ready, set_up)
        if trial.spent[behind] > limit:
            return -1
        if behind >= after and behind < jobs:
            rest = walk.spent[jobs] - walk.spent[behind]
            is_later, is_same = compared(trial, walk, behind)
            if (is_same or (is_later and monotone)) and trial.spent[behind] + rest > limit:
                return -1
            if is_same:
                return behind
    return jobs


@inlined
def copy_state(source: Walk, position: int, target: Walk, to: int) -> None:
    for machine in range(source.free.shape[1]):
        target.free[to, machine] = source.free[position, machine]
        target.family_at[to, machine] = source.family_at[position, machine]


@inlined
def compared(trial: Walk, walk: Walk, position: int) -> tuple[bool, bool]:
    """Whether no machine of the trial is free earlier than in the old order, and whether all is the same."""
    is_same = True
    for machine in range(trial.free.shape[1]):
        if trial.family_at[position, machine] != walk.family_at[position, machine]:
            return False, False
        if trial.free[position, machine] < walk.free[position, machine]:
            return False, False
        if trial.free[position, machine] > walk.free[position, machine]:
            is_same = False
    return True, is_same


@inlined
def accept(walk: Walk, trial: Walk, first: int, after: int, same_from: int) -> None:
    """Let the trial, which is again as the old order from `same_from` on, become the order."""
    copy(trial.sequence, first, after, walk.sequence, first)
    saved = walk.spent[same_from] - trial.spent[same_from]
    for position in range(first + 1, same_from + 1):
        copy_state(trial, position, walk, position)
        walk.spent[position] = trial.spent[position]
    for position in range(same_from + 1, len(walk.spent)):
        walk.spent[position] -= saved

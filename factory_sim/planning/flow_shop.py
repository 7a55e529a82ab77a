"""The permutation flow shop: an order of jobs that all go the same way, ready as early as possible as a whole.

Nawaz, Enscore and Ham's construction (Omega 11, 1983), then Ruiz and Stützle's iterated greedy search (EJOR 177,
2007), both with Taillard's acceleration (EJOR 47, 1990): from what is done before a position and what remains
after it, one sweep tells the makespan of a job at every position. The plan's own search is not made for this: its
cost is a sum over jobs, the makespan is the end of the last. It is a yardstick of the field.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from factory_sim.planning.compiled import compiled, inlined
from factory_sim.planning.problem import Minutes, Numbers
from factory_sim.planning.search import Budget, copy, sow

REMOVED = 4
# Ruiz and Stützle's constant temperature, as a share of a tenth of the mean step.
TEMPERATURE = 0.4
ROUNDS_AT_A_TIME = 50


def shortest(minutes: ArrayLike, *, seconds: float = 1.0, rounds: int | None = None, seed: int = 0) -> Numbers:
    """The order with the shortest makespan that is found for jobs [jobs, stations].

    It ends after `seconds`; with `rounds` after so many instead, however long they take.
    """
    budget = Budget(seconds, rounds)
    work = np.ascontiguousarray(minutes, np.float64)
    order = constructed(work, np.argsort(-work.sum(axis=1), kind="stable"))
    if len(order) < 2:
        return order
    sow(seed)
    best, done = order.copy(), 0
    while budget.spent(done) < 1:
        some = ROUNDS_AT_A_TIME if rounds is None else min(ROUNDS_AT_A_TIME, rounds - done)
        improve(work, order, best, some, TEMPERATURE * work.mean() / 10)
        done += some
    return best


def makespan(minutes: ArrayLike, order: Numbers) -> float:
    """When the last job is ready."""
    return float(last_end(np.ascontiguousarray(minutes, np.float64), order))


@compiled
def last_end(work: Minutes, order: Numbers) -> float:
    ends = np.zeros(work.shape[1])
    for job in order:
        at = 0.0
        for station in range(work.shape[1]):
            at = max(at, ends[station]) + work[job, station]
            ends[station] = at
    last: float = ends[-1]
    return last


@compiled
def constructed(work: Minutes, jobs: Numbers) -> Numbers:
    """Each of the jobs in turn put where the order so far ends earliest."""
    order = np.empty(len(work), np.int64)
    heads, tails = np.zeros((len(work) + 2, work.shape[1] + 1)), np.zeros((len(work) + 2, work.shape[1] + 1))
    for placed, job in enumerate(jobs):
        place, _ = earliest_place(work, order, placed, job, heads, tails)
        insert(order, placed, place, job)
    return order


@compiled
def improve(work: Minutes, order: Numbers, best: Numbers, rounds: int, temperature: float) -> None:
    """Take some jobs out at random and put each back where it is best, again and again; `best` keeps the shortest."""
    jobs = len(order)
    heads, tails = np.zeros((jobs + 2, work.shape[1] + 1)), np.zeros((jobs + 2, work.shape[1] + 1))
    removed: Numbers = np.empty(min(REMOVED, jobs - 1), np.int64)
    trial = np.empty(jobs, np.int64)
    length, shortest_yet = last_end(work, order), last_end(work, best)
    for _ in range(rounds):
        copy(order, 0, jobs, trial, 0)
        placed = jobs
        for index in range(len(removed)):
            placed -= 1
            removed[index] = take_out(trial, placed, np.random.randint(placed + 1))
        end = 0.0
        for job in removed:
            place, end = earliest_place(work, trial, placed, job, heads, tails)
            insert(trial, placed, place, job)
            placed += 1
        end = settle(work, trial, end, heads, tails)
        if end <= length or np.random.random() < math.exp((length - end) / temperature):
            copy(trial, 0, jobs, order, 0)
            length = end
            if length < shortest_yet:
                copy(order, 0, jobs, best, 0)
                shortest_yet = length


@inlined
def settle(work: Minutes, order: Numbers, length: float, heads: Minutes, tails: Minutes) -> float:
    """Put each job, in turned order, where it is best, until a whole turn shortens nothing; the makespan."""
    jobs = len(order)
    since = 0
    turn = np.random.permutation(jobs)
    index = 0
    while since < jobs:
        job = turn[index]
        index = (index + 1) % jobs
        place = 0
        while order[place] != job:
            place += 1
        take_out(order, jobs - 1, place)
        new_place, end = earliest_place(work, order, jobs - 1, job, heads, tails)
        if end < length:
            length, since = end, 0
            insert(order, jobs - 1, new_place, job)
        else:
            since += 1
            insert(order, jobs - 1, place, job)
    return length


@inlined
def take_out(order: Numbers, left: int, place: int) -> int:
    """The job at a position; those behind it move up, and `left` jobs remain."""
    job: int = order[place]
    copy(order, place + 1, left + 1, order, place)
    return job


@inlined
def insert(order: Numbers, placed: int, place: int, job: int) -> None:
    for position in range(placed, place, -1):
        order[position] = order[position - 1]
    order[place] = job


@inlined
def sweep(work: Minutes, order: Numbers, placed: int, heads: Minutes, tails: Minutes) -> None:
    """Fill in `heads` and `tails` of the first `placed` jobs."""
    stations = work.shape[1]
    for position in range(placed):
        for station in range(stations):
            begin = max(heads[position, station + 1], heads[position + 1, station])
            heads[position + 1, station + 1] = begin + work[order[position], station]
    for station in range(stations):
        tails[placed, station] = 0.0
    for position in range(placed - 1, -1, -1):
        for station in range(stations - 1, -1, -1):
            after = max(tails[position + 1, station], tails[position, station + 1])
            tails[position, station] = after + work[order[position], station]


@inlined
def earliest_place(
    work: Minutes, order: Numbers, placed: int, job: int, heads: Minutes, tails: Minutes
) -> tuple[int, float]:
    """Where one more job makes the first `placed` jobs of an order end earliest, and when that is.

    `heads` and `tails`, [jobs + 2, stations + 1], are room to work in: when a station is done with the job before a
    position, and how long it takes from the beginning of the job at a position to the very end.
    """
    stations = work.shape[1]
    sweep(work, order, placed, heads, tails)
    best, earliest = 0, np.inf
    for place in range(placed + 1):
        at, end = 0.0, 0.0
        for station in range(stations):
            at = max(at, heads[place, station + 1]) + work[job, station]
            end = max(end, at + tails[place, station])
        if end < earliest:
            best, earliest = place, end
    return best, earliest

"""The plan: how good an order of 300 jobs is after a second of the processor's time, and how good the search is at
a problem of the field whose best answers are known.

`factory.plan.300` plans the line of `workloads.py`. `seconds` is the processor's time of one plan of MOVES moves, the
median over several seeds of the search. `better_than_atcs_percent` is how much cheaper it is than what the dispatching
rule gives (its best of twelve settings), on workload 0, the median too; `of_five_workloads_percent` is the median
over five workloads: in easy ones nothing is late any more, set-ups alone are left, and the rule is good at those.
`worsened_percent` of 300 promises are over an hour worse after a plan that follows an arrival.

`factory.taillard` gives each of 18 flow shops SECONDS of the processor, and tells how much longer than the best
makespan known the worst one is.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.harness import Figure, benchmark, processor_seconds, require
from benchmarks.taillard import INSTANCES, Instance
from benchmarks.workloads import after_arrival, line, without_last
from factory_sim.planning import Plan, Problem, followed, plan, replanned
from factory_sim.planning.atcs import first_order
from factory_sim.planning.flow_shop import makespan, shortest

JOBS = 300
MOVES = 200_000
SEEDS = range(5)
WORKLOADS = range(5)
HOUR = 60
ARRIVALS = 3
SECONDS = 2.0
ROUNDS = 50


@benchmark("factory.plan.300")
def plans() -> Iterator[Figure]:
    """Time and quality of a plan, and what it does to promises."""
    plan(line(2), moves=1)
    problem = line(JOBS)
    taken = [processor_seconds(partial(plan, problem, moves=MOVES, seed=seed)) for seed in SEEDS]
    yield Figure("seconds", statistics.median(taken), "s")
    yield Figure("better_than_atcs_percent", statistics.median(better(problem, seed) for seed in SEEDS), "%")
    everywhere = [better(line(JOBS, workload), 0) for workload in WORKLOADS]
    yield Figure("of_five_workloads_percent", statistics.median(everywhere), "%")
    worsened = [share_worsened(line(JOBS + 1, number)) for number in range(ARRIVALS)]
    yield Figure("worsened_percent", statistics.mean(worsened) * 100, "%")


def better(problem: Problem, seed: int) -> float:
    """How many percent cheaper a plan is than the dispatching rule's best order."""
    by_rule = followed(problem, first_order(problem))
    return (1 - plan(problem, moves=MOVES, seed=seed).objective / by_rule.objective) * 100


def share_worsened(whole: Problem) -> float:
    """Of the promises given before the last job arrived, the share that is over an hour worse after it is planned."""
    before: Plan = plan(without_last(whole), moves=MOVES)
    arrived = after_arrival(whole, before, churn_price=whole.churn_price)
    after = replanned(arrived, before.sequence, frozen=len(before.head(HOUR)), moves=MOVES)
    return float(np.mean(after.completion[:-1] > before.completion + HOUR))


@benchmark("factory.taillard")
def taillard() -> Iterator[Figure]:
    """The worst gap to the best makespan known, over Taillard's flow shops from 20 x 5 to 100 x 10."""
    shortest(INSTANCES[0].minutes(), rounds=1)
    gaps = [gap(instance) for instance in INSTANCES]
    require(min(gaps) >= 0, "a makespan is shorter than the best that anybody found")
    yield Figure("max_gap_percent", max(gaps), "%")
    yield Figure("mean_gap_percent", statistics.mean(gaps), "%")


def gap(instance: Instance) -> float:
    """Percent above the best known, after as many rounds as fit into SECONDS of the processor's time."""
    minutes = instance.minutes()
    of_some = processor_seconds(lambda: shortest(minutes, rounds=ROUNDS))
    order = shortest(minutes, rounds=int(ROUNDS * SECONDS / of_some))
    return (makespan(minutes, order) / instance.best_known - 1) * 100

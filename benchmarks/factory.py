"""The factory: how good the promise behind 100 pieces is, and the engine that makes 300.

The plant is the demo's. 100 engraved pieces of random designs come 2 working minutes apart; after 240
minutes all are in the plant and none is done, and 16 more designs ask, each for itself, when they would be
ready. Ours answers from 256 vectorised replications, all 100 pieces carried through first (`cold_p95_ms`), as where
nothing is published. The peer runs the kernel that makes the pieces once per
replication, with other luck each time, and has nothing that it could keep. Four such runs are timed per
question; a promise is 256 of them.

`p50_late` and `p90_late` say how good the fast answer is: how much later than the kernel's it is, over all
questions, in percent of the working minutes that the kernel needs from now on; below 0 it is too early.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from benchmarks.demo import plant, work_specs
from benchmarks.harness import Figure, benchmark, p95_ms, race, require
from factory_sim import draws, kernel, live, promise
from factory_sim.contracts import Kind, Phase, WorkSpec
from factory_sim.standing import Event, Job

QUEUED = 100
MADE = 300
ASKING = 16
MINUTES_APART = 2.0
WHOLE = 30_000.0
NOW = 240.0
KERNEL_RUNS = 4
ROUNDS = 4
NEWCOMER = "new"
PEER = "the kernel once per replication"


@benchmark("factory.queue")
def promises() -> Iterator[Figure]:
    """P50 and P90 of one more piece, by promise.py and by the kernel."""
    in_plant, asking, luck = plant_after(QUEUED, NOW), work_specs(ASKING), count(1)
    queue = queue_behind(in_plant)
    finished: list[float] = []

    def by_kernel(spec: WorkSpec) -> None:
        finished.extend(finishing_minute(in_plant, spec, next(luck)) for _ in range(KERNEL_RUNS))

    contenders = {
        "cold": lambda spec: promise.quantiles(minutes(queue_behind(in_plant), spec)),
        "kernel": by_kernel,
    }
    laps = race(contenders, asking, ROUNDS)
    peer_ms = laps["kernel"].median(p95_ms) * promise.REPLICATIONS / KERNEL_RUNS
    yield Figure("cold_p95_ms", laps["cold"].median(p95_ms), "ms", PEER, peer_ms)
    ours = promise.quantiles(np.concatenate([minutes(queue, spec) for spec in asking]))
    for name, mine, kernels in zip(("p50", "p90"), ours, promise.quantiles(np.array(finished)), strict=True):
        yield Figure(f"{name}_late", (mine - kernels) / (kernels - NOW) * 100, "%")


@benchmark("factory.tick")
def tick() -> Iterator[Figure]:
    """Events per second of a tick without its database, from the first piece's release to the last one's end."""
    jobs = coming(MADE)

    def run(jobs: list[Job]) -> list[Event]:
        return live.run(plant(), jobs, {}, since=0.0, until=WHOLE).events

    events = run(jobs)
    require(sum(event.kind is Kind.COMPLETED for event in events) == MADE, "not all pieces are made")
    laps = race({"ours": run}, [jobs], ROUNDS)
    yield Figure("events_per_second", laps["ours"].median(lambda seconds: len(events) / sum(seconds)), "1/s")


def coming(number: int) -> list[Job]:
    """Pieces on their way to the plant."""
    return [
        Job(key=f"piece-{rank}", rank=rank, seed=rank, released_at=rank * MINUTES_APART, operations=spec.operations)
        for rank, spec in enumerate(work_specs(number))
    ]


def plant_after(number: int, minute: float) -> list[Job]:
    """Pieces as they stand after some minutes; none may be done."""
    _, jobs = kernel.run(plant().machines(), coming(number), minute)
    require(all(job.phase is not Phase.DONE for job in jobs.values()), "a piece is done before the question is asked")
    return [*jobs.values()]


def queue_behind(in_plant: Sequence[Job]) -> promise.Queue:
    return promise.behind(plant().machines(), in_plant, (), NOW)


def minutes(queue: promise.Queue, spec: WorkSpec) -> promise.Minutes:
    return promise.finishing_minutes(queue, spec, released_at=NOW)


def finishing_minute(in_plant: Sequence[Job], spec: WorkSpec, luck: int) -> float:
    """When one more piece is ready if all that is still to come is drawn anew."""
    newcomer = Job(key=NEWCOMER, rank=QUEUED, seed=0, released_at=NOW, operations=spec.operations)
    jobs = [redrawn(job, luck) for job in (*in_plant, newcomer)]
    events, _ = kernel.run(plant().machines(), jobs, math.inf)
    return next(event.minute for event in events if event.key == NEWCOMER and event.kind is Kind.COMPLETED)


def redrawn(job: Job, luck: int) -> Job:
    """The piece with another seed; the rest of a running operation is drawn as the promise draws it."""
    seed = draws.seed_of(luck, job.key)
    if job.phase is not Phase.WORKING:
        return replace(job, seed=seed)
    operation = job.operation
    drawn = draws.duration(seed, operation.id, 0, mean=operation.minutes, variation=operation.variation)
    rest = max(drawn - (NOW - job.since), promise.SHORTEST_REST * operation.minutes)
    return replace(job, seed=seed, ends_at=NOW + rest)

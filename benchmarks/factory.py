"""The factory: how good the promise behind 100 pieces is, and the engine that makes 300.

The plant is the demo's. 100 engraved pieces of random designs come 2 working minutes apart; after 240 minutes all are
in the plant and none is done, and 16 more designs ask, each for itself, when they would be ready. The peer is the
engine, which runs the plant with that piece in it: 256 replications with the promise's draws, for each question anew.
Ours is the recursion behind what a worker has published (`warm_p95_ms`), and the recursion that carries all 100 pieces
through first (`cold_p95_ms`), as where nothing is published.

`p50_apart` and `p90_apart` are the largest distances of the published answer from the engine's, over all questions, in
percent of the working minutes that the engine needs from now on; `cold_p50_late` is by how much the recursion alone is
later than the engine, on average.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.demo import plant, work_specs
from benchmarks.harness import Figure, benchmark, p95_ms, race, require
from factory_sim import live, promise
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.contracts import Kind, Phase, WorkSpec
from factory_sim.live.forecast import forecast
from factory_sim.live.newcomers import queue_behind
from factory_sim.promise_draws import NEWCOMER, Minutes
from factory_sim.standing import Event, Job, Machines

QUEUED = 100
MADE = 300
ASKING = 16
MINUTES_APART = 2.0
WHOLE = 30_000.0
NOW = 240.0
ROUNDS = 4
PEER = "the engine, 256 replications"


@dataclass(frozen=True)
class Standing:
    """A plant in the middle of its work."""

    jobs: Sequence[Job]
    machines: Machines

    def by_engine(self, spec: WorkSpec) -> Minutes:
        newcomer = Job(key=NEWCOMER, rank=QUEUED, seed=0, released_at=NOW, operations=spec.operations)
        return forecast(plant(), [*self.jobs, newcomer], self.machines, NOW).ready()[NEWCOMER]


@benchmark("factory.queue")
def promises() -> Iterator[Figure]:
    """P50 and P90 of one more piece, by the recursion and by the engine."""
    stands, asking = plant_after(QUEUED, NOW), work_specs(ASKING)
    published = queue_behind(plant(), stands.jobs, stands.machines, (), now=NOW, next_at=NOW)
    contenders: dict[str, Callable[[WorkSpec], tuple[float, float]]] = {
        "warm": lambda spec: promise.quantiles(minutes(published, spec)),
        "cold": lambda spec: promise.quantiles(minutes(cold(stands), spec)),
        "engine": lambda spec: promise.quantiles(stands.by_engine(spec)),
    }
    laps = race(contenders, asking, ROUNDS)
    peer_ms = laps["engine"].median(p95_ms)
    yield Figure("warm_p95_ms", laps["warm"].median(p95_ms), "ms", PEER, peer_ms)
    yield Figure("cold_p95_ms", laps["cold"].median(p95_ms), "ms", PEER, peer_ms)
    found = {name: np.array([ask(spec) for spec in asking]) for name, ask in contenders.items()}
    apart = 100 * (found["warm"] - found["engine"]) / (found["engine"] - NOW)
    yield Figure("p50_apart", float(np.abs(apart[:, 0]).max()), "%")
    yield Figure("p90_apart", float(np.abs(apart[:, 1]).max()), "%")
    late = 100 * (found["cold"] - found["engine"]) / (found["engine"] - NOW)
    yield Figure("cold_p50_late", float(late[:, 0].mean()), "%")


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


def plant_after(number: int, minute: float) -> Standing:
    """Pieces as they stand after some minutes; none may be done."""
    jobs = coming(number)
    done = live.run(plant(), jobs, {}, since=-1.0, until=minute)
    after = {job.key: job for job in jobs} | done.jobs
    require(all(job.phase is not Phase.DONE for job in after.values()), "a piece is done before the question is asked")
    return Standing([*after.values()], done.machines)


def cold(stands: Standing) -> promise.Queue:
    return promise.behind(plant().layout(), stands.jobs, (), NOW)


def minutes(queue: promise.Queue, spec: WorkSpec) -> Minutes:
    found: Minutes = finishing_minutes_of_each(queue, [spec], released_at=NOW)[0]
    return found

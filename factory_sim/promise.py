"""The promise: when a piece will be ready behind today's queue, as a distribution. Pure; NumPy only.

All pieces in the plant and all that wait before it are carried through the stations, those furthest on
first, for many replications at once, with draws of their own: a promise never peeks at what the
simulation is going to draw. A station's machines are arrays of the times at which they become free, so
one visit of one piece is a handful of array operations. Two simplifications against the kernel: pieces
do not overtake each other between stations, and a piece sent back does not queue behind later ones;
tests/integration/factory_sim/test_calibration.py measures what that costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from factory_sim.contracts import OperationSpec, Phase, WorkSpec
from factory_sim.draws import STANDARD_NORMAL, log_normal_parameters
from factory_sim.standing import Job

Minutes = NDArray[np.float64]
Rows = NDArray[np.int64]
Shuffle = NDArray[np.uint8]
REPLICATIONS = 256
EVERY = np.arange(REPLICATIONS)
# Draws are shuffled strata: a new piece has the same luck in every promise, and it must not be better than average.
STRATA = (EVERY + 0.5) / REPLICATIONS
NORMAL_STRATA = np.array([STANDARD_NORMAL.inv_cdf(u) for u in STRATA])
SHORTEST_REST = 0.05
NEWCOMER = "new"
"""The key of a piece that nobody has ordered yet: it has the same luck in every promise."""
REMEMBERED = 32_768
"""Shuffles, of 256 bytes each."""


@dataclass(frozen=True)
class Arrival:
    """A piece that the plant is going to get, and the working minute at which it is expected.

    One with a `key` of its own keeps its luck when others come or go, and can be looked up in the queue.
    """

    spec: WorkSpec
    released_at: float
    key: str = ""


@dataclass(frozen=True)
class Queue:
    """The plant behind everything that is promised already.

    `free` holds, per station, the working minutes at which its machines become free, shape
    (REPLICATIONS, machines); `ready` the finishing minutes of each piece with a key, shape (REPLICATIONS,).
    """

    now: float
    free: Mapping[str, Minutes]
    ready: Mapping[str, Minutes]


def behind(machines: Mapping[str, int], jobs: Iterable[Job], waiting: Iterable[Arrival], now: float) -> Queue:
    """The state of the stations after all `jobs` in the plant and then all `waiting` pieces, seen from `now`."""
    free = {station: np.full((REPLICATIONS, count), now) for station, count in machines.items()}
    in_order = sorted(jobs, key=_furthest_first)
    # Every machine at work is taken before the first piece goes on: it may go on to one of them.
    ends = {job.key: _end_work(free, job, now) for job in in_order if job.phase is Phase.WORKING}
    ready = {job.key: _carry_on(free, job, ends.get(job.key), now) for job in in_order}
    return with_more(Queue(now=now, free=free, ready=ready), list(waiting), 0)


def with_more(queue: Queue, waiting: Sequence[Arrival], known: int) -> Queue:
    """The queue behind all `waiting` pieces, from the one behind the first `known` of them."""
    free = {station: times.copy() for station, times in queue.free.items()}
    ready = dict(queue.ready)
    for number in range(known, len(waiting)):
        each = waiting[number]
        start = np.full(REPLICATIONS, max(queue.now, each.released_at))
        minutes = _Piece(free, each.spec.operations, each.key or f"waiting {number}", start).go_on(0)
        if each.key:
            ready[each.key] = minutes
    return Queue(now=queue.now, free=free, ready=ready)


def finishing_minutes(queue: Queue, spec: WorkSpec, *, released_at: float) -> Minutes:
    """When one more piece, released at a working minute, would be ready: shape (REPLICATIONS,)."""
    free = {station: times.copy() for station, times in queue.free.items()}
    start = np.full(REPLICATIONS, max(queue.now, released_at))
    return _Piece(free, spec.operations, NEWCOMER, start).go_on(0)


def quantiles(minutes: Minutes) -> tuple[float, float]:
    """P50 and P90."""
    likely, safe = np.quantile(minutes, (0.5, 0.9))
    return float(likely), float(safe)


def _furthest_first(job: Job) -> tuple[bool, int, bool, float, int]:
    """Nobody waits at a station for a piece that has further to go to it."""
    return job.phase is Phase.COMING, -job.position, job.phase is not Phase.WORKING, job.since, job.rank


class _Piece:
    """One piece on its way through the stations, in all replications at once."""

    def __init__(self, free: dict[str, Minutes], operations: Sequence[OperationSpec], key: str, at: Minutes) -> None:
        self.free = free
        self.operations = operations
        self.key = key
        self.at = at
        # The replications in which it has been sent back.
        self.late = np.zeros(REPLICATIONS, bool)

    def go_on(self, first: int) -> Minutes:
        """Do operation number `first` and all after it; the finishing minutes."""
        for index in range(first, len(self.operations)):
            self._visit(index, 0, EVERY)
            self.rework(index)
        return self.at

    def rework(self, index: int) -> None:
        """After an inspection: send the replications in which it finds a fault back, as often as it may."""
        inspection = self.operations[index]
        ids = [operation.id for operation in self.operations]
        looking = EVERY
        for attempt in range(1, inspection.most_reworks + 1 if inspection.faults else 1):
            u = uniforms(self.key, inspection.id, attempt)[looking]
            failed: list[Rows] = []
            for fault in inspection.faults:
                hit, u = looking[u < fault.rate], np.where(u < fault.rate, 2.0, u - fault.rate)
                self.late[hit] = True
                for back in range(ids.index(fault.rework_from), index + 1):
                    self._visit(back, attempt, hit)
                failed.append(hit)
            looking = np.sort(np.concatenate(failed))

    def _visit(self, index: int, attempt: int, rows: Rows) -> None:
        """Work on the machine that becomes free first, in the replications `rows`."""
        if not rows.size:
            return
        operation = self.operations[index]
        machines = self.free[operation.station]
        chosen = machines[rows].argmin(axis=1)
        free_at, arrives = machines[rows, chosen], self.at[rows]
        drawn = durations(operation, self.key, attempt)[rows]
        ends = np.maximum(arrives, free_at) + drawn
        # A piece that was sent back comes late. Until it does, the machine stands idle for those behind it, and
        # they pass: they have no longer to wait for it.
        is_passed = self.late[rows] & (free_at < arrives)
        machines[rows, chosen] = np.where(is_passed, free_at, ends)
        self.at[rows] = ends


def _carry_on(free: dict[str, Minutes], job: Job, ended: Minutes | None, now: float) -> Minutes:
    """Carry a piece that is in the plant from where it stands, or from the end `ended` of its work, to its end."""
    if ended is None:
        start = np.full(REPLICATIONS, max(now, job.released_at) if job.phase is Phase.COMING else now)
        return _Piece(free, job.operations, job.key, start).go_on(job.position)
    piece = _Piece(free, job.operations, job.key, ended.copy())
    piece.rework(job.position)
    return piece.go_on(job.position + 1)


def _end_work(free: dict[str, Minutes], job: Job, now: float) -> Minutes:
    """When the running operation of a piece ends; its machine is taken until then."""
    operation = job.operation
    rest = np.maximum(durations(operation, job.key, 0) - (now - job.since), SHORTEST_REST * operation.minutes)
    free[operation.station][:, job.machine] = now + rest
    return now + rest


def durations(operation: OperationSpec, key: str, attempt: int) -> Minutes:
    """Durations of one visit, shape (REPLICATIONS,)."""
    if operation.variation == 0:
        return np.full(REPLICATIONS, operation.minutes)
    mu, sigma = log_normal_parameters(operation.minutes, operation.variation)
    drawn: Minutes = np.exp(mu + sigma * normals(key, operation.id, attempt))
    return drawn


def normals(key: str, operation: str, attempt: int) -> Minutes:
    """What the durations of a visit are made from, shape (REPLICATIONS,)."""
    return NORMAL_STRATA[_shuffle(key, operation, attempt)]


def uniforms(key: str, inspection: str, attempt: int) -> Minutes:
    """What decides whether an inspection finds a fault, shape (REPLICATIONS,); `attempt` counts from 1."""
    return STRATA[_shuffle(key, inspection, -attempt)]


@lru_cache(REMEMBERED)
def _shuffle(key: str, operation: str, attempt: int) -> Shuffle:
    """Common random numbers: the same piece has the same luck in every promise, so dates do not flicker."""
    digest = blake2b(f"promise|{key}|{operation}|{attempt}".encode(), digest_size=16).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
    return generator.permutation(REPLICATIONS).astype(np.uint8)

"""The promise: when a piece will be ready behind today's queue, as a distribution. Pure; NumPy only.

All pieces in the plant and all that wait before it are carried through the stations in their order of
release, for many replications at once, with draws of their own: a promise never peeks at what the
simulation is going to draw. A station's machines are arrays of the times at which they become free, so
one visit of one piece is a handful of array operations. Two simplifications against the kernel: pieces
do not overtake each other between stations, and a piece sent back does not queue behind later ones;
tests/integration/factory_sim/test_calibration.py measures what that costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from factory_sim.contracts import OperationSpec, WorkSpec
from factory_sim.draws import log_normal_parameters
from factory_sim.kernel import Job, Phase

Minutes = NDArray[np.float64]
REPLICATIONS = 256
SHORTEST_REST = 0.05


@dataclass(frozen=True)
class Queue:
    """The plant behind everything that is promised already.

    `free` holds, per station, the working minutes at which its machines become free, shape
    (REPLICATIONS, machines); `ready` the finishing minutes of each piece by key, shape (REPLICATIONS,).
    """

    now: float
    free: Mapping[str, Minutes]
    ready: Mapping[str, Minutes]


def behind(machines: Mapping[str, int], jobs: Iterable[Job], waiting: Iterable[WorkSpec], now: float) -> Queue:
    """The state of the stations after all `jobs` in the plant and then all `waiting` pieces, seen from `now`."""
    free = {station: np.full((REPLICATIONS, count), now) for station, count in machines.items()}
    in_order = sorted(jobs, key=lambda job: job.rank)
    # Every machine at work is taken before the first piece goes on: it may go on to one of them.
    ends = {job.key: _end_work(free, job, now) for job in in_order if job.phase is Phase.WORKING}
    ready = {job.key: _carry_on(free, job, ends.get(job.key), now) for job in in_order}
    for number, spec in enumerate(waiting):
        _carry(free, spec.operations, f"waiting {number}", np.full(REPLICATIONS, now))
    return Queue(now=now, free=free, ready=ready)


def finishing_minutes(queue: Queue, spec: WorkSpec, *, released_at: float) -> Minutes:
    """When one more piece, released at a working minute, would be ready: shape (REPLICATIONS,)."""
    free = {station: times.copy() for station, times in queue.free.items()}
    start = np.full(REPLICATIONS, max(queue.now, released_at))
    return _carry(free, spec.operations, "new", start)


def quantiles(minutes: Minutes) -> tuple[float, float]:
    """P50 and P90."""
    likely, safe = np.quantile(minutes, (0.5, 0.9))
    return float(likely), float(safe)


def _carry_on(free: dict[str, Minutes], job: Job, at: Minutes | None, now: float) -> Minutes:
    """Carry a piece that is in the plant from where it stands, or from the end `at` of its work, to its end."""
    if at is not None:
        return _carry_after(free, job.operations, job.key, at, job.position)
    start = np.full(REPLICATIONS, max(now, job.released_at) if job.phase is Phase.COMING else now)
    return _carry(free, job.operations, job.key, start, first=job.position)


def _end_work(free: dict[str, Minutes], job: Job, now: float) -> Minutes:
    """When the running operation of a piece ends; its machine is taken until then."""
    operation = job.operation
    drawn = _durations(operation, _generator(job.key, operation.id, 0), REPLICATIONS)
    rest = np.maximum(drawn - (now - job.since), SHORTEST_REST * operation.minutes)
    at = now + rest
    free[operation.station][:, job.machine] = at
    return at


def _carry(
    free: dict[str, Minutes], operations: tuple[OperationSpec, ...], key: str, start: Minutes, first: int = 0
) -> Minutes:
    at = start
    for index in range(first, len(operations)):
        at = _visit(free, operations[index], (key, 0), at)
        at = _rework(free, operations, key, at, index)
    return at


def _carry_after(
    free: dict[str, Minutes], operations: tuple[OperationSpec, ...], key: str, at: Minutes, done: int
) -> Minutes:
    """Go on after operation number `done`, which has just been finished at `at`."""
    return _carry(free, operations, key, _rework(free, operations, key, at, done), first=done + 1)


def _rework(
    free: dict[str, Minutes], operations: tuple[OperationSpec, ...], key: str, at: Minutes, index: int
) -> Minutes:
    """Send the replications in which an inspection finds a fault back, as often as it may."""
    inspection = operations[index]
    if not inspection.faults:
        return at
    ids = [operation.id for operation in operations]
    looking = np.arange(REPLICATIONS)
    for attempt in range(1, inspection.most_reworks + 1):
        u = _generator(key, inspection.id, attempt + 1000).random(REPLICATIONS)[looking]
        failed: list[NDArray[np.int64]] = []
        for fault in inspection.faults:
            hit, u = looking[u < fault.rate], np.where(u < fault.rate, 2.0, u - fault.rate)
            for back in range(ids.index(fault.rework_from), index + 1):
                at[hit] = _visit(free, operations[back], (key, attempt), at[hit], hit)
            failed.append(hit)
        looking = np.sort(np.concatenate(failed))
    return at


def _visit(
    free: dict[str, Minutes],
    operation: OperationSpec,
    draw: tuple[str, int],
    arrives: Minutes,
    rows: NDArray[np.int64] | None = None,
) -> Minutes:
    """Work on the machine that becomes free first; the finishing minutes.

    `draw` is (piece, attempt) for the random numbers; `rows` limits the visit to some replications.
    """
    replications = np.arange(REPLICATIONS) if rows is None else rows
    machines = free[operation.station]
    chosen = machines[replications].argmin(axis=1)
    drawn = _durations(operation, _generator(draw[0], operation.id, draw[1]), REPLICATIONS)[replications]
    ends: Minutes = np.maximum(arrives, machines[replications, chosen]) + drawn
    machines[replications, chosen] = ends
    return ends


def _durations(operation: OperationSpec, generator: np.random.Generator, count: int) -> Minutes:
    if operation.variation == 0:
        return np.full(count, operation.minutes)
    mu, sigma = log_normal_parameters(operation.minutes, operation.variation)
    return generator.lognormal(mu, sigma, count)


def _generator(key: str, operation: str, attempt: int) -> np.random.Generator:
    """Common random numbers: the same piece has the same luck in every promise, so dates do not flicker."""
    digest = blake2b(f"promise|{key}|{operation}|{attempt}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))

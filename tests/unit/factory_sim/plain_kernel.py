"""A second, slow and plain model of what the engine does on plain routes: pure Python, without numba. A test's oracle.

Stations have equal machines and one queue, first come, first served; ties go to the piece that entered the plant first.
Running to time b equals running to a < b, saving the jobs, and running on to b.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from factory_sim import draws
from factory_sim.contracts import Kind, Phase
from factory_sim.standing import Event, Job


def run(machines: Mapping[str, int], jobs: Iterable[Job], until: float) -> tuple[list[Event], dict[str, Job]]:
    """Everything that happens up to and including `until`, in order, and the jobs as they then stand."""
    floor = _Floor(machines, jobs)
    while floor.pending and floor.pending[0][0] <= until:
        minute, _, key = heapq.heappop(floor.pending)
        floor.act(key, minute)
    return floor.events, floor.jobs


class _Floor:
    """The mutable state of one run."""

    def __init__(self, machines: Mapping[str, int], jobs: Iterable[Job]) -> None:
        self.jobs = {job.key: job for job in jobs}
        self.events: list[Event] = []
        self.free = {station: list(range(count)) for station, count in machines.items()}
        self.queues: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
        self.pending: list[tuple[float, int, str]] = []
        for job in self.jobs.values():
            if job.phase is Phase.QUEUED:
                self.queues[job.operation.station].append((job.since, job.rank, job.key))
            elif job.phase is not Phase.DONE:
                self.pending.append((job.due_at, job.rank, job.key))
            if job.phase is Phase.WORKING:
                self.free[job.operation.station].remove(job.machine)
        for queue in self.queues.values():
            heapq.heapify(queue)
        heapq.heapify(self.pending)

    def act(self, key: str, minute: float) -> None:
        """The piece enters the plant, or ends its running operation."""
        job = self.jobs[key]
        if job.phase is Phase.COMING:
            self._log(key, Kind.RELEASED, minute)
            self._join_queue(key, 0, minute)
        else:
            station = job.operation.station
            heapq.heappush(self.free[station], job.machine)
            self._log(key, Kind.FINISHED, minute, machine=job.machine)
            self._go_on(key, minute)
            self._start_work(station, minute)

    def _go_on(self, key: str, minute: float) -> None:
        job = self.jobs[key]
        position = job.position + 1
        if job.operation.faults:
            fault = draws.found_fault(job.seed, job.operation, job.visits[job.operation.id])
            self._log(key, Kind.FAILED if fault else Kind.PASSED, minute, fault=fault.id if fault else "")
            if fault:
                position = [operation.id for operation in job.operations].index(fault.rework_from)
        if position == len(job.operations):
            self._change(key, phase=Phase.DONE)
            self._log(key, Kind.COMPLETED, minute, at_operation=False)
        else:
            self._join_queue(key, position, minute)

    def _join_queue(self, key: str, position: int, minute: float) -> None:
        self._change(key, phase=Phase.QUEUED, position=position, since=minute)
        job = self.jobs[key]
        self._log(key, Kind.QUEUED, minute)
        heapq.heappush(self.queues[job.operation.station], (minute, job.rank, key))
        self._start_work(job.operation.station, minute)

    def _start_work(self, station: str, minute: float) -> None:
        while self.free[station] and self.queues[station]:
            _, _, key = heapq.heappop(self.queues[station])
            machine = heapq.heappop(self.free[station])
            job = self.jobs[key]
            visit = job.visits.get(job.operation.id, 0)
            minutes = draws.duration(
                job.seed, job.operation.id, visit, mean=job.operation.minutes, variation=job.operation.variation
            )
            self._change(
                key,
                phase=Phase.WORKING,
                visits={**job.visits, job.operation.id: visit + 1},
                since=minute,
                machine=machine,
                ends_at=minute + minutes,
            )
            self._log(key, Kind.STARTED, minute, machine=machine)
            heapq.heappush(self.pending, (minute + minutes, job.rank, key))

    def _change(self, key: str, **columns: object) -> None:
        self.jobs[key] = replace(self.jobs[key], **columns)  # type: ignore[arg-type]

    def _log(
        self, key: str, kind: Kind, minute: float, *, machine: int = 0, fault: str = "", at_operation: bool = True
    ) -> None:
        job = self.jobs[key]
        placed = at_operation and kind is not Kind.RELEASED
        self.events.append(
            Event(
                key=key,
                seq=job.next_seq,
                kind=kind,
                minute=minute,
                operation=job.operation.id if placed else "",
                station=job.operation.station if placed else "",
                machine=machine,
                fault=fault,
            )
        )
        self._change(key, next_seq=job.next_seq + 1)

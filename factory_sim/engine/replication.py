"""One replication under way, compiled: what the kernel knows of it, and its lists of waiting operations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from factory_sim.engine.compiled import inlined
from factory_sim.engine.heap import push
from factory_sim.engine.model import ARRIVED, QUEUED, TRAVELLING, Floats, Numbers, Record, Records

NONE = -1

STATION = np.dtype(
    [
        ("first_machine", np.int64),
        ("end_machine", np.int64),
        ("places", np.int64),
        ("batch", np.int64),
        ("patience", np.float64),
        # How many machines are idle, how many pieces on their way, and when it has to look by itself.
        ("idle", np.int64),
        ("travelling", np.int64),
        ("wake", np.float64),
        # The station that goes on when this one is settled.
        ("later", np.int64),
    ]
)
# `done` has bit i set when operation i of the job is done.
JOB = np.dtype(
    [("first", np.int64), ("end", np.int64), ("done", np.int64), ("completed", np.float64), ("urgency", np.int64)]
)
OPERATION = np.dtype(
    [
        ("job", np.int64),
        ("station", np.int64),
        ("family", np.int64),
        ("needs", np.int64),
        ("phase", np.int64),
        ("minute", np.float64),
        ("machine", np.int64),
        ("visits", np.int64),
        ("shelf", np.float64),
        # Its urgency and its neighbours in the list in which it waits.
        ("urgency", np.int64),
        ("ahead", np.int64),
        ("behind", np.int64),
    ]
)
LIST = np.dtype([("head", np.int64), ("tail", np.int64), ("length", np.int64)])


class Run(NamedTuple):
    """One replication under way.

    `queues` and `doors` [stations] are lists of operations: those that wait at a station by (urgency, minute, number),
    and those that wait on their machines for room there by (minute, number). `waiting` [stations, families] counts the
    first. `away` and `breakdowns` [machines, n, 2] are from when to when a machine is closed or down, and its uptimes
    and repairs. `coming` are the operations whose pieces are to be released, in order; `due` is a heap of the others
    that act by themselves, and `due_count[0]` its size. `minutes`, `verdicts`, `started` and `ended` are [operations,
    visits]. `log` has room for what is told, `told[0]` counts it.
    """

    stations: Records
    machines: Records
    jobs: Records
    operations: Records
    queues: Records
    doors: Records
    waiting: Numbers
    setups: Floats
    transport: Floats
    away: Floats
    breakdowns: Floats
    minutes: Floats
    verdicts: Numbers
    started: Floats
    ended: Floats
    coming: Numbers
    due: Records
    due_count: Numbers
    log: Records
    told: Numbers


@inlined
def tell(run: Run, minute: float, kind: int, number: int, machine: int) -> int:
    """Write a line of the log, as long as there is room; its place."""
    place: int = run.told[0]
    run.told[0] += 1
    if place < len(run.log):
        line = run.log[place]
        line.minute, line.kind, line.operation, line.machine = minute, kind, number, machine
        line.visit, line.setup = run.operations[number].visits - 1, 0.0
    return place


@inlined
def _comes_before(one: Record, number: int, other: Record, other_number: int) -> bool:
    if one.urgency != other.urgency:
        return bool(one.urgency < other.urgency)
    return bool(one.minute < other.minute or (one.minute == other.minute and number < other_number))


@inlined
def insert(run: Run, waiting: Record, number: int) -> None:
    """By (urgency, minute, number) into a list; where all are equally urgent, nearly always at its end."""
    operation = run.operations[number]
    ahead = waiting.tail
    while ahead != NONE and _comes_before(operation, number, run.operations[ahead], ahead):
        ahead = run.operations[ahead].ahead
    behind = waiting.head if ahead == NONE else run.operations[ahead].behind
    operation.ahead, operation.behind = ahead, behind
    if ahead == NONE:
        waiting.head = number
    else:
        run.operations[ahead].behind = number
    if behind == NONE:
        waiting.tail = number
    else:
        run.operations[behind].ahead = number
    waiting.length += 1


@inlined
def remove(run: Run, waiting: Record, number: int) -> None:
    """Out of its list."""
    ahead, behind = run.operations[number].ahead, run.operations[number].behind
    if ahead == NONE:
        waiting.head = behind
    else:
        run.operations[ahead].behind = behind
    if behind == NONE:
        waiting.tail = ahead
    else:
        run.operations[behind].ahead = ahead
    waiting.length -= 1


@inlined
def expect(run: Run, minute: float, number: int) -> None:
    """The operation acts by itself in that minute."""
    run.operations[number].minute = minute
    push(run.due, run.due_count[0], minute, number)
    run.due_count[0] += 1


@inlined
def join_queue(run: Run, number: int, minute: float) -> None:
    """The operation's piece is there, and waits."""
    operation = run.operations[number]
    operation.phase, operation.minute = QUEUED, minute
    operation.urgency = run.jobs[operation.job].urgency
    run.waiting[operation.station, operation.family] += 1
    insert(run, run.queues[operation.station], number)


@inlined
def send(run: Run, number: int, origin: int, minute: float) -> None:
    """From one station to that of the operation, where there is room."""
    operation = run.operations[number]
    arrival = max(minute + run.transport[origin, operation.station], operation.shelf)
    if arrival == minute:
        tell(run, minute, ARRIVED, number, NONE)
        join_queue(run, number, minute)
    else:
        operation.phase = TRAVELLING
        run.stations[operation.station].travelling += 1
        expect(run, arrival, number)

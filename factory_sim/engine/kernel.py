"""The event kernel: everything that `model` can say, compiled. For workers and tests; the web never imports it."""

from __future__ import annotations

import numpy as np

from factory_sim.engine.compiled import compiled, inlined
from factory_sim.engine.heap import DUE, drop_first
from factory_sim.engine.lowered import Shop, fresh, lowered
from factory_sim.engine.machines import MACHINE
from factory_sim.engine.model import (
    ARRIVED,
    BLOCKED,
    COMING,
    COMPLETED,
    DONE,
    ENDED,
    HELD,
    LOG,
    NEEDY,
    PASS,
    QUEUED,
    REMAKE,
    TRAVELLING,
    WORKING,
    Floats,
    Floor,
    Numbers,
    Records,
    Result,
    Standing,
    Work,
)
from factory_sim.engine.replication import (
    JOB,
    LIST,
    NONE,
    OPERATION,
    STATION,
    Run,
    expect,
    insert,
    join_queue,
    send,
    tell,
)
from factory_sim.engine.stations import has_room, settle

LINES_AN_OPERATION = 8


@inlined
def _go_on(run: Run, number: int, machine: int, minute: float) -> None:
    """Bring a piece to an operation, or let it wait on its machine for room there."""
    operation, origin = run.operations[number], run.machines[machine].station
    if operation.station > origin and not has_room(run, operation.station):
        operation.phase, operation.minute, operation.machine = BLOCKED, minute, machine
        operation.urgency = 0
        insert(run, run.doors[operation.station], number)
        run.machines[machine].holds += 1
        tell(run, minute, HELD, number, machine)
    else:
        send(run, number, origin, minute)


@inlined
def _end(run: Run, number: int, minute: float) -> None:
    """An operation is done: the piece goes on or back, and its machine serves the next."""
    operation = run.operations[number]
    job, machine = run.jobs[operation.job], run.machines[operation.machine]
    visit = min(operation.visits, run.minutes.shape[1]) - 1
    run.ended[number, visit] = minute
    tell(run, minute, ENDED, number, operation.machine)
    operation.phase = DONE
    job.done |= 1 << (number - job.first)
    machine.holds -= 1
    if run.verdicts[number, visit] == PASS:
        _start_followers(run, number, minute)
    else:
        _send_back(run, number, run.verdicts[number, visit], minute)
    if job.done == (1 << (job.end - job.first)) - 1:
        job.completed = minute
        tell(run, minute, COMPLETED, number, operation.machine)
    if machine.holds == 0:
        run.stations[machine.station].idle += 1
    # Those that are there already begin in this very minute.
    for other in range(job.first, job.end):
        if run.operations[other].phase == QUEUED and run.operations[other].minute == minute:
            settle(run, run.operations[other].station, minute)
    settle(run, machine.station, minute)


@inlined
def _start_followers(run: Run, number: int, minute: float) -> None:
    """The operations that needed this one go on, or their parts lie on the shelf until the others are done."""
    operation = run.operations[number]
    job = run.jobs[operation.job]
    for other in range(number + 1, job.end):
        follower = run.operations[other]
        if follower.needs >> (number - job.first) & 1:
            if follower.needs & ~job.done == 0:
                _go_on(run, other, operation.machine, minute)
            else:
                way = run.transport[operation.station, follower.station]
                follower.shelf = max(follower.shelf, minute + way)


@inlined
def _send_back(run: Run, number: int, verdict: int, minute: float) -> None:
    """Undo everything between the operation named and the inspection, and begin there again."""
    operation = run.operations[number]
    job = run.jobs[operation.job]
    undone = _leading_to(run, job.first, number)
    if verdict != REMAKE:
        undone &= _following(run, job.first, job.first + verdict, number)
    job.done &= ~undone
    for other in range(job.first, number + 1):
        if undone >> (other - job.first) & 1:
            run.operations[other].phase = NEEDY
    for other in range(job.first, number + 1):
        if undone >> (other - job.first) & 1 and run.operations[other].needs & undone == 0:
            _go_on(run, other, operation.machine, minute)


@inlined
def _leading_to(run: Run, first: int, number: int) -> int:
    """The bits of an operation and all before it."""
    found = 1 << (number - first)
    for other in range(number, first - 1, -1):
        if found >> (other - first) & 1:
            found |= run.operations[other].needs
    return found


@inlined
def _following(run: Run, first: int, target: int, number: int) -> int:
    """The bits of an operation and all after it, up to another."""
    found = 1 << (target - first)
    for other in range(target + 1, number + 1):
        if run.operations[other].needs & found != 0:
            found |= 1 << (other - first)
    return found


@inlined
def _take_stock(run: Run) -> None:
    """Derive queues, machines and what is due from where everything stands."""
    for number in range(len(run.operations)):
        operation = run.operations[number]
        job = run.jobs[operation.job]
        if operation.phase == DONE:
            job.done |= 1 << (number - job.first)
        if operation.phase == TRAVELLING:
            run.stations[operation.station].travelling += 1
        if operation.phase in (WORKING, BLOCKED):
            run.machines[operation.machine].holds += 1
        if operation.phase in (TRAVELLING, WORKING):
            expect(run, operation.minute, number)
        elif operation.phase == QUEUED:
            join_queue(run, number, operation.minute)
        elif operation.phase == BLOCKED:
            insert(run, run.doors[operation.station], number)
    _count_idle(run)


@inlined
def _count_idle(run: Run) -> None:
    for number in range(len(run.machines)):
        if run.machines[number].holds == 0:
            run.stations[run.machines[number].station].idle += 1


@inlined
def _act(run: Run, number: int, minute: float) -> bool:
    """An operation's piece is released or arrives, or the operation ends; whether it was a release."""
    operation = run.operations[number]
    is_release = operation.phase == COMING
    if not is_release:
        drop_first(run.due, run.due_count[0])
        run.due_count[0] -= 1
    if operation.phase == WORKING:
        _end(run, number, minute)
        return False
    if operation.phase == TRAVELLING:
        run.stations[operation.station].travelling -= 1
    tell(run, minute, ARRIVED, number, NONE)
    join_queue(run, number, minute)
    settle(run, operation.station, minute)
    return is_release


@inlined
def _next_wake(run: Run) -> int:
    """The station that has to look first."""
    first = 0
    for station in range(1, len(run.stations)):
        if run.stations[station].wake < run.stations[first].wake:
            first = station
    return first


@inlined
def _next_piece(run: Run, released: int) -> int:
    """Who acts next by itself, of those to be released and those that are due; NONE if nobody is left."""
    due = run.due[0].number if run.due_count[0] > 0 else NONE
    coming = run.coming[released] if released < len(run.coming) else NONE
    if NONE in (due, coming):
        return max(due, coming)
    minute, release = run.operations[due].minute, run.operations[coming].minute
    return coming if release < minute or (release == minute and coming < due) else due


@inlined
def _run_until(run: Run, since: float, until: float) -> int:
    """All events up to and including a minute; their number."""
    _take_stock(run)
    released, events = 0, 0
    for station in range(len(run.stations)):
        settle(run, station, since)
    while True:
        number, station = _next_piece(run, released), _next_wake(run)
        minute = np.inf if number == NONE else run.operations[number].minute
        wake = run.stations[station].wake
        if min(minute, wake) > until or min(minute, wake) == np.inf:
            return events
        events += 1
        if wake < minute:
            settle(run, station, wake)
        else:
            released += _act(run, number, minute)


@compiled
def _run_replication(run: Run, standing: Standing, row: int, since: float, until: float) -> int:
    """Run on from a row of `standing`, and write into it how the floor stands then; the number of events."""
    for number in range(len(run.operations)):
        operation = run.operations[number]
        operation.phase, operation.minute = standing.phase[row, number], standing.minute[row, number]
        operation.machine, operation.visits = standing.machine[row, number], standing.visits[row, number]
        operation.shelf = standing.shelf[row, number]
    for number in range(len(run.machines)):
        machine = run.machines[number]
        machine.family, machine.broken = standing.family[row, number], standing.broken[row, number]
        machine.left = standing.left[row, number]
    events = _run_until(run, since, until)
    for number in range(len(run.operations)):
        operation = run.operations[number]
        standing.phase[row, number], standing.minute[row, number] = operation.phase, operation.minute
        standing.machine[row, number], standing.visits[row, number] = operation.machine, operation.visits
        standing.shelf[row, number] = operation.shelf
    for number in range(len(run.machines)):
        machine = run.machines[number]
        standing.family[row, number], standing.broken[row, number] = machine.family, machine.broken
        standing.left[row, number] = machine.left
    return events


def run(
    floor: Floor,
    work: Work,
    *,
    standing: Standing | None = None,
    since: float = 0.0,
    until: float = np.inf,
    tells: bool = False,
) -> Result:
    """Everything that happens after `since`, at which the floor stood so, up to and including `until`.

    Without `standing` all work is still to come. Running on from a result's standing is the same as one run. With
    `tells` the first replication writes a log. Raises ValueError where floor, work and standing do not fit each other.
    """
    shop = lowered(floor, work)
    before = _rows(shop, fresh(floor, work), standing, work.replications)
    log = np.zeros(LINES_AN_OPERATION * work.operations if tells else 0, LOG)
    while True:
        result = _run(shop, work, before, (float(since), float(until)), log)
        if not tells or len(result.log) < len(log):
            return result
        log = np.zeros(2 * len(log), LOG)


def _run(shop: Shop, work: Work, before: Standing, between: tuple[float, float], log: Records) -> Result:
    """One run; a log that is full to its last line may have been too short."""
    after = Standing._make(each.copy() for each in before)
    started, ended = np.full(work.minutes.shape, np.nan), np.full(work.minutes.shape, np.nan)
    completed, events, told = np.empty((work.replications, work.jobs)), 0, 0
    for row in range(work.replications):
        under_way = _under_way(shop, work, row, coming=_releases(after, row), spans=(started[row], ended[row]))
        under_way = under_way._replace(log=log if row == 0 else log[:0])
        events += _run_replication(under_way, after, row, *between)
        completed[row] = under_way.jobs["completed"]
        told = int(under_way.told[0]) if row == 0 else told
    return Result(completed, started, ended, engine="kernel", events=events, standing=after, log=log[:told])


def _rows(shop: Shop, empty: Standing, standing: Standing | None, replications: int) -> Standing:
    """A row for every replication, of the kinds that compiled code knows."""
    begun = empty if standing is None else standing
    pairs = zip(begun, empty, strict=True)
    if any(len(each) not in {1, replications} or each[0].shape != like[0].shape for each, like in pairs):
        raise ValueError("the standing is not one of this floor and work")
    on_machine = np.isin(begun.phase, (WORKING, BLOCKED))
    if not (on_machine <= ((begun.machine >= 0) & (begun.machine < begun.left.shape[1]))).all():
        raise ValueError("what is at work must be on a machine")
    if begun.family.max() >= shop.setups.shape[1] or begun.broken.max() >= shop.breakdowns.shape[2]:
        raise ValueError("a machine knows families or breakdowns that this floor does not have")
    kinds = (like.dtype for like in empty)
    return Standing._make(
        np.repeat(each.astype(kind), replications // len(each), axis=0) for each, kind in zip(begun, kinds, strict=True)
    )


def _under_way(shop: Shop, work: Work, row: int, *, coming: Numbers, spans: tuple[Floats, Floats]) -> Run:
    """The records of one replication that tells its `spans` (started, ended); where everything stands is left open."""
    count = len(shop.places)
    stations, machines = np.zeros(count, STATION), np.zeros(len(shop.station_of), MACHINE)
    stations["first_machine"], stations["end_machine"] = shop.first_machine[:-1], shop.first_machine[1:]
    stations["places"], stations["batch"], stations["patience"] = shop.places, shop.batch, shop.patience
    stations["wake"], machines["station"] = np.inf, shop.station_of
    jobs, operations = np.zeros(work.jobs, JOB), np.zeros(work.operations, OPERATION)
    jobs["first"], jobs["end"], jobs["completed"] = work.first[:-1], work.first[1:], np.nan
    jobs["urgency"] = work.urgency
    operations["job"], operations["station"] = work.job, work.station
    operations["family"], operations["needs"] = work.family, work.needs
    nobody = np.array([(NONE, NONE, 0)] * count, LIST)
    return Run(
        stations=stations,
        machines=machines,
        jobs=jobs,
        operations=operations,
        queues=nobody,
        doors=nobody.copy(),
        waiting=np.zeros((count, shop.setups.shape[1]), np.int64),
        setups=shop.setups,
        transport=shop.transport,
        away=shop.away[row % len(shop.away)],
        breakdowns=shop.breakdowns[row % len(shop.breakdowns)],
        minutes=np.ascontiguousarray(work.minutes[row], np.float64),
        verdicts=np.ascontiguousarray(work.verdicts[row], np.int64),
        started=spans[0],
        ended=spans[1],
        coming=coming,
        due=np.empty(work.operations, DUE),
        due_count=np.zeros(1, np.int64),
        log=np.empty(0, LOG),
        told=np.zeros(1, np.int64),
    )


def _releases(standing: Standing, row: int) -> Numbers:
    """The operations whose pieces are still to be released, in order."""
    coming = np.flatnonzero(standing.phase[row] == COMING)
    return coming[np.argsort(standing.minute[row, coming], kind="stable")]

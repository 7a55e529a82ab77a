"""What a station does, compiled: which piece starts on which machine, when it is done, and who is let in."""

from __future__ import annotations

import numpy as np

from factory_sim.engine.compiled import inlined
from factory_sim.engine.lowered import UNBOUNDED
from factory_sim.engine.machines import after, finish_minute, up_from
from factory_sim.engine.model import DOWN, FREED, STARTED, UP, WORKING, Record
from factory_sim.engine.replication import NONE, Run, expect, remove, send, tell


@inlined
def _setup(run: Run, number: int, family: int) -> float:
    machine = run.machines[number]
    return 0.0 if machine.family == NONE else run.setups[machine.station, machine.family, family]


@inlined
def _choose(run: Run, station: Record, family: int, minute: float) -> int:
    """The idle machine that is up and needs the smallest set-up; without one NONE, and a look when one is up again."""
    chosen, smallest, back = NONE, np.inf, np.inf
    for number in range(station.first_machine, station.end_machine):
        if run.machines[number].holds == 0:
            begins = up_from(run.machines[number], run.away[number], minute)
            back = min(back, begins)
            setup = _setup(run, number, family)
            if begins == minute and setup < smallest:
                chosen, smallest = number, setup
    if chosen == NONE:
        station.wake = back
    return chosen


@inlined
def has_room(run: Run, number: int) -> bool:
    """Whether one more piece may set off to a station."""
    station = run.stations[number]
    if station.places == UNBOUNDED:
        return True
    return run.queues[number].length + station.travelling < station.places + station.idle * station.batch


@inlined
def _next_batch(run: Run, number: int, minute: float) -> int:
    """The first piece of the first batch that may start; without one NONE, and a look when patience ends."""
    station, lead = run.stations[number], run.queues[number].head
    if station.batch == 1:
        return lead
    patience_ends = np.inf
    while lead != NONE:
        family = run.operations[lead].family
        until = _oldest_from(run, lead) + station.patience
        if run.waiting[number, family] >= station.batch or minute >= until:
            return lead
        patience_ends = min(patience_ends, until)
        lead = run.operations[lead].behind
    station.wake = patience_ends
    return NONE


@inlined
def _oldest_from(run: Run, lead: int) -> float:
    """Since when the oldest of a piece's family waits, of those from itself on; the head need not be the oldest."""
    oldest, each = run.operations[lead].minute, lead
    while each != NONE:
        if run.operations[each].family == run.operations[lead].family:
            oldest = min(oldest, run.operations[each].minute)
        each = run.operations[each].behind
    return oldest


@inlined
def _load(run: Run, station: int, lead: int, number: int, minute: float) -> None:
    """Start a batch on a machine: its first piece and those of the same family behind it."""
    machine, family = run.machines[number], run.operations[lead].family
    setup, longest = _setup(run, number, family), 0.0
    each, last = lead, NONE
    while each != NONE and machine.holds < run.stations[station].batch:
        operation = run.operations[each]
        behind = operation.behind
        if operation.family == family:
            remove(run, run.queues[station], each)
            longest = max(longest, _begin(run, each, number, minute, setup))
            machine.holds += 1
            # Those that start together are linked until their end is known.
            operation.behind = NONE
            if last != NONE:
                run.operations[last].behind = each
            last = each
        each = behind
    run.waiting[station, family] -= machine.holds
    run.stations[station].idle -= 1
    machine.family = family
    _tell_breakdowns(run, lead, number, minute, setup + longest)
    end = finish_minute(machine, run.away[number], run.breakdowns[number], minute, setup + longest)
    each = lead
    while each != NONE:
        expect(run, end, each)
        each = run.operations[each].behind


@inlined
def _begin(run: Run, number: int, machine: int, minute: float, setup: float) -> float:
    """One more visit of an operation; its minutes."""
    operation = run.operations[number]
    visit = min(operation.visits, run.minutes.shape[1] - 1)
    operation.visits += 1
    operation.phase, operation.machine = WORKING, machine
    run.started[number, visit] = minute
    place = tell(run, minute, STARTED, number, machine)
    if place < len(run.log):
        run.log[place].setup = setup
    return run.minutes[number, visit]


@inlined
def _tell_breakdowns(run: Run, number: int, machine_number: int, minute: float, work: float) -> None:
    """When the machine will break down within the work, and be up again."""
    machine, away = run.machines[machine_number], run.away[machine_number]
    broken, left, passed = machine.broken, machine.left, 0.0
    while work > left:
        work -= left
        passed += left
        tell(run, after(machine, away, minute, passed), DOWN, number, machine_number)
        passed += run.breakdowns[machine_number, broken, 1]
        tell(run, after(machine, away, minute, passed), UP, number, machine_number)
        broken += 1
        left = run.breakdowns[machine_number, broken, 0]


@inlined
def _start_all(run: Run, number: int, minute: float) -> None:
    """Start what can start, and remember when to look again."""
    station = run.stations[number]
    station.wake = np.inf
    while station.idle > 0:
        lead = _next_batch(run, number, minute)
        if lead == NONE:
            return
        machine = _choose(run, station, run.operations[lead].family, minute)
        if machine == NONE:
            return
        _load(run, number, lead, machine, minute)


@inlined
def settle(run: Run, number: int, minute: float) -> None:
    """Start what can start, then let in who waits for room, one after the other.

    A machine that becomes free by that is used first. It stands further up the stream, and so does one that becomes
    free by that in turn; `later` says who goes on when a station is settled.
    """
    run.stations[number].later = NONE
    _start_all(run, number, minute)
    while number != NONE:
        if run.doors[number].length > 0 and has_room(run, number):
            freed = _let_in(run, number, minute)
            if freed != NONE:
                run.stations[freed].later = number
                number = freed
        else:
            number = run.stations[number].later
        if number != NONE:
            _start_all(run, number, minute)


@inlined
def _let_in(run: Run, number: int, minute: float) -> int:
    """The first of those who wait for room sets off; the station whose machine it leaves free, or NONE."""
    first = run.doors[number].head
    machine = run.machines[run.operations[first].machine]
    remove(run, run.doors[number], first)
    tell(run, minute, FREED, first, run.operations[first].machine)
    send(run, first, machine.station, minute)
    machine.holds -= 1
    if machine.holds > 0:
        return NONE
    run.stations[machine.station].idle += 1
    return machine.station

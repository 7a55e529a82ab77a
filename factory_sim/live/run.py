"""One run of a plant from where it stands: the events of pieces and machines, and how everything stands then. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from factory_sim import engine
from factory_sim.contracts import Kind, MachineKind, Phase
from factory_sim.engine.model import (
    ARRIVED,
    BLOCKED,
    COMING,
    COMPLETED,
    DONE,
    DOWN,
    ENDED,
    FREED,
    HELD,
    NEEDY,
    STARTED,
    UP,
    WORKING,
    Clock,
    Record,
    Result,
    Standing,
)
from factory_sim.live.arrays import (
    Luck,
    Names,
    breakdowns_of,
    live_floor,
    live_work,
    longest_work,
    luck_of,
    machines_after,
    standing_of,
)
from factory_sim.live.breakdowns import Stretch, by_calendar
from factory_sim.live.held import as_kept
from factory_sim.plant import PlantDefinition
from factory_sim.routes import plain_standing
from factory_sim.standing import (
    Event,
    Job,
    MachineEvent,
    MachineName,
    Machines,
    MachineStanding,
    OperationStanding,
)

Spans = dict[MachineName, list[tuple[float, float]]]


@dataclass(frozen=True)
class Outcome:
    """The events of pieces by (minute, rank, number), those of machines by minute, and how all stands at the end.

    Of the pieces only those to which something happened, be it that one set off for its next station.
    """

    events: list[Event]
    machine_events: list[MachineEvent]
    jobs: dict[str, Job]
    machines: dict[MachineName, MachineStanding]


def run(plant: PlantDefinition, jobs: Iterable[Job], machines: Machines, *, since: float, until: float) -> Outcome:
    """Everything that happens after working minute `since` up to and including `until`.

    Running to one minute, keeping what stands then, and running on from there tells the same as one run.
    """
    names = Names(plant, sorted(jobs, key=lambda job: job.rank), machines)
    if not names.jobs:
        stretch = Stretch(since, until, 0.0)
        broken, ahead = _breakdowns({}, names, stretch)
        idle = {name: replace(names.machine(name), ahead=tuple(ahead[name])) for name in names.machines}
        told, standing = _by_calendar(names, stretch, idle)
        return Outcome([], sorted([*broken, *told]), {}, standing)
    luck = luck_of(names)
    stretch = Stretch(since, until, longest_work(plant, luck))
    floor = live_floor(names, stretch)
    result = engine.run(
        floor,
        live_work(names, luck),
        standing=standing_of(names, floor),
        since=since,
        until=until,
        compiled=True,
        tells=True,
    )
    assert result.standing is not None  # noqa: S101 (for the type checker)
    telling = _Telling(names, luck)
    telling.tell_all(result)
    broken, ahead = _breakdowns(telling.spans, names, stretch)
    by_calendar_too, after = _by_calendar(names, stretch, machines_after(names, result.standing, ahead))
    return Outcome(
        events=sorted(telling.events, key=lambda event: (event.minute, telling.ranks[event.key], event.seq)),
        machine_events=sorted([*telling.machine_events, *broken, *by_calendar_too]),
        jobs=telling.jobs_after(result.standing),
        machines=after,
    )


class _Telling:
    """The lines of the engine's log as events with names, numbered without a gap piece by piece."""

    def __init__(self, names: Names, luck: Luck) -> None:
        self.names, self.luck = names, luck
        self.events: list[Event] = []
        self.machine_events: list[MachineEvent] = []
        self.ranks = {job.key: job.rank for job in names.jobs}
        self.next_seq = {job.key: job.next_seq for job in names.jobs}
        self.coming = {job.key for job in names.jobs if job.phase is Phase.COMING}
        self.visits = {job.key: Counter(job.visits) for job in names.jobs}
        self.remade = {job.key: job.remade for job in names.jobs}
        self.touched: set[str] = set()
        self.began: dict[int, tuple[float, float]] = {}
        self.completed: dict[str, float] = {}
        self.moved: dict[str, float] = {}
        self.went_down: dict[int, float] = {}
        self.spans: Spans = defaultdict(list)

    def tell_all(self, result: Result) -> None:
        for line in result.log:
            if line["kind"] in {DOWN, UP}:
                self._tell_breakdown(line)
            elif line["kind"] in {HELD, FREED}:
                self._tell_blocking(line)
            else:
                self._tell_piece(line)

    def _tell_piece(self, line: Record) -> None:
        number, minute = int(line["operation"]), float(line["minute"])
        job, operation = self.names.operations[number]
        self.touched.add(job.key)
        match int(line["kind"]):
            case kind if kind == ARRIVED:
                if job.key in self.coming:
                    self.coming.remove(job.key)
                    self._add(job, Kind.RELEASED, minute)
                self._add(job, Kind.QUEUED, minute, operation=operation.id, station=operation.station)
            case kind if kind == STARTED:
                self.began[number] = minute, float(line["setup"])
                self.visits[job.key][operation.id] += 1
                self._add_at_machine(line, Kind.STARTED, setup=float(line["setup"]))
            case kind if kind == ENDED:
                self.moved[job.key] = minute
                self._add_at_machine(line, Kind.FINISHED)
                if operation.faults:
                    self._tell_verdict(line)
            case kind if kind == COMPLETED:
                self.completed[job.key] = minute
                self._add(job, Kind.COMPLETED, minute)

    def _tell_verdict(self, line: Record) -> None:
        number = int(line["operation"])
        job, operation = self.names.operations[number]
        fault = self.luck.faults[number][int(line["visit"])]
        kind = Kind.PASSED if fault is None else Kind.SCRAPPED if fault.scrap else Kind.FAILED
        if kind is Kind.SCRAPPED:
            self.remade[job.key] = dict(self.visits[job.key])
        where = {"operation": operation.id, "station": operation.station}
        self._add(job, kind, float(line["minute"]), fault=fault.id if fault else "", **where)

    def _add_at_machine(self, line: Record, kind: Kind, setup: float = 0.0) -> None:
        job, operation = self.names.operations[int(line["operation"])]
        _, machine = self.names.machines[int(line["machine"])]
        where = {"operation": operation.id, "station": operation.station}
        self._add(job, kind, float(line["minute"]), machine=machine, setup=setup, **where)

    def _add(self, job: Job, kind: Kind, minute: float, **more: object) -> None:
        self.events.append(Event(job.key, self.next_seq[job.key], kind, minute, **more))  # type: ignore[arg-type]
        self.next_seq[job.key] += 1

    def _tell_blocking(self, line: Record) -> None:
        job, _ = self.names.operations[int(line["operation"])]
        self.touched.add(job.key)
        kind = MachineKind.BLOCKED if line["kind"] == HELD else MachineKind.UNBLOCKED
        self.moved[job.key] = float(line["minute"])
        station, machine = self.names.machines[int(line["machine"])]
        self.machine_events.append(MachineEvent(float(line["minute"]), station, machine, kind, job.key))

    def _tell_breakdown(self, line: Record) -> None:
        number, minute = int(line["machine"]), float(line["minute"])
        if line["kind"] == DOWN:
            self.went_down[number] = minute
        else:
            self.spans[self.names.machines[number]].append((self.went_down.pop(number), minute))

    def jobs_after(self, standing: Standing) -> dict[str, Job]:
        """The pieces to which something happened, as they stand at the end."""
        after = {}
        for job, first in zip(self.names.jobs, self.names.first.tolist(), strict=False):
            if job.key not in self.touched:
                continue
            before = job.standing or plain_standing(job)
            operations = [self._operation_after(standing, first + place, each) for place, each in enumerate(before)]
            if job.held:
                moved_at = self.moved.get(job.key, 0.0)
                operations = [as_kept(*each, moved_at) for each in zip(before, operations, strict=True)]
            changed = replace(
                job,
                visits=dict(self.visits[job.key]),
                next_seq=self.next_seq[job.key],
                remade=self.remade[job.key],
                standing=tuple(operations),
            )
            after[job.key] = shown(changed, self.completed.get(job.key, 0.0))
        return after

    def _operation_after(self, standing: Standing, number: int, before: OperationStanding) -> OperationStanding:
        phase, minute = int(standing.phase[0, number]), float(standing.minute[0, number])
        shelf = float(standing.shelf[0, number])
        since, setup = self.began.get(number, (before.since, before.setup))
        at = self.names.machines[int(standing.machine[0, number])] if phase in {WORKING, BLOCKED} else ("", 0)
        return OperationStanding(
            phase=phase,
            minute=None if phase in {NEEDY, DONE} else minute,
            station=at[0],
            machine=at[1],
            since=since if phase == WORKING else None,
            setup=setup if phase == WORKING else 0.0,
            shelf=None if np.isinf(shelf) else shelf,
        )


def shown(job: Job, completed: float = 0.0) -> Job:
    """The piece with the columns that people read: where the first operation stands that is not done."""
    active = [place for place, each in enumerate(job.standing) if each.phase not in {NEEDY, DONE}]
    if not active:
        return replace(
            job, phase=Phase.DONE, position=len(job.operations) - 1, since=completed, machine=0, ends_at=completed
        )
    here = job.standing[active[0]]
    minute = 0.0 if here.minute is None else here.minute
    if here.phase == WORKING:
        since = 0.0 if here.since is None else here.since
        return replace(job, phase=Phase.WORKING, position=active[0], since=since, machine=here.machine, ends_at=minute)
    phase = Phase.COMING if here.phase == COMING else Phase.QUEUED
    return replace(job, phase=phase, position=active[0], since=minute, machine=0, ends_at=0.0)


def _breakdowns(spans: Spans, names: Names, stretch: Stretch) -> tuple[list[MachineEvent], Spans]:
    """What happens in the stretch of breakdowns on the operating clock, and those that are not over at its end."""
    told: list[MachineEvent] = []
    ahead: Spans = {}
    for name in names.machines:
        known = [*names.machine(name).ahead, *spans.get(name, ())]
        told += [event for span in known for event in _down_and_up(name, span, stretch)]
        ahead[name] = [span for span in known if span[1] > stretch.until]
    return told, ahead


def _by_calendar(
    names: Names, stretch: Stretch, machines: dict[MachineName, MachineStanding]
) -> tuple[list[MachineEvent], dict[MachineName, MachineStanding]]:
    """What happens in the stretch of breakdowns by the calendar, and the machines with those gone by counted."""
    told: list[MachineEvent] = []
    after = dict(machines)
    for station in names.plant.stations:
        breakdowns = breakdowns_of(names, station, stretch)
        if breakdowns is None or breakdowns.clock is not Clock.CALENDAR:
            continue
        for number in range(station.machines):
            name, spans = (station.id, number), by_calendar(breakdowns, number).tolist()
            gone = [end for _, end in spans if end <= stretch.until]
            before = machines[name]
            after[name] = replace(before, gone=before.gone + len(gone), up_since=gone[-1] if gone else before.up_since)
            told += [event for span in spans for event in _down_and_up(name, span, stretch)]
    return told, after


def _down_and_up(name: MachineName, span: Sequence[float], stretch: Stretch) -> list[MachineEvent]:
    pairs = zip(span, (MachineKind.DOWN, MachineKind.UP), strict=True)
    return [MachineEvent(minute, *name, kind) for minute, kind in pairs if stretch.since < minute <= stretch.until]

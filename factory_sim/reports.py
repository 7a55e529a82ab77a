"""What a report from a plant's floor does to a piece. Pure.

The order of things is the engine's (`engine.model`): an operation starts when all that it needs is done; an inspection
ends with its verdict, which sends the piece back as its fault says; who is scrapped is made anew under the same number.
Minutes are those that the report gives: nothing is drawn, and ways take no time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import StrEnum

from factory_sim.contracts import Fault, JobResponse, Kind, OperationSpec
from factory_sim.engine.model import COMING, DONE, NEEDY, QUEUED, TRAVELLING, WORKING
from factory_sim.live.run import shown
from factory_sim.routes import needs_of, plain_standing
from factory_sim.standing import Event, Job, OperationStanding

WAITING = frozenset({COMING, QUEUED, TRAVELLING})


class Refusal(StrEnum):
    """Why a report cannot be true of a piece as it stands."""

    UNKNOWN_OPERATION = "unknown_operation"
    NOT_YET = "not_yet"
    RUNNING = "running"
    DONE = "done"
    NOT_STARTED = "not_started"
    NEEDS_VERDICT = "needs_verdict"
    NO_INSPECTION = "no_inspection"
    UNKNOWN_FAULT = "unknown_fault"
    HELD = "held"


class UnableToReport(Exception):
    """A report is refused; the piece stays as it stands."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def arrived(job: Job, minute: float) -> tuple[Job, list[Event]]:
    """The piece comes to the plant, and waits for its first operations."""
    telling = _Telling(job, minute)
    telling.tell(Kind.RELEASED)
    telling.let_wait()
    return telling.told()


def settled(job: Job, minute: float) -> tuple[Job, list[Event]]:
    """The piece on another route: what sets off for its station by it waits there, since ways take no time."""
    telling = _Telling(job, minute)
    telling.let_arrive()
    return telling.told()


def reported(job: Job, said: JobResponse, *, minute: float, machine: int) -> tuple[Job, list[Event]]:
    """The piece after a report, and what happened by it, in order; `machine` is where an operation starts.

    Raises UnableToReport. Pausing and resuming change nothing here but the log.
    """
    telling = _Telling(job, minute)
    if said.kind in {Kind.PAUSED, Kind.RESUMED}:
        telling.tell(said.kind)
        return telling.told()
    place = _place_of(job, said.operation)
    match said.kind:
        case Kind.STARTED:
            telling.start(place, machine)
        case Kind.FINISHED:
            telling.finish(place)
        case Kind.PASSED:
            telling.end_inspection(place, None)
        case Kind.FAILED:
            telling.end_inspection(place, _fault_of(job.operations[place], said.fault))
        case Kind.SCRAPPED:
            telling.scrap(place)
        case _:
            raise ValueError(f"{said.kind} is not for reports")
    return telling.told()


def _place_of(job: Job, operation: str) -> int:
    for place, each in enumerate(job.operations):
        if each.id == operation:
            return place
    raise UnableToReport(Refusal.UNKNOWN_OPERATION)


def _fault_of(operation: OperationSpec, fault: str) -> Fault:
    for each in operation.faults:
        if each.id == fault:
            return each
    raise UnableToReport(Refusal.UNKNOWN_FAULT if operation.faults else Refusal.NO_INSPECTION)


class _Telling:
    """A piece while a report is taken in: how its operations stand, and the events so far."""

    def __init__(self, job: Job, minute: float) -> None:
        self.job, self.minute = job, minute
        self.standing = list(job.standing or plain_standing(job))
        self.needs = [
            {place for place in range(bits.bit_length()) if bits >> place & 1} for bits in needs_of(job.operations)
        ]
        self.visits = Counter(job.visits)
        self.remade = dict(job.remade)
        self.events: list[Event] = []

    def tell(self, kind: Kind, place: int | None = None, *, machine: int = 0, fault: str = "") -> None:
        event = Event(
            self.job.key, self.job.next_seq + len(self.events), kind, self.minute, machine=machine, fault=fault
        )
        if place is not None:
            operation = self.job.operations[place]
            event = replace(event, operation=operation.id, station=operation.station)
        self.events.append(event)

    def told(self) -> tuple[Job, list[Event]]:
        job = replace(
            self.job,
            standing=tuple(self.standing),
            visits=dict(self.visits),
            remade=self.remade,
            next_seq=self.job.next_seq + len(self.events),
        )
        return shown(job, self.minute), self.events

    def let_wait(self) -> None:
        """Whatever now has all that it needs waits at its station."""
        for place, each in enumerate(self.standing):
            ready = all(self.standing[need].phase == DONE for need in self.needs[place])
            if each.phase == COMING or (each.phase == NEEDY and ready):
                self.standing[place] = OperationStanding(QUEUED, self.minute)
                self.tell(Kind.QUEUED, place)

    def let_arrive(self) -> None:
        """Whatever is on its way waits at its station."""
        for place, each in enumerate(self.standing):
            if each.phase == TRAVELLING:
                self.standing[place] = OperationStanding(QUEUED, self.minute)
                self.tell(Kind.QUEUED, place)

    def start(self, place: int, machine: int) -> None:
        if self.job.held:
            raise UnableToReport(Refusal.HELD)
        phase = self.standing[place].phase
        if phase not in WAITING:
            raise UnableToReport({WORKING: Refusal.RUNNING, DONE: Refusal.DONE}.get(phase, Refusal.NOT_YET))
        operation = self.job.operations[place]
        # When it will end is not known; its mean time says it to promises and timetables.
        ends_at = self.minute + operation.minutes
        self.standing[place] = OperationStanding(WORKING, ends_at, operation.station, machine, since=self.minute)
        self.visits[operation.id] += 1
        self.tell(Kind.STARTED, place, machine=machine)

    def finish(self, place: int) -> None:
        if self.job.operations[place].faults:
            raise UnableToReport(Refusal.NEEDS_VERDICT)
        self._end_work(place)
        self._go_on()

    def end_inspection(self, place: int, fault: Fault | None) -> None:
        """With a fault the piece goes back, or is scrapped, as the fault says."""
        if not self.job.operations[place].faults:
            raise UnableToReport(Refusal.NO_INSPECTION)
        self._end_work(place)
        if fault is None:
            self.tell(Kind.PASSED, place)
        elif fault.scrap:
            self._make_anew(place, fault.id)
        else:
            self.tell(Kind.FAILED, place, fault=fault.id)
            target = [each.id for each in self.job.operations].index(fault.rework_from)
            self._undo(self._leading_to(place) & self._following(target))
        self._go_on()

    def scrap(self, place: int) -> None:
        """At an operation that runs or waits; others of the piece that it does not need stay as they are."""
        if self.standing[place].phase == WORKING:
            self._end_work(place)
        elif self.standing[place].phase not in WAITING:
            raise UnableToReport(Refusal.NOT_STARTED)
        self._make_anew(place, "")
        self._go_on()

    def _end_work(self, place: int) -> None:
        running = self.standing[place]
        if running.phase != WORKING:
            raise UnableToReport(Refusal.DONE if running.phase == DONE else Refusal.NOT_STARTED)
        self.standing[place] = OperationStanding(DONE)
        self.tell(Kind.FINISHED, place, machine=running.machine)

    def _make_anew(self, place: int, fault: str) -> None:
        self.tell(Kind.SCRAPPED, place, fault=fault)
        self.remade = dict(self.visits)
        self._undo(self._leading_to(place))

    def _go_on(self) -> None:
        self.let_wait()
        if all(each.phase == DONE for each in self.standing):
            self.tell(Kind.COMPLETED)

    def _undo(self, places: set[int]) -> None:
        for place in places:
            self.standing[place] = OperationStanding(NEEDY)

    def _leading_to(self, place: int) -> set[int]:
        """An operation and all before it."""
        found = {place}
        for other in range(place, -1, -1):
            if other in found:
                found |= self.needs[other]
        return found

    def _following(self, place: int) -> set[int]:
        """An operation and all after it."""
        found = {place}
        for other in range(place + 1, len(self.needs)):
            if self.needs[other] & found:
                found.add(other)
        return found

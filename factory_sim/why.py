"""Why the parts of a piece are where they are, from the standing of the plant and its logs alone. Pure.

Nothing here looks at what is drawn already but has not happened: when work ends, or a repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from factory_sim.contracts import Cause, Kind, Maker, needs_in
from factory_sim.engine.model import BLOCKED, DONE, NEEDY, QUEUED, TRAVELLING, WORKING
from factory_sim.plant import PlantDefinition, StationType
from factory_sim.routes import standing_of
from factory_sim.standing import Event, Job, MachineName, OperationStanding

VERDICTS = (Kind.PASSED, Kind.FAILED, Kind.SCRAPPED)


@dataclass(frozen=True)
class Reason:
    """One part's cause, in working minutes; see `contracts.Whereabouts`."""

    cause: Cause
    operation: str = ""
    station: str = ""
    pieces: int = 0
    since: float | None = None
    until: float | None = None
    waits_for: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class PlantThen:
    """A plant at the last minute of its logs: open pieces, and since when machines are down or blocked."""

    definition: PlantDefinition
    jobs: Sequence[Job]
    minute: float
    down: Mapping[MachineName, float] = field(default_factory=dict)
    blocked: frozenset[MachineName] = frozenset()


@dataclass(frozen=True)
class Waiting:
    """A piece in a queue: of which set-up family, and where it stands there: by urgency, arrival and number."""

    place: tuple[int, float, int, int]
    family: str

    @property
    def arrived(self) -> float:
        return self.place[1]


def reasons(piece: Job, log: Iterable[Event], plant: PlantThen) -> list[Reason]:
    """Why each part of a piece that is not done is where it is; `log` are the piece's own events in their order.

    A piece that is held says so first, one that was sent back says so last.
    """
    events = list(log)
    standing = standing_of(piece)
    found = [Reason(Cause.HELD)] if piece.held else []
    setups = {each.operation: each.minute + each.setup for each in events if each.kind is Kind.STARTED}
    for place, each in enumerate(standing):
        found += _of_operation(piece, place, each, setups, plant)
    found += _of_parts(piece, standing)
    return [*found, *_sent_back(events)]


def _of_operation(
    piece: Job, place: int, standing: OperationStanding, setups: Mapping[str, float], plant: PlantThen
) -> Iterator[Reason]:
    operation = piece.operations[place]
    here = operation.id, operation.station
    if standing.phase == WORKING:
        yield _at_work(operation.id, standing, setups.get(operation.id, 0.0), plant)
    elif piece.held:
        return
    elif standing.phase == QUEUED and plant.definition.maker is Maker.REPORTS:
        yield Reason(Cause.WAITING, *here)
    elif standing.phase == QUEUED:
        yield _in_queue(piece, place, standing.minute or 0.0, plant)
    elif standing.phase == BLOCKED:
        yield Reason(Cause.NO_ROOM, *here, since=standing.minute)
    elif standing.phase == TRAVELLING:
        yield Reason(Cause.ON_THE_WAY, *here)


def _at_work(operation: str, standing: OperationStanding, set_up_at: float, plant: PlantThen) -> Reason:
    machine = standing.station, standing.machine
    if machine in plant.down:
        return Reason(Cause.DOWN, operation, standing.station, since=plant.down[machine])
    if set_up_at > plant.minute:
        return Reason(Cause.SETUP, operation, standing.station, until=set_up_at)
    return Reason(Cause.WORK, operation, standing.station, since=standing.since)


def _in_queue(piece: Job, place: int, since: float, plant: PlantThen) -> Reason:
    operation = piece.operations[place]
    station = plant.definition.station(operation.station)
    here = operation.id, station.id
    mine = piece.urgency, since, piece.rank, place
    machines = [(station.id, number) for number in range(station.machines)]
    busy = _busy(station.id, plant.jobs)
    up = [each for each in machines if each not in plant.down]
    if not up:
        return Reason(Cause.DOWN, *here, since=max(plant.down[each] for each in machines))
    if station.batch > 1 and any(each not in busy for each in up):
        return _for_a_batch(station, operation.id, operation.family, plant)
    if all(each in plant.blocked for each in up):
        return Reason(Cause.BLOCKED, *here)
    ahead = sum(other.place < mine for other in _waiting(station.id, plant.jobs))
    return Reason(Cause.QUEUE, *here, pieces=ahead)


def _for_a_batch(station: StationType, operation: str, family: str, plant: PlantThen) -> Reason:
    """A machine is free, but not enough pieces of the family are there, and the oldest has not waited long enough."""
    arrivals = [each.arrived for each in _waiting(station.id, plant.jobs) if each.family == family]
    lacking = max(station.batch - len(arrivals), 0)
    return Reason(Cause.BATCH, operation, station.id, pieces=lacking, until=min(arrivals) + station.patience)


def _waiting(station: str, jobs: Iterable[Job]) -> Iterator[Waiting]:
    """Who waits at a station; pieces that are held do not."""
    for job in jobs:
        for place, each in enumerate(() if job.held else standing_of(job)):
            if each.phase == QUEUED and job.operations[place].station == station:
                mine = job.urgency, each.minute or 0.0, job.rank, place
                yield Waiting(mine, job.operations[place].family)


def _busy(station: str, jobs: Iterable[Job]) -> set[MachineName]:
    """The machines of a station that have a piece, at work or without room to go on."""
    return {
        (station, each.machine)
        for job in jobs
        for each in standing_of(job)
        if each.phase in {WORKING, BLOCKED} and each.station == station
    }


def _of_parts(piece: Job, standing: Sequence[OperationStanding]) -> Iterator[Reason]:
    """Where parts that are done wait for others."""
    phases = {operation.id: each.phase for operation, each in zip(piece.operations, standing, strict=True)}
    for operation, needed in needs_in(piece.operations).items():
        missing = tuple(each for each in needed if phases[each] != DONE)
        if phases[operation] == NEEDY and missing and len(missing) < len(needed):
            there = next(each for each in needed if each not in missing)
            yield Reason(Cause.PARTS, there, waits_for=missing)


def _sent_back(events: Iterable[Event]) -> Iterator[Reason]:
    """The last verdict, unless the piece passed, or that it was scrapped by hand, until it has come so far again."""
    last: Event | None = None
    for each in events:
        if each.kind in VERDICTS:
            last = each
        elif last and _is_made_up_for(last, each):
            last = None
    if last and last.kind is not Kind.PASSED:
        yield Reason(_cause_of(last), last.operation, last.station, since=last.minute, fault=last.fault)


def _cause_of(event: Event) -> Cause:
    """What an event that sends a piece back is called: an inspection always finds a fault."""
    return Cause.SENT_BACK if event.fault else Cause.SCRAPPED


def _is_made_up_for(scrapped: Event, event: Event) -> bool:
    """Whether an event ends the operation at which a piece was scrapped by hand; no verdict need follow there."""
    is_same = event.kind is Kind.FINISHED and event.operation == scrapped.operation
    return is_same and scrapped.kind is Kind.SCRAPPED and not scrapped.fault


def longest_delay(log: Iterable[Event], minute: float) -> Reason | None:
    """What has cost a piece most time until a minute: `since` … `until` of a wait, or of all that was made again.

    None while it has neither waited nor been sent back.
    """
    arrived: dict[str, Event] = {}
    faulty: dict[str, Event] = {}
    found: list[Reason] = []
    for each in log:
        if each.kind is Kind.QUEUED:
            arrived[each.operation] = each
        elif each.kind is Kind.STARTED and each.operation in arrived:
            found.append(_between(Cause.QUEUE, arrived.pop(each.operation), each.minute))
        elif each.kind is Kind.CHANGED:
            # The route is another one: what the piece queued for may be no part of it.
            found += [_between(Cause.QUEUE, first, each.minute) for first in arrived.values()]
            arrived.clear()
        elif each.operation in faulty and (each.kind in VERDICTS or _is_made_up_for(faulty[each.operation], each)):
            first = faulty.pop(each.operation)
            found.append(_between(_cause_of(first), first, each.minute))
        if each.kind in {Kind.FAILED, Kind.SCRAPPED}:
            faulty[each.operation] = each
    found += [_between(Cause.QUEUE, each, minute) for each in arrived.values()]
    found += [_between(_cause_of(each), each, minute) for each in faulty.values()]
    longest = max(found, key=_minutes, default=None)
    return longest if longest and _minutes(longest) > 0 else None


def _between(cause: Cause, first: Event, minute: float) -> Reason:
    return Reason(cause, first.operation, first.station, since=first.minute, until=minute, fault=first.fault)


def _minutes(reason: Reason) -> float:
    return (reason.until or 0.0) - (reason.since or 0.0)

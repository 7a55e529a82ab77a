"""A plant and its work without a shop and without a database: days of it at once, with the key figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from math import inf, nextafter
from zoneinfo import ZoneInfo

from factory_sim import draws, live
from factory_sim.contracts import Kind
from factory_sim.kpis import Entry, PlantKpis, Window, kpis
from factory_sim.plant import PlantDefinition
from factory_sim.standing import Event, Job, MachineEvent
from factory_sim.workload import Workload


class UnknownStation(ValueError):
    """A workload names a station that the plant does not have."""


@dataclass(frozen=True)
class LogLine:
    """One event of a piece or of a machine, by the clock too."""

    minute: float
    at: datetime
    kind: str
    piece: str = ""
    seq: int | None = None
    operation: str = ""
    station: str = ""
    machine: int | None = None
    fault: str = ""
    setup: float = 0.0


@dataclass(frozen=True)
class Simulation:
    """What happened, in order, and the key figures of the whole time."""

    log: list[LogLine]
    kpis: PlantKpis


def simulate(plant: PlantDefinition, workload: Workload, *, days: int) -> Simulation:
    """Run a plant, empty at first, from the workload's first day for so many days by the calendar.

    Raises UnknownStation where the plant cannot do the work.
    """
    unknown = workload.stations() - set(plant.machines())
    if unknown:
        raise UnknownStation(f"{plant.slug} has no station {', '.join(sorted(unknown))}")
    calendar, zone = plant.opening.calendar(), ZoneInfo(plant.opening.timezone)
    begin = datetime.combine(workload.begins, time(), tzinfo=zone)
    end = datetime.combine(workload.begins + timedelta(days=days), time(), tzinfo=zone)
    window = Window(calendar.to_working(begin), calendar.to_working(end), (end - begin) / timedelta(minutes=1))
    pieces = list(_pieces(plant, workload, window.since))
    jobs = [job for job, _ in pieces]
    # What comes as the day begins belongs to the day.
    done = live.run(plant, jobs, {}, since=nextafter(window.since, -inf), until=window.until)
    due = {job.key: minute for job, minute in pieces if minute is not None}
    figures = kpis(entries(done.events, done.machine_events, jobs), machines=plant.machines(), window=window, due=due)
    lines = [_of_piece(event, plant) for event in done.events] + [
        _of_machine(each, plant) for each in done.machine_events
    ]
    return Simulation(sorted(lines, key=lambda line: line.minute), figures)


def entries(events: list[Event], machine_events: list[MachineEvent], jobs: list[Job]) -> list[Entry]:
    """Both logs as the key figures read them."""
    planned = {(job.key, operation.id): operation.minutes for job in jobs for operation in job.operations}
    of_pieces = [
        Entry(
            minute=event.minute,
            kind=event.kind,
            key=event.key,
            operation=event.operation,
            station=event.station,
            machine=event.machine,
            planned=planned[event.key, event.operation] if event.kind is Kind.STARTED else 0.0,
            setup=event.setup,
        )
        for event in events
    ]
    return of_pieces + [
        Entry(each.minute, each.kind, each.key, "", each.station, each.machine) for each in machine_events
    ]


def _pieces(plant: PlantDefinition, workload: Workload, since: float) -> Iterator[tuple[Job, float | None]]:
    """Every piece that will come, and the minute by which it is promised."""
    operations = {work.id: work.operation_specs() for work in workload.works}
    rank = count(1)
    for arrival in workload.arrivals:
        for number in range(arrival.pieces):
            place = next(rank)
            key, minute = f"{arrival.work}-{place:05d}", since + arrival.after + number * arrival.every
            job = Job(key, place, draws.seed_of(plant.seed, key), minute, operations[arrival.work])
            yield job, None if arrival.due is None else minute + arrival.due


def _of_piece(event: Event, plant: PlantDefinition) -> LogLine:
    is_at_machine = event.kind in {Kind.STARTED, Kind.FINISHED}
    return LogLine(
        minute=event.minute,
        at=plant.opening.calendar().to_clock(event.minute, opening=event.kind is Kind.STARTED),
        kind=event.kind.value,
        piece=event.key,
        seq=event.seq,
        operation=event.operation,
        station=event.station,
        machine=event.machine if is_at_machine else None,
        fault=event.fault,
        setup=event.setup,
    )


def _of_machine(event: MachineEvent, plant: PlantDefinition) -> LogLine:
    return LogLine(
        minute=event.minute,
        at=plant.opening.calendar().to_clock(event.minute),
        kind=event.kind.value,
        piece=event.key,
        station=event.station,
        machine=event.machine,
    )

"""What would become of all open pieces if something were different: P50 and P90 before and after. Pure; NumPy only.

Both are the promise's own calculation with the same draws, so that a difference is the change and not luck. Nothing is
applied. A piece that goes first does so among those that are as far on, as the staff's command would have it. A machine
that goes down finishes its work when it is up again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from factory_sim import promise
from factory_sim.contracts import OperationSpec, Phase
from factory_sim.engine.model import WORKING
from factory_sim.passage import Layout, Station
from factory_sim.promise import quantiles
from factory_sim.promise_draws import Minutes
from factory_sim.routes import standing_of
from factory_sim.standing import FIRST, Job, MachineName, OperationStanding
from factory_sim.timetable import Machines, Stint, expected

REPAIR = "a machine that is down"


@dataclass(frozen=True)
class Change:
    """What is different: one more machine at a station, a piece that goes first, a machine that is down until a minute.

    Any of them may be left out.
    """

    more_at: str = ""
    first: str = ""
    down_at: str = ""
    down_machine: int = 0
    down_until: float = 0.0


@dataclass(frozen=True)
class Effect:
    """A piece's P50 and P90 in working minutes, as it is and as it would be, and its chance to be late.

    The chances are None where nothing is promised.
    """

    key: str
    likely: float
    safe: float
    likely_then: float
    safe_then: float
    chance: float | None = None
    chance_then: float | None = None

    @property
    def later(self) -> float:
        """By how many working minutes the P90 moves."""
        return self.safe_then - self.safe


def ready(machines: Machines, jobs: Iterable[Job], now: float) -> dict[str, Minutes]:
    """The finishing minutes of all pieces that are not held, in all replications of the promise.

    Of those that are held only what runs goes on, to its end.
    """
    layout = Layout({station: Station(slots) for station, slots in machines.slots.items()})
    return dict(promise.behind(layout, _on_slots(machines, jobs), (), now).ready)


def effects(
    machines: Machines, jobs: Sequence[Job], change: Change, now: float, due: Mapping[str, float]
) -> list[Effect]:
    """What a change does to every piece that is not held, the worst first."""
    before = ready(machines, jobs, now)
    after = ready(*changed(machines, jobs, change, now), now)
    found = [_effect(key, before[key], after[key], due.get(key)) for key in before]
    return sorted(found, key=lambda each: (-each.later, each.key))


@dataclass(frozen=True)
class Help:
    """What one more machine at `station` ("": none) would leave: how many pieces late, by how many minutes together."""

    station: str
    late: int
    tardiness: float


def helpful(machines: Machines, jobs: Sequence[Job], due: Mapping[str, float], now: float) -> list[Help]:
    """What is, and then what one more machine would do at each station where somebody waits, the best first.

    A rough look, at mean times; `effects` says it with its chances.
    """
    stints = expected(machines, jobs, now)
    queues = {stint.station for stint in stints if min(stint.waited, stint.start - now) > 0}
    more = [_help(station, expected(machines.more(station), jobs, now), due) for station in queues]
    return [_help("", stints, due), *sorted(more, key=lambda each: (each.tardiness, each.station))]


def _help(station: str, stints: Sequence[Stint], due: Mapping[str, float]) -> Help:
    ends: dict[str, float] = defaultdict(float)
    for stint in stints:
        ends[stint.key] = max(ends[stint.key], stint.end or 0.0)
    late = [ends[key] - minute for key, minute in due.items() if key in ends and ends[key] > minute]
    return Help(station, len(late), sum(late))


def changed(machines: Machines, jobs: Sequence[Job], change: Change, now: float) -> tuple[Machines, list[Job]]:
    """Machines and pieces as they would be."""
    then = machines.more(change.more_at) if change.more_at else machines
    pieces = [_first(job) if job.key == change.first else job for job in jobs]
    if change.down_at and change.down_until > now:
        pieces = _broken(then, pieces, change, now)
    return then, pieces


def _on_slots(machines: Machines, jobs: Iterable[Job]) -> list[Job]:
    """Pieces that are on one machine together, on slots of their own."""
    taken: Counter[tuple[str, int]] = Counter()

    def on_slot(each: OperationStanding) -> OperationStanding:
        if each.phase != WORKING:
            return each
        place = each.station, each.machine
        slot = each.machine * machines.size(each.station) + taken[place]
        taken[place] += 1
        return replace(each, machine=min(slot, machines.slots[each.station] - 1))

    return [replace(job, standing=tuple(map(on_slot, standing_of(job)))) for job in jobs]


def _first(job: Job) -> Job:
    """As the staff's command would have it; what it is working on takes as long as it does."""
    return replace(job, urgency=FIRST)


def _broken(machines: Machines, jobs: Sequence[Job], change: Change, now: float) -> list[Job]:
    """The work on the machine ends so much later; where it has room for more, its repair is its work."""
    minutes, machine = change.down_until - now, (change.down_at, change.down_machine)
    room = machines.size(change.down_at) - sum(_is_on(machine, each) for job in jobs for each in standing_of(job))
    repair = OperationSpec(REPAIR, change.down_at, minutes, 0.0, {})
    work = Job(REPAIR, -1, 0, now, (repair,), phase=Phase.WORKING, since=now, visits={REPAIR: 1})
    work = replace(work, machine=change.down_machine, ends_at=change.down_until)
    later = [_later(job, machine, minutes, now) for job in jobs]
    return [*later, *(replace(work, key=f"{REPAIR} {number}") for number in range(room))]


def _is_on(machine: MachineName, each: OperationStanding) -> bool:
    return each.phase == WORKING and (each.station, each.machine) == machine


def _later(job: Job, machine: MachineName, minutes: float, now: float) -> Job:
    """What the piece has on the machine began so much later; its other branches go on."""
    standing = tuple(
        replace(each, since=(now if each.since is None else each.since) + minutes) if _is_on(machine, each) else each
        for each in standing_of(job)
    )
    return replace(job, standing=standing)


def _effect(key: str, before: Minutes, after: Minutes, due: float | None) -> Effect:
    chances = (None, None) if due is None else (float(np.mean(before > due)), float(np.mean(after > due)))
    return Effect(key, *quantiles(before), *quantiles(after), *chances)

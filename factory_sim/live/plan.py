"""The plan of a live plant: its open pieces as a problem of the planner, and the order found as urgencies.

Pure; for workers. What is to come is expected at mean times: what the simulation has drawn is not looked at. The
planner judges an order by its own recursion, in which nobody overtakes. The engine that makes the pieces chooses
between its order and that of the due dates, and must find it better than the order that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from factory_sim import engine, routes
from factory_sim.contracts import OperationSpec, needs_in
from factory_sim.engine.model import COMING, DONE, PASS, TRAVELLING, WORKING, Breakdowns, Clock, Floats
from factory_sim.live.arrays import Names, floor_of, setups_of, standing_of, work_of
from factory_sim.planning import NEVER, NO_STEP, UNKNOWN_FAMILY, Problem, followed, replanned
from factory_sim.plant import PlantDefinition, StationType
from factory_sim.routes import expected_end
from factory_sim.standing import FIRST, UNPLANNED, Job, MachineName, Machines, OperationStanding

CHURN_PRICE = 2.0
"""Points for a minute beyond what was promised; a minute within the margin before it costs one."""
MARGIN = 0.3
"""Of the time that is left until its promise, how much a piece should keep in hand."""
HOUR = 60.0
LEAST_GAIN, GAIN_SHARE = 1.0, 0.001
"""An order is better from so many minutes on, and from so much of the cost: a hair's breadth disturbs for nothing."""
FOREVER = 1e12
MOST_TRIED = 2_000_000
"""Pieces looked at while newcomers are put where they cost least, half a second: of a great many the last are not."""
PAST = (DONE, WORKING)


@dataclass(frozen=True)
class Shop:
    """A plant at a working minute with its open pieces; what is held ends what runs and is not planned.

    `due` are the working minutes promised, of those that have one; `down` the machines that are broken down, and
    `repaired` the minutes of repair that the work which runs on a machine has had already.
    """

    plant: PlantDefinition
    jobs: tuple[Job, ...]
    machines: Machines
    minute: float
    due: Mapping[str, float]
    down: frozenset[MachineName] = frozenset()
    repaired: Mapping[MachineName, float] = field(default_factory=dict)

    @cached_property
    def in_order(self) -> list[Job]:
        """The pieces that may go on as the plan before has them; who is not in it comes last."""
        return sorted((job for job in self.jobs if not job.held), key=lambda job: (job.urgency, job.rank))

    @cached_property
    def work_ends(self) -> dict[MachineName, float]:
        """When the work that runs may be expected to end, by machine: a batch takes as long as its longest piece."""
        ends: dict[MachineName, float] = {}
        for job in self.jobs:
            for operation, each in zip(job.operations, routes.standing_of(job), strict=True):
                if each.phase == WORKING:
                    name = each.station, each.machine
                    end = expected_end(operation, each, self.minute, repaired=self.repaired.get(name, 0.0))
                    ends[name] = max(ends.get(name, 0.0), end + self.repair(name))
        return ends

    def repair(self, name: MachineName) -> float:
        """For how long a machine is expected to be down still."""
        breakdowns = self.plant.station(name[0]).breakdowns
        return breakdowns.repair if name in self.down and breakdowns is not None else 0.0

    def is_lost(self, job: Job) -> bool:
        """Whether the promise of a piece could not even be kept if it waited for nobody: others must not pay for it."""
        needs = needs_in(job.operations)
        ends: dict[str, float] = {}
        for operation, each in zip(job.operations, self.standing(job), strict=True):
            here = max(each.minute or 0.0, self.minute)
            begin = max([here, *(ends[need] for need in needs[operation.id])])
            ends[operation.id] = here if each.phase in PAST else begin + operation.minutes
        return max(ends.values()) > self.due.get(job.key, NEVER)

    def standing(self, job: Job) -> tuple[OperationStanding, ...]:
        """How the operations of a piece stand, with ends that anybody could expect."""
        return tuple(
            replace(each, minute=self.work_ends[each.station, each.machine]) if each.phase == WORKING else each
            for each in routes.standing_of(job)
        )


@dataclass(frozen=True)
class Outlook:
    """What an order leads to, by the engine at mean times: each piece's end, and how many come late.

    A piece that stands behind a held one for ever has no end. What is compared has the `cost` of the same pieces.
    """

    ends: Mapping[str, float]
    cost: float
    late: int


@dataclass(frozen=True)
class NewOrder:
    """An order for the pieces of a shop as urgencies by key, and what is expected before and after.

    `worsened` promises come over an hour later than before, and late; `broken` ones would have been kept.
    """

    urgencies: Mapping[str, int]
    before: Outlook
    after: Outlook
    worsened: int = 0
    broken: int = 0

    @property
    def is_better(self) -> bool:
        if len(self.after.ends) != len(self.before.ends):
            return len(self.after.ends) > len(self.before.ends)
        return self.before.cost - self.after.cost >= max(LEAST_GAIN, GAIN_SHARE * self.before.cost)


def new_order(shop: Shop, *, moves: int, may_break: bool = False, seed: int = 0) -> NewOrder:
    """The best order found for the pieces of a shop; the same seed gives the same order.

    One that breaks no promise comes before all others, unless it `may_break` some.
    """
    going = [job for job in shop.in_order if any(each.phase not in PAST for each in shop.standing(job))]
    if len(going) < 2:
        (before,) = outlooks(shop, [{}])
        return NewOrder({}, before, before)
    problem = problem_of(shop, going)
    known = [number for number, job in enumerate(going) if job.urgency < UNPLANNED or job.visits]
    head = frozen(problem, going, known, shop.minute + HOUR)
    rest = [number for number in known if number not in set(head)]
    due = problem.tables.jobs["due_at"]
    by_due = sorted(set(range(len(going))) - set(head), key=lambda number: (due[number], number))
    new = [number for number in by_due if number not in set(rest)]
    last = new[MOST_TRIED // len(going) ** 2 :]
    found = replanned(problem, [*head, *rest, *last], frozen=len(head), moves=moves, seed=seed)
    orders = [_places(going, order) for order in (found.sequence.tolist(), [*head, *by_due])]
    before, *after = outlooks(shop, [{}, *orders])
    judged = [_judged(shop, each, before, then) for each, then in zip(orders, after, strict=True)]
    return min(judged, key=lambda new: (new.broken > 0 and not may_break, -len(new.after.ends), new.after.cost))


def _places(jobs: Sequence[Job], order: Sequence[int]) -> dict[str, int]:
    return {jobs[number].key: place for place, number in enumerate(order, start=FIRST + 1)}


def frozen(problem: Problem, jobs: Sequence[Job], known: Sequence[int], until: float) -> list[int]:
    """The numbers of the known pieces that keep their places: put first by the staff, begun, or to begin by then."""
    begins = followed(problem, range(len(jobs))).begins
    return [
        number for number in known if jobs[number].urgency == FIRST or jobs[number].visits or begins[number] < until
    ]


def problem_of(shop: Shop, jobs: Sequence[Job]) -> Problem:
    """What is left to do of some pieces, in the numbers of their order.

    A machine that takes twelve pieces is twelve machines, and branches are done one after the other.
    """
    names = Names(shop.plant, jobs, shop.machines)
    left = [_steps_left(shop, job) for job in jobs]
    shape = (len(jobs), max(len(each) for each in left))
    minutes, station, family = np.zeros(shape), np.full(shape, NO_STEP), np.full(shape, UNKNOWN_FAMILY)
    for number, steps in enumerate(left):
        for place, operation in enumerate(steps):
            minutes[number, place] = operation.minutes
            station[number, place] = names.stations[operation.station]
            family[number, place] = names.families[operation.family]
    free_at, family_at = _slots(shop, names)
    due = np.array([shop.due.get(job.key, NEVER) for job in jobs])
    lost = [shop.is_lost(job) for job in jobs]
    return Problem(
        minutes=minutes,
        station=station,
        machines=tuple(each.machines * each.batch for each in shop.plant.stations),
        released_at=[_released(shop, job) for job in jobs],
        due_at=[_wanted(each, shop.minute) for each in due],
        weight=1.0,
        family=family,
        set_up={number: setups_of(names, each) for number, each in enumerate(shop.plant.stations) if each.setups},
        promised_at=np.where(lost, NEVER, due),
        free_at=free_at,
        family_at=family_at,
        churn_price=CHURN_PRICE,
    )


def outlooks(shop: Shop, orders: Sequence[Mapping[str, int]]) -> list[Outlook]:
    """What the engine expects of each order: urgencies instead of the pieces' own. The staff's first stay first."""
    ends = [expected_ends(shop, _with(shop.jobs, urgencies)) for urgencies in orders]
    costly = [job for job in shop.jobs if job.key in shop.due and all(job.key in each for each in ends)]
    return [
        Outlook(
            ends=each,
            cost=sum(_cost(shop, job, each[job.key]) for job in costly),
            late=sum(each[key] > due for key, due in shop.due.items() if key in each),
        )
        for each in ends
    ]


def _with(jobs: Iterable[Job], urgencies: Mapping[str, int]) -> list[Job]:
    return [job if job.urgency == FIRST else replace(job, urgency=urgencies.get(job.key, job.urgency)) for job in jobs]


def expected_ends(shop: Shop, jobs: Iterable[Job]) -> dict[str, float]:
    """When each piece that is not held is done at mean times, if no inspection finds a fault.

    Without those that are never done, since a held piece is in their way.
    """
    standing = [replace(job, standing=shop.standing(job)) for job in jobs]
    machines = {name: replace(each, left=None, ahead=()) for name, each in shop.machines.items()}
    names = Names(shop.plant, sorted(standing, key=lambda job: job.rank), machines)
    if not names.jobs:
        return {}
    minutes = np.array([[[operation.minutes] for _, operation in names.operations]])
    work = work_of(names, minutes, np.full(minutes.shape, PASS))
    floor = floor_of(names, lambda station: _repairs(shop, station))
    result = engine.run(floor, work, standing=standing_of(names, floor), since=shop.minute, compiled=True)
    ends = zip(names.jobs, result.completed[0].tolist(), strict=True)
    return {job.key: end for job, end in ends if not job.held and np.isfinite(end)}


def _repairs(shop: Shop, station: StationType) -> Breakdowns | None:
    """No breakdowns but those that are on; the machines come up again when they may be expected to."""
    repairs = np.array([[[shop.repair((station.id, machine))] for machine in range(station.machines)]])
    if not repairs.any():
        return None
    uptimes = np.where(repairs > 0, max(shop.minute, np.finfo(float).tiny), FOREVER)
    return Breakdowns(Clock.CALENDAR, uptimes, repairs)


def _steps_left(shop: Shop, job: Job) -> list[OperationSpec]:
    pairs = zip(job.operations, shop.standing(job), strict=True)
    return [operation for operation, each in pairs if each.phase not in PAST]


def _released(shop: Shop, job: Job) -> float:
    """From when on nothing of the piece is at work or on its way."""
    ends = (each.minute for each in shop.standing(job) if each.phase in {COMING, TRAVELLING, WORKING})
    return max((minute for minute in ends if minute is not None), default=shop.minute)


def _slots(shop: Shop, names: Names) -> tuple[Floats, list[int]]:
    """From when on every place on every machine is free, and which family the machine worked on last."""
    sizes = [station.batch for station in shop.plant.stations for _ in range(station.machines)]
    first = np.cumsum([0, *sizes])
    free_at = np.repeat([shop.minute + shop.repair(name) for name in names.machines], sizes)
    taken: Counter[MachineName] = Counter()
    for job in shop.jobs:
        for each in shop.standing(job):
            if each.phase == WORKING and each.minute is not None:
                name = each.station, each.machine
                free_at[first[names.machine_numbers[name]] + taken[name]] = each.minute
                taken[name] += 1
    families = [names.machine(name).family for name in names.machines]
    numbers = [UNKNOWN_FAMILY if each is None else names.families[each] for each in families]
    return free_at, np.repeat(numbers, sizes).tolist()


def _wanted(due: float, minute: float) -> float:
    """When a piece should be done that is promised for a minute: some of the time that is left is kept in hand."""
    return due - MARGIN * max(due - minute, 0.0) if due < NEVER else NEVER


def _cost(shop: Shop, job: Job, end: float) -> float:
    """What the planner calls tardiness and churn."""
    due = shop.due[job.key]
    broken = 0.0 if shop.is_lost(job) else max(end - due, 0.0)
    return max(end - _wanted(due, shop.minute), 0.0) + CHURN_PRICE * broken


def _judged(shop: Shop, urgencies: Mapping[str, int], before: Outlook, after: Outlook) -> NewOrder:
    known = [(key, due) for key, due in shop.due.items() if key in before.ends and key in after.ends]
    both = [(due, before.ends[key], after.ends[key]) for key, due in known]
    return NewOrder(
        urgencies,
        before,
        after,
        worsened=sum(max(now - due, 0.0) > max(then - due, 0.0) + HOUR for due, then, now in both),
        broken=sum(then <= due < now for due, then, now in both),
    )

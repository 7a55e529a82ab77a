"""The plan of a live plant: its open pieces as a problem of the planner, and the order found as urgencies.

Pure; for workers. What is to come is expected at mean times: what the simulation has drawn is not looked at. The
planner judges an order by its own recursion, in which nobody overtakes. The engine that makes the pieces chooses
between its order and that of the due dates, and must find it better than the order that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from factory_sim import engine
from factory_sim.contracts import OperationSpec
from factory_sim.engine.model import COMING, DONE, PASS, TRAVELLING, WORKING, Breakdowns, Clock, Floats
from factory_sim.live.arrays import Names, floor_of, setups_of, standing_of, work_of
from factory_sim.planning import NEVER, NO_STEP, UNKNOWN_FAMILY, Problem, followed, replanned
from factory_sim.plant import PlantDefinition, StationType
from factory_sim.routes import plain_standing
from factory_sim.standing import FIRST, UNPLANNED, Job, MachineName, Machines, OperationStanding

CHURN_PRICE = 2.0
"""Points for a minute beyond what was promised; a minute within the margin before it costs one."""
MARGIN = 0.3
"""Of the time that is left until its promise, how much a piece should keep in hand."""
HOUR = 60.0
SHORTEST_REST = 0.05
"""Of its mean: how long an operation that is overdue is expected to take still."""
FOREVER = 1e12
PAST = (DONE, WORKING)


@dataclass(frozen=True)
class Shop:
    """A plant at a working minute with its open pieces; what is held ends what runs and is not planned.

    `due` are the working minutes promised, of those that have one; `down` the machines that are broken down.
    """

    plant: PlantDefinition
    jobs: tuple[Job, ...]
    machines: Machines
    minute: float
    due: Mapping[str, float]
    down: frozenset[MachineName] = frozenset()

    @cached_property
    def in_order(self) -> list[Job]:
        """The pieces that may go on as the plan before has them; who is not in it comes last."""
        return sorted((job for job in self.jobs if not job.held), key=lambda job: (job.urgency, job.rank))

    @cached_property
    def work_ends(self) -> dict[MachineName, float]:
        """When the work that runs may be expected to end, by machine: a batch takes as long as its longest piece."""
        ends: dict[MachineName, float] = {}
        for job in self.jobs:
            for operation, each in zip(job.operations, job.standing or plain_standing(job), strict=True):
                if each.phase == WORKING:
                    name = each.station, each.machine
                    since = self.minute if each.since is None else each.since
                    end = max(since + operation.minutes, self.minute + SHORTEST_REST * operation.minutes)
                    ends[name] = max(ends.get(name, 0.0), end + self.repair(name))
        return ends

    def repair(self, name: MachineName) -> float:
        """For how long a machine is expected to be down still."""
        breakdowns = self.plant.station(name[0]).breakdowns
        return breakdowns.repair if name in self.down and breakdowns is not None else 0.0

    def is_lost(self, job: Job) -> bool:
        """Whether the promise of a piece could not even be kept if it waited for nobody: others must not pay for it."""
        work = sum(
            operation.minutes
            for operation, each in zip(job.operations, self.standing(job), strict=True)
            if each.phase not in PAST
        )
        return self.minute + work > self.due.get(job.key, NEVER)

    def standing(self, job: Job) -> tuple[OperationStanding, ...]:
        """How the operations of a piece stand, with ends that anybody could expect."""
        return tuple(
            replace(each, minute=self.work_ends[each.station, each.machine]) if each.phase == WORKING else each
            for each in job.standing or plain_standing(job)
        )


@dataclass(frozen=True)
class Outlook:
    """What an order leads to, by the engine at mean times: each piece's end, and how many come late."""

    ends: Mapping[str, float]
    cost: float
    late: int


@dataclass(frozen=True)
class NewOrder:
    """An order for the pieces of a shop as urgencies by key, and what is expected before and after.

    `worsened` promises come over an hour later than before, and late.
    """

    urgencies: Mapping[str, int]
    before: Outlook
    after: Outlook
    worsened: int

    @property
    def is_better(self) -> bool:
        return self.after.cost < self.before.cost


def new_order(shop: Shop, *, seconds: float = 1.0, moves: int | None = None, seed: int = 0) -> NewOrder:
    """The best order found for the pieces of a shop. With `moves` the same seed gives the same order."""
    going = [job for job in shop.in_order if any(each.phase not in PAST for each in shop.standing(job))]
    before = outlook(shop, {})
    if len(going) < 2:
        return NewOrder({}, before, before, 0)
    problem = problem_of(shop, going)
    known = [number for number, job in enumerate(going) if job.urgency < UNPLANNED or job.visits]
    head = frozen(problem, going, known, shop.minute + HOUR)
    rest = [number for number in known if number not in set(head)]
    found = replanned(problem, [*head, *rest], frozen=len(head), seconds=seconds, moves=moves, seed=seed)
    due = problem.tables.jobs["due_at"]
    by_due = sorted(set(range(len(going))) - set(head), key=lambda number: (due[number], number))
    orders = [_places(going, order) for order in (found.sequence.tolist(), [*head, *by_due])]
    urgencies, after = min(((each, outlook(shop, each)) for each in orders), key=lambda pair: pair[1].cost)
    return NewOrder(urgencies, before, after, _worsened(shop, before, after))


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


def outlook(shop: Shop, urgencies: Mapping[str, int]) -> Outlook:
    """What the engine expects if pieces have these urgencies instead of their own; the staff's first stay first."""
    jobs = [
        job if job.urgency == FIRST else replace(job, urgency=urgencies.get(job.key, job.urgency)) for job in shop.jobs
    ]
    ends = expected_ends(shop, jobs)
    cost = sum(_cost(shop, job, ends[job.key]) for job in jobs if job.key in ends and job.key in shop.due)
    return Outlook(ends, cost, sum(ends[key] > due for key, due in shop.due.items() if key in ends))


def expected_ends(shop: Shop, jobs: Iterable[Job]) -> dict[str, float]:
    """When each piece that is not held is done at mean times, if no inspection finds a fault."""
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
    return {job.key: end for job, end in ends if not job.held}


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


def _worsened(shop: Shop, before: Outlook, after: Outlook) -> int:
    def late(outlook: Outlook, key: str, due: float) -> float:
        return max(outlook.ends[key] - due, 0.0)

    common = ((key, due) for key, due in shop.due.items() if key in after.ends)
    return sum(late(after, key, due) > late(before, key, due) + HOUR for key, due in common)

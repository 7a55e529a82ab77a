"""A plant that follows a plan against the same plant, first come, first served: who is late, and what plans change.

Editions of 100 pieces open a fortnight apart in the demo's plant; half of each comes within the first hour, the rest
later and later. Each piece is promised when it comes, behind everybody else, for as long as the engine expects it to
take at mean times, 15 % and two hours more: first come, first served keeps about nine such promises in ten. Both plants
have the same pieces, promises and luck, with faults and breakdowns. The plan is looked at every half hour.

`late_percent` are the pieces made after their promise, `tardy_hours` how late they are together. `later_percent`: of
all open pieces, plan after plan, those that are expected over an hour later by it; `broken_percent` those of them that
come over an hour later and late by it. `refused_percent` of the plans are not followed, since they break a promise for
no breakdown. `plan_ms` is the processor's time of a plan.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from benchmarks.demo import plant, work_specs
from benchmarks.harness import Figure, benchmark, require
from factory_sim import draws, live
from factory_sim.contracts import Kind, MachineKind, Phase, WorkSpec
from factory_sim.live.plan import Shop, expected_ends, new_order
from factory_sim.standing import Job, MachineName, Machines

SIZE = 100
FORTNIGHT = 12 * 960.0
RUSH_SHARE, RUSH_MINUTES, LATER_MINUTES = 0.5, 60.0, 3_000.0
IN_HAND, AT_LEAST = 1.15, 120.0
LOOK_EVERY = 30.0
MOVES = 20_000
HOUR = 60.0
SEED = 7
AT_LAST = 200_000.0
SENT_BACK = {Kind.FAILED, Kind.SCRAPPED}
PEER = "first come, first served"


@benchmark("factory.plan.followed")
def a_fortnight() -> Iterator[Figure]:
    """A fortnight of the demo's plant."""
    yield from compared(1)


@benchmark("factory.plan.year", only_by_name=True)
def a_year() -> Iterator[Figure]:
    """A year of it."""
    yield from compared(25)


def compared(editions: int) -> Iterator[Figure]:
    first_come, planned = Workshop(), Workshop(is_planned=True)
    first_come.work_through(arrivals(editions))
    planned.work_through(arrivals(editions), first_come.due)
    ours, theirs = planned.lateness(), first_come.lateness()
    yield Figure("late_percent", share(ours), "%", PEER, share(theirs))
    yield Figure("tardy_hours", sum(ours) / HOUR, "h", PEER, sum(theirs) / HOUR)
    yield Figure("later_percent", 100 * planned.later / planned.planned, "%")
    yield Figure("broken_percent", 100 * planned.broken / planned.planned, "%")
    yield Figure("refused_percent", 100 * planned.refused / planned.plans, "%")
    yield Figure("plan_ms", 1000 * planned.seconds / planned.plans, "ms")


def share(lateness: list[float]) -> float:
    return 100 * sum(each > 0 for each in lateness) / len(lateness)


def arrivals(editions: int) -> list[tuple[float, int, WorkSpec]]:
    """When which piece comes, the first one first."""
    luck = random.Random(SEED)
    found = []
    for number, spec in enumerate(work_specs(editions * SIZE)):
        rushes = luck.random() < RUSH_SHARE
        after = luck.uniform(0, RUSH_MINUTES) if rushes else luck.expovariate(1 / LATER_MINUTES)
        found.append((number // SIZE * FORTNIGHT + after, number, spec))
    return sorted(found, key=lambda each: each[0])


@dataclass
class Workshop:
    """The plant at the minute `now`: open pieces, machines, promises, what is done; and what its plans came to."""

    is_planned: bool = False
    now: float = 0.0
    jobs: dict[str, Job] = field(default_factory=dict)
    machines: Machines = field(default_factory=dict)
    down: set[MachineName] = field(default_factory=set)
    due: dict[str, float] = field(default_factory=dict)
    ready: dict[str, float] = field(default_factory=dict)
    calls_for_a_plan: bool = False
    may_break: bool = False
    plans: int = 0
    planned: int = 0
    later: int = 0
    broken: int = 0
    refused: int = 0
    seconds: float = 0.0

    def work_through(self, coming: list[tuple[float, int, WorkSpec]], due: dict[str, float] | None = None) -> None:
        for at, number, spec in coming:
            self.move_to(at)
            self.take_in(f"piece-{number}", number, spec, due)
        self.move_to(self.now + FORTNIGHT)
        self.run(self.now + AT_LAST)
        require(self.ready.keys() == self.due.keys(), "a piece was not finished")

    def take_in(self, key: str, rank: int, spec: WorkSpec, due: dict[str, float] | None) -> None:
        self.jobs[key] = Job(key, rank, draws.seed_of(SEED, key), self.now + 1e-6, spec.operations)
        self.due[key] = due[key] if due else self.promise(key)
        self.calls_for_a_plan = True

    def promise(self, key: str) -> float:
        minutes = expected_ends(self.shop(), self.jobs.values())[key] - self.now
        return self.now + minutes * IN_HAND + AT_LEAST

    def move_to(self, until: float) -> None:
        """Let the plant work, and plan where something has called for it."""
        while self.is_planned and self.jobs and self.now + LOOK_EVERY < until:
            self.run(self.now + LOOK_EVERY)
            if self.calls_for_a_plan:
                self.plan()
        self.run(until)

    def run(self, until: float) -> None:
        done = live.run(plant(), self.jobs.values(), self.machines, since=self.now, until=until)
        for event in done.events:
            self.calls_for_a_plan |= event.kind in SENT_BACK
            if event.kind is Kind.COMPLETED:
                self.ready[event.key] = event.minute
        for told in done.machine_events:
            if told.kind in {MachineKind.DOWN, MachineKind.UP}:
                self.calls_for_a_plan = self.may_break = True
                (self.down.add if told.kind is MachineKind.DOWN else self.down.discard)((told.station, told.machine))
        self.jobs = {key: job for key, job in (self.jobs | done.jobs).items() if job.phase is not Phase.DONE}
        self.machines, self.now = done.machines, until

    def shop(self) -> Shop:
        jobs = tuple(self.jobs.values())
        return Shop(plant(), jobs, self.machines, self.now, self.due, frozenset(self.down))

    def plan(self) -> None:
        began = time.process_time()
        found = new_order(self.shop(), moves=MOVES, may_break=self.may_break)
        self.seconds += time.process_time() - began
        self.plans, self.planned, self.calls_for_a_plan = self.plans + 1, self.planned + len(self.jobs), False
        self.refused += found.is_better and found.broken > 0 and not self.may_break
        if found.is_better and (self.may_break or not found.broken):
            self.later += sum(end > found.before.ends[key] + HOUR for key, end in found.after.ends.items())
            self.broken += found.worsened
            self.jobs = {
                key: replace(job, urgency=found.urgencies.get(key, job.urgency)) for key, job in self.jobs.items()
            }
        self.may_break = False

    def lateness(self) -> list[float]:
        return [max(self.ready[key] - due, 0.0) for key, due in self.due.items()]

"""Whether promises are kept: a year of the demo's plant and 5,000 customers, each promised a P50 and a P90.

25 editions of 200 pieces open a fortnight apart; half of each is ordered within the first hour, the rest comes later
and later. A review is said to take 480 working minutes. It really takes 480 on average, one more, another less
(variation 0.3), so that people overtake each other; one piece in twenty is declined, and leaves its place in the queue.
What is left is made by the live plant's own engine, with kilns, set-ups and breakdowns, and luck that no promise has
seen. The queue is published every four working hours at most, far less often than in the shop, so that a year takes
some minutes; who comes between is added to it.

`p90_kept_percent` is of the promises as they are given, with the rolling correction, from the first day on;
`_uncorrected` the same without it. `slow_p90_kept_percent` is of a plant in which everything takes 15 % longer than its
definition says. `.planned` is the same year where the plant follows plans, as in `factory_follow.py`, pieces due at
their P90; `.short` the first weeks of both.
"""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from benchmarks.demo import plant, work_specs
from benchmarks.factory_follow import Workshop
from benchmarks.harness import Figure, benchmark, require
from factory_sim import calibration, draws, promise
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.calibration import Correction, Outcome
from factory_sim.contracts import WorkSpec
from factory_sim.live.newcomers import queue_behind
from factory_sim.standing import Job

EDITIONS, FIRST_EDITIONS, SIZE = 25, 2, 200
FORTNIGHT = 12 * 960.0
RUSH_SHARE, RUSH_MINUTES, LATER_MINUTES = 0.5, 60.0, 3_000.0
REVIEW, REVIEW_VARIATION, DECLINED = 480.0, 0.3, 0.05
PUBLISHED_EVERY = 240.0
SLOWER = 1.15
SEED = 7
FOREVER = float("inf")
AFTER = 1e-6
THE_END = 10.0**6
"""When everything is done."""


@dataclass(order=True)
class Customer:
    """Who orders at a working minute, and what becomes of it. `leaves` is when the review ends."""

    at: float
    number: int
    spec: WorkSpec = field(compare=False)
    leaves: float = field(compare=False)
    is_declined: bool = field(compare=False)

    @property
    def key(self) -> str:
        return f"customer-{self.number}"

    @property
    def arrival(self) -> promise.Arrival:
        return promise.Arrival(self.spec, self.at + REVIEW, self.key)


@benchmark("factory.calibration.year", only_by_name=True)
def kept() -> Iterator[Figure]:
    """How many percent of the promises of a year are kept."""
    yield from shares(Year().run())
    slow = Year(slower=SLOWER).run()
    yield Figure("slow_p90_kept_percent", percent(slow, "safe"), "%")
    yield Figure("slow_p90_kept_percent_uncorrected", percent(uncorrected(slow), "safe"), "%")


@benchmark("factory.calibration.planned", only_by_name=True)
def kept_by_plan() -> Iterator[Figure]:
    """The same where the plant follows plans."""
    yield from shares(Year(is_planned=True).run())


@benchmark("factory.calibration.short")
def kept_in_some_weeks() -> Iterator[Figure]:
    """The first editions of the year, first come, first served, and by plan."""
    yield from shares(Year(editions=FIRST_EDITIONS).run())
    yield from shares(Year(editions=FIRST_EDITIONS, is_planned=True).run(), "planned_")


def shares(outcomes: list[Outcome], prefix: str = "") -> Iterator[Figure]:
    yield Figure(f"{prefix}p90_kept_percent", percent(outcomes, "safe"), "%")
    yield Figure(f"{prefix}p50_kept_percent", percent(outcomes, "likely"), "%")
    yield Figure(f"{prefix}p90_kept_percent_uncorrected", percent(uncorrected(outcomes), "safe"), "%")


def percent(outcomes: list[Outcome], date: str) -> float:
    kept_ones = [each for each in outcomes if each.ready <= attrgetter(date)(each)]
    return 100 * len(kept_ones) / len(outcomes)


def uncorrected(outcomes: list[Outcome]) -> list[Outcome]:
    """The same pieces with the dates that the simulation alone would have promised."""
    return [
        replace(
            each,
            likely=each.given + (each.likely - each.given) / each.likely_stretch,
            safe=each.given + (each.safe - each.given) / each.safe_stretch,
        )
        for each in outcomes
    ]


def customers(editions: int) -> list[Customer]:
    """Everybody of so many editions, the first one first."""
    luck = random.Random(SEED)
    specs = work_specs(editions * SIZE)
    mu, sigma = draws.log_normal_parameters(REVIEW, REVIEW_VARIATION)
    found = []
    for number, spec in enumerate(specs):
        opens = (number // SIZE) * FORTNIGHT
        rushes = luck.random() < RUSH_SHARE
        at = opens + (luck.uniform(0, RUSH_MINUTES) if rushes else luck.expovariate(1 / LATER_MINUTES))
        leaves = at + luck.lognormvariate(mu, sigma)
        found.append(Customer(at, number, spec, leaves, luck.random() < DECLINED))
    return sorted(found)


class Year:
    """The plant, those whose orders are in review, and the promises given so far."""

    def __init__(self, *, slower: float = 1.0, is_planned: bool = False, editions: int = EDITIONS) -> None:
        self.slower = slower
        self.editions = editions
        self.workshop = Workshop(is_planned, now=-1.0)
        self.promised: dict[str, WorkSpec] = {}
        self.in_review: list[Customer] = []
        self.given: dict[str, Outcome] = {}
        self.due: list[tuple[float, str]] = []
        self.queue: promise.Queue | None = None
        self.correction = Correction()

    def run(self) -> list[Outcome]:
        """The outcomes of all that were not declined."""
        for customer in customers(self.editions):
            self.give(customer)
            insort(self.in_review, customer, key=attrgetter("leaves"))
        self.move_to(THE_END)
        ready = self.workshop.ready
        require(ready.keys() == self.given.keys(), "a piece was not finished")
        return [replace(each, ready=ready[key]) for key, each in self.given.items()]

    def move_to(self, minute: float) -> None:
        """Let reviews end and the plant work, up to a minute."""
        while self.in_review and self.in_review[0].leaves <= minute:
            customer = self.in_review.pop(0)
            if customer.is_declined:
                del self.given[customer.key]
            else:
                self.start(customer)
        self.workshop.move_to(minute)

    def start(self, customer: Customer) -> None:
        """Let a piece into the plant; a plan knows of nobody who is going to come."""
        if self.workshop.is_planned:
            self.workshop.move_to(customer.leaves)
            self.workshop.due[customer.key] = self.given[customer.key].safe
        self.workshop.jobs[customer.key] = self.job(customer)
        self.workshop.calls_for_a_plan = True

    def job(self, customer: Customer) -> Job:
        """The piece as it is really made."""
        self.promised[customer.key] = customer.spec
        really = tuple(replace(each, minutes=each.minutes * self.slower) for each in customer.spec.operations)
        seed = draws.seed_of(plant().seed, customer.key)
        released_at = max(customer.leaves, self.workshop.now + AFTER)
        return Job(customer.key, customer.number, seed, released_at, really)

    def give(self, customer: Customer) -> None:
        """Promise what the shop would promise at this minute."""
        at = customer.at
        if self.queue is None or at - self.workshop.now >= PUBLISHED_EVERY:
            self.publish(at)
        assert self.queue
        asked = finishing_minutes_of_each(self.queue, [customer.spec], released_at=at + REVIEW)
        likely, safe = self.correction.dates(promise.quantiles(asked[0]), at)
        self.given[customer.key] = Outcome(at, likely, safe, self.correction.likely, self.correction.safe, FOREVER)
        insort(self.due, (safe, customer.key))
        self.queue = promise.with_more(self.queue, [customer.arrival], 0)

    def publish(self, at: float) -> None:
        """As the worker does: the definition's minutes, not those that the work really takes."""
        self.move_to(at)
        jobs = [replace(job, operations=self.promised[key].operations) for key, job in self.workshop.jobs.items()]
        waiting = [each.arrival for each in sorted(self.in_review)]
        self.queue = queue_behind(plant(), jobs, self.workshop.machines, waiting, now=at, next_at=at + REVIEW)
        known = [key for safe, key in self.due if safe <= at and key in self.given][-calibration.WINDOW :]
        self.correction = calibration.learned(
            [replace(self.given[key], ready=self.workshop.ready.get(key, FOREVER)) for key in known]
        )

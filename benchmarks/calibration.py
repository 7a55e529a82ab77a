"""Whether promises are kept: a year of the demo's plant and 5,000 customers, each promised a P50 and a P90.

25 editions of 200 pieces open a fortnight apart; half of each is ordered within the first hour, the rest comes later
and later. A review is said to take 480 working minutes. It really takes 480 on average, one more, another less
(variation 0.3), so that people overtake each other; one piece in twenty is declined, and leaves its place in the queue.
What is left is made by the live plant's own engine, with kilns, set-ups and breakdowns, and luck that no promise has
seen. The queue is published every four working hours at most, far less often than in the shop, so that a year takes
some minutes; who comes between is added to it.

`p90_kept_percent` is of the promises as they are given, with the rolling correction, from the first day on;
`_uncorrected` the same without it. `slow_p90_kept_percent` is of a plant in which everything takes 15 % longer than its
definition says.
"""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from benchmarks.demo import plant, work_specs
from benchmarks.harness import Figure, benchmark, require
from factory_sim import calibration, draws, live, promise
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.calibration import Correction, Outcome
from factory_sim.contracts import Kind, Phase, WorkSpec
from factory_sim.live.newcomers import queue_behind
from factory_sim.standing import Job, Machines

EDITIONS, SIZE = 25, 200
FORTNIGHT = 12 * 960.0
RUSH_SHARE, RUSH_MINUTES, LATER_MINUTES = 0.5, 60.0, 3_000.0
REVIEW, REVIEW_VARIATION, DECLINED = 480.0, 0.3, 0.05
PUBLISHED_EVERY = 240.0
SLOWER = 1.15
SEED = 7
FOREVER = float("inf")
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


@benchmark("factory.calibration", only_by_name=True)
def kept() -> Iterator[Figure]:
    """How many percent of the promises of a year are kept."""
    year = Year(slower=1.0)
    outcomes = year.run()
    yield Figure("p90_kept_percent", percent(outcomes, "safe"), "%")
    yield Figure("p50_kept_percent", percent(outcomes, "likely"), "%")
    yield Figure("p90_kept_percent_uncorrected", percent(uncorrected(outcomes), "safe"), "%")
    slow = Year(slower=SLOWER).run()
    yield Figure("slow_p90_kept_percent", percent(slow, "safe"), "%")
    yield Figure("slow_p90_kept_percent_uncorrected", percent(uncorrected(slow), "safe"), "%")


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


def customers() -> list[Customer]:
    """Everybody of the year, the first one first."""
    luck = random.Random(SEED)
    specs = work_specs(EDITIONS * SIZE)
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

    def __init__(self, slower: float) -> None:
        self.slower = slower
        self.jobs: dict[str, Job] = {}
        self.machines: Machines = {}
        self.reached = -1.0
        self.planned: dict[str, WorkSpec] = {}
        self.in_review: list[Customer] = []
        self.given: dict[str, Outcome] = {}
        self.due: list[tuple[float, str]] = []
        self.ready: dict[str, float] = {}
        self.queue: promise.Queue | None = None
        self.correction = Correction()

    def run(self) -> list[Outcome]:
        """The outcomes of all that were not declined."""
        for customer in customers():
            self.give(customer)
            insort(self.in_review, customer, key=attrgetter("leaves"))
        self.move_to(THE_END)
        require(self.ready.keys() == self.given.keys(), "a piece was not finished")
        return [replace(each, ready=self.ready[key]) for key, each in self.given.items()]

    def move_to(self, minute: float) -> None:
        """Let reviews end and the plant work, up to a minute."""
        while self.in_review and self.in_review[0].leaves <= minute:
            customer = self.in_review.pop(0)
            if customer.is_declined:
                del self.given[customer.key]
            else:
                self.jobs[customer.key] = self.job(customer)
        done = live.run(plant(), self.jobs.values(), self.machines, since=self.reached, until=minute)
        self.reached, self.machines = minute, done.machines
        self.ready |= {event.key: event.minute for event in done.events if event.kind is Kind.COMPLETED}
        self.jobs = {key: job for key, job in (self.jobs | done.jobs).items() if job.phase is not Phase.DONE}

    def job(self, customer: Customer) -> Job:
        """The piece as it is really made."""
        self.planned[customer.key] = customer.spec
        really = tuple(replace(each, minutes=each.minutes * self.slower) for each in customer.spec.operations)
        seed = draws.seed_of(plant().seed, customer.key)
        return Job(customer.key, customer.number, seed, customer.leaves, really)

    def give(self, customer: Customer) -> None:
        """Promise what the shop would promise at this minute."""
        at = customer.at
        if self.queue is None or at - self.reached >= PUBLISHED_EVERY:
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
        jobs = [replace(job, operations=self.planned[key].operations) for key, job in self.jobs.items()]
        waiting = [each.arrival for each in sorted(self.in_review)]
        self.queue = queue_behind(plant(), jobs, self.machines, waiting, now=at, next_at=at + REVIEW)
        known = [key for safe, key in self.due if safe <= at and key in self.given][-calibration.WINDOW :]
        self.correction = calibration.learned(
            [replace(self.given[key], ready=self.ready.get(key, FOREVER)) for key in known]
        )

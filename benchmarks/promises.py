"""The promise as a click in the studio asks for it: its own dates and what every option would do to them.

200 paid orders for designs of the demo's product wait for its plant; the worker has published the queue behind them.
`factory.promise` asks for 24 designs, each with all of its options (29), in the process: both statements, the work of
each option, 256 replications, dates. What a process would remember of a design is forgotten between rounds. The peer is
a textbook's SimPy model of the same plant (a Resource for each station) behind the same orders, for one design without
its options; two of its replications are timed per design, a promise is 256 of them. `publish_ms` is the worker's pass.

`factory.promise.http` is POST /api/v1/quotes on a server process of its own, for 300 designs, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from statistics import median

import numpy as np
import simpy
from payments import PaymentStatus

from benchmarks.demo import definition, designs, offer, open_edition, plant
from benchmarks.harness import Figure, Seconds, benchmark, p95_ms, require, turned
from benchmarks.http_quote import body_of, quote
from benchmarks.publisher import publishing
from benchmarks.web_server import web_server
from configurator.configuration import Configuration
from configurator.studio import group_states
from core.clock import now
from editions.models import Edition
from editions.services import hold_piece
from factory_sim import promise, promise_draws
from factory_sim.contracts import OperationSpec, Promise, WorkSpec
from factory_sim.models import QueuePublication
from orders import work_ahead
from orders.selectors import queue_for
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.publish import publish_queues
from orders.work_ahead import all_waiting, work_of

QUEUED = 200
ASKING = 24
ROUNDS = 5
SIMPY_RUNS = 2
REVIEW = 480.0
APART = 0.05
"""By how much of the time to it SimPy's median may lie elsewhere: there, pieces overtake each other."""
HTTP_ASKING, HTTP_ROUNDS, WARM_UP = 300, 3, 20


@benchmark("factory.promise", database=True)
def promises() -> Iterator[Figure]:
    """P50 and P90 of a design and of each of its options."""
    edition = behind_orders()
    publish_ms = 1000 * seconds(partial(publish_anew, now()))
    asked = [(design, alternatives(design)) for design in designs(ASKING, edition.version.key)]
    waiting = [work.spec for work in all_waiting(now())[plant().slug]]
    require(len(waiting) == QUEUED, f"{len(waiting)} orders wait")
    simpys: list[float] = []

    def by_simpy(case: tuple[Configuration, list[Configuration]]) -> None:
        spec = work_of(edition.version_id, case[0])
        simpys.extend(SimpyPlant(waiting, spec, luck).run() for luck in range(SIMPY_RUNS))

    laps = race_on_the_wall({"ours": partial(ask, edition), "simpy": by_simpy}, asked)
    simpy_ms = median(p95_ms(each) for each in laps["simpy"]) * promise_draws.REPLICATIONS / SIMPY_RUNS
    require_agreement(edition, [design for design, _ in asked], simpys)
    yield Figure("p95_ms", median(p95_ms(each) for each in laps["ours"]), "ms", "SimPy, one design", simpy_ms)
    yield Figure("publish_ms", publish_ms, "ms")


@benchmark("factory.promise.http", database=True)
def over_http() -> Iterator[Figure]:
    """The same over HTTP, with all else that a quote says."""
    edition = behind_orders()
    bodies = [body_of(edition, design.as_json()) for design in designs(HTTP_ASKING, edition.version.key)]
    with web_server() as (_address, client), publishing():
        for body in bodies[-WARM_UP:]:
            quote(client, body)
        rounds = [bodies[number::HTTP_ROUNDS] for number in range(HTTP_ROUNDS)]
        yield Figure("p95_ms", median(p95_ms([quote(client, body) for body in each]) for each in rounds), "ms")


@cache
def behind_orders() -> Edition:
    """An edition behind 200 orders of it that are paid and in review."""
    edition = open_edition(size=QUEUED + 1, now=now())
    for number, design in enumerate(designs(QUEUED, edition.version.key)):
        if number % 20 == 0:
            publish_queues(now=now())
        edition.refresh_from_db()
        hold = hold_piece(edition=edition, offer=offer(design, now()), now=now())
        buyer = Buyer(email="bench@example.com", language="en", note="", account=None, accepts_no_return=True)
        order = place_order(hold_token=hold.token, buyer=buyer, now=now())
        order.payments.get().change_status(PaymentStatus.PREAUTH)
        settle_payment(order_id=order.pk, now=now())
    return edition


def publish_anew(moment: datetime) -> None:
    QueuePublication.objects.update(seen="")
    require(publish_queues(now=moment) == 1, "nothing was published")


def alternatives(design: Configuration) -> list[Configuration]:
    """What each option leads to."""
    groups = group_states(definition(), design.choices, "en")
    return [replace(design, choices=option.choices) for group in groups for option in group.options]


def ask(edition: Edition, case: tuple[Configuration, list[Configuration]]) -> list[Promise]:
    design, others = case
    queue = queue_for(edition.version, now())
    return queue.promises([work_of(edition.version_id, each) for each in (design, *others)])


Asked = tuple[Configuration, list[Configuration]]


def race_on_the_wall(
    contenders: Mapping[str, Callable[[Asked], object]], cases: Sequence[Asked]
) -> dict[str, list[list[Seconds]]]:
    """The harness's race by the clock on the wall, for a process that forgets the work of designs between rounds."""
    laps: dict[str, list[list[Seconds]]] = {name: [] for name in contenders}
    for run in contenders.values():
        run(cases[0])
    for _ in range(ROUNDS):
        work_ahead._work_of.cache_clear()
        for taken in laps.values():
            taken.append([])
        for number, case in enumerate(cases):
            for name in turned(list(contenders), number):
                laps[name][-1].append(seconds(partial(contenders[name], case)))
    return laps


def seconds(work: Callable[[], object]) -> Seconds:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def require_agreement(edition: Edition, asking: Sequence[Configuration], simpys: Sequence[float]) -> None:
    """SimPy counts minutes from now on, as if all had been ordered now."""
    arrivals = [promise.Arrival(each.spec, REVIEW, each.ref) for each in all_waiting(now())[plant().slug]]
    queue = promise.behind(plant().layout(), (), arrivals, 0.0)
    specs = [work_of(edition.version_id, each) for each in asking]
    ours = np.median([promise.finishing_minutes(queue, spec, released_at=REVIEW) for spec in specs])
    apart = abs(float(np.median(simpys)) - float(ours)) / float(ours)
    require(apart <= APART, f"SimPy's median lies {apart:.1%} elsewhere")


class SimpyPlant:
    """The plant as one would write it with SimPy, and one more piece behind those that are ordered."""

    def __init__(self, ordered: Sequence[WorkSpec], asked: WorkSpec, luck: int) -> None:
        self.env = simpy.Environment()
        self.stations = {
            name: simpy.Resource(self.env, capacity=machines) for name, machines in plant().machines().items()
        }
        self.luck = luck
        for number, spec in enumerate(ordered):
            self.env.process(self.piece(spec.operations, f"order {number}"))
        self.last = self.env.process(self.piece(asked.operations, promise_draws.NEWCOMER))

    def run(self) -> float:
        """The minute at which the last one is ready."""
        self.env.run(until=self.last)
        return float(self.env.now)

    def piece(self, operations: Sequence[OperationSpec], key: str) -> Generator[simpy.Event, None, None]:
        yield self.env.timeout(REVIEW)
        ids = [operation.id for operation in operations]
        tries: dict[str, int] = {}
        index = 0
        while index < len(operations):
            operation = operations[index]
            attempt = tries[operation.id] = tries.get(operation.id, -1) + 1
            with self.stations[operation.station].request() as machine:
                yield machine
                yield self.env.timeout(self.minutes(operation, key, attempt))
            index = self.next_of(index, operation, ids, key, attempt)

    def minutes(self, operation: OperationSpec, key: str, attempt: int) -> float:
        return float(promise_draws.durations(operation, key, attempt)[self.luck])

    def next_of(self, index: int, operation: OperationSpec, ids: list[str], key: str, attempt: int) -> int:
        """Where an operation leads: on, or back to where its fault was made."""
        if operation.faults and attempt < operation.most_reworks:
            u = float(promise_draws.uniforms(key, operation.id, attempt + 1)[self.luck])
            for fault in operation.faults:
                if u < fault.rate:
                    return ids.index(fault.rework_from)
                u -= fault.rate
        return index + 1

"""The promise as a click in the studio asks for it: its own dates and what every option would do to them.

200 paid orders for designs of the demo's product wait for its plant; the worker has published the queue behind them.
`factory.promise` asks for 24 designs, each with all of its options (29), in the process: both statements, the work of
each option, 256 replications, dates. What a process would remember of a design is forgotten between rounds. The peer is
the SimPy model of the same plant (kilns, set-ups, branches, breakdowns) that the engine is tested against, behind the
same orders, for one design without its options; two of its replications are timed per design, a promise is 256 of them.
`publish_ms` is the worker's pass.

`factory.promise.http` is POST /api/v1/quotes on a server process of its own, for 300 designs, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from statistics import median

import numpy as np
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
from factory_sim import promise_draws
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.contracts import OrderedWork, Promise, WorkSpec
from factory_sim.live.forecast import Case, case_of
from factory_sim.live.newcomers import queue_behind
from factory_sim.models import QueuePublication
from factory_sim.promise import Arrival
from factory_sim.standing import Job
from orders import work_ahead
from orders.selectors import queue_for
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.publish import publish_queues
from orders.work_ahead import all_waiting, work_of
from tests.unit.factory_sim.engine.oracle import Oracle

QUEUED = 200
ASKING = 24
ROUNDS = 5
SIMPY_RUNS = 2
REVIEW = 480.0
APART = 0.01
"""By how much of the time to it SimPy may lie elsewhere in the median: there, pieces overtake each other."""
Minute = float
HTTP_ASKING, HTTP_ROUNDS, WARM_UP = 300, 3, 20


@benchmark("factory.promise", database=True)
def promises() -> Iterator[Figure]:
    """P50 and P90 of a design and of each of its options."""
    edition = behind_orders()
    publish_ms = 1000 * seconds(partial(publish_anew, now()))
    asked = [(design, alternatives(design)) for design in designs(ASKING, edition.version.key)]
    waiting = all_waiting(now())[plant().slug]
    require(len(waiting) == QUEUED, f"{len(waiting)} orders wait")
    specs = [work_of(edition.version_id, design) for design, _ in asked]
    floors = [floor_behind(waiting, spec) for spec in specs]

    def by_simpy(number: int) -> list[Minute]:
        return [simpy_ready(floors[number], replication) for replication in range(SIMPY_RUNS)]

    def by_us(number: int) -> list[Promise]:
        return ask(edition, asked[number])

    laps = race_on_the_wall({"ours": by_us, "simpy": by_simpy}, range(ASKING))
    simpy_ms = median(p95_ms(each) for each in laps["simpy"]) * promise_draws.REPLICATIONS / SIMPY_RUNS
    require_agreement(waiting, specs, [by_simpy(number) for number in range(ASKING)])
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


def race_on_the_wall(
    contenders: Mapping[str, Callable[[int], object]], cases: Sequence[int]
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


def floor_behind(waiting: Sequence[OrderedWork], spec: WorkSpec) -> Case:
    """The plant before all that wait and one more piece, in minutes from now on, as if all had been ordered now."""
    known = [(each.ref, each.spec) for each in waiting]
    pieces = enumerate([*known, (promise_draws.NEWCOMER, spec)])
    return case_of(plant(), [Job(key, rank, 0, REVIEW, each.operations) for rank, (key, each) in pieces], {}, 0.0)


def simpy_ready(case: Case, replication: int) -> Minute:
    """When the last piece is ready by SimPy, with the engine's draws."""
    return float(Oracle(case.floor, case.work, replication).run().completed[-1])


def require_agreement(
    waiting: Sequence[OrderedWork], specs: Sequence[WorkSpec], simpys: Sequence[list[Minute]]
) -> None:
    """What would be promised is what SimPy finds, replication by replication."""
    arrivals = [Arrival(each.spec, REVIEW, each.ref) for each in waiting]
    queue = queue_behind(plant(), (), {}, arrivals, now=0.0, next_at=REVIEW)
    ours = finishing_minutes_of_each(queue, specs, released_at=REVIEW)[:, :SIMPY_RUNS]
    apart = float(np.median(np.abs(np.array(simpys) / ours - 1)))
    require(apart <= APART, f"SimPy finds minutes that lie {apart:.1%} elsewhere")

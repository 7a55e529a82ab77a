"""Holds on one hot edition: 32 threads want a piece of it at the same time, 8 in each of 4 server processes.

Every round opens a fresh edition of 2,000 pieces, with as many units of each of two scarce components, and takes 480
holds of a piece and a unit of both: ours by `editions.services.hold_piece`, the peers by the two textbook counters of
benchmarks.counters, which check the same things, count the same components and write the same hold through the same
ORM, but touch rows that all share. `.5ms` waits 5 ms inside every transaction, after the hold is written and before it
is committed. All numbers taken must be different.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median

from django.db import connection, transaction

from benchmarks.counters import counter_tables, hold_by_condition, hold_by_lock, open_counters
from benchmarks.database import address, join_database
from benchmarks.demo import SCARCE, offer, open_edition, scarce_design
from benchmarks.harness import Figure, Seconds, benchmark, percentile, require, turned
from core.clock import now
from editions.selectors import announced
from editions.services import hold_piece

PROCESSES = 4
THREADS_EACH = 8
PIECES = 2_000
HOLDS = 480
WARM_UP = 64
ROUNDS = 5
OPENING_SECONDS = 0.5

OURS, BY_CONDITION, BY_LOCK = "ours", "conditional counter", "FOR UPDATE counter"
WAYS = (OURS, BY_CONDITION, BY_LOCK)
"""The ways to take a hold, by the names that the peers have in the figures."""


@benchmark("holds.hot_edition", database=True, inside=0.0)
@benchmark("holds.hot_edition.5ms", database=True, inside=0.005)
def hot_edition(inside: Seconds) -> Iterator[Figure]:
    """Holds per second, and the time within which 99 of 100 customers have their answer."""
    rushes: dict[str, list[Rush]] = {way: [] for way in WAYS}
    servers = ProcessPoolExecutor(
        PROCESSES, multiprocessing.get_context("spawn"), initializer=join_database, initargs=(address(),)
    )
    with counter_tables(), servers:
        for way in WAYS:
            Rush.on_fresh_edition(servers, way, inside, WARM_UP)
        for number in range(ROUNDS):
            for way in turned(WAYS, number):
                rushes[way].append(Rush.on_fresh_edition(servers, way, inside, HOLDS))
    rates = {way: median(rush.per_second for rush in taken) for way, taken in rushes.items()}
    waits = {way: median(rush.p99_ms for rush in taken) for way, taken in rushes.items()}
    yield from (Figure("per_second", rates[OURS], "1/s", peer, rates[peer]) for peer in WAYS[1:])
    yield from (Figure("p99_ms", waits[OURS], "ms", peer, waits[peer]) for peer in WAYS[1:])


@dataclass(frozen=True)
class Taken:
    """A hold: its number, and when its customer asked and was answered, by the machine's monotonic clock."""

    number: int
    asked_at: Seconds
    answered_at: Seconds


@dataclass(frozen=True)
class Rush:
    """All holds of one round."""

    taken: Sequence[Taken]

    @classmethod
    def on_fresh_edition(cls, servers: Executor, way: str, inside: Seconds, holds: int) -> Rush:
        """Let all threads ask at once, again and again, until `holds` are taken; every number must be new."""
        edition_id = fresh_edition(way)
        start_at = time.perf_counter() + OPENING_SECONDS
        share = partial(take_share, way, edition_id, inside, holds // PROCESSES, start_at)
        shares = [servers.submit(share) for _ in range(PROCESSES)]
        taken = [each for done in shares for each in done.result()]
        numbers = {each.number for each in taken}
        require(len(numbers) == holds, f"{holds} holds by {way} got {len(numbers)} different numbers")
        return cls(taken)

    @property
    def per_second(self) -> float:
        first, last = min(each.asked_at for each in self.taken), max(each.answered_at for each in self.taken)
        return len(self.taken) / (last - first)

    @property
    def p99_ms(self) -> float:
        return percentile([each.answered_at - each.asked_at for each in self.taken], 0.99) * 1000


def fresh_edition(way: str) -> int:
    """The id of an untouched edition; the planner knows its tables, as it does a day after announcing."""
    if way == OURS:
        edition_id = open_edition(size=PIECES, now=now(), scarce=True).pk
    else:
        edition_id = open_counters(PIECES, SCARCE, now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return edition_id


# --- In the server processes ---------------------------------------------------------------------


def take_share(way: str, edition_id: int, inside: Seconds, holds: int, start_at: Seconds) -> list[Taken]:
    """Take holds in all threads of this process, from `start_at` on."""
    take = taker(way, edition_id)
    orders = iter(range(holds))
    visit = partial(take_holds, partial(waiting, take, inside) if inside else take, orders, start_at)
    with ThreadPoolExecutor(THREADS_EACH) as threads:
        visits = [threads.submit(visit) for _ in range(THREADS_EACH)]
        return [each for done in visits for each in done.result()]


def take_holds(take: Callable[[], int], orders: Iterator[int], start_at: Seconds) -> list[Taken]:
    """What one thread does until no order is left; its connection is open before it starts."""
    try:
        connection.ensure_connection()
        time.sleep(max(0.0, start_at - time.perf_counter()))
        return [timed(take) for _ in orders]
    finally:
        connection.close()


def timed(take: Callable[[], int]) -> Taken:
    asked_at = time.perf_counter()
    number = take()
    return Taken(number, asked_at, time.perf_counter())


def taker(way: str, edition_id: int) -> Callable[[], int]:
    """A function that takes one hold and returns its number."""
    moment = now()
    wanted = offer(scarce_design(), moment)
    if way == OURS:
        return lambda: hold_piece(edition=announced(moment).get(pk=edition_id), offer=wanted, now=moment).piece.number
    hold = {BY_CONDITION: hold_by_condition, BY_LOCK: hold_by_lock}[way]
    return partial(hold, edition_id, wanted, moment)


def waiting(take: Callable[[], int], seconds: Seconds) -> int:
    with transaction.atomic():
        number = take()
        time.sleep(seconds)
    return number

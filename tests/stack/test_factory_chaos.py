"""The factory while its workers are killed, its broker forgets or goes dead, and its database is restarted.

A few accidents here; `make chaos` has 100 kills, three wiped brokers and a broker that is half open for a minute, and
judges how soon the factory was back at work.
"""

import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice

import psycopg
import pytest
import redis

from dure.local import postgres
from tests.stack.half_open import Way
from tests.stack.running import Stack, kill_with_children, stack, wait_for
from tests.stack.test_crash import EVENTS, PLACE_ORDERS, START_ALL, count

pytestmark = [pytest.mark.stack, pytest.mark.long]

SCHEDULES = int(os.environ.get("DURE_SCHEDULES", "300"))
IS_FULL = SCHEDULES >= 10_000
KILLS = max(SCHEDULES // 100, 3)
WIPES = 3 if IS_FULL else 1
HALF_OPEN_SECONDS = 60 if IS_FULL else 3
PIECES = 24 if IS_FULL else 4
# The plant is open for 14 hours from its first minute on: the kills are over before it closes.
CALM, HASTY = "40" if IS_FULL else "60", "14400"
LEFT_OVER_SECONDS = 2.0
"""A tick that was in the queue before, or in a worker's hands, counts for so long: then it has expired."""
BACK_AFTER_A_KILL, BACK_AFTER_HALF_OPEN = 10.0, 45.0
SEED = 20261123
GAPS = """
    SELECT order_id FROM factory_sim_productionevent
    GROUP BY order_id HAVING max(seq) <> count(*) OR min(seq) <> 1
"""

Recoveries = dict[str, list[float]]


# A log depends on when its plans were made: only without them two can be compared.
FIRST_COME = """
from core.clock import now
from factory_sim.models import Plant
from factory_sim.services import load_plant
for plant in Plant.objects.all():
    load_plant(data=plant.definition | {"planned": False}, now=now())
"""


@contextmanager
def ready_factory(*, planned: bool = False) -> Iterator[Stack]:
    """Pieces that are about to be made; the clock stands still and nobody works yet."""
    with stack(TICK_SECONDS="0.2") as running:
        if not planned:
            running.manage("shell", "-v0", "-c", FIRST_COME)
        running.manage("shell", "-v0", "-c", PLACE_ORDERS.format(first=1, count=PIECES))
        running.manage("shell", "-v0", "-c", START_ALL)
        yield running


def set_clock(running: Stack, speed: str) -> None:
    running.manage("factory_clock", "run", "--speed", speed, "-v0")


def finished_log(running: Stack) -> list[tuple[object, ...]]:
    """Everything that ever happened, once all is made."""
    set_clock(running, HASTY)
    wait_for(lambda: count(running, "orders_order", "status = 'finished'") == PIECES, "the last piece", 240)
    return running.query(EVENTS)


def digest(log: list[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(log).encode()).hexdigest()


def reached(running: Stack) -> float:
    try:
        minute: float = running.query("SELECT max(horizon) FROM factory_sim_factoryclock")[0][0]
    except psycopg.OperationalError:
        return 0.0
    return minute


def seconds_until_back(running: Stack, patience: float = 120) -> float:
    """Until the log is carried on by ticks that were sent from now on."""
    began = time.monotonic()
    before = reached(running)

    def is_carried_on() -> bool:
        nonlocal before
        minute = reached(running)
        if time.monotonic() - began < LEFT_OVER_SECONDS:
            before = max(before, minute)
            return False
        return minute > before

    wait_for(is_carried_on, "a tick", patience)
    return time.monotonic() - began


def wipe_broker(running: Stack) -> None:
    with redis.Redis.from_url(running.home.redis_url) as client:
        client.flushall()


def restart_database(running: Stack) -> None:
    postgres.stop(running.home)
    postgres.start(running.home, durable=False)


def through_accidents(running: Stack) -> Recoveries:
    """Kill worker and beat in turn; meanwhile wipe the broker and restart the database."""
    begin = {"worker": running.start_worker, "beat": running.start_beat}
    programs = {name: start() for name, start in begin.items()}
    set_clock(running, CALM)
    seconds_until_back(running)
    others: dict[int, tuple[str, Callable[[Stack], None]]] = {
        KILLS * (2 * number + 1) // (2 * WIPES): ("broker wiped", wipe_broker) for number in range(WIPES)
    }
    others[KILLS - 1] = ("database restarted", restart_database)
    found: Recoveries = {}
    moment = random.Random(SEED)
    for number, name in enumerate(islice(cycle(begin), KILLS)):
        # Anywhere in the second: before a tick, amid one, after it.
        time.sleep(moment.uniform(0.05, 1.0))
        kill_with_children(programs[name])
        programs[name] = begin[name]()
        found.setdefault(f"{name} killed", []).append(seconds_until_back(running))
        if number in others:
            what, accident = others[number]
            accident(running)
            found.setdefault(what, []).append(seconds_until_back(running))
    return found


def tell(found: Recoveries) -> None:
    for what, seconds in found.items():
        middle = sorted(seconds)[len(seconds) // 2]
        print(f"\n{len(seconds)} × {what}: back at work after {middle:.1f} s, {max(seconds):.1f} s at most", end="")


def check_nothing_is_lost_or_doubled(running: Stack) -> None:
    assert count(running, "factory_sim_productionorder") == PIECES
    assert running.query(GAPS) == []
    wait_for(lambda: count(running, "core_outboxmessage", "processed_at IS NULL") == 0, "an empty outbox", 120)
    assert count(running, "orders_order", "status = 'finished'") == PIECES


@pytest.fixture(scope="module")
def undisturbed() -> list[tuple[object, ...]]:
    with ready_factory() as running:
        running.start_beat()
        running.start_worker()
        return finished_log(running)


def test_whatever_is_killed_wiped_or_restarted_the_log_is_that_of_an_undisturbed_factory(
    undisturbed: list[tuple[object, ...]],
) -> None:
    with ready_factory() as running:
        found = through_accidents(running)
        log = finished_log(running)
        check_nothing_is_lost_or_doubled(running)
    tell(found)

    assert digest(log) == digest(undisturbed)
    assert {row[0] for row in log} == {f"piece-{number:02d}" for number in range(1, PIECES + 1)}
    assert sum(map(len, found.values())) == KILLS + WIPES + 1, "control: all of it happened"
    if IS_FULL:
        assert max(found["worker killed"] + found["beat killed"]) <= BACK_AFTER_A_KILL


def test_with_plans_and_kills_nothing_is_lost_or_doubled_either() -> None:
    with ready_factory(planned=True) as running:
        found = through_accidents(running)
        log = finished_log(running)
        check_nothing_is_lost_or_doubled(running)
        seen = running.query("SELECT max(last_event) FROM factory_sim_plantplan")[0][0]
    tell(found)

    assert {row[0] for row in log} == {f"piece-{number:02d}" for number in range(1, PIECES + 1)}
    done = [(row[0], row[3]) for row in log if row[2] == "completed"]
    assert len(done) == len(set(done)) == PIECES
    assert seen, "control: plans were looked for"


def test_a_broker_that_goes_dead_without_a_word_is_found_out(undisturbed: list[tuple[object, ...]]) -> None:
    with ready_factory() as running, Way(running.home.valkey / "valkey.sock") as way:
        past_it = running.environment["REDIS_URL"]
        running.environment["REDIS_URL"] = f"redis://127.0.0.1:{way.port}/0"
        running.start_beat()
        running.start_worker()
        running.environment["REDIS_URL"] = past_it
        set_clock(running, CALM)
        seconds_until_back(running)
        assert way.cut() > 0, "control: they use it"
        time.sleep(HALF_OPEN_SECONDS)
        way.mend()
        found = {"broker half open": [seconds_until_back(running)]}
        log = finished_log(running)
        check_nothing_is_lost_or_doubled(running)
    tell(found)

    assert digest(log) == digest(undisturbed)
    if IS_FULL:
        assert found["broker half open"][0] <= BACK_AFTER_HALF_OPEN


def test_the_digest_sees_one_event_that_is_missing(undisturbed: list[tuple[object, ...]]) -> None:
    assert digest(undisturbed[:-1]) != digest(undisturbed)

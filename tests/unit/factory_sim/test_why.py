"""Why a piece waits: every cause from the standing and the log, each with what is said without it."""

from dataclasses import replace
from typing import Any

import pytest

from factory_sim.contracts import Cause, Kind, OperationSpec, Phase
from factory_sim.engine.model import BLOCKED, DONE, NEEDY, QUEUED, TRAVELLING, WORKING
from factory_sim.plant import read_plant
from factory_sim.prospect import chance_by
from factory_sim.standing import FIRST, Event, Job, OperationStanding
from factory_sim.why import PlantThen, Reason, longest_delay, reasons

NOW = 100.0
NAME = {"ko": "이름", "en": "A name"}


def step(name: str, station: str, needs: tuple[str, ...] | None = None, **more: Any) -> OperationSpec:
    return OperationSpec(name, station, 10.0, 0.0, NAME, needs=needs, **more)


ROUTE = (step("form", "bench"), step("fire", "kiln", family="light"), step("look", "desk"))
BRANCHES = (
    step("form", "bench"),
    step("fire", "kiln"),
    step("sleeve", "desk", ("form",)),
    step("join", "bench", ("fire", "sleeve")),
)


def standing(phase: int, minute: float | None = None, **more: Any) -> OperationStanding:
    return OperationStanding(phase, minute, **more)


DONE_, NEEDS = standing(DONE), standing(NEEDY)


def piece(*rows: OperationStanding, route: tuple[OperationSpec, ...] = ROUTE, key: str = "mine", rank: int = 9) -> Job:
    return Job(key, rank, 1, 0.0, route, Phase.QUEUED, standing=rows)


def at_kiln(phase: int, minute: float, key: str, rank: int, **more: Any) -> Job:
    return piece(DONE_, standing(phase, minute, **more), NEEDS, key=key, rank=rank)


def plant(
    *jobs: Job, machines: int = 1, batch: int = 1, patience: float = 0.0, maker: str = "simulation", **more: Any
) -> PlantThen:
    stations = [
        {"id": "bench", "name": NAME, "machines": 1},
        {"id": "kiln", "name": NAME, "machines": machines, "batch": batch, "patience": patience},
        {"id": "desk", "name": NAME, "machines": 1},
    ]
    definition = read_plant(
        {
            "schema_version": 2,
            "slug": "small",
            "name": NAME,
            "seed": 1,
            "maker": maker,
            "opening": {"days": ["mon"], "opens": "07:00", "closes": "23:00"},
            "stations": stations,
        }
    )
    return PlantThen(definition, jobs, NOW, **more)


MINE = piece(DONE_, standing(QUEUED, 50.0), NEEDS)
BUSY = at_kiln(WORKING, 110.0, "busy", 1, station="kiln", machine=0, since=40.0)


def only(job: Job, there: PlantThen, *log: Event) -> Reason:
    (found,) = reasons(job, log, there)
    return found


def event(kind: Kind, minute: float, operation: str = "fire", station: str = "kiln", **more: Any) -> Event:
    return Event("mine", 1, kind, minute, operation, station, **more)


def test_so_many_pieces_are_before_it() -> None:
    before, after, held = at_kiln(QUEUED, 49.0, "a", 1), at_kiln(QUEUED, 51.0, "b", 2), at_kiln(QUEUED, 1.0, "c", 3)
    tie = at_kiln(QUEUED, 50.0, "d", 4)
    there = plant(MINE, BUSY, before, after, replace(held, held=True), tie)

    assert only(MINE, there) == Reason(Cause.QUEUE, "fire", "kiln", pieces=2)
    assert only(MINE, plant(MINE, BUSY)) == Reason(Cause.QUEUE, "fire", "kiln", pieces=0), "control: nobody is"


def test_who_is_more_urgent_is_before_it_whenever_it_came() -> None:
    first = replace(at_kiln(QUEUED, 60.0, "a", 10), urgency=FIRST)
    planned = replace(at_kiln(QUEUED, 1.0, "b", 2), urgency=7)
    mine = replace(MINE, urgency=3)

    assert only(mine, plant(mine, BUSY, first, planned)).pieces == 1, "the staff come before the plan"
    assert only(replace(mine, urgency=FIRST), plant(mine, BUSY, first, planned)).pieces == 0
    assert only(MINE, plant(MINE, BUSY, replace(first, urgency=MINE.urgency))).pieces == 0, "control: it came later"


def test_the_oldest_of_a_batch_is_who_has_waited_longest_not_who_is_first() -> None:
    urgent = replace(at_kiln(QUEUED, 60.0, "a", 10), urgency=FIRST)

    assert only(MINE, plant(MINE, urgent, batch=6, patience=70.0)).until == 120.0


def test_where_people_report_nobody_knows_who_is_taken_first() -> None:
    other = at_kiln(QUEUED, 45.0, "a", 1)

    for there in (plant(MINE, other, BUSY, maker="reports"), plant(MINE, other, batch=6, maker="reports")):
        assert only(MINE, there) == Reason(Cause.WAITING, "fire", "kiln")


def test_the_kiln_waits_for_more_pieces_or_until_the_oldest_has_waited_long_enough() -> None:
    other, dark = at_kiln(QUEUED, 45.0, "a", 1), at_kiln(QUEUED, 1.0, "b", 2)
    dark = replace(dark, operations=(ROUTE[0], replace(ROUTE[1], family="dark"), ROUTE[2]))
    there = plant(MINE, other, dark, batch=6, patience=70.0)

    assert only(MINE, there) == Reason(Cause.BATCH, "fire", "kiln", pieces=4, until=115.0)
    busy = plant(MINE, other, BUSY, batch=6, patience=70.0)
    assert only(MINE, busy) == Reason(Cause.QUEUE, "fire", "kiln", pieces=1), "control: no kiln is free"


def test_every_machine_is_down() -> None:
    down = {("kiln", 0): 80.0, ("kiln", 1): 90.0}

    assert only(MINE, plant(MINE, machines=2, down=down)) == Reason(Cause.DOWN, "fire", "kiln", since=90.0)
    up = plant(MINE, BUSY, machines=2, down={("kiln", 1): 90.0})
    assert only(MINE, up).cause == Cause.QUEUE, "control: one of them is up"


def test_its_machine_is_down_or_is_being_set_up_or_works() -> None:
    mine = piece(DONE_, standing(WORKING, 170.0, station="kiln", machine=0, since=95.0), NEEDS)
    started = event(Kind.STARTED, 95.0, setup=12.0)

    assert only(mine, plant(mine), started) == Reason(Cause.SETUP, "fire", "kiln", until=107.0)
    assert only(mine, plant(mine, down={("kiln", 0): 99.0}), started) == Reason(Cause.DOWN, "fire", "kiln", since=99.0)
    short = replace(started, setup=4.0)
    assert only(mine, plant(mine), short) == Reason(Cause.WORK, "fire", "kiln", since=95.0), "control: it is set up"


def test_its_machine_is_blocked_by_another() -> None:
    stuck = piece(DONE_, DONE_, standing(BLOCKED, 60.0, station="kiln", machine=0), key="a", rank=1)
    blocked = frozenset({("kiln", 0)})

    assert only(MINE, plant(MINE, stuck, blocked=blocked)).cause == Cause.BLOCKED
    assert only(MINE, plant(MINE, BUSY)).cause == Cause.QUEUE, "control: nobody stands there"
    assert only(stuck, plant(stuck, blocked=blocked)) == Reason(Cause.NO_ROOM, "look", "desk", since=60.0)


def test_it_is_on_its_way() -> None:
    mine = piece(DONE_, standing(TRAVELLING, 120.0), NEEDS)

    assert only(mine, plant(mine)) == Reason(Cause.ON_THE_WAY, "fire", "kiln")


def test_a_part_that_is_done_waits_for_the_others() -> None:
    mine = piece(DONE_, DONE_, standing(QUEUED, 50.0), NEEDS, route=BRANCHES)

    assert reasons(mine, (), plant(mine)) == [
        Reason(Cause.QUEUE, "sleeve", "desk"),
        Reason(Cause.PARTS, "fire", waits_for=("sleeve",)),
    ]
    both = piece(DONE_, standing(QUEUED, 50.0), standing(QUEUED, 50.0), NEEDS, route=BRANCHES)
    causes = [each.cause for each in reasons(both, (), plant(both, BUSY))]
    assert causes == [Cause.QUEUE, Cause.QUEUE], "control: neither is done"


def test_a_held_piece_says_that_and_not_that_it_queues() -> None:
    held = replace(MINE, held=True)

    assert only(held, plant(held, BUSY)) == Reason(Cause.HELD)


def test_it_was_sent_back_until_it_passes() -> None:
    failed = event(Kind.FAILED, 70.0, "look", "desk", fault="crack")
    there = plant(MINE, BUSY)

    assert reasons(MINE, [failed], there)[-1] == Reason(Cause.SENT_BACK, "look", "desk", since=70.0, fault="crack")
    passed = event(Kind.PASSED, 80.0, "look", "desk")
    assert only(MINE, there, failed, passed).cause == Cause.QUEUE, "control: it has passed since"


def test_it_was_scrapped_by_hand_until_it_has_come_so_far_again() -> None:
    log = [event(Kind.FINISHED, 70.0), event(Kind.SCRAPPED, 70.0), event(Kind.FINISHED, 75.0, "form", "bench")]
    there = plant(MINE, BUSY)

    assert reasons(MINE, log, there)[-1] == Reason(Cause.SCRAPPED, "fire", "kiln", since=70.0)
    assert only(MINE, there, *log, event(Kind.FINISHED, 80.0)).cause == Cause.QUEUE
    found = event(Kind.SCRAPPED, 70.0, fault="crack")
    assert reasons(MINE, [found, event(Kind.FINISHED, 80.0)], there)[-1].cause == Cause.SENT_BACK, (
        "control: what an inspection found, an inspection must pass"
    )


def test_nothing_depends_on_when_work_or_a_repair_will_end() -> None:
    later = replace(BUSY, standing=(DONE_, replace(BUSY.standing[1], minute=9_999.0), NEEDS), ends_at=9_999.0)
    mine = replace(MINE, seed=77)

    assert reasons(MINE, (), plant(MINE, BUSY)) == reasons(mine, (), plant(mine, later))


# --- What has cost most time ------------------------------------------------------------------------


def test_the_longest_wait_counts_even_while_it_lasts() -> None:
    log = [event(Kind.QUEUED, 10), event(Kind.STARTED, 25), event(Kind.QUEUED, 60, "look", "desk")]

    assert longest_delay(log, NOW) == Reason(Cause.QUEUE, "look", "desk", since=60.0, until=NOW)
    assert longest_delay(log[:2], NOW) == Reason(Cause.QUEUE, "fire", "kiln", since=10.0, until=25.0)
    assert longest_delay([], NOW) is None


def test_a_wait_ends_when_the_design_is_changed() -> None:
    log = [event(Kind.QUEUED, 10), event(Kind.CHANGED, 30, "", "")]

    assert longest_delay(log, NOW) == Reason(Cause.QUEUE, "fire", "kiln", since=10.0, until=30.0)


def test_being_sent_back_costs_all_until_the_next_verdict() -> None:
    log = [
        event(Kind.FAILED, 30, "look", "desk", fault="crack"),
        event(Kind.QUEUED, 30),
        event(Kind.STARTED, 40),
        event(Kind.PASSED, 90, "look", "desk"),
    ]

    assert longest_delay(log, NOW) == Reason(Cause.SENT_BACK, "look", "desk", since=30.0, until=90.0, fault="crack")


def test_being_scrapped_by_hand_costs_all_until_it_has_come_so_far_again() -> None:
    log = [event(Kind.SCRAPPED, 30), event(Kind.QUEUED, 30), event(Kind.STARTED, 40), event(Kind.FINISHED, 90)]

    assert longest_delay(log, NOW) == Reason(Cause.SCRAPPED, "fire", "kiln", since=30.0, until=90.0)
    assert longest_delay(log[:3], NOW) == Reason(Cause.SCRAPPED, "fire", "kiln", since=30.0, until=NOW)


# --- The chance to keep a promise -------------------------------------------------------------------


def test_the_two_dates_have_their_own_chances() -> None:
    dates = {"now": 100.0, "likely": 160.0, "safe": 200.0}

    assert chance_by(160.0, **dates) == pytest.approx(0.5)
    assert chance_by(200.0, **dates) == pytest.approx(0.9)
    assert chance_by(100.0, **dates) == pytest.approx(0.0)
    assert 0.5 < chance_by(180.0, **dates) < 0.9 < chance_by(260.0, **dates) < 1.0


def test_dates_without_chance_are_kept_or_not() -> None:
    assert chance_by(160.0, now=100.0, likely=160.0, safe=160.0) == 1.0
    assert chance_by(159.0, now=100.0, likely=160.0, safe=160.0) == 0.0

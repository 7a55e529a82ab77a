"""Where a piece is and why, read from the logs of a plant that runs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from factory_sim.commands import command_job
from factory_sim.contracts import Cause, Promise, Whereabouts, WorkSpec
from factory_sim.floor import floor, plant_now
from factory_sim.jobs import open_orders
from factory_sim.models import Command, FactoryClock, MachineLogEntry, Plant, ProductionOrder
from factory_sim.services import load_plant, produce, tick
from factory_sim.whereabouts import chance_to_keep, delay_of, whereabouts
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import HARD, PLANT, SIMPLE, at, spec, step

pytestmark = pytest.mark.django_db

FIRED = spec(step("fire", "kiln", 60), step("press", "foil", 10))
KILN = {"ko": "가마", "en": "Kiln"}
FOIL = {"ko": "박 각인기", "en": "Foil press"}


def enter(*refs: str, wanted: WorkSpec = SIMPLE, minute: float = 0) -> None:
    for ref in refs:
        produce(plant_slug=PLANT, external_ref=ref, spec=wanted, now=at(minute))


def run_until(minute: float) -> None:
    tick(plant_slug=PLANT, now=at(minute))


def where(ref: str) -> Whereabouts:
    (found,) = whereabouts(external_ref=ref)
    return found


def clock(minute: float) -> datetime:
    """Factory time, so many minutes after 09:00 on the first day."""
    return MONDAY + timedelta(minutes=minute)


def rounded(moment: datetime | None) -> datetime | None:
    """Without the microseconds by which newcomers are released one after the other."""
    return moment and moment.replace(microsecond=0)


def test_a_piece_that_is_not_in_the_plant_yet_or_any_more_is_nowhere(plant: Plant) -> None:
    assert whereabouts(external_ref="nobody") == ()
    enter("001")
    assert whereabouts(external_ref="001") == ()
    run_until(60)
    assert ProductionOrder.objects.get().phase == "done"
    assert whereabouts(external_ref="001") == ()


def test_at_work_and_in_the_queue(plant: Plant) -> None:
    enter("a", "b", "c", "d", "e")
    run_until(5)

    found = where("a")
    assert (found.cause, found.operation, found.station_name["en"]) == (Cause.WORK, "form", "Forming")
    assert rounded(found.since_at) == clock(0)
    assert [where(ref).pieces for ref in "cde"] == [0, 1, 2]
    assert {where(ref).cause for ref in "cde"} == {Cause.QUEUE}


def test_it_takes_as_many_statements_whatever_there_is_on_the_floor(
    plant: Plant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enter("a", "b", "c", "d", "e")
    run_until(5)

    with django_assert_num_queries(5):
        whereabouts(external_ref="e")


def test_who_waits_at_another_station_is_not_in_front(plant: Plant) -> None:
    enter("a", "b", wanted=spec(step("press", "foil", 60)))
    enter("c", "d", wanted=spec(step("pack", "packing", 60)))
    run_until(5)

    assert [where(ref).pieces for ref in "bd"] == [0, 0]


def test_the_kiln_waits_for_more(plant: Plant) -> None:
    enter("a", "b", wanted=FIRED)
    enter("c", wanted=FIRED, minute=10)
    run_until(20)

    found = where("c")
    assert (found.cause, found.pieces, found.station_name) == (Cause.BATCH, 9, KILN)
    assert rounded(found.until_at) == clock(45), "the first came at 09:00, and nobody waits longer than 45 minutes"
    run_until(46)
    assert where("c").cause == Cause.WORK, "control: it has waited that long"


def test_a_machine_that_is_down_says_since_when(plant: Plant) -> None:
    enter("a", wanted=spec(step("press", "foil", 60)))
    run_until(20)
    since, foil = ProductionOrder.objects.get().since, {"plant": plant, "station": "foil", "machine": 0}
    MachineLogEntry.objects.create(kind="down", at=clock(10), minute=since + 10, **foil)

    found = where("a")
    assert (found.cause, rounded(found.since_at)) == (Cause.DOWN, clock(10))
    MachineLogEntry.objects.create(kind="up", at=clock(15), minute=since + 15, **foil)
    assert where("a").cause == Cause.WORK, "control: it is up again"


def break_down(plant: Plant, minute: float) -> None:
    """The foil press breaks down, so many minutes after 09:00."""
    began = FactoryClock.objects.get().horizon
    run_until(minute)
    horizon = FactoryClock.objects.get().horizon
    assert horizon == pytest.approx(began + minute)
    foil = {"plant": plant, "station": "foil", "machine": 0}
    MachineLogEntry.objects.create(kind="down", at=clock(minute), minute=horizon, **foil)


def is_down_on_the_floor() -> bool:
    (foil,) = (each for each in floor(plant_now(PLANT), at(0)).stations if each.id == "foil")
    return foil.machines[0].is_down


def test_a_machine_is_still_down_when_the_hours_are_shorter(plant: Plant) -> None:
    """Minutes are counted anew then, and the log has those of before."""
    break_down(plant, 10)
    data = samples.toml("plants/mangwon.toml")
    data["opening"]["days"] = ["mon", "tue", "wed", "thu", "fri"]
    load_plant(data=data, now=at(10))
    enter("a", wanted=spec(step("press", "foil", 60)), minute=11)
    run_until(20)

    assert MachineLogEntry.objects.get(kind="down").minute > FactoryClock.objects.get().horizon
    assert (where("a").cause, rounded(where("a").since_at)) == (Cause.DOWN, clock(10))


def test_a_machine_is_still_down_after_a_week_in_which_the_plant_was_closed(plant: Plant) -> None:
    data = samples.toml("plants/mangwon.toml")
    closed = [(MONDAY + timedelta(days=day)).date() for day in range(1, 9)]
    data["opening"]["holidays"] += closed
    load_plant(data=data, now=MONDAY)
    break_down(plant, 10)
    later = 9 * 24 * 60.0
    enter("a", wanted=spec(step("press", "foil", 60)), minute=later)
    run_until(later + 5)

    assert (where("a").cause, rounded(where("a").since_at)) == (Cause.DOWN, clock(10))
    assert is_down_on_the_floor()


def test_a_machine_is_blocked_until_the_piece_that_blocks_it_goes(plant: Plant) -> None:
    enter("a", wanted=spec(step("press", "foil", 60)))
    enter("b", wanted=spec(step("press", "foil", 60)), minute=1)
    run_until(20)
    entry: dict[str, Any] = {"plant": plant, "station": "foil", "machine": 0, "at": clock(10)}
    since = ProductionOrder.objects.get(external_ref="a").since
    MachineLogEntry.objects.create(kind="blocked", external_ref="x", minute=since + 10, **entry)

    assert where("b").cause == Cause.BLOCKED
    MachineLogEntry.objects.create(kind="unblocked", external_ref="x", minute=since + 11, **entry)
    assert where("b").cause == Cause.QUEUE, "control: it has gone"


def test_a_piece_that_staff_paused(plant: Plant) -> None:
    enter("a", "b", "c")
    run_until(5)
    order = ProductionOrder.objects.get(external_ref="a")
    command_job(order_id=order.pk, command=Command.PAUSE, actor=samples.superuser(), reason="", now=at(6))

    assert [each.cause for each in whereabouts(external_ref="a")] == [Cause.HELD, Cause.WORK]
    assert [each.cause for each in whereabouts(external_ref="b")] == [Cause.WORK], "control: the other was not paused"


def test_a_piece_that_was_sent_back_tells_the_inspections_sentence(plant: Plant) -> None:
    refs = [f"{number:03d}" for number in range(10)]
    enter(*refs, wanted=HARD)
    told = []
    for minute in range(40, 400, 20):
        run_until(minute)
        told += [each for ref in refs for each in whereabouts(external_ref=ref) if each.cause == Cause.SENT_BACK]

    assert {each.note["en"] for each in told} == {"It is cracked."}
    assert {each.operation for each in told} == {"look"}


def test_a_tick_between_the_reads_leaves_it_where_it_was(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    enter("a", "b", "c", wanted=FIRED)
    enter("d", wanted=FIRED, minute=10)
    run_until(20)

    def tick_and_read(of: Plant) -> QuerySet[ProductionOrder]:
        run_until(200)
        return open_orders(of)

    monkeypatch.setattr("factory_sim.whereabouts.open_orders", tick_and_read)

    found = where("d")
    assert (found.cause, found.pieces) == (Cause.BATCH, 11), "the others have gone, and it was queued when it was read"
    assert whereabouts(external_ref="d") == (), "control: it is made by now"


def test_a_piece_whose_making_was_stopped_is_nowhere(plant: Plant) -> None:
    enter("a")
    run_until(5)
    order = ProductionOrder.objects.get()
    command_job(order_id=order.pk, command=Command.ABORT, actor=samples.superuser(), reason="Cracked.", now=at(6))

    assert whereabouts(external_ref="a") == ()


def test_what_cost_most_time(plant: Plant) -> None:
    enter("a", "b", wanted=spec(step("press", "foil", 60), step("pack", "packing", 5)))
    run_until(62)

    delay = delay_of(external_ref="b")

    assert delay is not None
    assert (delay.cause, delay.station_name, round(delay.minutes)) == (Cause.QUEUE, FOIL, 60)
    assert delay_of(external_ref="a") is None, "control: it never waited"


def test_the_chance_to_keep_a_promise(plant: Plant) -> None:
    promise = Promise(clock(60), clock(120))

    chances = [
        chance_to_keep(promise, plant_slug=PLANT, due_at=clock(minute), now=at(0)) for minute in (30, 60, 120, 600)
    ]

    assert chances[1:3] == pytest.approx([0.5, 0.9])
    assert chances[0] < 0.2
    assert chances[3] > 0.99

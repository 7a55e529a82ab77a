"""The tick: appends what is due, once, whole or not at all, however often and however seldom it comes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from factory_sim import services
from factory_sim.models import FactoryClock, Plant, ProductionEvent, ProductionOrder
from factory_sim.plant import read_plant
from factory_sim.services import produce, tick
from tests import samples
from tests.integration.factory_sim.work import (
    HARD,
    PLANT,
    SIMPLE,
    Row,
    at,
    event_log,
    kinds,
    reported_finished,
    states,
)

pytestmark = pytest.mark.django_db

ENTERED = ["released", "queued", "started"]
A_WEEK = 7 * 24 * 60


class Killed(BaseException):
    """Stands for `kill -9` in the middle of a tick."""


def test_a_tick_appends_what_is_due_and_no_more(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))

    assert tick(plant_slug=PLANT, now=at(29)) == 3
    assert kinds("001-ABCDE") == ENTERED
    assert tick(plant_slug=PLANT, now=at(31)) == 3
    assert kinds("001-ABCDE")[3:] == ["finished", "queued", "started"]
    assert tick(plant_slug=PLANT, now=at(41)) == 2
    assert kinds("001-ABCDE")[6:] == ["finished", "completed"]
    assert tick(plant_slug=PLANT, now=at(1_000)) == 0


def test_an_event_says_when_where_and_what(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))
    tick(plant_slug=PLANT, now=at(60))

    started = ProductionEvent.objects.get(seq=6)
    assert (started.kind, started.operation, started.station, started.machine) == ("started", "press", "foil", 0)
    assert started.at.isoformat(timespec="seconds") == "2026-11-23T00:30:00+00:00"
    assert list(ProductionEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 9))


def test_a_second_tick_at_the_same_time_appends_nothing(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))
    assert tick(plant_slug=PLANT, now=at(35)) == 6

    with samples.nothing_written():
        assert tick(plant_slug=PLANT, now=at(35)) == 0
        assert tick(plant_slug=PLANT, now=at(20)) == 0, "a worker whose clock is slow"


def test_a_tick_of_a_plant_that_does_not_exist_does_nothing(plant: Plant) -> None:
    with samples.nothing_written():
        assert tick(plant_slug="nowhere", now=at(35)) == 0


def test_the_status_follows_the_log(plant: Plant) -> None:
    order = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))
    seen = [order.status]
    for minute in (5, 35, 60):
        tick(plant_slug=PLANT, now=at(minute))
        order.refresh_from_db()
        seen.append(order.status)

    assert seen == ["AllowedToStart", "Running", "Running", "Ended"]
    assert (order.phase, order.visits) == ("done", {"form": 1, "press": 1})


def test_a_piece_that_only_queues_has_not_begun(plant: Plant) -> None:
    for number in range(3):
        produce(plant_slug=PLANT, external_ref=f"00{number}", spec=SIMPLE, now=at(0))

    tick(plant_slug=PLANT, now=at(5))

    assert list(ProductionOrder.objects.order_by("pk").values_list("status", "phase")) == [
        ("Running", "working"),
        ("Running", "working"),
        ("AllowedToStart", "queued"),
    ]


@pytest.mark.parametrize("error", [Killed(), ZeroDivisionError()])
@pytest.mark.parametrize("place", ["append_events", "keep_simulated_readings", "save_states", "_touch"])
def test_a_tick_that_dies_in_the_middle_leaves_nothing_and_the_next_makes_up_for_it(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, error: BaseException, place: str
) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))
    tick(plant_slug=PLANT, now=at(5))
    original: Callable[..., None] = getattr(services, place)

    def work_and_die(*args: Any) -> None:
        original(*args)
        raise error

    with monkeypatch.context() as dying:
        dying.setattr(services, place, work_and_die)
        with samples.nothing_written(), pytest.raises(type(error)), transaction.atomic():
            tick(plant_slug=PLANT, now=at(60))

    assert tick(plant_slug=PLANT, now=at(60)) == 5
    assert kinds("001-ABCDE") == [*ENTERED, "finished", "queued", "started", "finished", "completed"]
    assert reported_finished() == ["001-ABCDE"]


def test_a_finished_piece_is_reported_exactly_once(plant: Plant) -> None:
    for number in range(3):
        produce(plant_slug=PLANT, external_ref=f"00{number}", spec=SIMPLE, now=at(0))
    for minute in range(0, 120, 5):
        tick(plant_slug=PLANT, now=at(minute))
        finished = ProductionOrder.objects.filter(status="Ended").count()
        assert len(reported_finished()) == finished

    assert sorted(reported_finished()) == ["000", "001", "002"]


def run_week(ticks: Iterable[float]) -> tuple[list[Row], list[Row], list[str]]:
    """Fourteen pieces come in until the evening, ticks fall where they are told; the log, the states, the reports."""
    newcomers = {407.5 + 33 * number: f"piece-{number:02d}" for number in range(14)}
    moments = sorted({*newcomers, *ticks})
    with transaction.atomic():
        for minute in moments:
            if minute in newcomers:
                produce(plant_slug=PLANT, external_ref=newcomers[minute], spec=HARD, now=at(minute))
            else:
                tick(plant_slug=PLANT, now=at(minute))
        found = event_log(), states(), sorted(reported_finished())
        transaction.set_rollback(True)
    return found


def test_many_small_ticks_write_the_same_log_as_one_big_one(plant: Plant) -> None:
    one = run_week([A_WEEK])
    many = run_week([*range(0, A_WEEK, 40), A_WEEK])
    odd = run_week([33.3, 33.4, 700.001, 701, 2_000, A_WEEK])

    log, pieces, reports = one
    assert many == one
    assert odd == one
    assert len(reports) == 14
    assert {piece[2] for piece in pieces} == {"done"}
    assert {row[4].astimezone(ZoneInfo("Asia/Seoul")).day for row in log} == {23, 24}, "the work goes on overnight"
    assert {row[2] for row in log} == {"released", "queued", "started", "finished", "passed", "failed", "completed"}


def test_control_another_seed_is_another_log(plant: Plant) -> None:
    first = run_week([A_WEEK])
    Plant.objects.update(definition={**plant.definition, "seed": 1})

    assert run_week([A_WEEK]) != first


def test_every_piece_s_events_are_numbered_without_a_gap_and_in_time(plant: Plant) -> None:
    log, _, _ = run_week([*range(0, A_WEEK, 60), A_WEEK])

    for ref in {row[0] for row in log}:
        mine = [row for row in log if row[0] == ref]
        assert [row[1] for row in mine] == list(range(1, len(mine) + 1))
        assert [row[3] for row in mine] == sorted(row[3] for row in mine)
        assert (mine[0][2], mine[-1][2]) == ("released", "completed")


def test_the_plant_works_only_while_it_is_open(plant: Plant) -> None:
    log, _, _ = run_week([A_WEEK])

    calendar = read_plant(plant.definition).opening.calendar()
    starts = [row[4] for row in log if row[2] == "started"]
    assert len(starts) > 40
    assert all(calendar.is_open(moment) for moment in starts)


def test_work_that_comes_at_night_starts_in_the_morning(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(15 * 60))
    tick(plant_slug=PLANT, now=at(24 * 60))

    released, queued, started = ProductionEvent.objects.order_by("seq")[:3]
    # One working minute, two moments: the end of Monday and the beginning of Tuesday.
    assert released.at == queued.at == datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("Asia/Seoul"))
    assert started.at == datetime(2026, 11, 24, 7, tzinfo=ZoneInfo("Asia/Seoul"))
    assert started.minute == released.minute


def test_a_tick_moves_the_horizon_even_when_nothing_happens(plant: Plant) -> None:
    start = FactoryClock.objects.get()

    assert tick(plant_slug=PLANT, now=at(30)) == 0

    clock = FactoryClock.objects.get()
    assert clock.horizon == pytest.approx(start.horizon + 30)
    assert clock.revision == start.revision

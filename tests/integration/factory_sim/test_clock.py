"""The plant's clock: starts on a Monday at 09:00, runs at a speed, and forgets time in which nothing ran."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from pydantic import ValidationError

from factory_sim.models import FactoryClock, Plant
from factory_sim.selectors import factory_time
from factory_sim.services import load_plant, pause_clock, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, at

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")
THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
A_DAY_IN_TWO_MINUTES = 720


def shown(now: datetime) -> datetime:
    return factory_time(plant_slug=PLANT, now=now).at.astimezone(SEOUL)


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL)


# --- Loading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [MONDAY, THURSDAY, datetime(2026, 11, 22, 23, 30, tzinfo=UTC)])
def test_a_new_plant_has_a_clock_that_stands_on_monday_at_nine(db: None, now: datetime) -> None:
    load_plant(data=samples.toml("plants/mangwon.toml"), now=now)

    time = factory_time(plant_slug=PLANT, now=now + timedelta(days=3))
    assert time.at == seoul(23, 9)
    assert (time.paused, time.is_open) == (True, True)


def test_loading_a_plant_again_changes_nothing(plant: Plant) -> None:
    with samples.nothing_written():
        again = load_plant(data=samples.toml("plants/mangwon.toml"), now=THURSDAY)

    assert again == plant


def test_a_changed_plant_keeps_its_clock(plant: Plant) -> None:
    clock = FactoryClock.objects.values().get()
    data = samples.toml("plants/mangwon.toml")
    data["stations"][0]["machines"] = 7

    load_plant(data=data, now=THURSDAY)

    plant.refresh_from_db()
    assert plant.definition["stations"][0]["machines"] == 7
    # The revision tells readers that keep derived state that it is out of date.
    assert FactoryClock.objects.values().get() == {**clock, "revision": clock["revision"] + 1}


def test_a_plant_with_a_mistake_is_not_loaded(db: None) -> None:
    data = samples.toml("plants/mangwon.toml")
    data["stations"][0]["machines"] = 0

    with samples.nothing_written(), pytest.raises(ValidationError, match=r"stations\.0\.machines"):
        load_plant(data=data, now=MONDAY)


# --- Running, pausing, running again ---------------------------------------------------------------


def test_a_running_clock_runs_at_its_speed(plant: Plant) -> None:
    run_clock(plant_slug=PLANT, speed=A_DAY_IN_TWO_MINUTES, now=MONDAY)

    assert shown(MONDAY) == seoul(23, 9)
    assert shown(MONDAY + timedelta(seconds=5)) == seoul(23, 10)
    assert shown(MONDAY + timedelta(minutes=2)) == seoul(24, 9)


def test_a_clock_never_runs_backwards_when_the_real_one_does(plant: Plant) -> None:
    assert shown(MONDAY - timedelta(minutes=5)) == seoul(23, 9)


def test_a_paused_clock_stands_and_goes_on_from_there(plant: Plant) -> None:
    pause_clock(plant_slug=PLANT, now=at(30))

    assert shown(at(30)) == shown(THURSDAY) == seoul(23, 9, 30)
    run_clock(plant_slug=PLANT, speed=1, now=THURSDAY)
    assert shown(THURSDAY + timedelta(minutes=10)) == seoul(23, 9, 40)


def test_pausing_twice_is_pausing_once(plant: Plant) -> None:
    pause_clock(plant_slug=PLANT, now=at(30))
    pause_clock(plant_slug=PLANT, now=at(50))

    assert shown(THURSDAY) == seoul(23, 9, 30)


def test_time_in_which_no_worker_ran_does_not_count(plant: Plant) -> None:
    tick(plant_slug=PLANT, now=at(45))
    assert shown(THURSDAY) > seoul(30, 9), "control: the clock itself ran on"

    run_clock(plant_slug=PLANT, speed=1, now=THURSDAY)

    assert shown(THURSDAY) == seoul(23, 9, 45)
    assert shown(THURSDAY + timedelta(minutes=1)) == seoul(23, 9, 46)


def test_another_speed_while_the_worker_runs_loses_no_time(plant: Plant) -> None:
    tick(plant_slug=PLANT, now=at(45))

    run_clock(plant_slug=PLANT, speed=1, now=at(45))

    assert shown(at(45)) == seoul(23, 9, 45)


def test_a_clock_that_was_restarted_at_night_is_not_set_back_to_the_evening(plant: Plant) -> None:
    at_night = at(15 * 60)
    tick(plant_slug=PLANT, now=at_night)

    run_clock(plant_slug=PLANT, speed=1, now=at_night)

    assert shown(at_night) == seoul(24, 0)
    time = factory_time(plant_slug=PLANT, now=at_night)
    assert (time.is_open, time.opens_at) == (False, seoul(24, 7))


def test_nothing_happens_while_the_clock_stands(plant: Plant) -> None:
    pause_clock(plant_slug=PLANT, now=MONDAY)

    with samples.nothing_written():
        assert tick(plant_slug=PLANT, now=THURSDAY) == 0


@pytest.mark.parametrize("speed", [0, -1])
def test_a_clock_cannot_stand_still_or_run_backwards_by_its_speed(plant: Plant, speed: float) -> None:
    refused = pytest.raises(IntegrityError, match="factory_clock_speed")
    with samples.nothing_written(), refused, transaction.atomic():
        run_clock(plant_slug=PLANT, speed=speed, now=at(10))

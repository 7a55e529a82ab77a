"""A plant that reports works by the clock on its wall: what it is told and what it tells is in real time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from factory_sim import clock_service
from factory_sim.contracts import JobResponse, Kind, MachineKind
from factory_sim.floor import floor, plant_now
from factory_sim.models import FactoryClock, MachineLogEntry, Plant, ProductionEvent, ProductionOrder
from factory_sim.outgoing import message_of
from factory_sim.plant_change import PlantInUse
from factory_sim.report_service import report
from factory_sim.selectors import factory_time
from factory_sim.services import ClockShowsRealTime, load_plant, pause_clock, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.reporting import REF, WORK
from tests.integration.factory_sim.work import PLANT, SIMPLE, at

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")
THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=SEOUL)
SATURDAY_NIGHT = datetime(2026, 11, 28, 23, 30, tzinfo=SEOUL)
"""Half an hour after the plant has closed; it opens on Monday at 07:00."""
FLOOR = f"/admin/factory_sim/plant/{PLANT}/floor/"


def load(now: datetime, maker: str = "reports") -> Plant:
    return load_plant(data={**samples.toml("plants/mangwon.toml"), "maker": maker}, now=now)


def order(now: datetime, ref: str = REF, **more: datetime) -> ProductionOrder:
    return produce(plant_slug=PLANT, external_ref=ref, spec=WORK, now=now, **more)


def tell(now: datetime, kind: Kind, operation: str, *, happened: datetime | None = None, ref: str = REF) -> None:
    said = JobResponse(ref, kind, operation, at=happened)
    report(plant_slug=PLANT, said=said, key=f"{ref} {kind} {operation}", now=now)


def moments() -> list[datetime]:
    return list(ProductionEvent.objects.order_by("order", "seq").values_list("at", flat=True))


def shown(now: datetime) -> datetime:
    return factory_time(plant_slug=PLANT, now=now).at


# --- The clock -------------------------------------------------------------------------------------


def test_a_new_plant_that_reports_shows_real_time() -> None:
    load(THURSDAY)

    assert shown(THURSDAY + timedelta(days=3)) == THURSDAY + timedelta(days=3)


def test_control_a_simulated_one_stands_on_monday() -> None:
    load(THURSDAY, "simulation")

    assert shown(THURSDAY + timedelta(days=3)) == datetime(2026, 11, 23, 9, tzinfo=SEOUL)


@pytest.mark.parametrize("days_later", [0, 30])
def test_a_plant_that_becomes_one_that_reports_shows_real_time(plant: Plant, days_later: int) -> None:
    """Its simulation was behind, or far ahead."""
    tick(plant_slug=PLANT, now=at(days_later * 24 * 60))
    load(THURSDAY)
    clock = FactoryClock.objects.get()

    assert (shown(THURSDAY), clock.speed, clock.paused) == (THURSDAY, 1.0, False)
    made = order(THURSDAY)
    assert set(moments()) == {THURSDAY}
    assert made.released_at == FactoryClock.objects.get().horizon


def test_what_is_told_and_what_is_sent_is_in_real_time() -> None:
    load(THURSDAY)
    due = THURSDAY + timedelta(days=2)
    made = order(THURSDAY, due_at=due)
    times = [THURSDAY + timedelta(minutes=minutes) for minutes in (1, 31)]
    tell(times[0], Kind.STARTED, "form")
    tell(times[1] + timedelta(minutes=2), Kind.FINISHED, "form", happened=times[1])

    assert moments() == [THURSDAY, THURSDAY, times[0], times[1], times[1]]
    assert message_of(made)["JobOrder"]["EndTime"] == due.isoformat()  # type: ignore[index]


SETTERS: list[Callable[[], object]] = [
    lambda: run_clock(plant_slug=PLANT, speed=60, now=THURSDAY),
    lambda: pause_clock(plant_slug=PLANT, now=THURSDAY),
    lambda: clock_service.jump(plant_slug=PLANT, minutes=60, actor=samples.superuser(), now=THURSDAY),
]


@pytest.mark.parametrize("set_clock", SETTERS)
def test_its_clock_cannot_be_set(set_clock: Callable[[], object]) -> None:
    load(THURSDAY)
    with pytest.raises(ClockShowsRealTime, match="shows real time"):
        set_clock()

    assert shown(THURSDAY) == THURSDAY


def test_the_command_sets_those_that_can_be_set() -> None:
    load(MONDAY)
    load_plant(data={**samples.toml("plants/mangwon.toml"), "slug": "euljiro"}, now=MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        call_command("factory_clock", "run", speed=720, stdout=StringIO())
        with pytest.raises(CommandError, match="shows real time"):
            call_command("factory_clock", "pause", plant=PLANT)

    clocks = FactoryClock.objects.order_by("plant__slug").values_list("plant__slug", "speed", "paused")
    assert list(clocks) == [("euljiro", 720.0, False), (PLANT, 1.0, False)]


def test_the_floor_says_so_instead_of_asking(client: Client) -> None:
    load(MONDAY)
    client.force_login(samples.superuser())
    page = client.get(FLOOR).content.decode()
    with samples.nothing_written():
        # What a page that was drawn before still may send.
        refused = client.post(f"{FLOOR}clock/", {"pause": ""}, follow=True).content.decode()

    assert "its clock shows real time and cannot be set" in page
    assert "floor-clock-form" not in page
    assert '<li class="error">People work in this plant' in refused


# --- Outside opening hours -------------------------------------------------------------------------


def test_work_of_a_sunday_on_a_piece_that_came_on_saturday_night_is_of_that_sunday() -> None:
    load(THURSDAY)
    tick(plant_slug=PLANT, now=SATURDAY_NIGHT - timedelta(minutes=1))
    order(SATURDAY_NIGHT)
    sunday = SATURDAY_NIGHT + timedelta(hours=12)
    tell(sunday, Kind.STARTED, "form")

    assert moments() == [SATURDAY_NIGHT, SATURDAY_NIGHT, sunday]


def test_the_log_ends_where_the_last_piece_came() -> None:
    """Else a command that is given before the next tick would be in the log before the piece."""
    load(THURSDAY)
    made = order(THURSDAY + timedelta(minutes=90))

    assert FactoryClock.objects.get().horizon == made.released_at


def test_no_event_is_before_any_other_of_its_piece() -> None:
    load(THURSDAY)
    made = order(THURSDAY)
    late = THURSDAY + timedelta(hours=1)
    last = made.events.get(seq=2)
    ProductionEvent.objects.create(order=made, seq=3, kind=Kind.PUT_FIRST, minute=last.minute + 60, at=late)
    ProductionEvent.objects.create(order=made, seq=4, kind=Kind.IN_TURN, minute=last.minute, at=THURSDAY)
    ProductionOrder.objects.update(next_seq=5)
    tell(THURSDAY + timedelta(minutes=5), Kind.STARTED, "form")

    assert (made.events.get(seq=5).at, made.events.get(seq=5).minute) == (late, last.minute + 60)


# --- Breakdowns of the simulation ------------------------------------------------------------------


def test_machines_that_are_down_are_up_when_people_take_over(plant: Plant) -> None:
    clock = FactoryClock.objects.get()
    for number, kinds in enumerate([(MachineKind.DOWN, MachineKind.UP, MachineKind.DOWN), (MachineKind.DOWN,)]):
        for place, kind in enumerate(kinds):
            minute = clock.horizon - 10 + place
            MachineLogEntry.objects.create(
                plant=plant, station="kiln", machine=number, kind=kind, minute=minute, at=MONDAY
            )
    row = {"family": None, "gone": 1, "left": None, "up_since": 0.0, "ahead": [[clock.horizon - 8, clock.horizon + 99]]}
    FactoryClock.objects.update(machines=[{"station": "kiln", "machine": 0, "standing": row}])
    assert down_machines() == 2, "control"
    load(MONDAY + timedelta(hours=1))

    assert down_machines() == 0
    assert FactoryClock.objects.get().machines == []
    assert MachineLogEntry.objects.filter(kind=MachineKind.UP).count() == 3


def down_machines() -> int:
    stations = floor(plant_now(PLANT), MONDAY).stations
    return sum(machine.is_down for station in stations for machine in station.machines)


def test_an_open_piece_keeps_breakdowns_and_clock_as_they_are(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001-A", spec=SIMPLE, now=at(0))
    with samples.nothing_written(), pytest.raises(PlantInUse):
        load(datetime(2026, 11, 26, tzinfo=UTC))

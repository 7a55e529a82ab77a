"""Other opening hours: minutes are counted anew, and nothing that was or is to come moves by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from factory_sim import live, plant_change
from factory_sim.contracts import MachineKind
from factory_sim.floor import floor, plant_now
from factory_sim.jobs import machines_of
from factory_sim.kpis import PlantKpis
from factory_sim.models import FactoryClock, MachineLogEntry, Plant
from factory_sim.outlook import figures_of, log_from
from factory_sim.plant import read_plant
from factory_sim.services import load_plant, run_clock, tick
from factory_sim.timetable import done
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.floors import filled_floor
from tests.integration.factory_sim.work import PLANT, SPEED, at

pytestmark = pytest.mark.django_db

MONTH = 30 * 960
Data = dict[str, Any]
CHANGES: dict[str, Callable[[Data], object]] = {
    "fewer days": lambda data: data["opening"].update(days=["mon", "tue", "wed", "thu", "fri"]),
    "more days": lambda data: data["opening"].update(days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    "a holiday that is over": lambda data: data["opening"]["holidays"].append("2025-11-24"),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def data() -> Data:
    """The demo's plant, of which only one machine for glazing breaks down, by the calendar."""
    data: Data = samples.toml("plants/mangwon.toml")
    for station in data["stations"]:
        station.pop("breakdowns", None)
        if station["id"] == "glazing":
            station.update(machines=1, breakdowns={"clock": "calendar", "between": 600, "repair": 200})
    return data


@pytest.fixture
def begun(data: Data, db: None) -> None:
    """It is down at this moment."""
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    tick(plant_slug=PLANT, now=at(10))
    down = next(minute for minute, kind in to_come() if kind is MachineKind.DOWN)
    up = next(minute for minute, _ in to_come() if minute > down)
    tick(plant_slug=PLANT, now=at(clock_minutes((down + up) / 2)))
    assert to_come()[0][1] is MachineKind.UP


def clock_minutes(ahead: float) -> float:
    """How many minutes after 09:00 it is so many working minutes later."""
    clock = FactoryClock.objects.select_related("plant").get()
    calendar = read_plant(clock.plant.definition).opening.calendar()
    return (calendar.to_clock(clock.horizon + ahead) - MONDAY) / timedelta(minutes=1)


def to_come() -> list[tuple[float, MachineKind]]:
    """What will happen to machines in the next month of work, and in how many working minutes."""
    clock = FactoryClock.objects.select_related("plant").get()
    plant = read_plant(clock.plant.definition)
    found = live.run(plant, (), machines_of(clock), since=clock.horizon, until=clock.horizon + MONTH)
    return [(event.minute - clock.horizon, event.kind) for event in found.machine_events]


@every_change
def test_what_breaks_down_is_as_far_away_as_before(begun: None, data: Data, change: Callable[[Data], object]) -> None:
    before = to_come()
    change(data)
    load_plant(data=data, now=at(0))
    after = to_come()

    assert len(before) > 20
    assert [kind for _, kind in after] == [kind for _, kind in before]
    assert [minutes for minutes, _ in after] == pytest.approx([minutes for minutes, _ in before], abs=1e-5)


@pytest.mark.parametrize("change", ["fewer days", "more days"])
def test_control_machines_left_on_the_old_count_break_down_otherwise(
    begun: None, data: Data, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plant_change, "moved", lambda standing, by: standing)
    before = to_come()
    CHANGES[change](data)
    load_plant(data=data, now=at(0))

    assert [kind for _, kind in to_come()[:20]] != [kind for _, kind in before[:20]]


def today() -> PlantKpis:
    plant = plant_now(PLANT)
    return figures_of(plant, plant.today, log_from(plant, plant.today.midnight))


@every_change
def test_todays_figures_and_the_timetable_are_the_same(db: None, data: Data, change: Callable[[Data], object]) -> None:
    next(each for each in data["stations"] if each["id"] == "glazing")["breakdowns"].update(between=100, repair=10)
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    filled_floor(3, minutes=13 * 60)
    before, drawn = today(), stints()
    change(data)
    load_plant(data=data, now=at(0))
    after = today()

    assert before.completed == after.completed == 3
    assert before.stations["glazing"].elements.down > 0
    assert stints() == drawn
    assert after.lead_minutes == pytest.approx(before.lead_minutes)
    for name, station in before.stations.items():
        assert vars(after.stations[name].elements) == pytest.approx(vars(station.elements), abs=1e-5)


def stints() -> list[tuple[object, ...]]:
    """What was done today, by the clock."""
    plant = plant_now(PLANT)
    clock = plant.calendar.to_clock
    return [
        (each.key, each.station, each.machine, clock(each.start).isoformat(timespec="minutes"))
        for each in done(log_from(plant, plant.today.midnight).entries)
    ]


def test_a_machine_that_went_down_after_the_change_is_down(plant: Plant) -> None:
    """Its last repair has a higher minute, counted in longer weeks."""
    shown = {"plant": plant, "station": "kiln", "machine": 0}
    tick(plant_slug=PLANT, now=at(10))
    now = MONDAY + timedelta(minutes=10)
    for kind, minute in ((MachineKind.UP, 869_760), (MachineKind.DOWN, 724_800)):
        MachineLogEntry.objects.create(**shown, kind=kind, minute=minute, at=now)

    (kiln,) = (each for each in floor(plant_now(PLANT), now=at(10)).stations if each.id == "kiln")
    assert [machine.is_down for machine in kiln.machines][:1] == [True]

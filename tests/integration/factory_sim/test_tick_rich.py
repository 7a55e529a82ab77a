"""The tick on a plant with everything: batches, colours, buffers, breakdowns, ways, branches, scrap."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from factory_sim import services
from factory_sim.contracts import Fault, MaterialSpec, WorkSpec
from factory_sim.genealogy import uses_of
from factory_sim.models import FactoryClock, MachineLogEntry, Plant, ProductionOrder
from factory_sim.selectors import making
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED, Row, at, event_log, machine_log, spec, states, step

pytestmark = pytest.mark.django_db

TWO_DAYS = 2 * 24 * 60
BROKEN = {"between": 90, "repair": 12}
CRACK = {"ko": "금이 갔습니다.", "en": "It is cracked."}


def rich_plant() -> dict[str, Any]:
    data = samples.toml("plants/mangwon.toml")
    stations = {station["id"]: station for station in data["stations"]}
    stations["kiln"] |= {"machines": 2, "batch": 3, "patience": 40, "places": 4}
    stations["glazing"] |= {"setups": {"dark": {"light": 15}, "light": {"dark": 5}}, "places": 1}
    stations["forming"] |= {"breakdowns": {"clock": "operating", **BROKEN}}
    stations["leather"] |= {"breakdowns": {"clock": "calendar", **BROKEN}}
    ways = [("forming", "glazing", 4), ("glazing", "kiln", 3)]
    data["transport"] = [{"origin": origin, "target": target, "minutes": minutes} for origin, target, minutes in ways]
    return data


def tumbler(number: int) -> WorkSpec:
    """Formed, glazed and fired while a sleeve is stitched; sent back or scrapped now and then."""
    faults = (Fault("crack", 0.2, "glaze", CRACK), Fault("broken", 0.15, "form", CRACK, scrap=True))
    return spec(
        step("form", "forming", 20, 0.3),
        replace(step("glaze", "glazing", 10, 0.2), family=("dark", "light")[number % 2]),
        step("fire", "kiln", 60, 0.1),
        replace(step("sleeve", "leather", 30, 0.4), needs=("form",)),
        replace(step("look", "inspection", 5, 0.2, faults=faults), needs=("fire", "sleeve")),
    )


@pytest.fixture
def rich(db: None) -> Plant:
    plant = load_plant(data=rich_plant(), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    return plant


def run_days(ticks: Iterable[float]) -> tuple[list[Row], list[Row], list[Row], list[Any]]:
    """Twelve pieces come, ticks fall where they are told; both logs, the pieces and the machines."""
    newcomers = {3.5 + 21 * number: number for number in range(12)}
    with transaction.atomic():
        for minute in sorted({*newcomers, *ticks}):
            if minute in newcomers:
                number = newcomers[minute]
                produce(plant_slug=PLANT, external_ref=f"{number:02d}", spec=tumbler(number), now=at(minute))
            else:
                tick(plant_slug=PLANT, now=at(minute))
        found = event_log(), machine_log(), states(), FactoryClock.objects.get().machines
        transaction.set_rollback(True)
    return found


def test_ticks_may_fall_anywhere(rich: Plant) -> None:
    one = run_days([TWO_DAYS])

    assert run_days([*range(0, 1200, 9), TWO_DAYS]) == one
    assert run_days([10.1, 10.2, 55.55, 71, 400, TWO_DAYS]) == one
    events, machines, pieces, _ = one
    assert {row[2] for row in events} == {
        *("released", "queued", "started", "finished", "passed", "failed", "scrapped", "completed"),
    }
    assert {row[4] for row in machines} == {"down", "up", "blocked", "unblocked"}
    assert {row[2] for row in pieces} == {"done"}


@pytest.mark.parametrize("forgotten", ["machines", "standing"])
def test_control_ticks_that_forget_how_things_stand_tell_another_log(
    rich: Plant, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    one = run_days([TWO_DAYS])
    if forgotten == "machines":
        monkeypatch.setattr(services, "rows_of", lambda machines: [])
    else:
        monkeypatch.setattr(services, "asdict", lambda standing: {"phase": 0})

    def run_forgetfully() -> object:
        try:
            return run_days([*range(0, 1200, 45), TWO_DAYS])
        except (KeyError, ValueError, AssertionError) as error:
            return error

    assert run_forgetfully() != one


def test_the_numbers_of_a_piece_s_events_have_no_gap(rich: Plant) -> None:
    events, *_ = run_days([*range(0, 1200, 50), TWO_DAYS])

    for ref in {row[0] for row in events}:
        mine = [row for row in events if row[0] == ref]
        assert [row[1] for row in mine] == list(range(1, len(mine) + 1))
        assert [row[3] for row in mine] == sorted(row[3] for row in mine)


def test_a_machine_that_breaks_down_is_told_once_when_it_does(rich: Plant) -> None:
    produce(plant_slug=PLANT, external_ref="001", spec=spec(step("form", "forming", 600)), now=at(0))
    tick(plant_slug=PLANT, now=at(1))
    assert not MachineLogEntry.objects.filter(station="forming").exists()
    revision = FactoryClock.objects.get().revision
    ahead = FactoryClock.objects.get().machines[0]["standing"]["ahead"]
    begin = FactoryClock.objects.get().horizon - 1

    tick(plant_slug=PLANT, now=at(ahead[0][0] - begin + 0.5))

    (down,) = MachineLogEntry.objects.filter(station="forming")
    assert (down.kind, down.machine, down.minute) == ("down", 0, ahead[0][0])
    assert FactoryClock.objects.get().revision > revision, "readers hear of it"


def test_the_log_of_machines_is_never_rewritten(rich: Plant) -> None:
    tick(plant_slug=PLANT, now=at(TWO_DAYS))

    assert MachineLogEntry.objects.count() > 3
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        MachineLogEntry.objects.update(minute=0)


def test_staff_see_the_log_of_machines(rich: Plant, admin_client: Client, client: Client) -> None:
    tick(plant_slug=PLANT, now=at(TWO_DAYS))
    address = reverse("admin:factory_sim_machinelogentry_changelist")

    page = admin_client.get(address).content.decode()

    assert "broke down" in page
    assert "leather" in page
    assert client.get(address).status_code == 302


def test_a_piece_that_an_earlier_release_left_goes_on(rich: Plant) -> None:
    """Its row has no standing: that follows from the columns that there were."""
    produce(
        plant_slug=PLANT,
        external_ref="001",
        spec=spec(step("form", "forming", 30), step("wrap", "foil", 10)),
        now=at(0),
    )
    tick(plant_slug=PLANT, now=at(5))
    order = ProductionOrder.objects.get()
    before = order.ends_at
    order.standing = []
    order.work_spec["operations"] = [
        {name: value for name, value in row.items() if name not in ("needs", "family")}
        for row in order.work_spec["operations"]
    ]
    order.save()
    FactoryClock.objects.update(machines=[])

    tick(plant_slug=PLANT, now=at(TWO_DAYS))

    made = making(external_ref="001")
    assert made is not None
    assert made.phase == "done"
    assert event_log()[3][3] == before
    assert datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Seoul")) <= made.progress[3].at


def test_what_is_made_again_after_scrap_uses_up_all_its_materials(rich: Plant) -> None:
    clay = MaterialSpec("clay", {"ko": "흙", "en": "Clay"}, 100, "g")
    flaw = Fault("broken", 1.0, "form", CRACK, scrap=True)
    look = replace(step("look", "inspection", 5, faults=(flaw,)), most_reworks=1)
    work = replace(spec(step("form", "forming", 10), look), materials=(clay,))
    produce(plant_slug=PLANT, external_ref="001", spec=work, now=at(0))
    for minute in (12, 16, TWO_DAYS):
        tick(plant_slug=PLANT, now=at(minute))

    assert [use.material for use in uses_of(external_ref="001")] == ["clay", "clay"]

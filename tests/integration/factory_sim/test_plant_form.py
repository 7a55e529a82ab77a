"""Staff change a plant in the admin: what is wrong is said, what is typed is kept, and nobody is hurt."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from factory_sim import calendar, plant_form
from factory_sim import plant as plant_module
from factory_sim.floor_admin import PlantAdmin
from factory_sim.models import FactoryClock, Plant
from factory_sim.plant import read_plant
from factory_sim.plant_change import PlantInUse, check_plant
from factory_sim.services import produce
from tests import samples
from tests.integration.factory_sim.work import PLANT, SIMPLE, at

pytestmark = pytest.mark.django_db


def address(plant: Plant) -> str:
    return reverse("admin:factory_sim_plant_change", args=[plant.pk])


def definition(**changes: Any) -> dict[str, Any]:
    return read_plant(samples.toml("plants/mangwon.toml")).model_dump(mode="json") | changes


def sent(client: Client, where: str, data: object) -> Any:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return client.post(where, {"definition": text})


def test_staff_change_a_plant_and_it_is_noted(plant: Plant, admin_client: Client) -> None:
    changed = definition()
    changed["stations"][0]["machines"] = 5

    assert sent(admin_client, address(plant), changed).status_code == 302

    plant.refresh_from_db()
    assert read_plant(plant.definition).machines()["forming"] == 5
    assert LogEntry.objects.get().object_id == str(plant.pk)


def test_the_page_shows_the_definition_as_people_read_it(plant: Plant, admin_client: Client) -> None:
    page = admin_client.get(address(plant)).content.decode()

    assert "망원 공방" in page
    assert "&quot;machines&quot;: 2" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "Enter a valid JSON"),
        (definition(stations=[]), "stations needs at least 1"),
        (definition(seed="lucky"), "seed is not valid: Input should be a valid integer"),
        (definition(slug="elsewhere"), "The short name of a plant never changes: mangwon."),
    ],
)
def test_what_cannot_be_meant_is_said_and_kept(plant: Plant, admin_client: Client, data: object, said: str) -> None:
    with samples.nothing_written():
        page = sent(admin_client, address(plant), data)

    assert said in page.content.decode()
    if not isinstance(data, str):
        assert "망원 공방" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (definition(colour="red"), "colour: 알 수 없는 항목입니다"),
        (definition(stations=[]), "stations: 적어도 1개가 필요합니다"),
        (definition(seed="lucky"), "seed: 올바르지 않습니다 (Input should be a valid integer"),
        (definition(schema_version=3), "schema_version: 올바르지 않습니다"),
        (definition(slug="Mangwon 100%"), "slug: 쓰는 형식이 맞지 않습니다 (Mangwon 100%)"),
        ({"slug": "mangwon"}, "opening: 아직 없습니다"),
    ],
)
def test_what_the_schema_says_is_said_in_the_readers_language(
    plant: Plant, admin_client: Client, data: dict[str, Any], said: str
) -> None:
    with samples.nothing_written():
        page = admin_client.post(address(plant), {"definition": json.dumps(data)}, headers={"accept-language": "ko"})

    assert said in page.content.decode()


def test_what_a_plant_says_against_itself_is_translated_and_marked_for_it(
    plant: Plant, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plant_form, "gettext", {"a holiday is named twice": "같은 휴일이 두 번 있습니다"}.get)
    page = sent(admin_client, address(plant), with_opening(holidays=["2026-12-25"] * 2))

    assert "opening: 같은 휴일이 두 번 있습니다" in page.content.decode()
    for module in (calendar, plant_module):
        raised = re.findall(r"raise ValueError\((.{3})", Path(str(module.__file__)).read_text(encoding="utf-8"))
        assert set(raised) == {'_("'}


def with_opening(**changes: Any) -> dict[str, Any]:
    return definition(opening=definition()["opening"] | changes)


def with_station(**changes: Any) -> dict[str, Any]:
    first, *others = definition()["stations"]
    return definition(stations=[first | changes, *others])


NOWHERE = ["Asia/Soul", "", "Asia", "../etc/passwd", "/etc/passwd", "Seoul\0", "서울"]
NO_ZONE = "there is no such time zone"
TOO_MANY = "take too many pieces at once"
TOO_OFTEN = "break down once a minute at most"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        *((with_opening(timezone=zone), NO_ZONE) for zone in NOWHERE),
        (with_station(machines=101, batch=100, breakdowns=None), TOO_MANY),
        (with_station(breakdowns={"between": 0.001, "repair": 1}), TOO_OFTEN),
        (with_station(machines=1000, breakdowns={"between": 999, "repair": 1}), TOO_OFTEN),
        (with_station(breakdowns={"between": 1e300, "repair": 1}), "stations.0.breakdowns.between"),
        (with_station(breakdowns={"between": 60, "repair": 1e300}), "stations.0.breakdowns.repair"),
    ],
)
def test_what_no_tick_could_bear_is_said_and_kept(
    plant: Plant, admin_client: Client, data: dict[str, Any], said: str
) -> None:
    with samples.nothing_written():
        page = sent(admin_client, address(plant), data)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert "망원 공방" in page.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        with_opening(timezone="Europe/Vienna"),
        with_station(machines=100, batch=100, breakdowns=None),
        with_station(machines=1000, breakdowns={"between": 1000, "repair": 1}),
    ],
)
def test_what_a_tick_can_just_bear_is_taken(plant: Plant, admin_client: Client, data: dict[str, Any]) -> None:
    assert sent(admin_client, address(plant), data).status_code == 302


def test_a_piece_that_comes_while_the_form_is_saved_is_said_and_kept(
    plant: Plant, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_piece_comes_after_the_check(monkeypatch)

    page = sent(admin_client, address(plant), definition(seed=1))

    assert "1 piece is being made" in page.content.decode()
    assert "&quot;seed&quot;: 1," in page.content.decode()
    plant.refresh_from_db()
    assert read_plant(plant.definition) == read_plant(definition())
    assert not LogEntry.objects.exists()


def test_control_without_a_second_check_it_would_be_an_error(
    plant: Plant, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_piece_comes_after_the_check(monkeypatch)
    monkeypatch.delattr(PlantAdmin, "changeform_view")

    with pytest.raises(PlantInUse):
        sent(admin_client, address(plant), definition(seed=1))


def a_piece_comes_after_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form's first check has not seen it yet."""
    produce(plant_slug=PLANT, external_ref="001", spec=SIMPLE, now=at(0))
    checks = iter([lambda definition: None])
    monkeypatch.setattr(plant_form, "check_plant", lambda definition: next(checks, check_plant)(definition=definition))


def test_a_change_that_would_hurt_is_refused_with_its_reason(plant: Plant, admin_client: Client) -> None:
    produce(plant_slug=PLANT, external_ref="001", spec=SIMPLE, now=at(0))

    with samples.nothing_written():
        page = sent(admin_client, address(plant), definition(seed=1))

    assert "1 piece is being made" in page.content.decode()


def test_a_new_plant_comes_with_a_clock(plant: Plant, admin_client: Client) -> None:
    where = reverse("admin:factory_sim_plant_add")

    assert sent(admin_client, where, definition(slug="seongsu")).status_code == 302

    assert FactoryClock.objects.filter(plant__slug="seongsu").exists()
    with samples.nothing_written():
        again = sent(admin_client, where, definition(slug="seongsu"))
    assert "There is a plant seongsu already." in again.content.decode()


def test_only_who_may_change_plants_does(plant: Plant, client: Client) -> None:
    staff = User.objects.create_user("staff@dure.example", "a-long-password", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_plant"))
    client.force_login(staff)

    with samples.nothing_written():
        assert sent(client, address(plant), definition(seed=1)).status_code == 403
    assert client.post(reverse("admin:factory_sim_plant_delete", args=[plant.pk])).status_code == 403

"""A plant file is read whole or refused where it is wrong."""

import copy
from datetime import time
from typing import Any

import pytest
from pydantic import ValidationError

from factory_sim.calendar import ShiftCalendar
from factory_sim.plant import read_plant
from tests.samples import toml

PLANT: dict[str, Any] = {
    "schema_version": 1,
    "slug": "shed",
    "name": {"ko": "헛간", "en": "Shed"},
    "seed": 7,
    "opening": {"days": ["sat", "mon"], "opens": "08:30", "closes": "17:00"},
    "stations": [
        {"id": "kiln", "name": {"ko": "가마", "en": "Kiln"}, "machines": 2},
        {"id": "bench", "name": {"ko": "작업대", "en": "Bench"}, "machines": 1},
    ],
}

LOOM = {"id": "loom", "name": {"ko": "베틀", "en": "Loom"}, "machines": 1}


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The plant with one value changed."""
    data = copy.deepcopy(PLANT)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return data


def test_a_plant_is_its_machines_and_its_hours() -> None:
    plant = read_plant(PLANT)

    assert plant.machines() == {"kiln": 2, "bench": 1}
    assert plant.opening.calendar() == ShiftCalendar("Asia/Seoul", (0, 5), time(8, 30), time(17))
    assert plant.station("bench").name.en == "Bench"
    assert plant.seed == 7


def test_the_demo_s_plant_works_sixteen_hours_from_monday_to_saturday() -> None:
    plant = read_plant(toml("plants/mangwon.toml"))
    calendar = plant.opening.calendar()

    assert (calendar.weekdays, calendar.day_minutes) == ((0, 1, 2, 3, 4, 5), 960)
    assert len(plant.machines()) == 10


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("slug",), "Shed", "slug"),
        (("seed",), "lucky", "seed"),
        (("schema_version",), 2, "schema_version"),
        (("stations",), [], "stations"),
        (("stations", 0, "machines"), 0, "stations.0.machines"),
        (("stations", 1, "name", "ko"), "", "stations.1.name.ko"),
        (("opening", "days"), ["sunday"], "opening.days.0"),
        (("opening", "days"), [], "opening"),
        (("opening", "days"), ["mon", "mon"], "opening"),
        (("opening", "closes"), "08:30", "opening"),
        (("colour",), "red", "colour"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_where_it_stands(
    path: tuple[str | int, ...], value: object, place: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        read_plant(changed(*path, to=value))

    assert [".".join(map(str, each["loc"])) for each in refused.value.errors()] == [place]


@pytest.mark.parametrize(
    ("new", "adds"),
    [
        (PLANT, True),
        (changed("stations", to=[*PLANT["stations"], LOOM]), True),
        (changed("stations", to=[LOOM, *PLANT["stations"]]), True),
        (changed("stations", to=[LOOM, *reversed(PLANT["stations"])]), False),
        (changed("stations", to=[LOOM, PLANT["stations"][0]]), False),
        (changed("stations", 0, "machines", to=3), False),
        (changed("opening", "closes", to="18:00"), False),
        (changed("seed", to=8), False),
    ],
)
def test_a_plant_only_adds_to_another_when_all_that_was_there_stays(new: dict[str, Any], adds: bool) -> None:
    assert read_plant(new).only_adds_to(read_plant(PLANT)) is adds


def test_two_stations_never_share_an_id() -> None:
    with pytest.raises(ValidationError, match="two stations have the same id"):
        read_plant(changed("stations", 1, "id", to="kiln"))

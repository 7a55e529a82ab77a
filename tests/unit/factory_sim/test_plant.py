"""A plant file is read whole or refused where it is wrong."""

import copy
from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from factory_sim.calendar import weekly
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
    assert plant.opening.calendar() == weekly("Asia/Seoul", (0, 5), time(8, 30), time(17))
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
        (("schema_version",), 3, "schema_version"),
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


# --- What came with the second version of the schema --------------------------------------------------


RICH: dict[str, Any] = {
    **PLANT,
    "schema_version": 2,
    "opening": {
        "shifts": [
            {"days": ["mon", "tue"], "opens": "06:00", "closes": "12:00"},
            {"days": ["mon", "sat"], "opens": "13:00", "closes": "00:00"},
        ],
        "holidays": ["2026-12-25"],
    },
    "stations": [
        {
            **PLANT["stations"][0],
            "batch": 12,
            "patience": 60,
            "places": 24,
            "setups": {"dark": {"light": 20}},
            "breakdowns": {"clock": "calendar", "between": 5000, "repair": 60},
        },
        PLANT["stations"][1],
    ],
    "transport": [{"origin": "kiln", "target": "bench", "minutes": 5}],
    "materials": [{"id": "clay", "unit": "g", "lot": 9000, "lead_days": 14}],
}


def richer(*path: str | int, to: object) -> dict[str, Any]:
    data = copy.deepcopy(RICH)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return data


def test_a_rich_plant_is_read_whole_and_written_as_it_was() -> None:
    plant = read_plant(RICH)

    assert plant.station("kiln").families() == {"dark", "light"}
    assert plant.opening.calendar().weekdays == (0, 1, 5)
    assert not plant.opening.calendar().works_on(date(2026, 12, 25))
    assert read_plant(plant.model_dump(mode="json")) == plant


def test_a_plant_of_the_first_version_stays_what_it_was() -> None:
    """As an earlier release wrote it into the database."""
    old = {**PLANT, "opening": {"timezone": "Asia/Seoul", **PLANT["opening"]}, "materials": []}
    plant = read_plant(old)

    assert plant == read_plant(PLANT)
    bench = plant.station("bench")
    assert (bench.places, bench.batch, bench.patience, bench.setups, bench.breakdowns) == (None, 1, 0, {}, None)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("opening", "opens"), "07:00", "shifts, or days"),
        (("opening", "shifts"), [], "shifts, or days"),
        (("opening", "holidays"), ["2026-12-25", "2026-12-25"], "named twice"),
        (("opening", "shifts", 1, "opens"), "11:00", "apart"),
        (("stations", 1, "patience"), 5, "only a batch needs patience"),
        (("stations", 0, "patience"), float("inf"), "finite"),
        (("stations", 0, "places"), -1, "greater than or equal to 0"),
        (("stations", 0, "breakdowns", "clock"), "wall", "'operating' or 'calendar'"),
        (("stations", 0, "breakdowns", "between"), 0, "greater than 0"),
        (("stations", 0, "setups", "dark", "light"), -1, "greater than or equal to 0"),
        (("transport", 0, "target"), "moon", "does not have"),
        (("transport",), RICH["transport"] * 2, "a way is named twice"),
    ],
)
def test_a_rich_plant_that_contradicts_itself_is_refused(path: tuple[str | int, ...], value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        read_plant(richer(*path, to=value))


def test_ways_to_added_stations_only_add() -> None:
    stations = [*RICH["stations"], LOOM]
    ways = [*RICH["transport"], {"origin": "loom", "target": "kiln", "minutes": 3}]

    assert read_plant({**RICH, "stations": stations, "transport": ways}).only_adds_to(read_plant(RICH))
    assert not read_plant(richer("transport", to=[])).only_adds_to(read_plant(RICH))
    assert not read_plant(richer("opening", "holidays", to=[])).only_adds_to(read_plant(RICH))


@pytest.mark.parametrize("slug", ["mangwon", "euljiro"])
@pytest.mark.parametrize(("day", "works"), [("2026-12-25", False), ("2026-12-26", True), ("2027-02-09", False)])
def test_the_demo_s_plants_keep_korea_s_holidays(slug: str, day: str, works: bool) -> None:
    calendar = read_plant(toml(f"plants/{slug}.toml")).opening.calendar()

    assert calendar.works_on(date.fromisoformat(day)) is works

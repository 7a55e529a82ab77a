"""`manage.py simulate`: a plant at work without the shop, and without a database (none may be used in these tests)."""

import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pydantic import ValidationError

from factory_sim.kpis import Window
from factory_sim.plant import read_plant
from factory_sim.simulation import UnknownStation, simulate
from factory_sim.workload import read_workload
from tests.samples import toml

CUP: dict[str, Any] = {
    "begins": "2026-11-23",
    "works": [
        {
            "id": "cup",
            "operations": [
                {"id": "form", "station": "forming", "minutes": 30},
                {"id": "press", "station": "foil", "minutes": 10},
            ],
        }
    ],
    "arrivals": [{"work": "cup", "pieces": 3, "every": 100, "due": 45}],
}


def simulated(*arguments: str) -> str:
    out = StringIO()
    call_command("simulate", *arguments, stdout=out)
    return out.getvalue()


def plant_without_luck() -> dict[str, Any]:
    plant = toml("plants/mangwon.toml")
    for station in plant["stations"]:
        station.pop("breakdowns", None)
    return plant


def test_three_cups_take_the_minutes_of_a_hand_calculation() -> None:
    done = simulate(read_plant(plant_without_luck()), read_workload(CUP), days=1)

    starts = [line for line in done.log if line.kind == "started"]
    assert [(line.piece, line.operation, line.at.strftime("%H:%M")) for line in starts] == [
        ("cup-00001", "form", "07:00"),
        ("cup-00001", "press", "07:30"),
        ("cup-00002", "form", "08:40"),
        ("cup-00002", "press", "09:10"),
        ("cup-00003", "form", "10:20"),
        ("cup-00003", "press", "10:50"),
    ]
    figures = done.kpis
    assert (figures.completed, figures.mean_lead_minutes, figures.on_time_ratio) == (3, 40, 1)
    assert figures.window == Window(figures.window.since, figures.window.since + 960, 1440)
    forming = figures.stations["forming"]
    assert (forming.quantity, forming.elements.production, forming.elements.closed) == (3, 90, 2 * 480)
    assert forming.oee == pytest.approx(90 / (2 * 960))


def test_the_elements_of_every_station_add_up_to_the_calendar() -> None:
    plant = read_plant(toml("plants/mangwon.toml"))
    done = simulate(plant, read_workload(toml("workloads/tumblers.toml")), days=3)

    for name, count in plant.machines().items():
        assert done.kpis.stations[name].elements.calendar == pytest.approx(3 * 1440 * count)


def test_a_simulation_says_the_same_every_time_and_something_else_with_another_seed() -> None:
    assert simulated("mangwon", "tumblers") == simulated("mangwon", "tumblers")
    assert simulated("mangwon", "tumblers", "--seed", "1") != simulated("mangwon", "tumblers")


@pytest.mark.parametrize(("plant", "workload"), [("mangwon", "tumblers"), ("euljiro", "watches")])
def test_the_examples_run_and_tell_every_key_figure(plant: str, workload: str) -> None:
    told = simulated(plant, workload, "--days", "2")

    for name in (
        "availability",
        "effectiveness",
        "quality",
        "OEE",
        "NEE",
        "set-up",
        "first pass",
        "throughput",
        "on time",
    ):
        assert name in told
    for station in read_plant(toml(f"plants/{plant}.toml")).machines():
        assert station in told


def test_the_log_is_written_as_csv_and_as_json_lines(tmp_path: Path) -> None:
    table, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    simulated("mangwon", "tumblers", "--log", str(table))
    simulated("mangwon", "tumblers", "--log", str(lines))

    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(row["piece"], row["kind"], float(row["minute"])) for row in rows] == [
        (each["piece"], each["kind"], each["minute"]) for each in objects
    ]
    assert sum(each["kind"] == "completed" for each in objects) > 10
    assert [each["minute"] for each in objects] == sorted(each["minute"] for each in objects)
    assert datetime.fromisoformat(objects[-1]["at"]).utcoffset() is not None


def test_plant_and_workload_may_be_files_of_toml_or_json(tmp_path: Path) -> None:
    work = tmp_path / "cups.json"
    work.write_text(json.dumps(CUP), encoding="utf-8")

    assert "pieces made       3" in simulated("mangwon", str(work))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "tumblers"), "There is no 'nowhere' in catalogue/plants"),
        (("mangwon", "nothing"), "There is no 'nothing' in catalogue/workloads"),
        (("euljiro", "tumblers"), "euljiro has no station"),
        (("mangwon", "tumblers", "--days", "0"), "a day at least"),
        (("mangwon", "tumblers", "--log", "log.txt"), "ends in .csv or .jsonl"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        simulated(*arguments)


def test_a_file_that_is_no_plant_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "shed.toml").write_text("slug = ", encoding="utf-8")

    with pytest.raises(CommandError, match=r"shed\.toml cannot be read"):
        simulated(str(tmp_path / "shed.toml"), "tumblers")


def changed(**work: Any) -> dict[str, Any]:
    return {**CUP, "works": [{**CUP["works"][0], **work}]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**CUP, "arrivals": [{"work": "mug"}]}, "no work mug"),
        ({**CUP, "works": CUP["works"] * 2}, "same id"),
        (changed(operations=CUP["works"][0]["operations"][:1] * 2), "two operations form"),
        (changed(operations=[{**CUP["works"][0]["operations"][0], "needs": ["press"]}]), "does not come before"),
        (
            changed(operations=[{**CUP["works"][0]["operations"][0], "faults": [{"id": "flaw", "rate": 0.1}]}]),
            "either scrapped or goes back",
        ),
        ({**CUP, "begins": "Monday"}, "begins"),
    ],
)
def test_a_workload_that_contradicts_itself_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        read_workload(data)


def test_a_workload_for_another_plant_is_refused() -> None:
    with pytest.raises(UnknownStation, match="foil"):
        simulate(read_plant(toml("plants/euljiro.toml")), read_workload(CUP), days=1)

"""The publish gate finds everything that a schema cannot see."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configurator.catalogue_check import problems
from configurator.definition import ProductDefinition, read_definition
from configurator.pictures import engraving
from factory_sim.plant import read_plant
from tests import samples
from tests.conftest import CATALOGUE
from tests.unit.configurator.slow_pictures import bake_small_view
from tests.unit.configurator.small_products import option, small_data, text

Data = dict[str, Any]

STATIONS = {"form-bench", "press-bench", "inspect-bench"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small product's folder: one view whose plates are body, lid and foot."""
    bake_small_view(tmp_path / "views" / "front")
    return tmp_path


def rule(rule_id: str, when: Data, **sides: Data) -> Data:
    return {"id": rule_id, "sentence": text(rule_id), "when": when, **sides}


def found_after(change: Callable[[Data], object], folder: Path) -> list[str]:
    data = small_data()
    change(data)
    return problems(read_definition(data), folder, STATIONS)


def test_the_small_product_that_these_tests_change_may_be_published(folder: Path) -> None:
    assert found_after(lambda data: None, folder) == []


def test_the_demo_may_be_published(definition: ProductDefinition) -> None:
    plant = read_plant(samples.toml("plants/mangwon.toml"))

    assert problems(definition, CATALOGUE / "on-dam", plant.machines()) == []


def test_rules_that_leave_no_design_at_all_are_found_and_named(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"] = [
            rule("no-white", {"glaze": ["white"]}, excludes={"lid": ["oak", "ash"]}),
            rule("no-blue", {"glaze": ["blue"]}, excludes={"lid": ["oak", "ash"]}),
            rule("innocent", {"glaze": ["blue"]}, excludes={"lid": ["ash"]}),
        ]

    assert found_after(change, folder) == ["no design satisfies all rules together: no-white, no-blue"]


def test_an_option_that_can_never_be_chosen_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"].append(rule("no-oak", {"glaze": ["blue"]}, excludes={"lid": ["oak"]}))

    assert found_after(change, folder) == ["glaze blue can never be chosen (blue-shrinks, no-oak)"]


def test_a_preset_that_breaks_a_rule_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"].append(rule("white-shows-oak", {"glaze": ["white"]}, excludes={"lid": ["oak"]}))

    assert found_after(change, folder) == ["the preset breaks white-shows-oak"]


def test_a_view_that_was_never_baked_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})

    assert found_after(change, folder) == ["view back has no view.json in views/back"]


def test_a_part_that_no_option_colours_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["base_colours"] = {"gasket": "#808080"}

    assert found_after(change, folder) == ["view front shows foot, which no option colours"]


def test_every_view_is_looked_at(folder: Path) -> None:
    shutil.copytree(folder / "views" / "front", folder / "views" / "back")
    layout = folder / "views" / "back" / "view.json"
    data = json.loads(layout.read_text(encoding="utf-8"))
    layout.write_text(json.dumps({**data, "names": ["B", "body", "lid", "handle", "foilP"]}), encoding="utf-8")

    def change(data: Data) -> None:
        data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})

    assert found_after(change, folder) == ["view back shows handle, which no option colours"]


@pytest.mark.parametrize("file", ["p1.webp", "uvhi.webp", "bg.webp", "view.json"])
def test_plates_that_cannot_be_read_are_found(folder: Path, file: str) -> None:
    (folder / "views" / "front" / file).write_bytes(b"half a fi")

    (problem,) = found_after(lambda data: None, folder)

    assert problem.startswith("the plates of view front cannot be read: ")


def test_an_option_that_colours_other_parts_than_its_neighbours_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["groups"][1]["options"].append(option("elm", {"lid": "#111111"}))

    assert found_after(change, folder) == ["lid elm does not colour the same parts as its neighbours"]


def test_an_engraving_that_nothing_colours_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["engraving"]["colour_part"] = "silver"

    assert found_after(change, folder) == ["nothing colours the engraving's silver"]


def test_an_engraving_on_a_panel_that_the_view_does_not_have_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["engraving"]["panel"] = "handle"

    assert found_after(change, folder) == ["view front has no panel handle for the engraving"]


def test_a_font_without_korean_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engraving, "_character_map", lambda font: frozenset(map(ord, "AZaz09")))

    assert found_after(lambda data: None, folder) == [
        "the engraving's font serif-ko lacks Hangul, Latin letters or digits 가 힣"
    ]


def test_every_font_that_is_offered_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = frozenset(map(ord, "가힣AZaz09"))
    monkeypatch.setattr(engraving, "_character_map", lambda font: plain if font == "serif-ko" else plain - {ord("힣")})

    def offer_both(data: Data) -> None:
        data["engraving"]["fonts"] = ["serif-ko", "sans-ko"]

    assert found_after(offer_both, folder) == ["the engraving's font sans-ko lacks Hangul, Latin letters or digits 힣"]
    # The control: a font that is not offered is nobody's concern.
    assert found_after(lambda data: None, folder) == []


def test_a_symbol_that_one_font_lacks_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["engraving"] |= {"fonts": ["serif-ko", "sans-ko"], "symbols": "♥☾·\u3164"}

    assert found_after(change, folder) == [
        "the engraving's font serif-ko lacks the symbols ☾ \u3164",
        "the engraving's font sans-ko lacks the symbols ☾ \u3164",
    ]


def test_an_operation_at_a_station_that_the_plant_does_not_have_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["operations"][1]["station"] = "pres-bench"

    assert found_after(change, folder) == [
        "operation press needs the station pres-bench, which plant mangwon does not have"
    ]


def test_a_plant_that_does_not_exist_is_found(folder: Path) -> None:
    assert problems(read_definition(small_data()), folder, stations=()) == ["there is no plant mangwon"]


def test_all_problems_are_told_at_once(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"].append(rule("white-shows-oak", {"glaze": ["white"]}, excludes={"lid": ["oak"]}))
        data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})
        data["groups"][1]["options"].append(option("elm", {"lid": "#111111"}))

    assert len(found_after(change, folder)) == 3

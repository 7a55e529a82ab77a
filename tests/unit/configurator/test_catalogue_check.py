"""The publish gate finds everything that a schema cannot see."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configurator.catalogue_check import SENTENCES, findings, problems
from configurator.catalogue_check.succession import succession_findings
from configurator.definition import ProductDefinition, read_definition
from configurator.pictures import engraving
from factory_sim.plant import read_plant
from tests import samples
from tests.conftest import CATALOGUE
from tests.unit.configurator.baked_views import bake_small_view
from tests.unit.configurator.small_products import option, small_data, text

Data = dict[str, Any]

STATIONS = {"form-bench", "press-bench", "inspect-bench"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small product's folder: one view whose plates are body, lid and foot."""
    bake_small_view(tmp_path / "views" / "front")
    return tmp_path


def rule(rule_id: str, when: Data, **sides: Any) -> Data:
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

    assert found_after(change, folder) == ["no design satisfies all rules together: rule no-white, rule no-blue"]


def test_an_option_that_can_never_be_chosen_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"].append(rule("no-oak", {"glaze": ["blue"]}, excludes={"lid": ["oak"]}))

    assert found_after(change, folder) == [
        "glaze blue can never be chosen (rule blue-shrinks, rule no-oak)",
        "group glaze leaves no choice: only glaze white is possible",
    ]


def test_a_preset_that_breaks_a_rule_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["rules"].append(rule("white-shows-oak", {"glaze": ["white"]}, excludes={"lid": ["oak"]}))

    assert found_after(change, folder) == ["the preset breaks rule white-shows-oak"]


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
    for layout in (folder / "views" / "back").glob("*/view.json"):
        text_ = layout.read_text(encoding="utf-8")
        layout.write_text(text_.replace('"foot"', '"handle"'), encoding="utf-8")

    def change(data: Data) -> None:
        data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})

    assert found_after(change, folder) == ["view back shows handle, which no option colours"]


@pytest.mark.parametrize(
    "file", ["800/plates-1.webp", "1200/panel-body-uv.webp", "1200/backdrop.webp", "800/view.json"]
)
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

    assert found_after(change, folder) == ["no view has a panel handle for the engraving"]


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


# --- What only the newer checks see -----------------------------------------------------------------


def warnings_after(change: Callable[[Data], object], folder: Path) -> list[tuple[str, str]]:
    """The codes and places of the warnings about rules and texts that a change adds."""

    def korean(data: Data) -> None:
        for place in ("name", "tagline", "story"):
            data[place] = {"ko": "잔", "en": "Cup"}
        change(data)

    data, plain = small_data(), small_data()
    korean(data)
    known = {(each.code, each.place) for each in findings(read_definition(plain), folder, STATIONS)}
    found = [each for each in findings(read_definition(data), folder, STATIONS) if not each.is_error]
    return [(each.code, each.place) for each in found if (each.code, each.place) not in known]


def test_a_group_in_which_only_one_option_is_left_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["groups"][1]["options"][1]["retired"] = True

    assert found_after(change, folder) == ["group lid leaves no choice: only lid oak is possible"]


def test_a_conditional_group_with_a_single_possible_option_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        finish = {"when": {"lid": ["oak"]}, "sentence": text("Oak only")}
        options = [option("oiled", {"lid": "#806040"}), option("waxed", {"lid": "#806040"})]
        data["groups"].append({"id": "finish", "name": text("Finish"), "hint": text("Oil"), "options": options})
        data["groups"][2] |= finish
        data["rules"].append(rule("no-wax", {"lid": ["oak"]}, excludes={"finish": ["waxed"]}))
        data["preset"]["finish"] = "oiled"

    # Without the condition of the group the rule alone would leave waxed to ash lids.
    assert found_after(change, folder) == [
        "finish waxed can never be chosen (rule no-wax, group finish)",
        "group finish leaves no choice: only finish oiled is possible",
    ]


@pytest.mark.parametrize(
    ("added", "silent"),
    [
        # Another rule already says so.
        (rule("again", {"glaze": ["blue"]}, requires={"lid": ["oak"]}), {"rules.blue-shrinks", "rules.again"}),
        # Its causes never come together.
        (rule("never", {"glaze": ["blue"], "lid": ["ash"]}, excludes={"size": ["small"]}), {"rules.never"}),
        (rule("may", {"lid": ["ash"]}, excludes={"size": ["small"]}), set()),
        (rule("count", {}, of={"glaze": ["blue"], "lid": ["ash"]}, at_most=1), {"rules.blue-shrinks", "rules.count"}),
        (rule("both", {}, of={"glaze": ["blue"], "size": ["small"]}, at_most=1), set()),
        (rule("one", {}, of={"glaze": ["blue"], "size": ["small"]}, at_least=1), set()),
        (rule("all", {}, of={"glaze": ["white", "blue"], "size": ["small"]}, at_least=1), {"rules.all"}),
    ],
)
def test_a_rule_that_could_be_left_out_is_worth_a_look(folder: Path, added: Data, silent: set[str]) -> None:
    def change(data: Data) -> None:
        sizes = [option("small", {}), option("large", {})]
        data["groups"].append({"id": "size", "name": text("Size"), "hint": text("Size"), "options": sizes})
        data["preset"]["size"] = "large"
        if added["id"] == "one":
            data["preset"] = {"glaze": "white", "lid": "oak", "size": "small"}
        data["rules"].append(added)

    found = warnings_after(change, folder)

    assert {place for code, place in found if code == "silent_rule"} == silent
    assert found_after(change, folder) == []


def test_a_part_that_is_coloured_only_while_a_group_exists_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["base_colours"] = {}
        options = [option("glazed", {"foot": "#111111"}), option("bare", {"foot": "#222222"})]
        row = {"id": "foot", "name": text("Foot"), "hint": text("Foot"), "options": options}
        data["groups"].append({**row, "when": {"lid": ["oak"]}, "sentence": text("Oak only")})
        data["preset"]["foot"] = "glazed"

    assert found_after(change, folder) == ["view front shows foot, which group foot colours only while it exists"]


def test_a_part_that_only_a_retired_group_colours_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        data["groups"][1]["retired"] = True
        del data["preset"]["lid"]

    assert found_after(change, folder) == [
        "nothing colours the engraving's foil",
        "view front shows lid, which no option colours",
    ]


def test_a_print_on_a_panel_that_the_view_does_not_have_is_found(folder: Path) -> None:
    def change(data: Data) -> None:
        panel = {"panel": "handle", "width_mm": 10, "height_mm": 10}
        data["artwork"] = {"id": "print", "name": text("Print"), "hint": text("Print"), **panel}

    assert found_after(change, folder) == ["no view has a panel handle to print on"]


def test_panels_are_not_missed_while_a_view_is_missing(folder: Path) -> None:
    def change(data: Data) -> None:
        data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})
        data["engraving"]["panel"] = "bottom"

    assert found_after(change, folder) == ["view back has no view.json in views/back"]


def test_a_model_without_its_files_is_found(folder: Path) -> None:
    (folder / "model").mkdir()
    (folder / "model" / "model.json").write_text("{}", encoding="utf-8")

    def change(data: Data) -> None:
        data["model"] = "model"

    assert found_after(change, folder) == ["the folder model of the model lacks model.glb"]
    (folder / "model" / "model.glb").write_bytes(b"glTF")
    assert found_after(change, folder) == ["the model in model cannot be shown: model.json, orbit: Field required"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_blank_text_is_refused_in_either_language(folder: Path, language: str) -> None:
    def change(data: Data) -> None:
        data["groups"][0]["options"][1]["story"][language] = " \u3000 "

    assert found_after(change, folder) == [f"groups.glaze.options.blue.story.{language} is blank"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"ko": "쪽빛", "en": "Indigo"}, []),
        ({"ko": "Indigo", "en": "Indigo"}, [("not_korean", "rules.blue-shrinks.sentence.ko")]),
        ({"ko": "쪽빛", "en": "쪽빛"}, [("not_english", "rules.blue-shrinks.sentence.en")]),
        ({"ko": "420", "en": "420"}, []),
    ],
)
def test_a_text_in_the_other_language_is_worth_a_look(
    folder: Path, words: dict[str, str], found: list[tuple[str, str]]
) -> None:
    data = small_data()
    data["rules"][0]["sentence"] = words

    rows = findings(read_definition(data), folder, STATIONS)

    assert [(each.code, each.place) for each in rows if each.place.startswith("rules.")] == found
    assert [each for each in rows if each.is_error] == []


def test_the_demo_leaves_nothing_to_look_at_twice(definition: ProductDefinition) -> None:
    plant = read_plant(samples.toml("plants/mangwon.toml"))

    assert findings(definition, CATALOGUE / "on-dam", plant.machines()) == []


def test_what_a_version_had_is_retired_and_never_dropped() -> None:
    before, data = read_definition(small_data()), small_data()
    data["groups"][0]["options"] = [option("white", {"body": "#FFFFFF"}), option("red", {"body": "#FF0000"})]
    data["groups"][1] |= {"id": "cover"}
    data["rules"], data["preset"] = [], {"glaze": "white", "cover": "oak"}

    found = list(succession_findings(read_definition(data), before, "cup/1"))

    assert [each.sentence for each in found] == [
        "glaze blue is in version cup/1 and must stay readable: retire it instead",
        "group lid is in version cup/1 and must stay readable: retire it instead",
    ]
    assert [each.place for each in found] == ["groups.glaze.options.blue", "groups.lid"]


def test_what_is_retired_stays() -> None:
    before, data = read_definition(small_data()), small_data()
    data["groups"][1]["options"][1]["retired"] = True
    data["groups"].append({**data["groups"][0], "id": "size"})
    data["preset"]["size"] = "white"

    assert list(succession_findings(read_definition(data), before, "cup/1")) == []


def test_every_sentence_can_be_filled_by_name_only() -> None:
    """Translators may change the order of the values."""
    for code, sentence in SENTENCES.items():
        assert sentence.count("%") == sentence.count("%("), code

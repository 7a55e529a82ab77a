"""What a client sends becomes a configuration, or one problem with a stable code."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.pictures import engraving
from configurator.validation import checked_configuration
from core.problems import Problem
from tests.samples import PRESET

VERSION = "on-dam/1"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def sent(engraving: str = "", version: str = VERSION, **choices: str) -> dict[str, Any]:
    return {"version": version, "choices": {**PRESET, **choices}, "engraving": engraving}


def refusal(definition: ProductDefinition, data: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        checked_configuration(definition, data, expected_version=VERSION)
    return refused.value


def test_a_sound_design_becomes_a_configuration(definition: ProductDefinition) -> None:
    configuration = checked_configuration(definition, sent("  지우 "), expected_version=VERSION)

    assert configuration == Configuration(VERSION, PRESET, "지우")


def test_a_design_of_another_version_is_stale(definition: ProductDefinition) -> None:
    problem = refusal(definition, sent(version="on-dam/2"))

    assert (problem.code, problem.status, problem.extra) == ("stale_version", 409, {"version": VERSION})


@pytest.mark.parametrize(
    ("choices", "field"), [({"lid": "gold"}, {"field": "lid"}), ({"handle": "long"}, {}), ({"": "x"}, {})]
)
def test_an_unknown_option_or_group_is_named(
    definition: ProductDefinition, choices: dict[str, str], field: dict[str, str]
) -> None:
    problem = refusal(definition, sent(**choices))

    assert (problem.code, problem.status, problem.extra) == ("unknown_option", 422, field)


def test_a_name_that_cannot_be_printed_is_spelled_out(definition: ProductDefinition) -> None:
    data = sent()
    data["choices"]["\ud800" + "x" * 100] = "x"

    # A lone surrogate comes through JSON and cannot be sent back in any encoding.
    assert refusal(definition, data).detail == f"This piece has no choice called “U+D800{'x' * 39}”."


def test_every_rule_that_a_design_breaks_is_told(definition: ProductDefinition) -> None:
    problem = refusal(definition, sent(stitch="gold", metal="copper", sleeve="pine"))

    assert problem.extra == {"rules": ["gold-needs-brass", "copper-and-pine"]}


def test_a_missing_choice_is_named(definition: ProductDefinition) -> None:
    data = sent()
    del data["choices"]["lid"], data["choices"]["metal"]

    problem = refusal(definition, data)

    assert (problem.code, problem.status) == ("incomplete_design", 422)
    assert problem.detail == "Still to be chosen: Lid, Metal fittings"


def test_a_forbidden_combination_says_the_rule(definition: ProductDefinition) -> None:
    problem = refusal(definition, sent(stitch="gold", metal="steel"))

    assert (problem.code, problem.status, problem.extra) == (
        "forbidden_combination",
        422,
        {"rules": ["gold-needs-brass"]},
    )
    assert problem.detail == "Gold thread goes with brass fittings only: other metals scratch the gilded paper."


@pytest.mark.parametrize("text", ["가" * 10, "." * 25, "가" * 10_000, " " * 10_000])
def test_an_engraving_that_does_not_fit_is_refused(definition: ProductDefinition, text: str) -> None:
    problem = refusal(definition, sent(text))

    assert (problem.code, problem.status, problem.extra) == ("engraving_too_long", 422, {"field": "engraving"})
    # 46 mm without 2 mm at either end.
    assert problem.detail == "This text does not fit: there are 42 mm for at most 24 characters."


def test_ten_thousand_characters_are_refused_before_anything_looks_at_them(
    definition: ProductDefinition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at(*args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("configurator.validation.normalise_text", looked_at)

    assert refusal(definition, sent("가" * 10_000)).code == "engraving_too_long"
    # The control: a text of a sensible length is looked at.
    with pytest.raises(AssertionError):
        checked_configuration(definition, sent("가"), expected_version=VERSION)


@pytest.mark.parametrize("text", ["가" * 9, "." * 24, "e\u0301" * 12])
def test_the_longest_texts_that_fit_are_accepted(definition: ProductDefinition, text: str) -> None:
    configuration = checked_configuration(definition, sent(text), expected_version=VERSION)

    assert len(configuration.engraving) <= definition.engraving.longest


@pytest.mark.parametrize(
    ("text", "characters", "sentence"),
    [
        ("지우😀", ["😀"], "The typeface cannot cut this character: 😀"),
        ("a\x00b\ufeff", ["\x00", "\ufeff"], "The typeface cannot cut these characters: U+0000 U+FEFF"),
        ("\u3164", ["\u3164"], "The typeface cannot cut this character: U+3164"),
    ],
)
def test_characters_that_cannot_be_cut_are_named(
    definition: ProductDefinition, text: str, characters: list[str], sentence: str
) -> None:
    problem = refusal(definition, sent(text))

    assert (problem.code, problem.status) == ("uncuttable_characters", 422)
    assert problem.extra == {"characters": characters, "field": "engraving"}
    assert problem.detail == sentence


def test_the_engraving_that_was_checked_is_the_one_that_is_cut(definition: ProductDefinition) -> None:
    configuration = checked_configuration(definition, sent("지\u3000우\n"), expected_version=VERSION)

    assert configuration.engraving == "지 우"
    assert engraving.uncuttable(configuration.engraving, definition.engraving.font) == ()


def test_a_character_that_the_font_has_but_the_piece_is_not_cut_with_is_named(definition: ProductDefinition) -> None:
    problem = refusal(definition, sent("지우 漢 @"))

    assert (problem.code, problem.extra) == (
        "uncuttable_characters",
        {"characters": ["漢", "@"], "field": "engraving"},
    )
    assert problem.detail == "These characters are not cut on this piece: 漢 @"


def test_control_an_older_version_without_a_set_of_symbols_takes_all_that_its_font_has(
    definition: ProductDefinition,
) -> None:
    older = definition.model_copy(
        update={"engraving": definition.engraving.model_copy(update={"symbols": None, "fonts": ()})}
    )

    assert checked_configuration(older, sent("지우 漢 @"), expected_version=VERSION).engraving == "지우 漢 @"


@pytest.mark.parametrize(("font", "kept"), [("", ""), ("serif-ko", ""), ("sans-ko", "sans-ko")])
def test_the_usual_font_has_one_spelling(definition: ProductDefinition, font: str, kept: str) -> None:
    configuration = checked_configuration(definition, {**sent("지우"), "font": font}, expected_version=VERSION)

    assert configuration.font == kept


def test_a_font_that_is_not_offered_is_refused(definition: ProductDefinition) -> None:
    problem = refusal(definition, {**sent("지우"), "font": "comic"})

    assert (problem.code, problem.status, problem.extra) == ("unknown_font", 422, {"field": "font"})


def test_a_text_is_measured_in_the_font_that_was_chosen(
    definition: ProductDefinition, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fits(text: str, font: str, area: object) -> bool:
        asked.append(font)
        return True

    monkeypatch.setattr(engraving, "fits", fits)

    for font in ("", "sans-ko"):
        checked_configuration(definition, {**sent("지우"), "font": font}, expected_version=VERSION)

    assert asked == ["serif-ko", "sans-ko"]

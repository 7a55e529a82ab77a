"""Is this design one that can be made? If not, the reason in the reader's language, under a stable code."""

from typing import Any

import pytest
from django.utils import translation

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.validation import checked_configuration
from core.problems import Problem
from tests.samples import PRESET

VERSION = "on-dam/1"
RULES = {
    "gold-needs-brass": (
        {"stitch": "gold", "metal": "steel"},
        "Gold thread goes with brass fittings only: other metals scratch the gilded paper.",
        "금사는 황동 장식하고만 맞습니다. 다른 금속은 금박 종이를 긁습니다.",
    ),
    "black-on-ink": (
        {"sleeve": "ink", "stitch": "black"},
        "No black thread on ink leather: the stitches could not be inspected by eye.",
        "먹색 가죽에는 검정 실을 쓰지 않습니다. 땀을 눈으로 검사할 수 없기 때문입니다.",
    ),
    "walnut-stains-natural": (
        {"lid": "walnut", "sleeve": "natural"},
        "The oil of walnut wood stains undyed leather.",
        "호두나무 기름이 물들이지 않은 가죽에 얼룩을 남깁니다.",
    ),
    "copper-and-pine": (
        {"metal": "copper", "sleeve": "pine"},
        "Copper turns green on pine-dyed leather.",
        "구리는 솔잎색 염료와 만나면 푸른 녹이 습니다.",
    ),
    "copper-on-natural": (
        {"metal": "copper", "sleeve": "natural"},
        "A name in copper foil cannot be read on undyed leather.",
        "물들이지 않은 가죽 위에서는 구리 박으로 새긴 이름이 읽히지 않습니다.",
    ),
    "indigo-shrinks": (
        {"glaze": "indigo", "lid": "bog-oak"},
        "Indigo is fired hotter and the body shrinks more: a bog-oak lid no longer fits.",
        "쪽빛 유약은 더 높은 온도에서 구워 몸체가 더 줄어들어, 먹참나무 뚜껑이 맞지 않습니다.",
    ),
}
TOO_LONG = (
    "This text does not fit: there are 42 mm for at most 24 characters.",
    "글이 너무 깁니다. 폭 42mm 안에 최대 24자까지 새길 수 있습니다.",
)


def data(engraving: str = "", version: str = VERSION, **choices: str) -> dict[str, Any]:
    return {"version": version, "choices": {**PRESET, **choices}, "engraving": engraving}


def refusal(definition: ProductDefinition, wrong: dict[str, Any], language: str) -> Problem:
    with translation.override(language), pytest.raises(Problem) as refused:
        checked_configuration(definition, wrong, expected_version=VERSION)
    return refused.value


def check(
    definition: ProductDefinition, wrong: dict[str, Any], code: str, status: int, sentences: tuple[str, str]
) -> dict[str, Any]:
    """The same refusal in English and in Korean; what it says beside its sentence."""
    english, korean = (refusal(definition, wrong, language) for language in ("en", "ko"))
    assert (english.code, english.status) == (korean.code, korean.status) == (code, status)
    assert (english.detail, korean.detail) == sentences
    assert english.extra == korean.extra
    return english.extra


def test_a_good_design_comes_back_in_its_one_spelling(definition: ProductDefinition) -> None:
    decomposed = "\u110c\u1175\u110b\u116e"

    found = checked_configuration(definition, data(f"  {decomposed} "), expected_version=VERSION)

    assert found == Configuration(VERSION, PRESET, "지우")
    assert found.engraving == "지우"


def test_the_engraving_may_be_left_out(definition: ProductDefinition) -> None:
    without = data()
    del without["engraving"]

    assert checked_configuration(definition, without, expected_version=VERSION).engraving == ""


def test_an_unknown_group(definition: ProductDefinition) -> None:
    sentences = ("This piece has no choice called “handle”.", "이 제품에는 ‘handle’ 항목이 없습니다.")

    check(definition, data(handle="oak"), "unknown_option", 422, sentences)


def test_a_monstrous_name_is_not_repeated_in_full(definition: ProductDefinition) -> None:
    assert len(refusal(definition, data(**{"x" * 5_000: "oak"}), "en").detail) < 100
    assert len(refusal(definition, data(glaze="x" * 5_000), "en").detail) < 150


def test_an_unknown_option(definition: ProductDefinition) -> None:
    sentences = (
        "“Body glaze” has no option “pink”. Please choose one of those shown.",
        "‘몸체 유약’에는 ‘pink’ 선택지가 없습니다. 보이는 것 가운데 골라 주세요.",
    )

    assert check(definition, data(glaze="pink"), "unknown_option", 422, sentences) == {"field": "glaze"}


def test_an_option_of_another_group_is_unknown(definition: ProductDefinition) -> None:
    assert refusal(definition, data(glaze="walnut"), "en").code == "unknown_option"


@pytest.mark.parametrize("version", ["on-dam/2", "on-dam/0", "other/1", ""])
def test_a_stale_version(definition: ProductDefinition, version: str) -> None:
    sentences = (
        "This piece has been revised since the design was made. Please look at the design once more.",
        "디자인한 뒤에 제품이 개정되었습니다. 디자인을 한 번 더 살펴봐 주세요.",
    )

    extra = check(definition, data(version=version), "stale_version", 409, sentences)

    assert extra == {"version": VERSION}


def test_an_incomplete_design_names_what_is_missing(definition: ProductDefinition) -> None:
    incomplete = data()
    del incomplete["choices"]["lid"], incomplete["choices"]["metal"]
    sentences = ("Still to be chosen: Lid, Metal fittings", "아직 고르지 않은 항목: 뚜껑, 금속 장식")

    check(definition, incomplete, "incomplete_design", 422, sentences)


@pytest.mark.parametrize("rule", RULES)
def test_a_forbidden_combination_says_why(definition: ProductDefinition, rule: str) -> None:
    choices, english, korean = RULES[rule]

    extra = check(definition, data(**choices), "forbidden_combination", 422, (english, korean))

    assert extra == {"rules": [rule]}


def test_a_design_that_breaks_several_rules_is_told_all_of_them(definition: ProductDefinition) -> None:
    broken = ["black-on-ink", "indigo-shrinks"]
    choices = {**RULES["indigo-shrinks"][0], **RULES["black-on-ink"][0]}
    sentences = (" ".join(RULES[rule][1] for rule in broken), " ".join(RULES[rule][2] for rule in broken))

    assert check(definition, data(**choices), "forbidden_combination", 422, sentences) == {"rules": broken}


def test_every_rule_of_the_product_is_tested_here(definition: ProductDefinition) -> None:
    assert {rule.id for rule in definition.rules} == set(RULES)


@pytest.mark.parametrize("text", ["가" * 25, "W" * 24, "a" * 10_000, "\u0301" * 97])
def test_a_text_that_does_not_fit(definition: ProductDefinition, text: str) -> None:
    assert check(definition, data(text), "engraving_too_long", 422, TOO_LONG) == {"field": "engraving"}


def test_control_a_text_of_the_greatest_length_fits_when_its_letters_are_narrow(definition: ProductDefinition) -> None:
    assert checked_configuration(definition, data("i" * 24), expected_version=VERSION).engraving == "i" * 24


@pytest.mark.parametrize(
    ("text", "shown", "characters"),
    [("Mina 🐈", "🐈", ["🐈"]), ("\u202eaniM", "U+202E", ["\u202e"]), ("a\u200bb", "U+200B", ["\u200b"])],
)
def test_a_character_that_cannot_be_cut(
    definition: ProductDefinition, text: str, shown: str, characters: list[str]
) -> None:
    sentences = (
        f"The typeface cannot cut this character: {shown}",
        f"이 글자는 새길 수 없는 글자입니다: {shown}",
    )

    extra = check(definition, data(text), "uncuttable_characters", 422, sentences)

    assert extra == {"characters": characters, "field": "engraving"}


def test_what_is_wrong_first_is_told_first(definition: ProductDefinition) -> None:
    everything = data("🐈" * 30, "on-dam/9", glaze="pink", sleeve="ink", stitch="black")
    steps = []
    forbidden = {**PRESET, "sleeve": "ink", "stitch": "black"}
    for mend in ({"version": VERSION}, {"choices": forbidden}, {"choices": PRESET}):
        steps.append(refusal(definition, everything, "en").code)
        everything |= mend
    steps.append(refusal(definition, everything, "en").code)

    assert steps == ["stale_version", "unknown_option", "forbidden_combination", "engraving_too_long"]

"""What the studio shows of a design: prices, what is chosen, what is blocked and why."""

import pytest

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition, read_definition
from configurator.studio import GroupState, choice_lines, description, group_states
from tests.samples import PRESET
from tests.unit.configurator.small_products import option, small_data, small_definition, text

BLUE_SHRINKS = "Blue shrinks: no ash lid."


def price_text(minor: int) -> str:
    return f"+{minor}"


def states(definition: ProductDefinition, language: str = "en", **choices: str) -> dict[str, GroupState]:
    return {state.id: state for state in group_states(definition, choices, language, price_text)}


def blocked(groups: dict[str, GroupState]) -> set[tuple[str, str]]:
    return {(group.id, each.id) for group in groups.values() for each in group.options if each.blocked}


def test_an_option_is_shown_as_its_definition_says() -> None:
    groups = states(small_definition(), glaze="blue", lid="oak")
    blue, white = groups["glaze"].options[1], groups["glaze"].options[0]

    assert (blue.name, blue.story, blue.swatch, blue.price_text, blue.chosen) == (
        "Blue",
        "Blue story",
        "#808080",
        "+3000",
        True,
    )
    assert (white.price_text, white.chosen, white.reason) == ("", False, "")
    assert blue.colours == {"body": "#0000FF"}
    assert (groups["lid"].name, groups["lid"].hint) == ("Lid", "Turned")
    assert (groups["lid"].chosen_name, groups["lid"].chosen_story) == ("Oak", "Oak story")


def test_every_text_comes_in_the_language_that_is_asked_for() -> None:
    group = states(small_definition(), "ko", glaze="blue")["glaze"]
    lid = states(small_definition(), "ko", glaze="blue")["lid"]

    assert (group.name, group.hint, group.chosen_name, group.chosen_story) == (
        "Glaze (ko)",
        "Fired (ko)",
        "Blue (ko)",
        "Blue story (ko)",
    )
    assert lid.reasons == {f"{BLUE_SHRINKS} (ko)": ["Ash (ko)"]}


def test_a_group_without_a_choice_has_no_chosen_name() -> None:
    lid = states(small_definition())["lid"]

    assert (lid.chosen_name, lid.chosen_story, lid.reasons) == ("", "", {})


def test_a_blocked_option_says_why() -> None:
    assert states(small_definition(), glaze="blue")["lid"].reasons == {BLUE_SHRINKS: ["Ash"]}


def test_the_alternatives_of_a_chosen_group_are_judged_with_its_own_choice_lifted() -> None:
    groups = states(small_definition(), glaze="blue", lid="oak")

    # Blue blocks ash although the lid is chosen; white is free although blue is chosen.
    assert blocked(groups) == {("lid", "ash")}
    assert blocked(states(small_definition(), glaze="white", lid="ash")) == {("glaze", "blue")}


def test_options_that_share_a_reason_are_named_together() -> None:
    data = small_data()
    foil = {"lid": "#111111", "foil": "#222222"}
    data["groups"][1]["options"] += [option("elm", foil), option("fir", foil)]
    data["rules"].append(
        {
            "id": "blue-on-fir",
            "sentence": text("Blue rubs off on fir."),
            "when": {"glaze": ["blue"]},
            "excludes": {"lid": ["fir"]},
        }
    )
    data["rules"][0]["excludes"]["lid"].append("elm")

    assert states(read_definition(data), glaze="blue")["lid"].reasons == {
        BLUE_SHRINKS: ["Ash", "Elm"],
        "Blue rubs off on fir.": ["Fir"],
    }


def test_a_reason_made_of_two_rules_says_both() -> None:
    data = small_data()
    data["groups"].append(
        {
            "id": "base",
            "name": text("Base"),
            "hint": text("Flat"),
            "options": [option("cork", {"base": "#111111"}), option("felt", {"base": "#222222"})],
        }
    )
    data["preset"]["base"] = "cork"
    data["rules"].append(
        {
            "id": "felt-needs-ash",
            "sentence": text("Felt goes with ash."),
            "when": {"base": ["felt"]},
            "requires": {"lid": ["ash"]},
        }
    )

    groups = states(read_definition(data), glaze="blue")

    assert groups["base"].reasons == {f"{BLUE_SHRINKS} Felt goes with ash.": ["Felt"]}


def test_the_demo_blocks_beside_its_preset_just_what_its_rules_name(definition: ProductDefinition) -> None:
    # Celadon, bamboo, chestnut, ivory, brass: no rule of the file has one of them as a cause.
    assert blocked(states(definition, **PRESET)) == set()
    # Ink leather excludes black thread; steel is not brass, which gold thread requires.
    assert blocked(states(definition, **{**PRESET, "sleeve": "ink", "metal": "steel"})) == {
        ("stitch", "black"),
        ("stitch", "gold"),
    }


@pytest.mark.parametrize(
    ("language", "engraving", "words"),
    [
        ("en", "", "Cup: Glaze Blue, Lid Oak"),
        ("en", "지우", "Cup: Glaze Blue, Lid Oak, Name “지우”"),
        ("ko", "지우", "Cup (ko): Glaze (ko) Blue (ko), Lid (ko) Oak (ko), Name (ko) “지우”"),
    ],
)
def test_a_design_in_words_names_every_choice(language: str, engraving: str, words: str) -> None:
    configuration = Configuration("cup/1", {"lid": "oak", "glaze": "blue"}, engraving)

    assert description(small_definition(), configuration, language) == words


def test_choices_are_listed_in_the_product_s_order_with_their_swatches() -> None:
    configuration = Configuration("cup/1", {"lid": "oak", "glaze": "blue"}, "지우")
    plain = Configuration("cup/1", {"lid": "oak", "glaze": "blue"})
    lines = (("Glaze", "Blue", "#808080"), ("Lid", "Oak", "#808080"))

    assert choice_lines(small_definition(), configuration, "en") == (*lines, ("Name", "지우", ""))
    assert choice_lines(small_definition(), plain, "en") == lines

"""What the studio shows of a design: what each option leads to, what is blocked and why, what else changes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition, read_definition
from configurator.studio import (
    Change,
    GroupState,
    OptionState,
    changes_between,
    cheapest_with,
    choice_lines,
    conflicting,
    dearest,
    description,
    group_states,
    option_state,
    options_cost,
    picked,
)
from tests.samples import PRESET
from tests.unit.configurator.small_products import option, small_data, small_definition, text

BLUE_SHRINKS = "Blue shrinks: no ash lid."


def states(definition: ProductDefinition, language: str = "en", **choices: str) -> dict[str, GroupState]:
    return {state.id: state for state in group_states(definition, choices, language)}


def option_of(groups: dict[str, GroupState], group: str, wanted: str) -> OptionState:
    return next(each for each in groups[group].options if each.id == wanted)


def blocked(groups: dict[str, GroupState]) -> set[tuple[str, str]]:
    return {(group.id, each.id) for group in groups.values() for each in group.options if each.blocked}


def conditional_data() -> dict[str, Any]:
    """The small product with a finish that only oak has; smoked oak does not go with blue."""
    data = small_data()
    data["groups"].append(
        {
            "id": "finish",
            "name": text("Finish"),
            "hint": text("Oiled"),
            "when": {"lid": ["oak"]},
            "sentence": text("Only oak is finished."),
            "options": [option("smoked", {"lid": "#111111"}, 2_000), option("clear", {"lid": "#222222"})],
        }
    )
    data["preset"]["finish"] = "clear"
    data["rules"].append(
        {
            "id": "blue-needs-smoke",
            "sentence": text("Blue goes with smoked oak."),
            "when": {"glaze": ["blue"]},
            "excludes": {"finish": ["clear"]},
        }
    )
    return data


def test_an_option_is_shown_as_its_definition_says() -> None:
    data = small_data()
    data["groups"][0]["options"][1] |= {"touch": text("Smooth"), "sound": "ceramic"}
    groups = states(read_definition(data), glaze="blue", lid="oak")
    blue, white = option_of(groups, "glaze", "blue"), option_of(groups, "glaze", "white")

    shown = (blue.name, blue.story, blue.touch, blue.sound, blue.swatch, blue.price)
    assert shown == ("Blue", "Blue story", "Smooth", "ceramic", "#808080", 3_000)
    assert (white.touch, white.sound) == ("", "")
    assert (groups["lid"].name, groups["lid"].hint, groups["lid"].exists) == ("Lid", "Turned", True)
    assert groups["lid"].chosen is option_of(groups, "lid", "oak")


def test_every_text_comes_in_the_language_that_is_asked_for() -> None:
    groups = states(small_definition(), "ko", glaze="blue", lid="oak")

    assert (groups["glaze"].name, groups["glaze"].hint) == ("Glaze (ko)", "Fired (ko)")
    assert groups["lid"].reasons == {f"{BLUE_SHRINKS} (ko)": ["Ash (ko)"]}
    assert option_of(groups, "lid", "ash").changes == (Change("Glaze (ko)", "Blue (ko)", "White (ko)"),)


def test_a_free_option_leaves_everything_else_as_it_is() -> None:
    white = option_of(states(small_definition(), glaze="blue", lid="oak"), "glaze", "white")

    assert (white.state, white.reasons, white.changes) == ("free", (), ())
    assert (white.choices, white.cost) == ({"glaze": "white", "lid": "oak"}, 0)


def test_a_chosen_option_leads_nowhere_else() -> None:
    blue = option_of(states(small_definition(), glaze="blue", lid="oak"), "glaze", "blue")

    assert (blue.state, blue.choices, blue.cost) == ("chosen", {"glaze": "blue", "lid": "oak"}, 3_000)


def test_a_blocked_option_says_why_and_what_would_change_with_it() -> None:
    ash = option_of(states(small_definition(), glaze="blue", lid="oak"), "lid", "ash")

    assert (ash.state, ash.reasons) == ("blocked", (BLUE_SHRINKS,))
    assert ash.choices == {"glaze": "white", "lid": "ash"}
    assert (ash.changes, ash.cost) == ((Change("Glaze", "Blue", "White"),), 0)


def test_the_alternatives_of_a_chosen_group_are_judged_with_its_own_choice_lifted() -> None:
    # Blue blocks ash although the lid is chosen; white is free although blue is chosen.
    assert blocked(states(small_definition(), glaze="blue", lid="oak")) == {("lid", "ash")}
    assert blocked(states(small_definition(), glaze="white", lid="ash")) == {("glaze", "blue")}


def test_the_cheapest_design_with_an_option_does_not_depend_on_the_other_choices() -> None:
    for choices in ({"glaze": "blue", "lid": "oak"}, {"glaze": "white", "lid": "ash"}):
        groups = states(small_definition(), **choices)
        found = {each.id: each.cheapest for group in groups.values() for each in group.options}
        assert found == {"white": 0, "blue": 3_000, "oak": 0, "ash": 0}


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

    assert states(read_definition(data), glaze="blue", lid="oak")["lid"].reasons == {
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

    felt = option_of(states(read_definition(data), glaze="blue", lid="oak", base="cork"), "base", "felt")

    assert felt.reasons == (BLUE_SHRINKS, "Felt goes with ash.")
    assert felt.changes == (Change("Glaze", "Blue", "White"), Change("Lid", "Oak", "Ash"))


def test_a_group_that_does_not_exist_offers_nothing_and_says_on_what_it_depends() -> None:
    finish = states(read_definition(conditional_data()), glaze="white", lid="ash")["finish"]

    assert (finish.exists, finish.options, finish.chosen) == (False, (), None)
    assert finish.sentence == "Only oak is finished."


def test_a_group_that_comes_gets_its_usual_choice_and_one_that_goes_none() -> None:
    definition = read_definition(conditional_data())
    oak = option_of(states(definition, glaze="white", lid="ash"), "lid", "oak")
    ash = option_of(states(definition, glaze="white", lid="oak", finish="smoked"), "lid", "ash")

    assert (oak.state, oak.choices) == ("free", {"glaze": "white", "lid": "oak", "finish": "clear"})
    assert oak.changes == (Change("Finish", "", "Clear"),)
    assert (ash.state, ash.choices) == ("free", {"glaze": "white", "lid": "ash"})
    assert ash.changes == (Change("Finish", "Smoked", ""),)


def test_a_group_that_comes_never_breaks_a_rule_with_its_usual_choice() -> None:
    data = conditional_data()
    # Blue goes with both lids here: only the finish stands between them.
    data["rules"] = [rule for rule in data["rules"] if rule["id"] != "blue-shrinks"]
    definition = read_definition(data)

    whole = picked(definition, {"glaze": "blue", "lid": "ash"}, ("lid", "oak"))

    assert whole == {"glaze": "blue", "lid": "oak", "finish": "smoked"}
    # The control: the usual choice would break one.
    assert definition.engine.rules_broken_by({**whole, "finish": "clear"}) == ("blue-needs-smoke",)


def test_choices_that_do_not_go_together_are_named_and_each_can_be_kept() -> None:
    definition = small_definition()
    both = {"glaze": "blue", "lid": "ash"}

    assert conflicting(definition, both) == (("glaze", "blue"), ("lid", "ash"))
    assert conflicting(definition, {"glaze": "white", "lid": "ash"}) == ()
    kept = [option_state(definition, both, choice, "en") for choice in conflicting(definition, both)]
    assert [dict(state.choices) for state in kept] == [
        {"glaze": "blue", "lid": "oak"},
        {"glaze": "white", "lid": "ash"},
    ]
    assert [state.changes for state in kept] == [(Change("Lid", "Ash", "Oak"),), (Change("Glaze", "Blue", "White"),)]


def test_costs_of_the_demo(definition: ProductDefinition) -> None:
    costs = cheapest_with(definition)

    assert options_cost(definition, PRESET) == 0
    assert (costs["glaze", "celadon"], costs["lid", "bog-oak"], costs["stitch", "gold"]) == (0, 9_000, 8_000)
    # Indigo excludes bog oak: iron black, red clay, bog oak, natural leather, gold thread.
    assert dearest(definition) == 5_000 + 2_000 + 9_000 + 4_000 + 8_000
    assert cheapest_with(definition) is costs


def test_the_cheapest_design_is_one_that_can_be_had(definition: ProductDefinition) -> None:
    plain = cheapest_with(definition)
    gone = {("glaze", "celadon"), ("glaze", "porcelain")}

    found = cheapest_with(definition, gone=gone)

    # What costs nothing is used up: persimmon is the cheapest glaze that is left.
    assert found.keys() == plain.keys() - gone
    assert (plain["lid", "walnut"], found["lid", "walnut"]) == (6_000, 9_000)
    dearer = cheapest_with(definition, {**definition.prices, ("glaze", "indigo"): 6_500})
    assert (plain["glaze", "indigo"], dearer["glaze", "indigo"]) == (5_000, 6_500)
    assert dearest(definition, gone={("lid", "bog-oak")}) == dearest(definition) - 9_000 + 4_000
    assert cheapest_with(definition, gone={("glaze", each.id) for each in definition.group("glaze").options}) == {}


def test_designs_differ_in_the_groups_that_are_named(definition: ProductDefinition) -> None:
    after = {**PRESET, "glaze": "indigo", "lid": "walnut"}
    del after["lid-finish"]

    assert changes_between(definition, PRESET, after, "ko") == (
        Change("몸체 유약", "청자", "쪽빛"),
        Change("뚜껑", "대나무", "호두나무"),
        Change("대나무 마감", "맑은 기름", ""),
    )
    assert changes_between(definition, PRESET, PRESET, "ko") == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_every_option_of_the_demo_leads_to_can_be_made(definition: ProductDefinition, data: st.DataObject) -> None:
    choices = dict(definition.started())
    for _ in range(4):
        group = data.draw(st.sampled_from([group for group in definition.groups if group.id in choices]))
        wanted = data.draw(st.sampled_from(group.offered))
        for state in group_states(definition, choices, "en"):
            for each in state.options:
                assert each.choices[state.id] == each.id
                assert definition.engine.rules_broken_by(each.choices) == ()
                assert definition.missing(each.choices) == ()
                assert each.cheapest <= each.cost
                assert bool(each.reasons) == each.blocked
        choices = dict(option_state(definition, choices, (group.id, wanted.id), "en").choices)


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

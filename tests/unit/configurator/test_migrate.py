"""An old design on another version: what can be kept is kept, the rest is repaired, and everything is named."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition, read_definition
from configurator.migrate import Change, Kind, Moved, moved, repaired
from tests.unit.configurator.small_products import option, small_data, text

OLD = read_definition(small_data())
PLACED = Placement("a" * 64, 0, 0, 20)
PANEL = {
    "id": "print",
    "name": text("Print"),
    "hint": text("Printed"),
    "panel": "sleeve",
    "width_mm": 40.0,
    "height_mm": 30.0,
    "price": 7_000,
}

Edit = Callable[[dict[str, Any]], object]


def changed(edit: Edit) -> ProductDefinition:
    data = small_data()
    edit(data)
    return read_definition(data)


def on(new: ProductDefinition, old: ProductDefinition = OLD, **columns: Any) -> Moved:
    configuration = Configuration("cup/1", **{"choices": {"glaze": "blue", "lid": "oak"}, **columns})
    return moved(configuration, old, new, "cup/2")


def group(data: dict[str, Any], group_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in data["groups"] if each["id"] == group_id)
    return found


def grip(**columns: Any) -> dict[str, Any]:
    options = [option("cord", {"grip": "#000000"}, 500), option("bare", {"grip": "#111111"})]
    return {"id": "grip", "name": text("Grip"), "hint": text("Held"), "options": options, **columns}


def test_a_version_that_differs_in_nothing_seen_changes_nothing() -> None:
    found = on(changed(lambda data: data["operations"].pop(1)))

    assert found == Moved(Configuration("cup/2", {"glaze": "blue", "lid": "oak"}), ())
    assert not found.repaired


def test_a_retired_option_is_replaced_by_the_usual_one() -> None:
    def retire(data: dict[str, Any]) -> None:
        group(data, "glaze")["options"].append(option("green", {"body": "#00FF00"}))
        group(data, "glaze")["options"][1]["retired"] = True
        data["rules"] = []

    found = on(changed(retire))

    assert found.configuration.choices == {"glaze": "white", "lid": "oak"}
    assert found.changes == (Change(Kind.OPTION_GONE, "glaze", "blue", "white"),)
    assert found.repaired


def test_an_option_that_is_gone_altogether_is_replaced_too() -> None:
    def replace_option(data: dict[str, Any]) -> None:
        group(data, "glaze")["options"][1] = option("green", {"body": "#00FF00"})
        data["rules"] = []

    assert on(changed(replace_option)).changes == (Change(Kind.OPTION_GONE, "glaze", "blue", "white"),)


def test_where_the_usual_one_cannot_be_had_the_cheapest_possible_one_is_taken() -> None:
    def narrow(data: dict[str, Any]) -> None:
        options = group(data, "lid")["options"]
        options[0]["retired"] = True
        options += [option("elm", {"lid": "#806041", "foil": "#C0C0C0"}, 900)]
        options += [option("fir", {"lid": "#806042", "foil": "#C0C0C0"}, 100)]
        data["preset"]["lid"] = "ash"

    # Ash is the usual lid, but blue excludes it.
    assert on(changed(narrow)).changes == (Change(Kind.OPTION_GONE, "lid", "oak", "fir"),)


def test_a_new_rule_changes_one_choice_and_is_named() -> None:
    def forbid(data: dict[str, Any]) -> None:
        rule = {"id": "no-blue-oak", "sentence": text("No."), "when": {"glaze": ["blue"]}, "excludes": {"lid": ["oak"]}}
        group(data, "lid")["options"].append(option("elm", {"lid": "#806041", "foil": "#C0C0C0"}))
        data["rules"].append(rule)

    found = on(changed(forbid))

    # Elm instead of oak would be one change too, but white costs less.
    assert found.configuration.choices == {"glaze": "white", "lid": "oak"}
    assert found.changes == (Change(Kind.RULE, "glaze", "blue", "white", rules=("no-blue-oak",)),)


def test_a_group_that_is_gone_is_named_and_left_out() -> None:
    old = changed(lambda data: (data["groups"].append(grip()), data["preset"].update(grip="bare")))

    found = on(OLD, old, choices={"glaze": "white", "lid": "oak", "grip": "cord"})

    assert found.configuration.choices == {"glaze": "white", "lid": "oak"}
    assert found.changes == (Change(Kind.GROUP_GONE, "grip", "cord"),)


def test_a_new_group_gets_its_usual_option() -> None:
    found = on(changed(lambda data: (data["groups"].append(grip()), data["preset"].update(grip="bare"))))

    assert found.configuration.choices == {"glaze": "blue", "lid": "oak", "grip": "bare"}
    assert found.changes == (Change(Kind.GROUP_NEW, "grip", after="bare"),)


def test_a_choice_whose_group_now_depends_on_another_is_left_out() -> None:
    old = changed(lambda data: (data["groups"].append(grip()), data["preset"].update(grip="bare")))
    new = changed(
        lambda data: data["groups"].append(grip(when={"lid": ["ash"]}, sentence=text("Only ash is held so.")))
    )

    found = on(new, old, choices={"glaze": "white", "lid": "oak", "grip": "cord"})

    assert found.changes == (Change(Kind.GROUP_ABSENT, "grip", "cord"),)
    assert on(new, old, choices={"glaze": "white", "lid": "ash", "grip": "cord"}).changes == ()


def test_what_is_other_about_a_kept_option_is_told_without_a_repair() -> None:
    def revise(data: dict[str, Any]) -> None:
        blue = group(data, "glaze")["options"][1]
        blue |= {"name": text("Cobalt"), "price": 3_500, "colours": {"body": "#0000EE"}}

    found = on(changed(revise))

    assert [change.kind for change in found.changes] == [Kind.RENAMED, Kind.COLOUR, Kind.PRICE]
    assert {(change.group, change.before, change.after) for change in found.changes} == {("glaze", "blue", "blue")}
    assert not found.repaired


def test_a_typeface_that_is_gone_gives_way_to_the_usual_one() -> None:
    old = changed(lambda data: data["engraving"].update(fonts=["serif-ko", "sans-ko"]))

    found = on(OLD, old, engraving="Mina", font="sans-ko")

    assert (found.configuration.engraving, found.configuration.font) == ("Mina", "")
    assert found.changes == (Change(Kind.FONT_GONE, before="sans-ko", after="serif-ko"),)


def test_a_text_keeps_its_typeface_when_another_one_becomes_the_usual() -> None:
    new = changed(lambda data: data["engraving"].update(font="sans-ko", fonts=["serif-ko", "sans-ko"]))

    found = on(new, engraving="Mina")

    assert (found.configuration.font, found.changes) == ("serif-ko", ())


@pytest.mark.parametrize(
    ("engraving", "refused", "kinds", "is_personal"),
    [
        ("Mina", ("engraving", "Too long."), [Kind.ENGRAVING_GONE], False),
        ("Mina", None, [], True),
        ("", ("engraving", "Nothing is cut, nothing is lost."), [], False),
    ],
)
def test_a_text_that_can_no_longer_be_cut_is_left_out_with_the_reason(
    engraving: str, refused: tuple[str, str] | None, kinds: list[Kind], is_personal: bool
) -> None:
    configuration = Configuration("cup/1", {"glaze": "blue", "lid": "oak"}, engraving)

    found = moved(configuration, OLD, OLD, "cup/2", lambda each: refused)

    assert [change.kind for change in found.changes] == kinds
    assert [change.reason for change in found.changes] == [refused[1] for _ in kinds if refused]
    assert found.configuration.is_personal is is_personal


def test_a_printed_picture_stays_only_on_the_same_panel() -> None:
    old = changed(lambda data: data.update(artwork=PANEL))
    smaller = changed(lambda data: data.update(artwork={**PANEL, "width_mm": 30.0}))
    dearer = changed(lambda data: data.update(artwork={**PANEL, "price": 8_000}))

    assert on(smaller, old, artwork=PLACED).changes == (Change(Kind.ARTWORK_GONE),)
    assert on(OLD, old, artwork=PLACED).configuration.artwork is None
    assert on(dearer, old, artwork=PLACED).changes == (Change(Kind.ARTWORK_PRICE),)
    assert on(dearer, old, artwork=PLACED).configuration.artwork == PLACED


def test_another_price_of_the_engraving_is_told_to_those_who_have_one() -> None:
    new = changed(lambda data: data["engraving"].update(price=6_000))

    assert on(new, engraving="Mina").changes == (Change(Kind.ENGRAVING_PRICE),)
    assert on(new).changes == ()


@given(
    st.fixed_dictionaries(
        {}, optional={"glaze": st.sampled_from(["white", "blue"]), "lid": st.sampled_from(["oak", "ash"])}
    )
)
def test_whatever_is_wanted_becomes_a_valid_design_with_the_fewest_changes(wanted: dict[str, str]) -> None:
    found = repaired(OLD, wanted)

    kept = sum(found[group_id] == wanted[group_id] for group_id in wanted)
    assert OLD.missing(found) == ()
    assert OLD.engine.rules_broken_by(found) == ()
    assert kept == len(wanted) - (not OLD.engine.is_valid(wanted))


def test_the_demos_designs_survive_a_move_onto_their_own_version(definition: ProductDefinition) -> None:
    for preset in ("", *(each.id for each in definition.presets)):
        configuration = Configuration("on-dam/1", definition.started(preset), "지우")
        found = moved(configuration, definition, definition, "on-dam/2")
        assert found == Moved(Configuration("on-dam/2", configuration.choices, "지우"), ())

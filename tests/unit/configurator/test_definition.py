"""A definition that contradicts itself is refused, with a sentence that says where."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from configurator.definition import Place, ProductDefinition, Refused, Rule, read_definition
from configurator.definition.refusals import plain_words
from configurator.rules import Clause
from tests.unit.configurator.small_products import (
    fault,
    material,
    operation,
    option,
    small_data,
    small_definition,
    text,
)

Data = dict[str, Any]
Change = Callable[[Data], object]


def problem_after(change: Change) -> str:
    """What is said of the small product after a change."""
    data = small_data()
    change(data)
    with pytest.raises(ValidationError) as refused:
        read_definition(data)
    return str(refused.value)


def test_the_small_product_that_these_tests_change_is_sound() -> None:
    assert small_definition().option("glaze", "blue").price == 3_000


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data["groups"].append(data["groups"][0]), "group glaze is declared twice"),
        (lambda data: data["groups"][1]["options"].append(option("oak", {})), "option of lid oak is declared twice"),
        (lambda data: data["rules"].append(data["rules"][0]), "rule blue-shrinks is declared twice"),
        (lambda data: data["operations"].append(operation("form")), "operation form is declared twice"),
        (lambda data: data["materials"].append(material("clay")), "material clay is declared twice"),
        (lambda data: data["views"].append(data["views"][0]), "view front is declared twice"),
        (
            lambda data: data["operations"][2]["faults"].append(fault("pinhole", "inspect")),
            "fault of inspect pinhole is declared twice",
        ),
    ],
)
def test_an_id_is_declared_once(change: Change, sentence: str) -> None:
    assert sentence in problem_after(change)


def test_the_picture_turns_to_views_that_there_are() -> None:
    def turn(view: str) -> Change:
        return lambda data: data["groups"][0].update(focus={"view": view})

    assert "group glaze turns the picture to the view top, which does not exist" in problem_after(turn("top"))
    data = small_data()
    turn("front")(data)
    assert read_definition(data).group("glaze").focus.view == "front"


def test_two_groups_may_have_options_of_the_same_name() -> None:
    data = small_data()
    data["groups"][1]["options"].append(option("white", {"lid": "#FFFFFF", "foil": "#C0C0C0"}))

    assert read_definition(data).option("lid", "white").name.en == "White"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data["rules"][0].update(when={"glaze": ["red"]}), "rule blue-shrinks names glaze: red"),
        (lambda data: data["rules"][0].update(excludes={"base": ["ash"]}), "rule blue-shrinks names base: ash"),
        (
            lambda data: data["rules"][0].update(excludes={}, requires={"lid": ["oak", "elm"]}),
            "rule blue-shrinks names lid: elm",
        ),
        (
            lambda data: data["operations"][0].update(when={"options": {"lid": ["elm"]}}),
            "operation form names lid: elm",
        ),
        (
            lambda data: data["operations"][0].update(extra_minutes={"glaze": {"red": 3}}),
            "operation form names glaze: red",
        ),
        (
            lambda data: data["operations"][2]["faults"][0].update(when={"options": {"lid": ["elm"]}}),
            "fault pinhole names lid: elm",
        ),
        (lambda data: data["materials"][0].update(when={"options": {"lid": ["elm"]}}), "material clay names lid: elm"),
        (lambda data: data["preset"].update(lid="elm"), "the preset names lid: elm"),
        (lambda data: data["preset"].update(base="oak"), "the preset names base: oak"),
    ],
)
def test_what_is_named_must_exist(change: Change, sentence: str) -> None:
    assert f"{sentence}, which does not exist" in problem_after(change)


def test_a_paid_option_is_never_preselected() -> None:
    assert "the preset's glaze blue costs extra" in problem_after(lambda data: data["preset"].update(glaze="blue"))


def test_the_preset_names_every_group() -> None:
    assert "the preset must name every group" in problem_after(lambda data: data["preset"].pop("lid"))


@pytest.mark.parametrize("target", ["inspect", "form"])
def test_rework_goes_back_or_looks_again(target: str) -> None:
    data = small_data()
    data["operations"][2]["faults"][0]["rework_from"] = target

    assert read_definition(data).operations[2].faults[0].rework_from == target


@pytest.mark.parametrize("target", ["pack", "polish"])
def test_rework_never_goes_forwards_or_nowhere(target: str) -> None:
    def change(data: Data) -> None:
        data["operations"].append(operation("pack"))
        data["operations"][2]["faults"][0]["rework_from"] = target

    assert "fault pinhole of inspect does not go back to an earlier operation" in problem_after(change)


def test_rework_never_goes_back_to_an_operation_that_may_be_left_out() -> None:
    problem = problem_after(lambda data: data["operations"][2]["faults"][0].update(rework_from="press"))

    assert "fault pinhole of inspect goes back to press, which may be left out" in problem


@pytest.mark.parametrize("where", ["operation", "fault"])
def test_rework_may_go_back_to_an_operation_that_is_left_out_only_together_with_the_fault(where: str) -> None:
    data = small_data()
    inspection = data["operations"][2]
    inspection["faults"][0]["rework_from"] = "press"
    (inspection if where == "operation" else inspection["faults"][0])["when"] = {"engraved": True}

    assert read_definition(data).operations[2].faults[0].rework_from == "press"


@pytest.mark.parametrize(
    ("taken_by", "when", "said"),
    [
        ("polish", {}, "material clay is used up by polish, which does not exist"),
        ("press", {}, "material clay is used up by press, which may be left out"),
        ("press", {"options": {"glaze": ["blue"]}}, "material clay is used up by press, which may be left out"),
    ],
)
def test_a_material_is_used_up_by_an_operation_that_is_there(taken_by: str, when: Data, said: str) -> None:
    row = {**material("clay", when=when), "operation": taken_by}

    assert said in problem_after(lambda data: data.update(materials=[row]))


def test_a_material_may_be_used_up_by_an_operation_that_is_left_out_only_together_with_it() -> None:
    data = small_data()
    data["materials"] = [{**material("foil", when={"engraved": True}), "operation": "press"}]

    assert read_definition(data).materials[0].operation == "press"


@pytest.mark.parametrize("sides", [{}, {"requires": {"lid": ["oak"]}, "excludes": {"lid": ["ash"]}}])
def test_a_rule_says_one_thing(sides: Data) -> None:
    def change(data: Data) -> None:
        data["rules"][0] = {"id": "idle", "sentence": text("Idle"), "when": {"glaze": ["blue"]}, **sides}

    assert "rule idle must say one thing" in problem_after(change)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data.update(colour="#FFFFFF"), "colour"),
        (lambda data: data["groups"][0].update(options=data["groups"][0]["options"][:1]), "groups.0.options"),
        (lambda data: data["groups"][0]["options"][1].update(price=-1), "groups.0.options.1.price"),
        (lambda data: data["groups"][0]["options"][1].update(swatch="#fff"), "groups.0.options.1.swatch"),
        (lambda data: data["groups"][0]["name"].update(ko=""), "groups.0.name.ko"),
        (lambda data: data["groups"][0].update(id="Glaze"), "groups.0.id"),
        (lambda data: data["engraving"].update(font="comic"), "engraving.font"),
        (lambda data: data["engraving"].update(width_mm=0), "engraving.width_mm"),
        (lambda data: data["operations"][0].update(minutes=0), "operations.0.minutes"),
        (lambda data: data["operations"][2]["faults"][0].update(rate=1), "operations.2.faults.0.rate"),
        (lambda data: data.update(schema_version=2), "schema_version"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_where_it_stands(change: Change, place: str) -> None:
    assert place in problem_after(change).splitlines()[1]


def later_fields_left_out(data: Data) -> Data:
    """The data as they were written before these fields were thought of."""
    for key in ("rules", "materials"):
        del data[key]
    for key in ("margin_mm", "price"):
        del data["engraving"][key]
    for group in data["groups"]:
        for each in group["options"]:
            del each["price"]
    for row in data["operations"]:
        for key in ("when", "faults", "extra_minutes"):
            row.pop(key, None)
    return data


def test_a_definition_that_was_published_before_a_field_was_added_stays_readable() -> None:
    definition = read_definition(later_fields_left_out(small_data()))

    assert definition.engraving.margin_mm == 0
    assert definition.engraving.price == 0
    assert [each.price for each in definition.group("glaze").options] == [0, 0]
    assert (definition.rules, definition.materials) == ((), ())
    assert not definition.operations[1].when.engraved
    assert definition.engine.blocked({}) == {}


def test_a_published_definition_reads_back_as_it_was_written(definition: ProductDefinition) -> None:
    for each in (definition, small_definition()):
        assert read_definition(each.model_dump(mode="json")) == each


def test_a_rule_that_requires_is_one_clause_per_cause_and_group() -> None:
    sides = {"when": {"a": ["x", "y"]}, "requires": {"b": ["x", "y"], "c": ["z"]}}
    rule = Rule.model_validate({"id": "r", "sentence": text("r"), **sides})

    assert list(rule.clauses()) == [
        Clause("r", without=(("a", "x"),), options=(("b", "x"), ("b", "y"))),
        Clause("r", without=(("a", "x"),), options=(("c", "z"),)),
        Clause("r", without=(("a", "y"),), options=(("b", "x"), ("b", "y"))),
        Clause("r", without=(("a", "y"),), options=(("c", "z"),)),
    ]


def test_a_rule_that_excludes_is_one_clause_per_forbidden_pair() -> None:
    sides = {"when": {"a": ["x"]}, "excludes": {"b": ["x", "y"]}}
    rule = Rule.model_validate({"id": "r", "sentence": text("r"), **sides})

    assert list(rule.clauses()) == [
        Clause("r", without=(("a", "x"), ("b", "x"))),
        Clause("r", without=(("a", "x"), ("b", "y"))),
    ]


def test_a_text_is_korean_or_english() -> None:
    name = small_definition().name

    assert (name.of("ko"), name.of("en"), name.of("fr")) == ("Cup (ko)", "Cup", "Cup")


# --- What is retired ------------------------------------------------------------------------------


def with_a_third_lid() -> Data:
    """The small product with the lids oak, ash and elm, of which ash is retired."""
    data = small_data()
    data["groups"][1]["options"].append(option("elm", {"lid": "#111111", "foil": "#111111"}))
    data["groups"][1]["options"][1]["retired"] = True
    return data


def test_a_retired_option_stays_readable_but_is_not_offered() -> None:
    definition = read_definition(with_a_third_lid())

    assert definition.option("lid", "ash").name.en == "Ash"
    assert [each.id for each in definition.group("lid").offered] == ["oak", "elm"]
    assert definition.engine.domains({}) == {("glaze", "white"), ("glaze", "blue"), ("lid", "oak"), ("lid", "elm")}


@pytest.mark.parametrize(
    ("sides", "possible"),
    [
        # Excluding what is retired forbids nothing; requiring it leaves the others that are named.
        ({"when": {"glaze": ["blue"]}, "excludes": {"lid": ["ash"]}}, {"white", "blue"}),
        ({"when": {"glaze": ["blue"]}, "requires": {"lid": ["ash", "elm"]}}, {"white", "blue"}),
        ({"when": {"glaze": ["blue"]}, "requires": {"lid": ["ash"]}}, {"white"}),
        ({"when": {"lid": ["ash"]}, "requires": {"glaze": ["white"]}}, {"white", "blue"}),
        ({"of": {"glaze": ["white"], "lid": ["ash"]}, "at_least": 1}, {"white"}),
        ({"of": {"glaze": ["blue"], "lid": ["ash"]}, "at_most": 1}, {"white", "blue"}),
    ],
)
def test_a_rule_may_name_what_is_retired(sides: Data, possible: set[str]) -> None:
    data = with_a_third_lid()
    data["rules"] = [{"id": "old", "sentence": text("Old"), **sides}]

    domains = read_definition(data).engine.domains({})

    assert {option for group, option in domains if group == "glaze"} == possible


def test_a_retired_group_exists_for_no_new_design() -> None:
    data = small_data()
    data["groups"][1]["retired"] = True
    del data["preset"]["lid"]

    definition = read_definition(data)

    assert definition.group("lid").offered == ()
    assert definition.started() == {"glaze": "white"}
    assert definition.missing({"glaze": "blue"}) == ()
    assert definition.settled({"glaze": "blue", "lid": "ash"}) == {"glaze": "blue"}
    assert definition.engine.domains({}) == {("glaze", "white"), ("glaze", "blue")}


def test_a_retired_group_that_depended_on_another_binds_nobody() -> None:
    data = small_data()
    data["groups"][1] |= {"when": {"glaze": ["blue"]}, "sentence": text("Blue only"), "retired": True}
    data["rules"] = []

    assert read_definition(data).engine.domains({}) == {("glaze", "white"), ("glaze", "blue")}


@pytest.mark.parametrize("preset", ["preset", "presets"])
def test_a_design_to_start_from_has_nothing_retired(preset: str) -> None:
    def change(data: Data) -> None:
        data.update(with_a_third_lid())
        if preset == "preset":
            data["preset"]["lid"] = "ash"
        else:
            data["presets"] = [{"id": "old", "name": text("Old"), "story": text("Old"), "choices": {"lid": "ash"}}]

    name = "the preset" if preset == "preset" else "the preset old"
    assert f"{name} names lid ash, which is retired" in problem_after(change)


def test_a_group_keeps_an_option_unless_it_is_retired_itself() -> None:
    def change(data: Data) -> None:
        for each in data["groups"][1]["options"]:
            each["retired"] = True

    assert "group lid has no option that is not retired" in problem_after(change)


@pytest.mark.parametrize("folder", ["/etc", "../other", "views/../../other", "views//hero", "views/", "", "a b"])
def test_a_view_lies_below_the_product(folder: str) -> None:
    assert "views.0.folder" in problem_after(lambda data: data["views"][0].update(folder=folder))


@pytest.mark.parametrize("where", ["rule", "group"])
def test_a_condition_stands_for_a_limited_number_of_combinations(where: str) -> None:
    """Clauses are written out per combination: 11 groups of 10 options would be 10^11 of them."""

    def change(data: Data) -> None:
        when = {f"g{number}": [f"o{each}" for each in range(10)] for number in range(11)}
        if where == "rule":
            data["rules"][0]["when"] = when
        else:
            data["groups"][1] |= {"when": when, "sentence": text("Many")}

    assert "stands for 100000000000 combinations; at most 10000 are accepted" in problem_after(change)


def test_every_refusal_says_where_in_words_and_as_a_place() -> None:
    data = small_data()
    data["rules"][0]["when"] = {"glaze": ["red"]}

    with pytest.raises(ValidationError) as refused:
        read_definition(data)

    (error,) = refused.value.errors()
    reason = error["ctx"]["error"]
    assert isinstance(reason, Refused)
    assert (reason.code, reason.place) == ("unknown_option", "rules.blue-shrinks")
    assert str(reason) == "rule blue-shrinks names glaze: red, which does not exist"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("groups.glaze", "group glaze"),
        ("groups.glaze.options.blue", "glaze blue"),
        ("rules.blue-shrinks", "rule blue-shrinks"),
        ("operations.inspect.faults.pinhole", "fault pinhole"),
        ("preset", "the preset"),
        ("presets.winter", "the preset winter"),
        ("engraving", "the engraving"),
        ("groups.glaze.name.ko", "groups.glaze.name.ko"),
    ],
)
def test_a_place_in_plain_words(place: str, words: str) -> None:
    assert plain_words(Place(place)) == words

"""Draft data: changed by place, compared, written in one spelling, and told apart from what is no draft at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.definition import ProductDefinition, read_definition
from configurator.drafting import (
    Difference,
    UnknownPlace,
    Unreadable,
    as_data,
    dependants,
    differences,
    part,
    read_json,
    review_draft,
    shape_findings,
    with_changes,
    write_json,
)
from tests.unit.configurator.small_products import option, small_data, small_definition, text

Data = dict[str, Any]

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=20,
)
KEYS = TEXTS | st.sampled_from(["id", "name", "ko", "en", "groups", "options", "price", "slug"])


# --- One spelling -------------------------------------------------------------------------------------


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_written_and_read_is_written_as_the_same_bytes(data: Data) -> None:
    written = write_json(data)

    assert read_json(written) == data
    assert write_json(read_json(written)) == written


@given(st.permutations(list(small_data())))
def test_the_order_in_which_data_was_typed_shows_nowhere(order: list[str]) -> None:
    data = small_data()

    assert write_json({key: data[key] for key in order}) == write_json(data)


def test_the_demo_is_written_in_the_order_of_its_schema(definition: ProductDefinition) -> None:
    lines = write_json(as_data(definition)).decode().splitlines()

    assert lines[:4] == ["{", '  "schema_version": 1,', '  "slug": "on-dam",', '  "name": {']
    assert lines[4:6] == ['    "ko": "온담 텀블러",', '    "en": "ON:DAM tumbler"']
    assert lines[-1] == "}"
    assert read_definition(read_json(write_json(as_data(definition)))) == definition


def test_what_is_as_usual_is_not_written() -> None:
    option_of_data = as_data(small_definition())["groups"][0]["options"][0]

    assert set(option_of_data) == {"id", "name", "story", "swatch", "colours"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe", "not_utf8"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[]", "not_an_object"),
        (b'{"a": 1, "a": 2}', "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a": 1e999}', "not_json"),
        (b'{"a": "\\u0000"}', "not_json"),
        (b'{"a": ["\\u0000"]}', "not_json"),
        (b'{"a\\u0000": 1}', "not_json"),
        (b'{"a": "\\ud800"}', "not_json"),
        (b'{"a":' * 100_000, "not_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not_json"),
        (b" " * (2 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_a_file_that_is_no_definition_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(raw)

    assert refused.value.code == code


def test_a_mark_at_the_start_of_the_file_and_a_backslash_before_a_nul_are_fine() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": "\\\\u0000"}') == {"a": "\\u0000"}


# --- Places -------------------------------------------------------------------------------------------


def test_a_part_is_found_by_its_ids() -> None:
    data = small_data()

    assert part(data, "groups.glaze.options.blue.price") == 3_000
    assert part(data, "groups.glaze.options.blue.name.en") == "Blue"
    assert part(data, "groups.glaze.options.red.name.en") is None
    assert part(data, "slug.inside") is None
    assert part(data, "") is data


def test_values_are_set_added_taken_away_and_sorted_and_the_old_data_stays() -> None:
    data = small_data()

    changed = with_changes(
        data,
        {
            "groups.glaze.options.blue.price": 4_000,
            "groups.glaze.options.red": {"name": text("Red")},
            "groups.glaze.options@order": ["red", "blue", "white"],
            "rules.blue-shrinks": None,
            "presets.winter": {"name": text("Winter")},
            "artwork.name.ko": "그림",
        },
    )

    assert [each["id"] for each in changed["groups"][0]["options"]] == ["red", "blue", "white"]
    assert changed["groups"][0]["options"][0] == {"id": "red", "name": text("Red")}
    assert changed["groups"][0]["options"][1]["price"] == 4_000
    assert changed["rules"] == []
    assert changed["presets"] == [{"id": "winter", "name": text("Winter")}]
    assert changed["artwork"] == {"name": {"ko": "그림"}}
    assert data == small_data()


def test_a_row_that_is_put_again_keeps_its_place() -> None:
    changed = with_changes(small_data(), {"groups.glaze.options.white": {"name": text("Snow")}})

    assert changed["groups"][0]["options"][0] == {"id": "white", "name": text("Snow")}


def test_a_text_that_is_taken_away_in_both_languages_is_gone() -> None:
    data = with_changes(small_data(), {"groups.lid.options.oak.touch": text("Warm")})

    one = with_changes(data, {"groups.lid.options.oak.touch.ko": None})
    both = with_changes(one, {"groups.lid.options.oak.touch.en": None})

    assert part(one, "groups.lid.options.oak.touch") == {"en": "Warm"}
    assert "touch" not in part(both, "groups.lid.options.oak")


@pytest.mark.parametrize(
    "changes",
    [
        {"groups.base.name.ko": "밑"},
        {"groups.glaze.options.red.price": 1},
        {"groups@order": ["glaze"]},
        {"groups@order": ["glaze", "lid", "base"]},
        {"groups.base.options@order": []},
    ],
)
def test_what_is_not_there_cannot_be_changed(changes: Data) -> None:
    with pytest.raises(UnknownPlace):
        with_changes(small_data(), changes)


# --- Differences --------------------------------------------------------------------------------------


def test_differences_name_places_and_both_values() -> None:
    before = small_data()
    after = with_changes(
        before,
        {
            "name.en": "Beaker",
            "groups.glaze.options.blue.price": None,
            "groups.glaze.options.red": option("red", {}),
            "rules.blue-shrinks.excludes.lid": ["oak", "ash"],
            "groups.lid.options@order": ["ash", "oak"],
            "materials.clay": None,
        },
    )

    assert list(differences(before, after)) == [
        Difference("name.en", "Cup", "Beaker"),
        Difference("groups.glaze.options.blue.price", 3_000, None),
        Difference("groups.glaze.options.red", None, option("red", {})),
        Difference("groups.lid.options@order", ["oak", "ash"], ["ash", "oak"]),
        Difference("rules.blue-shrinks.excludes.lid", ["ash"], ["oak", "ash"]),
        Difference("materials.clay", before["materials"][0], None),
    ]


@pytest.mark.parametrize("before", [{}, {"rules": []}])
def test_the_first_row_of_a_list_is_added_as_a_row(before: Data) -> None:
    row = {"id": "r", "sentence": text("R")}

    assert list(differences(before, {"rules": [row]})) == [Difference("rules.r", None, row)]
    assert list(differences({"rules": [row]}, before)) == [Difference("rules.r", row, None)]


def test_options_that_are_named_in_a_rule_are_compared_as_one_value() -> None:
    before, after = ({"rules": [{"id": "r", "when": {"options": value}}]} for value in (["a"], ["a", "b"]))

    assert list(differences(before, after)) == [Difference("rules.r.when.options", ["a"], ["a", "b"])]


@given(st.sampled_from(["glaze", "lid"]), TEXTS, st.integers(0, 10**6))
def test_what_differs_applied_as_changes_gives_the_other(group: str, words: str, price: int) -> None:
    before = small_data()
    after = with_changes(before, {f"groups.{group}.name.en": words, f"groups.{group}.options.x": {"price": price}})

    changes = {each.place: each.after for each in differences(before, after)}

    assert with_changes(before, changes) == after
    assert list(differences(after, after)) == []


# --- Dependants ---------------------------------------------------------------------------------------


def test_everything_that_names_an_option_is_found() -> None:
    data = small_data()
    data["presets"] = [{"id": "winter", "name": text("W"), "story": text("W"), "choices": {"lid": "ash"}}]
    data["groups"].append({**data["groups"][1], "id": "finish", "when": {"lid": ["ash"]}, "sentence": text("x")})
    data["operations"][0]["extra_minutes"] = {"lid": {"ash": 3}}
    data["operations"][2]["faults"][0]["when"] = {"options": {"lid": ["ash"]}}
    data["materials"][0]["when"] = {"options": {"lid": ["ash", "oak"]}}

    assert dependants(data, "lid", "ash") == (
        "presets.winter",
        "groups.finish",
        "rules.blue-shrinks",
        "operations.form",
        "operations.inspect.faults.pinhole",
        "materials.clay",
    )
    assert dependants(data, "lid", "oak") == ("preset", "materials.clay")


def test_what_an_operation_fixes_depends_on_the_group_and_on_no_option_of_it() -> None:
    data = small_data()
    data["operations"][1]["fixes"] = ["lid"]

    assert "operations.press" in dependants(data, "lid")
    assert "operations.press" not in dependants(data, "lid", "ash")
    assert dependants(data, "glaze") == ("preset", "rules.blue-shrinks")
    assert dependants({"schema_version": 1}, "lid", "oak") == ()


# --- Review -------------------------------------------------------------------------------------------


def test_a_whole_draft_is_a_definition() -> None:
    review = review_draft(small_data())

    assert review.definition == small_definition()
    assert review.findings == ()


def test_what_is_missing_is_named_by_ids() -> None:
    data = with_changes(
        small_data(),
        {"groups.glaze.options.blue.name.ko": None, "groups.lid.options.ash": None, "engraving.width_mm": -1},
    )
    data["groups"][1]["hint"]["en"] = ""

    review = review_draft(data)

    assert review.definition is None
    assert [each.sentence for each in review.findings] == [
        "groups.glaze.options.blue.name.ko is missing",
        "groups.lid.hint.en is empty",
        "groups.lid.options needs at least 2",
        "engraving.width_mm must be more than 0.0",
    ]
    assert shape_findings(data) == ()


def test_a_contradiction_keeps_its_own_place() -> None:
    (found,) = review_draft(with_changes(small_data(), {"preset.lid": None})).findings

    assert (found.code, found.place) == ("preset_incomplete", "preset")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"colour": "red"}, "colour is not known here"),
        ({"groups": {}}, "groups is not valid: Input should be a valid tuple"),
        ({"name": "Cup"}, "name is not valid: "),
        ({"groups.glaze.options.blue.price": "much"}, "groups.glaze.options.blue.price is not valid: "),
        ({"groups.glaze.options.blue.swatch": "blue"}, "groups.glaze.options.blue.swatch is not written as"),
        ({"slug": None}, "slug is missing"),
        ({"rules": [{"sentence": {}}]}, "rules.0.id is missing"),
        ({"rules": [{"id": "r"}, {"id": "r"}]}, "rules has r twice"),
        ({"schema_version": 2}, "schema_version is not valid: Input should be 1"),
        ({"views": [{"id": "v", "folder": "../../etc"}]}, "views.v.folder is not written as it must be: ../../etc"),
    ],
)
def test_what_has_another_shape_is_no_draft(changes: Data, sentence: str) -> None:
    (found,) = shape_findings(with_changes(small_data(), changes))

    assert found.sentence.startswith(sentence)


@pytest.mark.parametrize("value", [None, 7, "text", [], [[]], [7], {"id": 7}, [{"id": None}], True])
@pytest.mark.parametrize("key", ["groups", "rules", "presets", "preset", "views", "engraving", "name", "materials"])
def test_nothing_of_another_shape_gets_past_or_raises(key: str, value: Any) -> None:
    data = {**small_data(), key: value}

    if shape_findings(data) == ():
        assert isinstance(review_draft(data).findings, tuple)
        dependants(data, "glaze", "blue")
        list(differences(small_data(), data))


def test_the_smallest_draft_lacks_nearly_everything() -> None:
    review = review_draft(json.loads('{"schema_version": 1, "slug": "cup"}'))

    assert {each.code for each in review.findings} == {"missing"}
    assert shape_findings({"schema_version": 1, "slug": "cup"}) == ()

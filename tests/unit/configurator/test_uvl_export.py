"""A product written as UVL has exactly the designs of the product."""

import tomllib
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings

from configurator.definition import ProductDefinition, read_definition
from configurator.uvl import definition_as_uvl, draft_from_uvl, export, read_model
from configurator.uvl.model import And, Constraint, Feature, FeatureGroup, FeatureModel, Iff, Implies, Named, Not, Or
from configurator.uvl.writer import text_of
from tests.conftest import CATALOGUE
from tests.unit.configurator.small_models import completed, designs, feature_models, product_data, products
from tests.unit.configurator.small_products import small_data, small_definition, text

Data = dict[str, Any]


def demo() -> ProductDefinition:
    return read_definition(tomllib.loads((CATALOGUE / "on-dam" / "product.toml").read_text(encoding="utf-8")))


def definition_of(data: Data) -> ProductDefinition:
    """The definition without looking at its preset: a random product may have no valid one."""
    whole = completed(data)
    preset = {group["id"]: group["options"][0]["id"] for group in whole["groups"]}
    return read_definition({**whole, "preset": preset})


@settings(max_examples=100)
@given(feature_models())
def test_what_is_written_reads_as_the_same_model(model: FeatureModel) -> None:
    assert read_model(text_of(model)) == model


@settings(max_examples=150, deadline=None)
@given(product_data())
def test_the_products_of_the_file_are_the_designs(data: Data) -> None:
    model = read_model(definition_as_uvl(definition_of(data)))
    found = [frozenset(name for name in each if "/" in name) - {"small/product"} for each in products(model)]
    expected = [frozenset(f"{group}/{option}" for group, option in design.items()) for design in designs(data)]
    assert len(found) == len(expected)
    assert set(found) == set(expected)


@settings(max_examples=25, deadline=None)
@given(product_data())
def test_features_that_count_change_no_number(data: Data) -> None:
    definition = definition_of(data)
    with mock.patch.object(export, "MOST_COMBINATIONS", 0):
        counting = read_model(definition_as_uvl(definition))
    assert len(products(counting)) == len(designs(data))
    if any(rule.get("of") for rule in data["rules"]):
        assert len(list(counting.features())) > len(list(read_model(definition_as_uvl(definition)).features()))


def test_a_rule_that_counts_among_many_groups_stays_small() -> None:
    options = [{"id": each, "name": text(each)} for each in "ab"]
    groups = [{"id": f"g{number}", "name": text("G"), "options": options} for number in range(24)]
    rule = {
        "id": "half",
        "sentence": text("Half of them"),
        "of": {group["id"]: ["a"] for group in groups},
        "at_least": 12,
    }
    written = definition_as_uvl(definition_of({"slug": "many", "groups": groups, "rules": [rule], "preset": {}}))
    assert len(written) < 100_000
    assert '"half/24-12" <=> "half/23-12" | "g23/a" & "half/23-11"' in written
    assert read_model(written).root.name == "many/product"


def test_the_demo_has_as_many_products_as_designs() -> None:
    definition = demo()
    expected = len(designs(definition.model_dump(mode="json")))
    assert expected > 1000
    assert len(products(read_model(definition_as_uvl(definition)))) == expected


def test_the_demo_comes_back_as_it_was() -> None:
    definition = demo()
    back = draft_from_uvl(definition_as_uvl(definition))
    whole = definition.model_dump(mode="json")
    assert (back["slug"], back["name"], back["preset"]) == (whole["slug"], whole["name"], whole["preset"])
    assert [_known(group) for group in back["groups"]] == [_known(group) for group in whole["groups"]]
    sides = ("when", "requires", "excludes")
    # “These two never together” has no first and second.
    assert [_pair(rule, sides) for rule in back["rules"]] == [_pair(rule, sides) for rule in whole["rules"]]


def _known(group: Data) -> Data:
    """What UVL says of a group."""
    options = [(option["id"], option["name"], option.get("price", 0)) for option in group["options"]]
    return {"id": group["id"], "name": group["name"], "options": options, "when": group.get("when") or {}}


def _pair(rule: Data, sides: tuple[str, ...]) -> object:
    if rule.get("excludes"):
        return {(group, *options) for side in sides for group, options in (rule.get(side) or {}).items()}
    return {side: rule.get(side) or {} for side in sides}


def test_the_file_of_a_small_product() -> None:
    assert definition_as_uvl(small_definition()) == (
        "namespace cup\n"
        "\n"
        "features\n"
        "\t\"cup/product\" {abstract, id 'cup', name_ko 'Cup (ko)', name_en 'Cup'}\n"
        "\t\tmandatory\n"
        "\t\t\tglaze {abstract, name_ko 'Glaze (ko)', name_en 'Glaze'}\n"
        "\t\t\t\talternative\n"
        "\t\t\t\t\t\"glaze/white\" {id 'white', name_ko 'White (ko)', name_en 'White'}\n"
        "\t\t\t\t\t\"glaze/blue\" {id 'blue', name_ko 'Blue (ko)', name_en 'Blue', price 3000}\n"
        "\t\t\tlid {abstract, name_ko 'Lid (ko)', name_en 'Lid'}\n"
        "\t\t\t\talternative\n"
        "\t\t\t\t\t\"lid/oak\" {id 'oak', name_ko 'Oak (ko)', name_en 'Oak'}\n"
        "\t\t\t\t\t\"lid/ash\" {id 'ash', name_ko 'Ash (ko)', name_en 'Ash'}\n"
        "\n"
        "constraints\n"
        "\t// blue-shrinks: Blue shrinks: no ash lid.\n"
        '\t"glaze/blue" => !"lid/ash"\n'
    )


def test_texts_cannot_break_out_of_the_file() -> None:
    data = small_data()
    data["groups"][0]["name"] = text("Potter's\nglaze}")
    data["rules"][0]["sentence"] = text("One.\n\tTwo => three\r*/ four")
    written = definition_as_uvl(read_definition(data))
    assert "// blue-shrinks: One. Two => three */ four\n" in written
    glaze = read_model(written).root.groups[0].features[0]
    assert glaze.attributes["name_en"] == "Potter’s glaze}"


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        (Not(And((Named("A"), Named("or")))), '!(A & "or")'),
        (Or((And((Named("A"), Named("B"))), Not(Named("C")))), "A & B | !C"),
        (And((Or((Named("A"), Named("B"))), Named("C"))), "(A | B) & C"),
        (Implies(Implies(Named("A"), Named("B")), Named("C")), "(A => B) => C"),
        (Implies(Named("A"), Implies(Named("B"), Named("C"))), "A => (B => C)"),
        (Iff(Named("A"), Iff(Named("B"), Implies(Named("C"), Named("A")))), "A <=> (B <=> C => A)"),
    ],
)
def test_parentheses_stand_where_they_are_needed(formula: Any, written: str) -> None:
    leaves = tuple(Feature(name) for name in ("A", "B", "C", "or"))
    model = FeatureModel(Feature("R", (FeatureGroup("optional", leaves),)), (Constraint(formula),))
    assert text_of(model).splitlines()[-1] == f"\t{written}"
    assert read_model(text_of(model)) == model

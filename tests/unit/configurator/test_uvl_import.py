"""A product imported from UVL has exactly the products of the file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.definition import read_definition
from configurator.uvl import ImportedProduct, UvlError, draft_from_uvl, import_uvl
from configurator.uvl.errors import (
    ALL_PAID,
    EXPLODES,
    NEVER,
    NOTHING_TO_CHOOSE,
    ODD_PRICE,
    PRICE_LEFT_OUT,
    TOO_LARGE_RULES,
    TOO_MANY_CHILDREN,
    VOID,
)
from configurator.uvl.layout import lay_out
from configurator.uvl.model import FeatureModel
from configurator.uvl.reader import read_model
from configurator.uvl.slugs import VALID, Slugs
from configurator.uvl.writer import text_of
from tests.unit.configurator.small_models import (
    Design,
    completed,
    designs,
    feature_models,
    products,
    products_by_definition,
)


@settings(max_examples=150)
@given(feature_models(most=8))
def test_the_slow_ways_to_write_all_products_down_agree(model: FeatureModel) -> None:
    found = products(model)
    assert len(found) == len(set(found))
    assert set(found) == products_by_definition(model)


@settings(max_examples=300, deadline=None)
@given(feature_models())
def test_the_designs_are_the_products_of_the_file(model: FeatureModel) -> None:
    text, expected = text_of(model), products(model)
    layout = lay_out(read_model(text))
    if not expected or not layout.groups:
        assert refusal(text) in ((VOID, NEVER) if not expected else (NOTHING_TO_CHOOSE,))
        assert len(expected) <= 1 or layout.groups
        return
    imported = import_uvl(text)
    found = designs(imported.data)
    selections = [
        frozenset(
            name
            for name, presence in layout.presences.items()
            if all(design.get(group) in options for group, options in presence.items())
        )
        for design in found
    ]
    assert len(found) == len(expected)
    assert set(selections) == set(expected)
    check_the_start(imported, found)


def check_the_start(imported: ImportedProduct, found: list[Design]) -> None:
    """The preset is a valid design that costs nothing extra, if there is one; the definition is accepted."""
    paid = {
        (group["id"], option["id"])
        for group in imported.data["groups"]
        for option in group["options"]
        if option.get("price")
    }
    free = [design for design in found if not paid & design.items()]
    preset = imported.data["preset"]
    if not free:
        assert preset == {}
        assert ALL_PAID in {finding.message for finding in imported.findings()}
        return
    assert preset in free
    definition = read_definition(completed(imported.data))
    assert all(definition.engine.rules_broken_by(design) == () for design in found)


def refusal(text: str) -> str:
    with pytest.raises(UvlError) as refused:
        draft_from_uvl(text)
    return refused.value.message


ICE_CREAM = """namespace IceCream
features
    "Ice cream" {abstract, name_ko '아이스크림'}
        mandatory
            Base {name_ko '바탕', name_en 'Base'}
                alternative
                    우유 {name_en 'Milk'}
                    Oat {name_ko '귀리', price 500}
        optional
            Waffle {name_ko '와플', name_en 'Waffle', price 1000}
                alternative
                    Plain
                    Sugared {price 200}
        or
            Lemon
            Vanilla
constraints
    Lemon => !우유 // it curdles
    Sugared => Vanilla | Oat
"""


def test_a_file_becomes_groups_rules_and_a_place_to_start() -> None:
    data = draft_from_uvl(ICE_CREAM)
    assert (data["slug"], data["name"]) == ("ice-cream", {"ko": "아이스크림", "en": "Ice cream"})
    assert [group["id"] for group in data["groups"]] == ["base", "waffle", "waffle-2", "lemon", "vanilla"]
    base, waffle, kind, lemon, _ = data["groups"]
    assert base == {
        "id": "base",
        "name": {"ko": "바탕", "en": "Base"},
        "options": [
            {"id": "uyu", "name": {"ko": "우유", "en": "Milk"}},
            {"id": "oat", "name": {"ko": "귀리", "en": "Oat"}, "price": 500},
        ],
    }
    assert waffle["options"] == [
        {"id": "without", "name": {"ko": "와플 없음", "en": "Without Waffle"}},
        {"id": "with", "name": {"ko": "와플 있음", "en": "With Waffle"}, "price": 1000},
    ]
    assert kind["when"] == {"waffle": ["with"]}
    assert kind["sentence"] == {
        "ko": "‘와플’을 골라야 고를 수 있어요.",
        "en": "There is a choice only with “Waffle”.",
    }
    assert "when" not in lemon
    assert data["preset"] == {"base": "uyu", "waffle": "without", "lemon": "without", "vanilla": "with"}


def test_rules_say_in_both_languages_what_the_file_says() -> None:
    assert draft_from_uvl(ICE_CREAM)["rules"] == [
        {
            "id": "line-14",
            "sentence": {
                "ko": "‘Lemon’, ‘Vanilla’ 가운데 하나는 꼭 골라야 해요.",
                "en": "At least one of “Lemon” and “Vanilla” must be chosen.",
            },
            "of": {"lemon": ["with"], "vanilla": ["with"]},
            "at_least": 1,
        },
        {
            "id": "line-18",
            "sentence": {
                "ko": "‘우유’를 고르면 ‘Lemon’은(는) 고를 수 없어요.",
                "en": "“Milk” cannot be combined with “Lemon”.",
            },
            "when": {"base": ["uyu"]},
            "excludes": {"lemon": ["with"]},
        },
        {
            "id": "line-19",
            "sentence": {
                "ko": "‘Sugared’을(를) 고르면 ‘귀리’, ‘Vanilla’ 가운데 하나를 골라야 해요.",
                "en": "“Sugared” needs “Oat” or “Vanilla”.",
            },
            "when": {"waffle-2": ["sugared"]},
            "of": {"base": ["oat"], "vanilla": ["with"]},
            "at_least": 1,
        },
    ]


def imported(*constraints: str) -> ImportedProduct:
    """A root with the optional features A to F, and constraints, from line 10 on."""
    features = "".join(f"\t\t\t{name}\n" for name in "ABCDEF")
    lines = "".join(f"\t{line}\n" for line in constraints)
    return import_uvl(f"features\n\tRoot\n\t\toptional\n{features}constraints\n{lines}")


def test_the_line_of_a_contradiction_is_named() -> None:
    assert str(raised("A", "B => !A", "B")) == (
        "line 11, column 1: No product keeps all constraints together: see line 11, 12, 13."
    )
    assert str(raised("A", "!Root | A & !Root")) == "line 12, column 2: This constraint can never be kept."


def raised(*constraints: str) -> UvlError:
    with pytest.raises(UvlError) as refused:
        imported(*constraints)
    return refused.value


def test_what_constraints_force_or_forbid_comes_out_as_findings() -> None:
    product = imported("!A", "B", "C => D", "C => !D")
    assert list(map(str, product.findings())) == [
        "line 11: “With A” can never be chosen: see line 11.",
        "line 12: “Without B” can never be chosen: see line 12.",
        "line 13: “With C” can never be chosen: see line 13, 14.",
    ]
    assert product.data["preset"] == {name: "with" if name == "b" else "without" for name in "abcdef"}


def test_a_constraint_that_explodes_is_refused_with_its_line_before_the_work_is_done() -> None:
    several = " | ".join(f"({a} & {b})" for a, b in zip("ABCDEFABC", "BCDEFACDE", strict=True))
    refused = raised("A => B", several)
    assert (refused.line, refused.message) == (12, EXPLODES)
    assert imported("A => B", several.replace("&", "|")).data["rules"]


def test_a_tower_of_equivalences_is_refused_at_once() -> None:
    assert raised(" <=> ".join("ABCDEF" * 9)).message == EXPLODES
    # A feature that is always selected multiplies nothing.
    assert imported(" <=> ".join(["Root"] * 50 + ["A"])).data["rules"][0]["of"] == {"a": ["with"]}


def test_rules_that_name_too_much_are_refused_with_the_line_of_the_constraint_that_is_too_much() -> None:
    features = "".join(f"   F{number}\n" for number in range(1_000))
    wide = " | ".join(f"F{number}" for number in range(16, 1_000))
    pairs = " | ".join(f"(F{number} & F{number + 1})" for number in range(0, 14, 2))
    constraint = f" {pairs} | {wide}\n"
    text = f"features\n R\n  optional\n{features}constraints\n"
    assert refusal(text + constraint) == TOO_LARGE_RULES
    assert len(draft_from_uvl(text + constraint[:1_000].rpartition(" |")[0] + "\n")["rules"]) == 128


def test_what_always_holds_becomes_no_rule() -> None:
    assert imported("A | !A", "Root", "A => Root", "A => A & Root").data["rules"] == []


def test_implied_clauses_are_left_out() -> None:
    rules = imported("A => B & (B | C)").data["rules"]
    assert [rule["requires"] for rule in rules] == [{"b": ["with"]}]


def test_three_that_cannot_be_together() -> None:
    (rule,) = imported("!(A & B & C)").data["rules"]
    assert rule["when"] == {"a": ["with"], "b": ["with"]}
    assert rule["excludes"] == {"c": ["with"]}
    assert rule["sentence"]["ko"] == "‘A’, ‘B’을(를) 함께 고르면 ‘C’은(는) 고를 수 없어요."


def test_a_constraint_that_says_when_a_feature_is_selected_becomes_a_condition() -> None:
    text = """features
    Root
        mandatory
            Lid
                alternative
                    Oak
                    Ash
                    Tin
        optional
            Grain
                alternative
                    Oiled
                    Waxed
constraints
    Grain <=> Oak | Ash
"""
    data = draft_from_uvl(text)
    assert [group["id"] for group in data["groups"]] == ["lid", "grain"]
    assert data["groups"][1]["when"] == {"lid": ["oak", "ash"]}
    assert data["groups"][1]["sentence"]["en"] == "There is a choice only with “Oak / Ash”."
    assert data["rules"] == []
    assert len(designs(data)) == len(products(read_model(text))) == 5


def same_number(text: str) -> int:
    """How many designs the import has, which are as many as the file has products."""
    found = designs(draft_from_uvl(text))
    assert len(found) == len(products(read_model(text)))
    return len(found)


def test_below_a_feature_that_may_be_missing_the_constraint_stays_a_rule() -> None:
    """It says more there than when the feature is selected: that its parent is."""
    tree = "features\n R\n  alternative\n   A\n   B\n  optional\n   P\n    optional\n     F\nconstraints\n"
    assert same_number(f"{tree} F <=> A\n") == 3
    assert draft_from_uvl(f"{tree} F <=> A\n")["rules"] != []


def test_alternatives_never_meet_whatever_a_constraint_says_about_both() -> None:
    tree = "features\n R\n  alternative\n   A\n   B\n   C\n  optional\n   D\nconstraints\n"
    assert same_number(f"{tree} A & B => D\n") == 6
    assert draft_from_uvl(f"{tree} A & B => D\n")["rules"] == []
    assert same_number(f"{tree} A & D => B | C\n") == 5


def test_prices_of_what_comes_along_are_added_and_others_reported() -> None:
    text = """features
    Root {price 700}
        mandatory
            Body
                alternative
                    Clay
                    Gold {Price 3000}
                        mandatory
                            Box {price 200}
"""
    product = import_uvl(text)
    assert [option.get("price", 0) for option in product.data["groups"][0]["options"]] == [0, 3200]
    assert [(each.line, each.message) for each in product.findings()] == [(2, PRICE_LEFT_OUT)]


@pytest.mark.parametrize("price", ["2.5", "-3", "'cheap'", "true"])
def test_a_price_that_is_none_is_refused_with_its_line(price: str) -> None:
    text = f"features\n Root\n  optional\n   A {{price {price}}}\n"
    with pytest.raises(UvlError) as refused:
        draft_from_uvl(text)
    assert (refused.value.line, refused.value.column, refused.value.message) == (4, 4, ODD_PRICE)


def test_paid_options_are_never_preselected() -> None:
    text = "features\n Root\n  alternative\n   A {price 1}\n   B {price 2}\n"
    product = import_uvl(text)
    assert product.data["preset"] == {}
    assert [finding.message for finding in product.findings()] == [ALL_PAID]
    assert import_uvl(text.replace("price 2", "price 0")).data["preset"] == {"root": "b"}


def test_identifiers_are_valid_and_unique() -> None:
    names = ["청자", "Celadon", "celadon", "3D", "!", "漆", "x" * 50, "x" * 51, "Émail"]
    rows = "".join(f'\t\t\t"{name}"\n' for name in names)
    options = draft_from_uvl(f"features\n\tRoot\n\t\talternative\n{rows}")["groups"][0]["options"]
    assert [option["id"] for option in options] == [
        "cheongja",
        "celadon",
        "celadon-2",
        "x-3d",
        "x",
        "x-2",
        "x" * 40,
        "x" * 38 + "-2",
        "email",
    ]
    assert [option["name"]["ko"] for option in options] == names


@given(st.lists(st.text(min_size=1, max_size=50), min_size=2, max_size=20))
def test_any_name_has_an_identifier(names: list[str]) -> None:
    slugs = Slugs()
    found = [slugs.unique(None, name) for name in names]
    assert len(set(found)) == len(found)
    assert all(VALID.fullmatch(slug) for slug in found)


def test_a_hundred_children_of_one_name_are_cheap_and_two_hundred_and_one_are_too_many() -> None:
    def children(number: int) -> str:
        return "features\n R\n  alternative\n" + "".join(f'   "{"!" * (each + 1)}"\n' for each in range(number))

    assert draft_from_uvl(children(100))["groups"][0]["options"][-1]["id"] == "x-100"
    assert refusal(children(201)) == TOO_MANY_CHILDREN

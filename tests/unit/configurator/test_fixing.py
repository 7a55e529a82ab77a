"""Which operations fix which part of a design, from conditions, minutes, families, materials and what is said."""

from typing import Any

import pytest

from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition, read_definition
from configurator.fixing import ARTWORK, ENGRAVING, changed_parts, fixed_by
from configurator.services import read_product_file
from tests import samples
from tests.unit.configurator.small_products import fault, material, operation, small_data


def definition(**rows: Any) -> ProductDefinition:
    """The small product with a route of two branches: form, then glaze and lid side by side, then join, look."""
    route = [
        operation("form"),
        operation("glaze"),
        {**operation("lid"), "needs": ["form"]},
        {**operation("join"), "needs": ["glaze", "lid"]},
        operation("look"),
    ]
    known = {row["id"]: row for row in route}
    for name, more in rows.items():
        known[name] |= more
    return read_definition({**small_data(), "operations": route, "materials": []})


AFTER_GLAZE = {"glaze", "join", "look"}
AFTER_LID = {"lid", "join", "look"}
EVERYTHING = {"form", "glaze", "lid", "join", "look"}


@pytest.mark.parametrize(
    "row",
    [
        {"fixes": ["glaze"]},
        {"extra_minutes": {"glaze": {"blue": 5}}},
        {"families": {"glaze": {"blue": "dark"}}},
        {"when": {"options": {"glaze": ["blue"]}}},
        {"faults": [fault("pinhole", "glaze", when={"options": {"glaze": ["blue"]}})]},
    ],
)
def test_an_operation_that_depends_on_a_group_fixes_it_and_so_does_all_that_follows(row: dict[str, Any]) -> None:
    found = fixed_by(definition(glaze=row))

    assert found["glaze"] == AFTER_GLAZE
    assert found["lid"] == EVERYTHING, "what nothing consumes is fixed with the first operation"


def test_the_first_of_two_branches_fixes() -> None:
    found = fixed_by(definition(glaze={"fixes": ["glaze"]}, lid={"fixes": ["glaze", "lid"]}))

    assert found["glaze"] == AFTER_GLAZE | AFTER_LID
    assert found["lid"] == AFTER_LID


def test_a_text_and_a_picture_are_fixed_by_what_cuts_and_prints_them() -> None:
    found = fixed_by(definition(lid={"when": {"engraved": True}}, join={"when": {"printed": True}}))

    assert found[ENGRAVING] == AFTER_LID
    assert found[ARTWORK] == {"join", "look"}


def test_a_material_of_an_option_is_consumed_where_it_is_used_up() -> None:
    data = small_data()
    gold = material("gold", when={"options": {"lid": ["ash"]}}, operation="inspect")
    assert fixed_by(read_definition({**data, "materials": [gold]}))["lid"] >= {"inspect"}
    first = {**gold, "operation": None}
    route = {row["id"] for row in data["operations"]}
    assert fixed_by(read_definition({**data, "materials": [first]}))["lid"] == route


@pytest.mark.parametrize(
    ("product", "part", "last"),
    [
        ("on-dam", "clay", "form"),
        ("on-dam", "glaze", "glaze"),
        ("on-dam", "stitch", "sleeve"),
        ("on-dam", "gasket", "assemble"),
        ("on-dam", ENGRAVING, "press"),
        ("on-dam", ARTWORK, "print"),
        ("maru60", "case", "anodise"),
        ("maru60", "cable", "wind"),
        ("maru60", "switch", "assemble"),
        ("sijeom", "hands", "blue"),
        ("sijeom", "strap", "strap-leather"),
    ],
)
def test_the_demo_says_for_every_group_what_consumes_it(product: str, part: str, last: str) -> None:
    found = read_product_file(samples.CATALOGUE / product / "product.toml")
    fixed = fixed_by(found)
    route = {row.id for row in found.operations}

    assert last in fixed[part]
    open_until_later = {group.id for group in found.groups if fixed[group.id] != route}
    assert len(open_until_later) >= len(found.groups) - 1


BEFORE = Configuration("cup/1", {"glaze": "white", "lid": "oak"}, "Mina")


@pytest.mark.parametrize(
    ("after", "parts"),
    [
        (BEFORE, set()),
        (Configuration("cup/1", {"glaze": "blue", "lid": "oak"}, "Mina"), {"glaze"}),
        (Configuration("cup/1", {"glaze": "white"}, "Mina"), {"lid"}),
        (Configuration("cup/1", BEFORE.choices, "Jiu"), {ENGRAVING}),
        (Configuration("cup/1", BEFORE.choices, "Mina", "sans-ko"), {ENGRAVING}),
        (Configuration("cup/1", BEFORE.choices, "Mina", "", Placement("a", 0, 0, 10)), {ARTWORK}),
    ],
)
def test_the_parts_in_which_two_designs_differ(after: Configuration, parts: set[str]) -> None:
    assert changed_parts(BEFORE, after) == changed_parts(after, BEFORE) == parts


def test_a_group_that_is_fixed_must_exist() -> None:
    with pytest.raises(ValueError, match="handle"):
        definition(glaze={"fixes": ["handle"]})

"""Which operations fix which part of a design, from conditions, minutes, families, materials and what is said."""

from typing import Any

import pytest

from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition, read_definition
from configurator.fixing import ARTWORK, ENGRAVING, changed_parts, consumers_of, fixed_by
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


EVERYTHING = {"form", "glaze", "lid", "join", "look"}


@pytest.mark.parametrize(
    "row",
    [
        {"fixes": ["glaze"]},
        {"extra_minutes": {"glaze": {"blue": 5}}},
        {"families": {"glaze": {"blue": "dark"}}},
        {"when": {"options": {"glaze": ["blue"]}}},
    ],
)
def test_an_operation_that_depends_on_a_group_consumes_it(row: dict[str, Any]) -> None:
    found = consumers_of(definition(glaze=row))

    assert found["glaze"] == {"glaze"}
    assert found["lid"] == EVERYTHING, "what nothing consumes is fixed with the first operation"


def test_a_text_and_a_picture_are_consumed_by_what_cuts_and_prints_them() -> None:
    found = consumers_of(definition(lid={"when": {"engraved": True}}, join={"when": {"printed": True}}))

    assert found[ENGRAVING] == {"lid"}
    assert found[ARTWORK] == {"join"}


@pytest.mark.parametrize(
    ("route", "fixed"),
    [
        (EVERYTHING, {"lid"}),
        # Without a text the lid's own operation is left out: what comes after it fixes that there is none.
        (EVERYTHING - {"lid"}, {"join", "look"}),
        (EVERYTHING - {"lid", "join"}, {"look"}),
    ],
)
def test_what_is_not_in_the_route_is_fixed_by_what_would_come_after(route: set[str], fixed: set[str]) -> None:
    assert fixed_by(definition(lid={"when": {"engraved": True}}), route)[ENGRAVING] == fixed


def test_what_an_inspection_looks_for_consumes_nothing() -> None:
    looked_for = fault("faint", "lid", when={"engraved": True})
    found = consumers_of(definition(lid={"when": {"engraved": True}}, look={"faults": [looked_for]}))

    assert found[ENGRAVING] == {"lid"}


def test_a_group_with_two_consumers_is_fixed_by_either() -> None:
    found = fixed_by(definition(glaze={"fixes": ["glaze"]}, lid={"fixes": ["glaze", "lid"]}), EVERYTHING)

    assert found["glaze"] == {"glaze", "lid"}
    assert found["lid"] == {"lid"}


def test_a_material_of_an_option_is_consumed_where_it_is_used_up() -> None:
    data = small_data()
    gold = material("gold", when={"options": {"lid": ["ash"]}}, operation="inspect")
    assert consumers_of(read_definition({**data, "materials": [gold]}))["lid"] == {"inspect"}
    first = {**gold, "operation": None}
    assert consumers_of(read_definition({**data, "materials": [first]}))["lid"] == {"form"}


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
    consumers = consumers_of(found)
    route = {row.id for row in found.operations}

    assert last in consumers[part]
    assert all(consumers[group.id] != route for group in found.groups), "of every group it is said"


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

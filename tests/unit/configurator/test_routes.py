"""Branches of a route: which operation needs which, what is left out, and what an inspection may send back."""

from typing import Any

import pytest
from pydantic import ValidationError

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition, read_definition
from tests.unit.configurator.small_products import fault, operation, small_data

ENGRAVED = {"engraved": True}


def product(*operations: dict[str, Any]) -> ProductDefinition:
    return read_definition({**small_data(), "operations": [*operations], "materials": []})


def cup() -> list[dict[str, Any]]:
    """Formed, then fired while a sleeve is cut, engraved and stitched; both are looked at together."""
    return [
        operation("form"),
        operation("fire"),
        operation("cut", needs=["form"]),
        operation("engrave", when=ENGRAVED),
        operation("stitch"),
        operation("look", needs=["fire", "stitch"], faults=[fault("flaw", "form")]),
    ]


def needs(definition: ProductDefinition, engraving: str = "", **choices: str) -> dict[str, tuple[str, ...] | None]:
    design = Configuration("cup/1", {"glaze": "white", "lid": "oak", **choices}, engraving)
    return {each.id: each.needs for each in work_spec(definition, design).operations}


def test_a_plain_route_is_what_it_always_was() -> None:
    definition = product(operation("form"), operation("engrave", when=ENGRAVED), operation("look"))

    assert needs(definition) == {"form": None, "look": None}
    assert needs(definition, "지우") == {"form": None, "engrave": None, "look": None}


def test_branches_say_what_they_need() -> None:
    assert needs(product(*cup()), "지우") == {
        "form": None, "fire": None, "cut": ("form",), "engrave": None, "stitch": None, "look": ("fire", "stitch"),
    }  # fmt: skip


def test_an_operation_that_is_left_out_hands_on_what_it_needs() -> None:
    rows = cup()
    rows[2]["when"] = ENGRAVED
    rows[4]["when"] = ENGRAVED

    # Without cutting and stitching the second branch is gone, and the look needs what that needed.
    assert needs(product(*rows)) == {"form": None, "fire": None, "look": ("fire", "form")}


def test_an_operation_that_needs_nothing_may_begin_at_once() -> None:
    rows = [operation("form"), operation("strap", needs=[]), operation("join", needs=["form", "strap"])]

    assert needs(product(*rows)) == {"form": None, "strap": (), "join": ("form", "strap")}


def test_an_option_puts_the_work_into_a_family() -> None:
    families = {"glaze": {"blue": "dark"}, "lid": {"ash": "pale"}}
    definition = product(operation("form", families=families), operation("look", family="bright"))

    def family(**choices: str) -> list[str]:
        design = Configuration("cup/1", {"glaze": "white", "lid": "oak", **choices}, "")
        return [each.family for each in work_spec(definition, design).operations]

    assert family() == ["", "bright"]
    assert family(glaze="blue") == ["dark", "bright"]
    assert family(glaze="blue", lid="ash") == ["dark", "bright"], "the first group decides"
    assert family(lid="ash") == ["pale", "bright"]


def test_a_scrapped_piece_begins_with_the_first_operation_of_its_route() -> None:
    flaw = {**fault("broken", "form"), "scrap": True}
    del flaw["rework_from"]
    definition = product(operation("form"), operation("look", faults=[flaw]))

    (found,) = work_spec(definition, Configuration("cup/1", {"glaze": "white", "lid": "oak"}, "")).operations[1].faults
    assert (found.scrap, found.rework_from) == (True, "form")


def refused(*operations: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as problem:
        product(*operations)
    return str(problem.value)


@pytest.mark.parametrize("needed", ["look", "form", "polish"])
def test_an_operation_needs_only_those_before_it(needed: str) -> None:
    said = refused(operation("form", needs=[needed]), operation("look"))

    assert f"operation form needs {needed}, which must be declared before it" in said


@pytest.mark.parametrize("columns", [{"scrap": True}, {"rework_from": None}])
def test_a_fault_is_reworked_or_scrapped(columns: dict[str, Any]) -> None:
    flaw = {**fault("flaw", "form"), **columns}

    assert "fault flaw of look needs either `rework_from` or `scrap`" in refused(
        operation("form"), operation("look", faults=[flaw])
    )


def test_an_inspection_sends_back_only_what_it_closes() -> None:
    rows = cup()
    rows[4]["faults"] = [fault("loose", "form")]

    assert "fault loose of stitch begins again what fire may still be at work with" in refused(*rows)
    rows[4]["faults"] = [fault("loose", "cut")]
    assert product(*rows).operations[4].faults[0].rework_from == "cut"


def test_an_inspection_of_one_branch_sends_nothing_back_in_another() -> None:
    rows = cup()
    rows[4]["faults"] = [fault("loose", "fire")]

    assert "fault loose of stitch does not go back to an earlier operation" in refused(*rows)


def test_options_that_name_a_family_must_exist() -> None:
    assert "operation form names lid: elm, which does not exist" in refused(
        operation("form", families={"lid": {"elm": "dark"}})
    )

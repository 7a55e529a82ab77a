"""What a piece looks like while it is made."""

from dataclasses import replace

import pytest

from configurator.compile import colours, work_spec
from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition, read_definition
from configurator.unfinished import TO_COME, so_far, stage_of
from tests import samples

PRINT = Placement("0" * 64, 0, 0, 10)


@pytest.fixture
def design() -> Configuration:
    return Configuration("on-dam/1", samples.PRESET | {"glaze": "indigo"}, "지우", artwork=PRINT)


def painted(definition: ProductDefinition, design: Configuration, *done: str) -> dict[str, str]:
    return dict(so_far(definition, design, stage_of(definition, design, done)).colours.parts)


def test_nothing_is_made_yet(definition: ProductDefinition, design: Configuration) -> None:
    piece = so_far(definition, design, ())

    parts = {part: colour for part, colour in piece.colours.parts.items() if part != "foil"}
    assert set(parts.values()) == {TO_COME}
    assert piece.colours.finishes == {}
    assert (piece.configuration.engraving, piece.configuration.artwork) == ("", None)


def test_bare_clay_becomes_glaze_in_the_kiln(definition: ProductDefinition, design: Configuration) -> None:
    whole = colours(definition, design).parts
    bare, glazed = painted(definition, design, "form", "glaze"), painted(definition, design, "form", "glaze", "fire")

    assert (bare["body"], bare["foot"], bare["lid"]) == (whole["foot"], whole["foot"], TO_COME)
    assert so_far(definition, design, ("form",)).colours.finishes == {"body": "matte"}
    assert (glazed["body"], glazed["lid"]) == (whole["body"], TO_COME)
    assert so_far(definition, design, ("form", "fire")).colours.finishes == {"body": "gloss"}


def test_personal_content_comes_with_its_operation(definition: ProductDefinition, design: Configuration) -> None:
    pressed = so_far(definition, design, ("press",)).configuration
    printed = so_far(definition, design, ("print",)).configuration

    assert (pressed.engraving, pressed.artwork) == ("지우", None)
    assert (printed.engraving, printed.artwork) == ("", PRINT)


def test_the_whole_route_is_the_piece_as_it_was_designed(definition: ProductDefinition, design: Configuration) -> None:
    route = [operation.id for operation in work_spec(definition, design).operations]

    assert stage_of(definition, design, route) is None
    assert so_far(definition, design).colours == colours(definition, design)
    assert so_far(definition, design).configuration == design
    assert stage_of(definition, design, route[:-4]) is not None, "control: it is not assembled"
    plain = replace(design, engraving="", artwork=None)
    assert "press" not in (stage_of(definition, plain, ["form", "press"]) or ()), "it is no part of this route"


def test_a_product_that_says_nothing_of_it_looks_as_it_was_designed(
    definition: ProductDefinition, design: Configuration
) -> None:
    data = definition.model_dump()
    for row in data["operations"]:
        row["looks"] = None

    assert stage_of(read_definition(data), design, ()) is None


@pytest.mark.parametrize("slug", ["on-dam", "maru60", "sijeom"])
def test_everything_that_is_to_come_comes(slug: str) -> None:
    definition = read_definition(samples.toml(f"{slug}/product.toml"))
    shown = {part for row in definition.operations if row.looks for part in row.looks.parts}
    bare = {part for row in definition.operations if row.looks for part in row.looks.bare}

    assert bare <= shown

"""Every product of the catalogue as its file says it: sound, and the same after any journey."""

import tomllib
from typing import Any

import pytest

from benchmarks.fidelity import cases
from configurator.catalogue_check import findings
from configurator.compile import colours, work_spec
from configurator.configuration import Configuration, Placement
from configurator.definition import ProductDefinition, read_definition
from configurator.drafting import as_data, read_json, write_json
from configurator.picture_address import SMALL_KINDS
from configurator.pictures.compose import compose
from configurator.pictures.encode import SIZES, baked_size, encode, shrunk
from configurator.pictures.plates import load_view
from configurator.studio import group_states, in_order
from configurator.uvl import definition_as_uvl, draft_from_uvl
from configurator.validation import cuttable_engraving
from editions.pricing import PriceCard
from factory_sim.plant import read_plant
from tests import samples
from tests.conftest import CATALOGUE

SLUGS = sorted(file.parent.name for file in CATALOGUE.glob("*/product.toml"))
EDITIONS = sorted(file.stem for file in (CATALOGUE / "editions").glob("*.toml"))
MOST_BYTES = 6_000_000
MOST_BYTES_OF_A_PICTURE = 40_000
LETTERS = ["지우", "For Jiwoo", "언제나 그 자리에", "2026. 11. 23."]


@pytest.fixture(scope="module", params=SLUGS)
def product(request: pytest.FixtureRequest) -> ProductDefinition:
    return read_definition(tomllib.loads((CATALOGUE / request.param / "product.toml").read_text(encoding="utf-8")))


def test_there_are_three() -> None:
    assert SLUGS == ["maru60", "on-dam", "sijeom"]


def test_nothing_is_to_be_said_of_it(product: ProductDefinition) -> None:
    plant = read_plant(samples.toml(f"plants/{product.plant}.toml"))

    assert [each.sentence for each in findings(product, CATALOGUE / product.slug, plant.machines())] == []


def test_it_is_seen_from_three_sides_and_in_3d_and_is_no_burden(product: ProductDefinition) -> None:
    files = [file for file in (CATALOGUE / product.slug).rglob("*") if file.is_file()]

    assert {view.id for view in product.views} >= {"hero", "back", "detail"}
    assert product.model
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES


def test_it_leaves_much_to_choose_and_less_than_everything(product: ProductDefinition) -> None:
    possible = product.engine.count({})

    assert possible is not None
    assert possible > 5_000
    assert 5 <= len(product.rules) <= 7
    assert len(product.presets) == 3
    assert any(group.when for group in product.groups)


@pytest.mark.parametrize("preset", ["", 0, 1, 2])
def test_the_first_picture_is_light_on_every_screen(product: ProductDefinition, preset: Any) -> None:
    choices = product.started(preset and product.presets[preset].id)
    painted = colours(product, Configuration(f"{product.slug}/1", choices))
    first = CATALOGUE / product.slug / product.views[0].folder

    for size in SIZES:
        picture = compose(load_view(first, baked_size(size)), painted)
        weights = {kind: len(encode(shrunk(picture, size), kind)) for kind in SMALL_KINDS}
        assert max(weights.values()) <= MOST_BYTES_OF_A_PICTURE, (size, weights)


def test_what_nobody_chooses_was_photographed_in_the_colour_that_is_shown(product: ProductDefinition) -> None:
    assert all(product.base_colours.items() <= case["colours"].items() for case in cases(product.slug))


@pytest.mark.parametrize("preset", ["", 0, 1, 2])
def test_every_design_to_start_from_can_be_drawn_and_made(product: ProductDefinition, preset: Any) -> None:
    choices = product.started(preset and product.presets[preset].id)
    configuration = Configuration(f"{product.slug}/1", choices, "지우")

    painted = colours(product, configuration)

    assert product.engine.is_valid(choices)
    assert {part for group in product.groups for part in group.options[0].colours if not group.when} <= set(
        painted.parts
    )
    operations = [operation.id for operation in work_spec(product, configuration).operations]
    assert operations[-2:] == ["inspect", "pack"]
    assert len(operations) >= 7


def test_words_and_pictures_are_work_of_their_own(product: ProductDefinition) -> None:
    plain = Configuration(f"{product.slug}/1", product.started())
    printed = Placement("0" * 64, 0, 0, 20)
    personal = Configuration(plain.version, plain.choices, "지우", artwork=printed if product.artwork else None)

    more = {each.id for each in work_spec(product, personal).operations} - {
        each.id for each in work_spec(product, plain).operations
    }

    expected = {"on-dam": {"press", "print", "decor-fire"}, "maru60": {"engrave", "print"}, "sijeom": {"engrave"}}
    assert more == expected[product.slug]


def test_every_option_is_a_click_away(product: ProductDefinition) -> None:
    """From the design to start from, whatever is wanted leads to a whole design that keeps the rules."""
    for state in group_states(product, product.started(), "ko"):
        for option in state.options:
            assert product.missing(option.choices) == ()
            assert product.engine.is_valid(option.choices), (state.id, option.id)
            assert option.choices == in_order(product, option.choices)


@pytest.mark.parametrize("text", LETTERS)
def test_what_people_write_fits(product: ProductDefinition, text: str) -> None:
    for font in product.engraving.offered_fonts:
        assert cuttable_engraving(product, text, font) == text


def test_it_travels_as_json_unchanged(product: ProductDefinition) -> None:
    written = write_json(as_data(product))

    again = read_definition(read_json(written))

    assert again == product
    assert write_json(as_data(again)) == written


def test_its_choices_and_rules_travel_as_uvl(product: ProductDefinition) -> None:
    back = draft_from_uvl(definition_as_uvl(product))

    whole = product.model_dump(mode="json")
    assert back["preset"] == whole["preset"]
    for row, group in zip(back["groups"], whole["groups"], strict=True):
        assert (row["id"], row["name"], row.get("when", {})) == (group["id"], group["name"], group["when"])
        assert [(each["id"], each.get("price", 0)) for each in row["options"]] == [
            (each["id"], each["price"]) for each in group["options"]
        ]
    assert read_definition({**whole, "rules": back["rules"]}).engine.count({}) == product.engine.count({})


@pytest.mark.parametrize("name", EDITIONS)
def test_editions_rise_in_few_steps(name: str) -> None:
    data = samples.toml(f"editions/{name}.toml")
    card = PriceCard.from_json(data["card"])

    assert data["product"] in SLUGS
    assert data["slug"] == name
    assert len(card.steps) <= 6
    assert card.steps[-1].from_order <= data["size"]
    assert [step.amount for step in card.steps] == sorted({step.amount for step in card.steps})

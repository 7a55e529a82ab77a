"""From a design to what is painted and what is made, by conditions and never by enumerated variants."""

from typing import Any

import pytest

from configurator.compile import colours, engraving_area, holds, options_at_work, work_key, work_spec
from configurator.configuration import Configuration
from configurator.definition import Condition, ProductDefinition, read_definition
from configurator.pictures.engraving import Area
from factory_sim.contracts import Fault, MaterialSpec, OperationSpec, WorkSpec
from tests.samples import PRESET
from tests.unit.configurator.small_products import fault, material, small_data, small_definition, text


def design(engraving: str = "", **choices: str) -> Configuration:
    """The preset of the small product with some choices changed."""
    return Configuration("cup/1", {"glaze": "white", "lid": "oak", **choices}, engraving)


def changed(**columns: Any) -> ProductDefinition:
    return read_definition({**small_data(), **columns})


def test_every_part_is_painted_by_its_option_or_by_the_product() -> None:
    painted = colours(small_definition(), design(glaze="blue", lid="oak"))

    assert painted.parts == {"foot": "#808080", "body": "#0000FF", "lid": "#806040", "foil": "#C0C0C0"}
    assert painted.engraving == "#C0C0C0"


def test_the_engraving_takes_its_colour_from_the_option_that_carries_it() -> None:
    assert colours(small_definition(), design(lid="ash")).engraving == "#D4AF37"


def test_an_option_may_repaint_what_the_product_paints() -> None:
    definition = changed(base_colours={"foot": "#808080", "body": "#123456"})

    assert colours(definition, design()).parts["body"] == "#FFFFFF"


def test_the_panel_keeps_its_millimetres() -> None:
    assert engraving_area(small_definition()) == Area(46, 26, 2, 12, 4.5)


@pytest.mark.parametrize(
    ("condition", "engraving", "is_true"),
    [
        (Condition(), "", True),
        (Condition(engraved=True), "", False),
        (Condition(engraved=True), "지우", True),
        (Condition(options={"glaze": ("white", "blue")}), "", True),
        (Condition(options={"glaze": ("blue",)}), "", False),
        (Condition(options={"glaze": ("white",), "lid": ("ash",)}), "", False),
        (Condition(options={"glaze": ("white",), "lid": ("oak",)}, engraved=True), "", False),
        (Condition(options={"glaze": ("white",), "lid": ("oak",)}, engraved=True), "지우", True),
        (Condition(options={"handle": ("long",)}), "", False),
    ],
)
def test_a_condition_holds_when_every_group_and_the_engraving_agree(
    condition: Condition, engraving: str, is_true: bool
) -> None:
    assert holds(condition, design(engraving)) is is_true


def test_a_route_is_every_operation_whose_condition_holds() -> None:
    plain, engraved = (work_spec(small_definition(), design(words)) for words in ("", "지우"))

    assert [operation.id for operation in plain.operations] == ["form", "inspect"]
    assert [operation.id for operation in engraved.operations] == ["form", "press", "inspect"]


def test_the_whole_work_spec_of_a_small_design() -> None:
    assert work_spec(small_definition(), design()) == WorkSpec(
        title=text("Cup"),
        operations=(
            OperationSpec("form", "form-bench", 10, 0.2, name=text("form"), instruction=text("Do form")),
            OperationSpec(
                "inspect",
                "inspect-bench",
                10,
                0.2,
                name=text("inspect"),
                instruction=text("Do inspect"),
                faults=(Fault("pinhole", 0.1, "form", text("pinhole")),),
            ),
        ),
        materials=(MaterialSpec("clay", text("clay"), 1, "g"),),
    )


def test_extra_minutes_of_several_options_add_up() -> None:
    data = small_data()
    data["operations"][0]["extra_minutes"] = {"glaze": {"blue": 7.5}, "lid": {"oak": 2, "ash": 4}}
    definition = read_definition(data)

    minutes = {
        (glaze, lid): work_spec(definition, design(glaze=glaze, lid=lid)).operations[0].minutes
        for glaze in ("white", "blue")
        for lid in ("oak", "ash")
    }

    # 10 minutes, and 7.5 for blue, 2 for oak, 4 for ash.
    assert minutes == {
        ("white", "oak"): 12,
        ("white", "ash"): 14,
        ("blue", "oak"): 19.5,
        ("blue", "ash"): 21.5,
    }


def test_a_fault_that_needs_an_engraving_is_not_looked_for_without_one() -> None:
    data = small_data()
    data["operations"][2]["faults"].append(fault("faint-foil", "press", when={"engraved": True}))
    definition = read_definition(data)

    looked_for = [
        [each.id for each in work_spec(definition, design(words)).operations[-1].faults] for words in ("", "지우")
    ]

    assert looked_for == [["pinhole"], ["pinhole", "faint-foil"]]


def test_materials_are_used_when_their_condition_holds() -> None:
    gold = material("gold", when={"options": {"lid": ["ash"]}}, quantity=3.2, unit="m")
    definition = changed(materials=[material("clay"), gold])

    assert [each.id for each in work_spec(definition, design()).materials] == ["clay"]
    assert work_spec(definition, design(lid="ash")).materials[1] == MaterialSpec("gold", text("gold"), 3.2, "m")


def test_a_work_spec_survives_its_json() -> None:
    spec = work_spec(small_definition(), design("지우"))

    assert WorkSpec.from_json(spec.as_json()) == spec


@pytest.mark.parametrize(
    ("engraving", "choices", "minutes"),
    [
        # form, glaze, fire, lid, sleeve, assemble, inspect, pack; `press` only when engraved.
        ("", {}, [26, 14, 150, 18, 38, 12, 8, 6]),
        ("지우", {}, [26, 14, 150, 18, 38, 9, 12, 8, 6]),
        ("", {"glaze": "indigo", "stitch": "gold"}, [26, 14, 170, 18, 50, 12, 8, 6]),
        ("", {"lid": "bog-oak"}, [26, 14, 150, 26, 38, 12, 8, 6]),
    ],
)
def test_the_demo_s_routes_take_the_minutes_of_its_file(
    definition: ProductDefinition, engraving: str, choices: dict[str, str], minutes: list[float]
) -> None:
    spec = work_spec(definition, Configuration("on-dam/1", {**PRESET, **choices}, engraving))

    assert [operation.minutes for operation in spec.operations] == minutes


def test_every_fault_of_every_demo_design_goes_back_to_an_operation_of_its_route(
    definition: ProductDefinition,
) -> None:
    for engraving in ("", "지우"):
        spec = work_spec(definition, Configuration("on-dam/1", PRESET, engraving))
        route = [operation.id for operation in spec.operations]
        faults = [each for operation in spec.operations for each in operation.faults]
        assert {each.rework_from for each in faults} == {"glaze", "sleeve", "form"}
        assert {each.rework_from for each in faults} <= set(route)


def test_designs_of_other_colour_families_are_other_work() -> None:
    first, *rest = small_data()["operations"]
    definition = changed(operations=[{**first, "families": {"glaze": {"blue": "dark"}}}, *rest])
    white, blue = design(glaze="white"), design(glaze="blue")

    keys = {work_key(each, options_at_work(definition)) for each in (white, blue)}

    assert len(keys) == 2
    plain = options_at_work(changed(operations=[{**first, "families": {}}, *rest]))
    assert "blue" not in plain.get("glaze", ()), "control: nothing else tells them apart"

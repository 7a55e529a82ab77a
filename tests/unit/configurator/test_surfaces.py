"""What the views must have together: colours, panels, finishes."""

from collections.abc import Callable
from typing import Any

from configurator.catalogue_check.surfaces import Baked, surface_findings
from configurator.definition import read_definition
from tests.unit.configurator.small_products import small_data, text

Data = dict[str, Any]
FRONT = Baked(frozenset({"body", "lid", "foot"}), frozenset({"sleeve"}), frozenset({("lid", "polished")}))
BACK = Baked(frozenset({"body", "foot"}), frozenset({"bottom"}), frozenset({("body", "matte")}))
NUMBERING = {"panel": "bottom", "width_mm": 12, "height_mm": 3, "letter_mm": 2, "font": "sans-ko", "colour_part": "lid"}


def found_after(change: Callable[[Data], object], **views: Baked) -> list[str]:
    """What is said of the small product with a front and a back."""
    data = small_data()
    data["views"].append({"id": "back", "name": text("Back"), "folder": "views/back"})
    change(data)
    return [found.sentence for found in surface_findings(read_definition(data), views)]


def finished(*finishes: dict[str, str], group: int = 0) -> Callable[[Data], None]:
    """Options of a group with these finishes, in order."""

    def change(data: Data) -> None:
        for option, chosen in zip(data["groups"][group]["options"], finishes, strict=True):
            option["finishes"] = chosen

    return change


def test_the_small_product_with_two_views_lacks_nothing() -> None:
    assert found_after(lambda data: None, front=FRONT, back=BACK) == []


def test_a_panel_that_one_view_shows_is_enough() -> None:
    def change(data: Data) -> None:
        data["engraving"]["panel"] = "bottom"
        data["numbering"] = NUMBERING
        panel = {"panel": "sleeve", "width_mm": 10, "height_mm": 10}
        data["artwork"] = {"id": "print", "name": text("Print"), "hint": text("Print"), **panel}

    assert found_after(change, front=FRONT, back=BACK) == []
    assert found_after(change, front=FRONT, back=FRONT) == [
        "no view has a panel bottom for the engraving",
        "no view has a panel bottom for the piece's number",
    ]
    assert found_after(change, front=BACK, back=BACK) == ["no view has a panel sleeve to print on"]


def test_a_number_that_nothing_colours_is_found() -> None:
    def change(data: Data) -> None:
        data["numbering"] = {**NUMBERING, "colour_part": "ink"}

    assert found_after(change, front=FRONT, back=BACK) == ["nothing colours the number's ink"]


def test_a_part_needs_a_colour_when_any_view_has_it_and_is_named_once() -> None:
    strap = Baked(BACK.parts | {"strap"}, BACK.panels)

    assert found_after(lambda data: None, front=FRONT, back=strap) == ["view back shows strap, which no option colours"]
    both = Baked(FRONT.parts | {"strap"}, FRONT.panels)
    assert found_after(lambda data: None, front=both, back=strap) == ["view front shows strap, which no option colours"]


def test_finishes_that_some_view_has_are_accepted() -> None:
    assert found_after(finished({"body": "gloss"}, {"body": "matte"}), front=FRONT, back=BACK) == []
    assert found_after(finished({"lid": "oiled"}, {"lid": "polished"}, group=1), front=FRONT, back=BACK) == []


def test_a_finish_that_no_view_has_is_found() -> None:
    """One name without plates is the usual finish's; of two, one is wrong, and the program cannot know which."""
    assert found_after(finished({"body": "gloss"}, {"body": "mat"}), front=FRONT, back=BACK) == [
        "glaze white gives body the finish gloss, which no view has",
        "glaze blue gives body the finish mat, which no view has",
    ]


def test_a_finish_of_a_part_that_has_only_its_usual_one_is_found() -> None:
    assert found_after(finished({"foot": "rough"}, {"foot": "rough"}), front=FRONT, back=BACK) == [
        "glaze white finishes foot, of which no view has another finish than the usual one",
        "glaze blue finishes foot, of which no view has another finish than the usual one",
    ]


def test_options_of_a_group_finish_the_same_parts() -> None:
    assert found_after(finished({"body": "matte"}, {}), front=FRONT, back=BACK) == [
        "glaze blue does not finish the same parts as its neighbours"
    ]


def test_a_view_that_could_not_be_looked_at_may_have_the_rest() -> None:
    def change(data: Data) -> None:
        data["engraving"]["panel"] = "bottom"
        finished({"body": "gloss"}, {"body": "matte"})(data)

    assert found_after(change, front=FRONT) == []


def looks(**look: Any) -> Callable[[Data], None]:
    """What the small product's first operation makes of it."""

    def change(data: Data) -> None:
        data["operations"][0]["looks"] = look

    return change


def test_a_look_names_parts_that_have_a_colour_and_finishes_that_have_plates() -> None:
    good = looks(parts=["lid"], bare={"body": "foot"}, finishes={"body": "matte"})
    assert found_after(good, front=FRONT, back=BACK) == []
    place = found_after(looks(parts=["handle"], bare={"body": "clay"}), front=FRONT, back=BACK)
    assert place == [
        f"after operation {first_operation()} clay, handle should look otherwise, which not every design colours"
    ]
    assert found_after(looks(finishes={"body": "rough"}), front=FRONT, back=BACK) == [
        f"after operation {first_operation()} body should have the finish rough, which no view has"
    ]


def first_operation() -> str:
    return str(small_data()["operations"][0]["id"])

"""The drawing of a way: where tiles, lines and marks are."""

import pytest

from factory_sim.contracts import OperationSpec
from orders.way_drawing import HEIGHT, STATION_LETTER, WIDTH, Drawing, drawing_of

NAME = {"ko": "공정", "en": "A step"}


def step(name: str, needs: tuple[str, ...] | None = None) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", 10.0, 0.0, NAME, needs=needs)


@pytest.fixture
def drawing() -> Drawing:
    """A main line of four, and a branch beside its second and third."""
    return drawing_of((step("form"), step("fire"), step("sleeve", ("form",)), step("join", ("fire", "sleeve"))))


def marks(drawing: Drawing, *states: str) -> dict[str, tuple[float, float]]:
    return {mark.operation: (mark.x, mark.y) for mark in drawing.marks(states)}


def test_tiles_lie_within_the_drawing_and_apart(drawing: Drawing) -> None:
    boxes = [(tile.x, tile.y, tile.x + tile.width, tile.y + HEIGHT) for tile in drawing.tiles]

    assert all(left >= 0 and top >= 0 and right <= WIDTH and low <= drawing.height for left, top, right, low in boxes)
    for number, (left, top, right, low) in enumerate(boxes):
        for other_left, other_top, other_right, other_low in boxes[number + 1 :]:
            assert right < other_left or other_right < left or low < other_top or other_low < top


def test_lines_go_from_tile_to_tile(drawing: Drawing) -> None:
    paths = {(line.origin, line.target): line.path for line in drawing.lines}

    assert paths == {
        ("form", "fire"): "M28 58V76",
        ("form", "sleeve"): "M192 38H218q12 0 12 12V76",
        ("fire", "join"): "M28 116V134",
        ("sleeve", "join"): "M230 116V142q0 12 -12 12H192",
    }


def test_a_mark_stands_at_the_door_inside_and_behind(drawing: Drawing) -> None:
    queued = marks(drawing, "queued", "coming", "coming", "coming")
    working = marks(drawing, "working", "coming", "coming", "coming")
    done = marks(drawing, "done", "coming", "coming", "coming")

    assert [found["form"] for found in (queued, working, done)] == [(28, 9), (28, 38), (28, 67)]


def test_every_part_has_a_mark_until_they_are_one_again(drawing: Drawing) -> None:
    assert set(marks(drawing, "done", "working", "queued", "coming")) == {"fire", "sleeve"}
    assert set(marks(drawing, "done", "working", "done", "coming")) == {"fire", "sleeve"}, "the sleeve waits for it"
    assert set(marks(drawing, "done", "done", "done", "queued")) == {"join"}
    assert set(marks(drawing, "done", "done", "done", "done")) == {"join"}
    assert marks(drawing, "coming", "coming", "coming", "coming") == {}


def test_a_text_that_has_no_room_is_cut(drawing: Drawing) -> None:
    tile = drawing.tiles[0]

    assert tile.fitted("Kiln", STATION_LETTER) == "Kiln"
    cut = tile.fitted("The longest station in the world", STATION_LETTER)
    assert cut.endswith("…")
    assert "The longest station".startswith(cut[:-1])
    assert len(tile.fitted("가" * 40, STATION_LETTER)) < len(cut), "Hangul is wider"

"""A print on its panel: corners, the part that shows, and how fine it is."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from configurator.configuration import Placement
from configurator.definition import ArtworkPanel, Text
from configurator.placement import Print, first_placement

TEXT = Text(ko="그림", en="Picture")
PANEL = ArtworkPanel(id="picture", name=TEXT, hint=TEXT, panel="body", width_mm=62, height_mm=46)
NAME = "a" * 64


def printed(width: int = 1200, height: int = 800, **where: float) -> Print:
    at = {"x_mm": 0.0, "y_mm": 0.0, "width_mm": 60.0, "degrees": 0.0} | where
    return Print(Placement(NAME, **at), PANEL, width, height)


def test_dots_per_inch_are_pixels_over_the_printed_width() -> None:
    placed = printed(width=600, height=400, width_mm=50.8)

    assert placed.dpi == 300
    assert placed.height_mm == pytest.approx(33.867, abs=0.001)
    assert (placed.largest_good_mm, placed.largest_mm) == (101.6, 211.6)


@pytest.mark.parametrize(
    ("width_mm", "quality"), [(20.32, "good"), (20.33, "fair"), (42.33, "fair"), (42.34, "coarse"), (500.0, "coarse")]
)
def test_the_limits_are_150_and_72_dots_per_inch(width_mm: float, quality: str) -> None:
    assert printed(width=120, height=80, width_mm=width_mm).quality == quality


@given(pixels=some.integers(32, 1600), good=some.booleans())
def test_the_largest_width_is_accepted_and_a_tenth_more_is_not(pixels: int, good: bool) -> None:
    at = printed(width=pixels, height=pixels)
    largest = at.largest_good_mm if good else at.largest_mm
    accepted = {"good"} if good else {"good", "fair"}

    assert printed(width=pixels, height=pixels, width_mm=largest).quality in accepted
    assert printed(width=pixels, height=pixels, width_mm=largest + 0.11).quality not in accepted


def test_corners_turn_clockwise_as_seen_on_the_piece() -> None:
    corners = printed(width=200, height=100, width_mm=20, x_mm=5, y_mm=-3, degrees=90).corners

    rounded = [(round(x, 6), round(y, 6)) for x, y in corners]
    assert rounded == [(10, -13), (10, 7), (0, 7), (0, -13)]


@pytest.mark.parametrize(
    ("where", "visible"),
    [
        ({"width_mm": 30.0}, 30 * 20),
        ({"width_mm": 600.0}, 62 * 46),
        ({"width_mm": 30.0, "x_mm": 31.0}, 15 * 20),
        ({"width_mm": 30.0, "x_mm": 31.0, "y_mm": -23.0}, 15 * 10),
        ({"width_mm": 30.0, "x_mm": 46.1}, 0),
        ({"width_mm": 30.0, "degrees": 90.0}, 20 * 30),
    ],
)
def test_what_shows_is_what_lies_within_the_panel(where: dict[str, Any], visible: float) -> None:
    assert printed(**where).visible_mm2 == pytest.approx(visible)


@given(x=some.floats(-60, 60), y=some.floats(-60, 60), width=some.floats(1, 200), degrees=some.floats(0, 359))
def test_what_shows_agrees_with_counting_points(x: float, y: float, width: float, degrees: float) -> None:
    placed = printed(x_mm=x, y_mm=y, width_mm=width, degrees=degrees)
    angle, half = math.radians(degrees), (width / 2, placed.height_mm / 2)
    inside = 0
    for column in range(62):
        for row in range(46):
            right, down = column + 0.5 - 31 - x, row + 0.5 - 23 - y
            across = right * math.cos(angle) + down * math.sin(angle)
            below = -right * math.sin(angle) + down * math.cos(angle)
            inside += abs(across) <= half[0] and abs(below) <= half[1]

    assert placed.visible_mm2 == pytest.approx(inside, abs=110)
    assert placed.lies_on_the_panel == (placed.visible_mm2 >= 25)


@pytest.mark.parametrize(
    ("size", "width_mm"),
    [((1600, 1067), 62.0), ((800, 1600), 23.0), ((120, 80), 20.3), ((1600, 1600), 46.0)],
)
def test_a_new_picture_lies_whole_in_the_middle_as_large_as_it_is_good(size: tuple[int, int], width_mm: float) -> None:
    at = first_placement(NAME, *size, PANEL)

    assert at == Placement(NAME, 0, 0, width_mm, 0)
    assert Print(at, PANEL, *size).quality == "good"

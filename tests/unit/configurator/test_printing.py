"""Prints in pictures: ink under the piece's own light, where the panel says, foil on top."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from configurator.compile import colours
from configurator.configuration import Colours, Configuration, Placement
from configurator.definition import ProductDefinition
from configurator.pictures.compose import Cut, compose
from configurator.pictures.panels import linear_texture
from configurator.pictures.plates import View, load_view
from configurator.pictures.printing import PIXELS_PER_MM, panel_texture

PANEL = (62.0, 46.0)
NAME = "a" * 64


@pytest.fixture(scope="module")
def view() -> View:
    return load_view(Path(settings.CATALOGUE_DIR) / "on-dam" / "views" / "hero")


@pytest.fixture(scope="module")
def painted(definition: ProductDefinition) -> Colours:
    return colours(definition, Configuration("on-dam/1", definition.started()))


def on_panel(view: View, picture: Image.Image, name: str = "body") -> Any:
    """The pixels of a picture that a panel covers wholly."""
    panel = view.panels[name]
    crop = np.asarray(picture)[view.y : view.y + view.height, view.x : view.x + view.width]
    return crop.reshape(-1, 3)[panel.places[panel.ink[0] == 1]].astype(int)


def printed_all_over(*colour: str | tuple[int, ...]) -> Any:
    return linear_texture(Image.new("RGBA", (248, 184), *colour))


def quarters() -> Image.Image:
    """Red, green, blue and white, from the upper left, as a hand writes."""
    picture = Image.new("RGB", (200, 100), "white")
    for place, colour in {(0, 0): "#FF0000", (100, 0): "#00FF00", (0, 50): "#0000FF"}.items():
        picture.paste(colour, (*place, place[0] + 100, place[1] + 50))
    return picture


@pytest.mark.parametrize("ink", ["#C8442A", "#FFFFFF", "#000000"])
def test_nothing_of_what_is_below_shines_through_an_opaque_print(view: View, painted: Colours, ink: str) -> None:
    texture = {"body": printed_all_over(ink)}
    blue = Colours({**painted.parts, "body": "#1020C0"}, painted.engraving)

    one, other = (on_panel(view, compose(view, below, prints=texture)) for below in (painted, blue))

    # Below one step of 255: what is covered by nine tenths and nine hundredths still counts as covered.
    assert np.abs(one - other).max() <= 1
    # The control: without a print the bodies differ.
    assert np.abs(on_panel(view, compose(view, painted)) - on_panel(view, compose(view, blue))).mean() > 15


def test_a_see_through_picture_changes_nothing(view: View, painted: Colours) -> None:
    texture = printed_all_over((255, 0, 0, 0))

    assert compose(view, painted, prints={"body": texture}).tobytes() == compose(view, painted).tobytes()


def test_nothing_beside_the_panel_changes(view: View, painted: Colours) -> None:
    printed = compose(view, painted, prints={"body": printed_all_over("black")})
    differs = (np.asarray(printed) != np.asarray(compose(view, painted))).any(axis=2)
    inside = np.zeros((view.size, view.size), bool)
    rows, columns = np.divmod(view.panels["body"].places, view.width)
    inside[rows + view.y, columns + view.x] = True

    assert differs.any()
    assert not differs[~inside].any()


def test_the_picture_stands_upright_and_is_not_mirrored(view: View, painted: Colours) -> None:
    texture = panel_texture(quarters().resize((620, 460)), Placement(NAME, 0, 0, 62), PANEL)
    shown = np.asarray(compose(view, painted, prints={"body": linear_texture(texture)}))
    rows, columns = np.divmod(view.panels["body"].places, view.width)

    def strongest(down: float, across: float) -> int:
        y = rows.min() + down * (rows.max() - rows.min())
        x = columns.min() + across * (columns.max() - columns.min())
        return int(shown[view.y + round(y), view.x + round(x)].argmax())

    assert [strongest(0.25, 0.25), strongest(0.25, 0.75), strongest(0.75, 0.25)] == [0, 1, 2]


def test_a_placement_says_where_the_picture_lies_in_millimetres() -> None:
    texture = panel_texture(quarters(), Placement(NAME, 10, -5, 20), PANEL)

    def at(x_mm: float, y_mm: float) -> tuple[int, ...]:
        """The texture that many millimetres right of and below the panel's middle."""
        place = round((x_mm + 31) * PIXELS_PER_MM), round((y_mm + 23) * PIXELS_PER_MM)
        return tuple(texture.getpixel(place))  # type: ignore[arg-type]

    assert texture.size == (248, 184)
    assert at(5, -7.5) == (255, 0, 0, 255)
    assert at(15, -7.5) == (0, 255, 0, 255)
    assert at(5, -2.5) == (0, 0, 255, 255)
    assert [at(x, y)[3] for x, y in ((-1, -5), (21, -5), (10, -11), (10, 1))] == [0, 0, 0, 0]


def test_a_turn_is_clockwise() -> None:
    texture = panel_texture(quarters(), Placement(NAME, 0, 0, 30, 90), PANEL)

    # What was at the upper left is at the upper right.
    right, left = texture.getpixel((124 + 14, 92 - 30)), texture.getpixel((124 - 14, 92 - 30))
    assert (right, left) == ((255, 0, 0, 255), (0, 0, 255, 255))


def test_a_fine_pattern_is_averaged_not_sampled() -> None:
    lines = Image.new("RGB", (1600, 1200), "white")
    lines.paste("black", mask=Image.fromarray((np.indices((1200, 1600))[1] % 2 * 255).astype(np.uint8)))

    middle = np.asarray(panel_texture(lines, Placement(NAME, 0, 0, 60), PANEL))[40:140, 60:180, 0]

    assert middle.min() > 100
    assert middle.max() < 155


def test_light_is_multiplied_by_coverage() -> None:
    half = linear_texture(Image.new("RGBA", (2, 2), (188, 0, 255, 51)))[:, 0, 0]

    assert half.tolist() == pytest.approx([0.5029 * 0.2, 0, 0.2, 0.2], abs=1e-4)


@pytest.mark.parametrize("fineness", [2.0, 6.5])
def test_a_finer_texture_shows_the_same_place(fineness: float) -> None:
    texture = panel_texture(quarters(), Placement(NAME, 10, -5, 20), PANEL, fineness)

    assert texture.size == (round(62 * fineness), round(46 * fineness))
    seen = np.asarray(texture)[..., 3] > 127
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    # 20 × 10 mm, its middle 10 mm right of the panel's and 5 mm above it.
    edges = [columns[0], columns[-1] + 1, rows[0], rows[-1] + 1]
    assert [edge / fineness for edge in edges] == pytest.approx([31, 51, 13, 23], abs=0.8 / fineness)


def test_foil_lies_on_top_of_a_print(view: View, painted: Colours) -> None:
    foil = [Cut("sleeve", Image.new("L", (368, 208), 255), painted.engraving)]
    texture = printed_all_over("black")

    both = compose(view, painted, foil, {"sleeve": texture, "body": texture})
    only = compose(view, painted, foil, {"body": texture})

    assert (on_panel(view, both, "sleeve") == on_panel(view, only, "sleeve")).all()

"""A picture's colours, and the possible design that comes nearest to them."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from configurator.definition import ProductDefinition
from configurator.palette import Shade, difference, lab, shades_of, suiting, weights
from configurator.pictures.plates import View, load_view


@pytest.fixture(scope="module")
def view() -> View:
    return load_view(Path(settings.CATALOGUE_DIR) / "on-dam" / "views" / "hero")


def stripes(*colours: tuple[str, int]) -> Image.Image:
    """Stripes of colours, each as many rows high as is said, ten pixels to a row: averaging does not mix them."""
    picture = Image.new("RGB", (96, 96))
    top = 0
    for colour, rows in colours:
        picture.paste(colour, (0, top, 96, top + rows))
        top += rows
    return picture


@pytest.mark.parametrize(
    ("colour", "expected"),
    # CIE 15:2004 by way of Lindbloom's calculator, D65, sRGB.
    [
        ("#FFFFFF", (100, 0, 0)),
        ("#000000", (0, 0, 0)),
        ("#FF0000", (53.24, 80.09, 67.20)),
        ("#0000FF", (32.30, 79.19, -107.86)),
        ("#808080", (53.59, 0, 0)),
    ],
)
def test_cielab(colour: str, expected: tuple[float, float, float]) -> None:
    from configurator.pictures.tone import linear

    assert lab(linear(colour).astype(np.float64)[None])[0].tolist() == pytest.approx(expected, abs=0.05)


def test_a_difference_is_the_distance_in_cielab() -> None:
    assert difference("#FFFFFF", "#000000") == pytest.approx(100, abs=0.01)
    assert difference("#C8442A", "#C8442A") == 0


def test_the_commonest_colour_comes_first() -> None:
    shades = shades_of(stripes(("#2B3F63", 60), ("#C8442A", 24), ("#F0F0F0", 12)))

    assert shades == (Shade("#2B3F63", 0.625), Shade("#C8442A", 0.25), Shade("#F0F0F0", 0.125))


def test_the_same_picture_has_the_same_colours_every_time() -> None:
    noise = Image.effect_noise((96, 96), 90).convert("RGB")

    assert shades_of(noise) == shades_of(noise)
    assert len(shades_of(noise)) == 6


def test_what_cannot_be_seen_has_no_colour(definition: ProductDefinition, view: View) -> None:
    nothing = Image.new("RGBA", (40, 40), (255, 0, 0, 0))

    assert shades_of(nothing) == ()
    assert suiting(definition, nothing, view) == ({}, ())


def test_the_parts_share_what_is_seen_of_the_piece(view: View) -> None:
    areas = view.areas

    assert sum(areas.values()) == pytest.approx(1)
    assert areas["sleeve"] > areas["lid"] > areas["stitch"] > 0
    assert areas["body"] > areas["lid"]


def test_a_picture_of_sea_and_a_boat_becomes_a_blue_piece_with_something_red(
    definition: ProductDefinition, view: View
) -> None:
    choices, _ = suiting(definition, stripes(("#2B3F63", 72), ("#C8442A", 14), ("#F0F0F0", 10)), view)

    assert (choices["glaze"], choices["sleeve"], choices["stitch"]) == ("indigo", "ink", "scarlet")


@pytest.mark.parametrize(
    "colours", [(("#3A302A", 50), ("#2B3F63", 46)), (("#26262A", 96),), (("#2F4A3A", 50), ("#C77B4F", 46))]
)
def test_the_design_is_possible_and_no_possible_one_suits_better(
    definition: ProductDefinition, view: View, colours: tuple[tuple[str, int], ...]
) -> None:
    picture = stripes(*colours)
    values = weights(definition, shades_of(picture), view.areas)

    choices, _ = suiting(definition, picture, view)

    assert definition.missing(choices) == ()
    assert definition.engine.rules_broken_by(choices) == ()
    # Every design of the four groups that the rules speak of most, the others as they were found.
    groups = ("glaze", "lid", "sleeve", "metal")
    best = max(
        sum(values[row] for row in zip(groups, each, strict=True))
        for each in product(*([option.id for option in definition.group(group).offered] for group in groups))
        if not definition.engine.rules_broken_by(
            definition.settled({**choices, **dict(zip(groups, each, strict=True))})
        )
        and not definition.missing(definition.settled({**choices, **dict(zip(groups, each, strict=True))}))
    )
    assert sum(values[group, choices[group]] for group in groups) >= best

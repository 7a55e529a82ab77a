"""What a product may not ask of the studio is refused before anything is rendered."""

import pytest

from photography.product import Camera, Material, Product, Shot

PLAIN = Material(0.5)
TAN, RUST, GREY = "#B99C7A", "#A0522D", "#2B2B2D"


def product(count: int, **fixed: str) -> Product:
    parts = tuple(f"part-{number}" for number in range(count))
    return Product(
        slug="small",
        parts=parts,
        finishes={part: {"plain": PLAIN} for part in parts},
        fixed={name: (colour, PLAIN) for name, colour in fixed.items()},
        build=lambda _: {},
        part_of={},
        shots=(Shot("hero", Camera(0, 0, 1, (0, 0, 0))),),
        scale=1,
    )


def test_what_is_fixed_and_grey_needs_no_plate() -> None:
    grey = product(11, feet=GREY)

    assert grey.painted == {}
    assert grey.covering == grey.parts


def test_what_is_fixed_in_a_colour_gets_a_plate_after_those_of_the_parts() -> None:
    coloured = product(10, feet=GREY, lining=TAN)

    assert coloured.painted == {"lining": TAN}
    assert coloured.covering == (*coloured.parts, "lining")


def test_two_hues_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="more than one fixed colour with a hue: lining, sole"):
        product(3, lining=TAN, sole=RUST)


def test_a_fixed_colour_counts_among_the_parts() -> None:
    with pytest.raises(ValueError, match="more than 11 parts"):
        product(11, lining=TAN)

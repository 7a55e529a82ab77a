"""Pictures: the sum is the equation, and a choice changes only its own part."""

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from configurator.compile import colours, engraving_area
from configurator.configuration import Colours, Configuration
from configurator.definition import ProductDefinition
from configurator.pictures import engraving
from configurator.pictures.compose import Cut, compose
from configurator.pictures.encode import Format, encode, shrunk
from configurator.pictures.panels import fitted, linear_texture
from configurator.pictures.plates import View, load_view
from tests.conftest import CATALOGUE
from tests.samples import PRESET
from tests.unit.configurator.baked_views import FULL, bake_small_view
from tests.unit.configurator.slow_pictures import Paint, SlowView

HERO = CATALOGUE / "on-dam" / "views" / "hero"
PARTS = {"body": "#8FB5A0", "lid": "#D9B27C", "foot": "#2B2A2C"}
FOIL = "#E0BE78"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small baked view."""
    return bake_small_view(tmp_path_factory.mktemp("baked") / "view")


@pytest.fixture(scope="module")
def hero() -> View:
    return load_view(HERO)


def mask(seed: int, size: tuple[int, int] = (9, 7)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def texture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (5, 8, 4), dtype=np.uint8)


def pixels(picture: Image.Image) -> NDArray[np.int16]:
    return np.asarray(picture, np.int16)


def changed(one: Image.Image, other: Image.Image, view: View) -> NDArray[np.bool_]:
    """Which pixels of the crop differ; asserts that none around it does."""
    differs = (pixels(one) != pixels(other)).any(axis=2)
    crop: NDArray[np.bool_] = differs[view.y : view.y + view.height, view.x : view.x + view.width]
    assert differs.sum() == crop.sum()
    return crop


def farthest(small: Path, paint: Paint, drawn: Paint | None = None) -> float:
    """How far the composer's picture is from the slow one, in steps of 255 that are not rounded."""
    view, slow = load_view(small), SlowView.read(small / "800")
    averaged = [
        (panel, np.asarray(fitted(Image.fromarray(cut), view.panels[panel])), c) for panel, cut, c in paint.cuts
    ]
    expected_paint = replace(paint, cuts=averaged)
    expected = [[slow.pixel(x, y, expected_paint) for x in range(FULL)] for y in range(FULL)]
    shown = drawn or paint
    picture = compose(
        view,
        Colours(shown.colours, finishes=shown.finishes),
        [Cut(panel, Image.fromarray(cut), colour) for panel, cut, colour in shown.cuts],
        {panel: linear_texture(Image.fromarray(print_)) for panel, print_ in shown.prints.items()},
    )
    assert picture.size == (FULL, FULL)
    return float(np.abs(pixels(picture) - np.array(expected)).max())


PAINTS = {
    "colours and mirrors": Paint(PARTS),
    "a finish": Paint(PARTS, {"body": "matte"}),
    "a mirror that is none": Paint(PARTS, {"lid": "smoked"}),
    "an engraving": Paint(PARTS, cuts=[("sleeve", mask(1), FOIL)]),
    "name and number on one panel": Paint(PARTS, cuts=[("sleeve", mask(1), FOIL), ("sleeve", mask(2), "#202020")]),
    "a print": Paint(PARTS, prints={"body": texture(3)}),
    "a print below an engraving": Paint(PARTS, prints={"body": texture(3)}, cuts=[("body", mask(1), FOIL)]),
    "everything": Paint(
        PARTS, {"body": "matte"}, {"body": texture(3), "sleeve": texture(4)}, [("sleeve", mask(1), FOIL)]
    ),
}


@pytest.mark.parametrize("name", PAINTS)
def test_a_picture_is_the_equation_pixel_by_pixel(small: Path, name: str) -> None:
    assert farthest(small, PAINTS[name]) < 1


@pytest.mark.parametrize("name", [name for name in PAINTS if name != "colours and mirrors"])
def test_the_comparison_sees_what_is_left_out(small: Path, name: str) -> None:
    assert farthest(small, PAINTS[name], drawn=Paint(PARTS)) > 10


def test_a_mirror_shows_the_colour_of_what_it_reflects(small: Path) -> None:
    view = load_view(small)
    without = View(**{**vars(view), "mirrors": ()})
    red, green = (Colours({**PARTS, "body": colour}) for colour in ("#FF0000", "#00FF00"))

    differs = changed(compose(view, red), compose(without, red), view)
    assert differs[:5].mean() > 0.5
    assert not differs[5:].any()
    assert changed(compose(view, red), compose(view, green), view)[:5].mean() > 0.5


@pytest.mark.parametrize("size", [800, 1200])
def test_the_demo_s_picture_is_the_sum_of_its_plates(definition: ProductDefinition, size: int) -> None:
    configuration = Configuration("on-dam/1", {**PRESET, "glaze": "indigo"}, "지우")
    painted = colours(definition, configuration)
    view, slow = load_view(HERO, size), SlowView.read(HERO / str(size))
    panel = view.panels["sleeve"]
    letters = fitted(engraving.mask("지우", definition.engraving.font, engraving_area(definition)), panel)
    paint = Paint(painted.parts, painted.finishes, cuts=[("sleeve", np.asarray(letters), painted.engraving)])
    dice = np.random.default_rng(5)
    everywhere = dice.integers(0, view.size, (700, 2))
    rows, columns = np.divmod(dice.choice(panel.places, 700), view.width)

    picture = pixels(compose(view, painted, [Cut("sleeve", letters, painted.engraving)]))

    for x, y in [*everywhere.tolist(), *np.stack([columns + view.x, rows + view.y], axis=1).tolist()]:
        assert np.abs(picture[y, x] - slow.pixel(x, y, paint)).max() < 1, (x, y)


def test_composing_leaves_the_plates_as_they_were(small: Path) -> None:
    view = load_view(small)
    light, backdrop = view.light.copy(), view.backdrop.copy()
    cut = [Cut("sleeve", Image.fromarray(mask(1)), FOIL)]

    first = compose(view, Colours(PARTS, finishes={"body": "matte"}), cut)

    assert (view.light == light).all()
    assert (view.backdrop == backdrop).all()
    again = compose(view, Colours(PARTS, finishes={"body": "matte"}), cut)
    assert (pixels(again) == pixels(first)).all()


@pytest.mark.parametrize("part", ["body", "lid", "sleeve", "stitch"])
def test_recolouring_a_part_changes_only_what_its_plate_touches(
    definition: ProductDefinition, hero: View, part: str
) -> None:
    before = colours(definition, Configuration("on-dam/1", PRESET))
    after = Colours({**before.parts, part: "#00FF40"}, before.engraving)

    differs = changed(compose(hero, before), compose(hero, after), hero)

    touched = hero.light[1 + hero.parts.index(part)].copy()
    for mirror in hero.mirrors:
        # What a mirror shows of others has the mirror's own colour as well.
        if part in {mirror.part, *(seen.part for seen in hero.reflected)}:
            touched[mirror.places] = np.maximum(touched[mirror.places], 1e-6)
    touched = touched.reshape(hero.height, hero.width)
    assert not differs[touched == 0].any()
    # And it does change what its plate lights up well.
    assert differs[touched > 0.2].all()
    assert differs.any()


def test_an_engraving_changes_only_the_pixels_of_its_panel(definition: ProductDefinition, hero: View) -> None:
    painted = colours(definition, Configuration("on-dam/1", PRESET))
    letters = engraving.mask("온담 첫 불", definition.engraving.font, engraving_area(definition))

    differs = changed(compose(hero, painted), compose(hero, painted, [Cut("sleeve", letters, FOIL)]), hero)

    inside = np.zeros(hero.pixels, bool)
    inside[hero.panels["sleeve"].places] = True
    assert differs.sum() > 100
    assert not differs.ravel()[~inside].any()


def test_what_a_view_does_not_show_is_not_drawn(small: Path) -> None:
    view = load_view(small)
    elsewhere = compose(
        view,
        Colours(PARTS, finishes={"lid": "matte", "clasp": "polished"}),
        [Cut("back", Image.fromarray(mask(1)), FOIL)],
        {"back": linear_texture(Image.fromarray(texture(1)))},
    )

    assert (pixels(elsewhere) == pixels(compose(view, Colours(PARTS)))).all()


def test_an_empty_engraving_changes_nothing(definition: ProductDefinition, hero: View) -> None:
    painted = colours(definition, Configuration("on-dam/1", PRESET))
    empty = engraving.mask("", definition.engraving.font, engraving_area(definition))

    assert not changed(compose(hero, painted), compose(hero, painted, [Cut("sleeve", empty, FOIL)]), hero).any()


def test_a_part_without_a_colour_is_named(small: Path) -> None:
    with pytest.raises(KeyError, match="no colour for foot, lid"):
        compose(load_view(small), Colours({"body": "#FFFFFF"}))


def test_a_mask_is_averaged_to_the_picture_s_fineness(hero: View) -> None:
    panel = hero.panels["sleeve"]
    lines = Image.fromarray((np.indices((400, 4 * math.ceil(panel.across)))[1] % 2 * 255).astype(np.uint8))

    shown = np.asarray(fitted(lines, panel))

    # Four texels to a pixel become one, and alternating lines an even grey.
    assert shown.shape[1] == math.ceil(panel.across)
    assert shown.min() >= 126
    assert shown.max() <= 129
    small_mask = Image.fromarray(mask(1, (20, 30)))
    assert fitted(small_mask, panel) is small_mask, "control: what is coarse already stays"


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["avif", "webp", "jpeg", "png"])
@pytest.mark.parametrize("size", [400, 800])
def test_a_file_has_the_format_and_the_size_that_were_asked_for(
    definition: ProductDefinition, hero: View, kind: Format, size: int
) -> None:
    picture = compose(hero, colours(definition, Configuration("on-dam/1", PRESET)))
    file = encode(shrunk(picture, size), kind)

    with Image.open(io.BytesIO(file)) as opened:
        assert (opened.format, opened.size, opened.mode) == (kind.upper(), (size, size), "RGB")
        mean_error = np.abs(pixels(opened) - pixels(picture.resize((size, size), Image.Resampling.LANCZOS))).mean()
    # PNG loses nothing; what the others lose stays under two steps of 255 on average.
    assert mean_error == 0 if kind == "png" else mean_error < 2
    if kind in ("avif", "webp"):
        assert len(file) < 40_000


def test_a_mask_that_is_not_square_keeps_its_shape(definition: ProductDefinition) -> None:
    letters = engraving.mask("지우", definition.engraving.font, engraving_area(definition))

    with Image.open(io.BytesIO(encode(letters, "png"))) as file:
        # 46 x 26 mm at 8 pixels to the millimetre.
        assert (file.size, file.mode) == ((368, 208), "L")
        assert (pixels(file) == pixels(letters)).all()

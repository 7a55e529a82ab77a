"""Pictures: plates decode as documented, the sum is the equation, and a choice changes only its own part."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from configurator.compile import colours, engraving_area
from configurator.configuration import Colours, Configuration
from configurator.definition import ProductDefinition
from configurator.pictures import engraving
from configurator.pictures.compose import Format, compose, encode
from configurator.pictures.plates import View, load_view
from configurator.pictures.tone import linear, to_bytes, tone_map
from tests.conftest import CATALOGUE
from tests.samples import PRESET
from tests.unit.configurator.slow_pictures import (
    FULL,
    HEIGHT,
    LEFT,
    NAMES,
    SCALES,
    TOP,
    WIDTH,
    SlowView,
    bake_small_view,
    hex_linear,
    neutral,
    srgb,
)

HERO = CATALOGUE / "on-dam" / "views" / "hero"
PAINT = Colours({"body": "#8FB5A0", "lid": "#D9B27C", "foot": "#2B2A2C"}, "#E0BE78")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small baked view."""
    return bake_small_view(tmp_path / "view")


def texture(seed: int, size: tuple[int, int] = (9, 7)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def pixels(picture: Image.Image) -> NDArray[np.int16]:
    return np.asarray(picture, np.int16)


def changed(one: Image.Image, other: Image.Image, view: View) -> NDArray[np.bool_]:
    """Which pixels of the crop differ; asserts that none around it does."""
    differs = (pixels(one) != pixels(other)).any(axis=2)
    crop: NDArray[np.bool_] = differs[view.y : view.y + view.height, view.x : view.x + view.width]
    assert differs.sum() == crop.sum()
    return crop


# --- Tone -----------------------------------------------------------------------------------------


def test_the_tone_map_is_the_one_of_the_specification() -> None:
    dice = np.random.default_rng(3)
    thresholds = [0.0, 0.04, 0.0799, 0.08, 0.0801, 0.7599, 0.76, 0.8, 0.8001, 1.0, 12.0]
    edges = np.array([(a, b, c) for a in thresholds for b in thresholds for c in thresholds])
    light = np.concatenate([edges, dice.uniform(0, 1, (500, 3)), dice.exponential(3, (500, 3))]).astype(np.float32)
    expected = np.array([neutral(tuple(row)) for row in light.astype(np.float64).tolist()])

    mapped = tone_map(light.copy())

    assert np.allclose(mapped, expected, rtol=1e-5, atol=1e-6)
    # The control: clipping alone is off by more than a tenth somewhere.
    assert np.abs(np.clip(light, 0, 1) - expected).max() > 0.1


def test_a_colour_that_is_only_decoded_and_coded_comes_back() -> None:
    codes = [[level, 255 - level, 128] for level in range(256)]
    light = np.stack([linear("#{:02X}{:02X}{:02X}".format(*code)) for code in codes])

    assert to_bytes(light).tolist() == codes


def test_light_is_coded_to_the_nearest_step_of_the_exact_curve() -> None:
    light = np.linspace(-0.5, 1.5, 20_001, dtype=np.float32)
    exact = np.array([255 * srgb(value) for value in light.tolist()])

    coded = to_bytes(light.copy())

    # Half a step, and what rounding √light to a 4095th may add where the curve over √light is steepest, 1.45: 0.045.
    assert np.abs(coded - exact).max() < 0.5 + 0.5 / 4095 * 1.45 * 255
    assert (coded[0], coded[-1]) == (0, 255)
    assert (np.diff(coded.astype(int)) >= 0).all()


def test_a_colour_is_linear_light_of_its_srgb_code() -> None:
    for colour in ("#000000", "#0A0B0C", "#8FB5A0", "#FFFFFF"):
        assert np.allclose(linear(colour), hex_linear(colour), atol=1e-7)


# --- Plates ---------------------------------------------------------------------------------------


def test_plates_are_decoded_as_documented(small: Path) -> None:
    view, slow = load_view(small), SlowView.read(small)

    assert (view.size, view.x, view.y, view.width, view.height) == (FULL, LEFT, TOP, WIDTH, HEIGHT)
    assert view.parts == NAMES[1:-1]
    light = view.light.reshape(HEIGHT, WIDTH, len(NAMES) - 1)
    for number, name in enumerate(NAMES):
        plate = view.foil if name == "foilP" else light[..., number]
        expected = [[slow.plate(name, x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
        assert np.allclose(plate, expected, rtol=1e-6)
        # The largest code, 255, stands for the scale itself.
        assert plate.max() <= SCALES[number] * (1 + 1e-6)


@pytest.mark.parametrize("name", ["body", "sleeve"])
def test_a_panel_has_the_coverage_and_coordinates_of_its_plate(small: Path, name: str) -> None:
    view, slow = load_view(small), SlowView.read(small)
    panel = view.panels[name]

    seen = np.zeros((HEIGHT, WIDTH), np.float32)
    seen[panel.rows, panel.columns] = panel.coverage
    expected = np.array([[slow.coverage(name, x, y) for x in range(WIDTH)] for y in range(HEIGHT)])
    assert np.allclose(seen, expected, atol=1e-6)
    rows, columns = range(HEIGHT)[panel.rows], range(WIDTH)[panel.columns]
    assert np.allclose(panel.uv, [[slow.uv(x, y) for x in columns] for y in rows], atol=1e-6)


def test_the_backdrop_is_the_picture_without_the_piece(small: Path) -> None:
    assert (load_view(small).backdrop == SlowView.read(small).files["bg"]).all()


# --- The sum --------------------------------------------------------------------------------------


@pytest.mark.parametrize("panels", [(), ("sleeve",), ("body",), ("body", "sleeve")])
def test_a_picture_is_the_sum_of_its_plates_pixel_by_pixel(small: Path, panels: tuple[str, ...]) -> None:
    masks = {panel: texture(seed) for seed, panel in enumerate(panels)}
    slow = SlowView.read(small)
    expected = [[slow.pixel(x, y, PAINT.parts, PAINT.engraving, masks) for x in range(FULL)] for y in range(FULL)]

    picture = compose(load_view(small), PAINT, {panel: Image.fromarray(mask) for panel, mask in masks.items()})

    assert picture.size == (FULL, FULL)
    assert np.abs(pixels(picture) - np.array(expected)).max() < 1


def test_the_demo_s_picture_is_the_sum_of_its_plates(definition: ProductDefinition) -> None:
    configuration = Configuration("on-dam/1", {**PRESET, "glaze": "indigo"}, "지우")
    mask = engraving.mask("지우", definition.engraving.font, engraving_area(definition))
    painted = colours(definition, configuration)
    view, slow = load_view(HERO), SlowView.read(HERO)
    dice = np.random.default_rng(5)
    everywhere = dice.integers(0, view.size, (1_500, 2)).tolist()
    panel = view.panels["sleeve"]
    rows, columns = range(view.y, view.size)[panel.rows], range(view.x, view.size)[panel.columns]
    on_the_name = np.stack([dice.choice(columns, 1_500), dice.choice(rows, 1_500)], axis=1).tolist()

    picture = pixels(compose(view, painted, {"sleeve": mask}))

    for x, y in [*everywhere, *on_the_name]:
        expected = slow.pixel(x, y, painted.parts, painted.engraving, {"sleeve": np.asarray(mask)})
        assert np.abs(picture[y, x] - expected).max() < 1, (x, y)


def test_composing_leaves_the_plates_as_they_were(small: Path) -> None:
    view = load_view(small)
    light, backdrop = view.light.copy(), view.backdrop.copy()

    first = compose(view, PAINT, {"sleeve": Image.fromarray(texture(1))})

    assert (view.light == light).all()
    assert (view.backdrop == backdrop).all()
    assert (pixels(compose(view, PAINT, {"sleeve": Image.fromarray(texture(1))})) == pixels(first)).all()


@pytest.mark.parametrize("part", ["body", "lid", "sleeve", "stitch", "metal"])
def test_recolouring_a_part_changes_only_what_its_plate_touches(definition: ProductDefinition, part: str) -> None:
    view = load_view(HERO)
    before = colours(definition, Configuration("on-dam/1", PRESET))
    after = Colours({**before.parts, part: "#00FF40"}, before.engraving)

    differs = changed(compose(view, before), compose(view, after), view)

    touched = view.light[:, 1 + view.parts.index(part)].reshape(view.height, view.width)
    assert not differs[touched == 0].any()
    # And it does change what its plate lights up well.
    assert differs[touched > 0.2].all()
    assert differs.any()


def test_an_engraving_changes_only_the_pixels_of_its_panel(definition: ProductDefinition) -> None:
    view = load_view(HERO)
    painted = colours(definition, Configuration("on-dam/1", PRESET))
    mask = engraving.mask("온담 첫 불", definition.engraving.font, engraving_area(definition))

    differs = changed(compose(view, painted), compose(view, painted, {"sleeve": mask}), view)

    panel = view.panels["sleeve"]
    inside = np.zeros_like(differs)
    inside[panel.rows, panel.columns] = panel.coverage > 0
    assert differs.sum() > 100
    assert not differs[~inside].any()


def test_an_empty_engraving_changes_nothing(definition: ProductDefinition) -> None:
    view = load_view(HERO)
    painted = colours(definition, Configuration("on-dam/1", PRESET))
    mask = engraving.mask("", definition.engraving.font, engraving_area(definition))

    assert not changed(compose(view, painted), compose(view, painted, {"sleeve": mask}), view).any()


def test_a_part_without_a_colour_is_named(small: Path) -> None:
    with pytest.raises(KeyError, match="no colour for foot, lid"):
        compose(load_view(small), Colours({"body": "#FFFFFF"}))


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["webp", "jpeg", "png"])
@pytest.mark.parametrize("size", [400, 800])
def test_a_file_has_the_format_and_the_size_that_were_asked_for(
    definition: ProductDefinition, kind: Format, size: int
) -> None:
    painted = colours(definition, Configuration("on-dam/1", PRESET))
    picture = compose(load_view(HERO), painted)

    with Image.open(io.BytesIO(encode(picture, size, kind))) as file:
        assert (file.format, file.size, file.mode) == (kind.upper(), (size, size), "RGB")
        same_size = picture.resize((size, size), Image.Resampling.LANCZOS)
        mean_error = np.abs(pixels(file) - pixels(same_size)).mean()
    # PNG loses nothing; what the others lose stays under two steps of 255 on average.
    assert mean_error == 0 if kind == "png" else mean_error < 2


def test_a_mask_that_is_not_square_keeps_its_shape(definition: ProductDefinition) -> None:
    mask = engraving.mask("지우", definition.engraving.font, engraving_area(definition))

    with Image.open(io.BytesIO(encode(mask, mask.width, "png"))) as file:
        # 46 x 26 mm at 8 pixels to the millimetre.
        assert (file.size, file.mode) == ((368, 208), "L")
        assert (pixels(file) == pixels(mask)).all()

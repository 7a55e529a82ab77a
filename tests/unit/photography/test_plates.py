"""What is written is plate format 3, and light comes back from it."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from configurator.pictures.plates import Seen, light_of_codes
from photography import coding
from photography.plates import Finish, Panel, Plates, resized, write_plates

RANDOM = np.random.default_rng(9)
CROP = (6, 12, 72, 48)
SHAPE = (CROP[3], CROP[2])
PARTS = ("body", "lid", "metal", "sleeve")


def light(most: float = 1.0) -> np.ndarray:
    return (RANDOM.random(SHAPE) * most).astype(np.float32)


NO_GROUND = np.zeros(SHAPE, np.float32)


@pytest.fixture
def plates() -> Plates:
    covers = np.zeros((len(PARTS), *SHAPE), np.float32)
    covers[0, 10:30, 10:30] = 1
    covers[2, 10:30, 30:40] = 1
    covers[2, 10:30, 40] = 0.25
    coordinates = np.zeros((*SHAPE, 3), np.float32)
    v, u = np.mgrid[0:12, 0:16] / 20
    coordinates[12:24, 12:28] = np.stack([u, v, np.ones_like(u)], axis=-1)
    hidden = Panel("back", "body", light(), light(), np.zeros((*SHAPE, 3), np.float32))
    return Plates(
        crop=CROP,
        size=90,
        parts=PARTS,
        backdrop=RANDOM.random((90, 90, 3)).astype(np.float32),
        black=light(1.5),
        light={part: light(2.0) for part in PARTS},
        covers=covers,
        mirrors={"metal": ("lacquered",)},
        shown={
            Seen("body"): light(),
            Seen("lid"): light(),
            Seen("metal"): light(),
            Seen("lid", "oiled"): light(),
            Seen("nothing"): light() * np.float32(1e-3),
        },
        finishes=(
            Finish("body", "matte", light(), light(), NO_GROUND),
            Finish("lid", "oiled", light(), light(), NO_GROUND),
        ),
        panels=(Panel("front", "body", light(), light(), coordinates), hidden),
    )


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        assert picture.mode == "RGB"
        return np.asarray(picture)


@pytest.mark.parametrize("brightest", [0.7, 2.0, 80.0])
def test_light_comes_back_within_half_a_step(brightest: float) -> None:
    values = np.linspace(0, brightest, 4096, dtype=np.float32)
    scale = coding.scale_of(values)
    back = coding.decoded(coding.coded(values, scale), scale)
    steps = np.diff(light_of_codes(scale), append=scale + 1)
    codes = coding.coded(values, scale)
    bounds = np.maximum(steps[codes], steps[np.maximum(codes, 1) - 1])
    below = values <= scale
    # Half a step of the code, of a curve whose steps grow.
    assert (np.abs(back - values)[below] <= 0.52 * bounds[below] + 1e-6).all()
    assert (back[~below] == np.float32(scale)).all()


def test_highlights_do_not_cost_the_shadows_their_steps() -> None:
    finest = light_of_codes(1.0)[:40]
    np.testing.assert_allclose(light_of_codes(12.0)[:40], finest, rtol=0.025)
    # The square root alone would have given the shadows a third of the steps.
    assert 10 * finest[-1] < 12 * (39 / 255) ** 2
    assert coding.scale_of(np.array([0.2, 80.0], np.float32)) == coding.BRIGHTEST
    assert coding.scale_of(np.array([0.2, 0.01], np.float32)) == coding.DIMMEST


def test_coordinates_come_back_to_a_fraction_of_a_pixel() -> None:
    u, v = RANDOM.random((2, 7, 5)).astype(np.float32)
    picture = coding.coordinates(u, v)
    assert picture.shape == (14, 5, 3)
    assert picture[..., 2].max() == 0
    for axis, back in zip((u, v), coding.coordinates_of(picture), strict=True):
        np.testing.assert_allclose(back, axis, atol=8.5 / 65535)


def test_fine_steps_are_kept_where_they_are_seen_and_only_there() -> None:
    smooth = np.tile(np.linspace(20, 60, 80).astype(np.uint8), (60, 1))
    np.testing.assert_array_equal(coding.masked(smooth, 1.0), smooth)

    rough = RANDOM.integers(100, 200, (60, 80)).astype(np.uint8)
    seen = coding.masked(rough, 0.6)
    assert np.abs(seen.astype(int) - rough).max() == 4
    assert (seen % 8 == 0).mean() > 0.95

    both = np.where(np.arange(80) < 40, smooth, rough)
    np.testing.assert_array_equal(coding.masked(both, 0.6)[:, :36], smooth[:, :36])


def test_no_step_is_large_on_the_screen_however_rough_it_is() -> None:
    rough = RANDOM.integers(0, 256, (60, 80)).astype(np.uint8)
    lights = light_of_codes(12.0)

    seen = coding.masked(rough, 12.0)

    assert np.abs(coding.srgb(lights[seen]) - coding.srgb(lights[rough])).max() <= coding.MASKED
    assert (seen != rough).mean() > 0.3


def test_every_plate_is_found_where_the_view_says(
    plates: Plates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coding, "masked", lambda code, *_: code)
    write_plates(plates, tmp_path)
    view = json.loads((tmp_path / "view.json").read_text(encoding="utf-8"))
    assert view["format"] == 3
    assert view["size"] == 90
    assert view["crop"] == {"x": 6, "y": 12, "width": 72, "height": 48}
    assert view["parts"] == list(PARTS)
    assert [entry["name"] for entry in view["plates"]] == ["black", *PARTS]
    usual = plates.black + 0.3 * sum(plates.light.values())
    for entry in view["plates"]:
        wanted = plates.black if entry["name"] == "black" else plates.light[entry["name"]]
        code = pixels(tmp_path / entry["file"])[..., entry["channel"]]
        exact = coding.coded(wanted, entry["scale"]).astype(int)
        own = np.ones(SHAPE, bool) if entry["name"] == "black" else plates.covers[PARTS.index(entry["name"])] > 0.01
        np.testing.assert_array_equal(code[own], exact[own])
        if own.all():
            continue
        # Elsewhere in coarser steps, by which sRGB changes by no more than half of what is not seen.
        lights = light_of_codes(entry["scale"])
        there = usual[~own]
        changed = srgb(there + lights[code[~own]] - lights[exact[~own]]) - srgb(there)
        assert np.abs(changed).max() <= 0.52 * coding.UNSEEN
        assert np.abs(code - exact)[~own].max() > 1


def srgb(light: np.ndarray) -> np.ndarray:
    """Bytes that are not rounded, of light up to 1."""
    light = light.clip(0.0031308, 1)
    return 255 * (1.055 * light ** (1 / 2.4) - 0.055)


def test_highlights_made_smaller_do_not_ring() -> None:
    light = np.full((60, 60), 0.4, np.float32)
    light[:, 30:] = 12.0

    plain = coding.smaller(light, (40, 40))
    small = coding.released(coding.smaller(coding.squeezed(light), (40, 40)))

    assert plain[:, :20].min() < 0.27
    assert small[:, :20].min() > 0.37
    np.testing.assert_allclose(small[:, [3, 36]], plain[:, [3, 36]], rtol=1e-3)
    dim = RANDOM.random((60, 60)).astype(np.float32)
    np.testing.assert_allclose(coding.released(coding.squeezed(dim)), dim)


def test_parts_are_counted_from_one_with_their_share(plates: Plates, tmp_path: Path) -> None:
    write_plates(plates, tmp_path)
    picture = pixels(tmp_path / "parts.webp")
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[15, 15].tolist() == [1, 255, 0]
    assert picture[15, 40].tolist() == [3, 64, 0]


def test_pairs_name_mirrors_and_the_place_of_each_reflected_part(plates: Plates, tmp_path: Path) -> None:
    write_plates(plates, tmp_path)
    pairs = json.loads((tmp_path / "view.json").read_text(encoding="utf-8"))["pairs"]
    assert pairs["mirrors"] == [{"part": "metal", "not_in": ["lacquered"]}]
    # Three to a file, and nothing of a part that nobody sees there.
    assert [tuple(entry[name] for name in ("part", "finish", "file", "channel")) for entry in pairs["reflected"]] == [
        ("body", "", "pairs-0.webp", 0),
        ("lid", "", "pairs-0.webp", 1),
        ("metal", "", "pairs-0.webp", 2),
        ("lid", "oiled", "pairs-1.webp", 0),
    ]
    assert pixels(tmp_path / "pairs-1.webp").shape == (*SHAPE, 3)


def test_only_finishes_and_panels_that_are_seen_are_written(plates: Plates, tmp_path: Path) -> None:
    write_plates(plates, tmp_path)
    view = json.loads((tmp_path / "view.json").read_text(encoding="utf-8"))
    assert [(entry["part"], entry["finish"]) for entry in view["finishes"]] == [("body", "matte")]
    assert [entry["name"] for entry in view["panels"]] == ["front"]
    named = {"view.json", "parts.webp", "backdrop.webp", "pairs-0.webp", "pairs-1.webp"}
    named |= {entry["file"] for kind in ("plates", "finishes", "panels") for entry in view[kind]}
    named |= {entry["uv"] for entry in view["panels"]}
    assert {file.name for file in tmp_path.iterdir()} == named


def test_a_finish_that_lights_the_ground_differently_is_written_for_the_ground_too(
    plates: Plates, tmp_path: Path
) -> None:
    whole = dataclasses.replace(plates.finishes[0], ground=np.ones(SHAPE, np.float32))
    for name, finish in (("part", plates.finishes[0]), ("ground", whole)):
        (tmp_path / name).mkdir()
        write_plates(dataclasses.replace(plates, finishes=(finish,)), tmp_path / name)

    rows = [json.loads((tmp_path / name / "view.json").read_text())["finishes"][0] for name in ("part", "ground")]
    assert rows[1]["box"] == {"x": 0, "y": 0, "width": SHAPE[1], "height": SHAPE[0]}
    assert rows[0]["box"]["width"] < SHAPE[1]
    # In the same steps as the plates, so that equal light leaves no difference.
    assert rows[1]["black_scale"] >= coding.scale_of(plates.black)


def test_a_panel_is_cut_to_its_box_and_keeps_its_coordinates(plates: Plates, tmp_path: Path) -> None:
    write_plates(plates, tmp_path)
    (entry,) = json.loads((tmp_path / "view.json").read_text(encoding="utf-8"))["panels"]
    assert entry["box"] == {"x": 12, "y": 12, "width": 16, "height": 12}
    picture = pixels(tmp_path / entry["file"])
    assert picture.shape == (12, 16, 3)
    assert picture[..., 2].min() == 255
    u, _ = coding.coordinates_of(pixels(tmp_path / entry["uv"]))
    np.testing.assert_allclose(u[0], np.arange(16) / 20, atol=2e-4)


def test_a_smaller_view_keeps_its_place_and_its_light(plates: Plates) -> None:
    plates = dataclasses.replace(plates, black=light())
    small = resized(plates, 60)
    assert small.crop == (4, 8, 48, 32)
    assert small.black.shape == (32, 48)
    assert small.backdrop.shape == (60, 60, 3)
    assert abs(small.black.mean() - plates.black.mean()) < 0.01
    assert resized(plates, 90) is plates

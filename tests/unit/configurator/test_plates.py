"""Plates: decoded as documented, the same from the store as from their files, refused when they disagree."""

import json
import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from configurator.pictures import plate_store
from configurator.pictures.plate_store import PlateStore
from configurator.pictures.plates import is_baked, load_view
from tests.unit.configurator.baked_views import (
    FULL,
    HEIGHT,
    LEFT,
    NAMES,
    PANELS,
    PARTS,
    SCALES,
    TOP,
    WIDTH,
    bake_small_view,
)
from tests.unit.configurator.slow_pictures import SlowView


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small baked view."""
    return bake_small_view(tmp_path / "view")


def assert_same(one: Any, other: Any) -> None:
    """The same in every field, arrays element by element."""
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    elif is_dataclass(one):
        assert type(one) is type(other)
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        assert list(one) == list(other)
        assert_same(tuple(one.values()), tuple(other.values()))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for mine, yours in zip(one, other, strict=True):
            assert_same(mine, yours)
    else:
        assert one == other


def test_plates_are_decoded_as_documented(small: Path) -> None:
    view, slow = load_view(small), SlowView.read(small / "800")

    assert (view.size, view.x, view.y, view.width, view.height) == (FULL, LEFT, TOP, WIDTH, HEIGHT)
    assert view.parts == PARTS
    for number, name in enumerate(NAMES):
        plate = view.light[number].reshape(HEIGHT, WIDTH)
        expected = [[slow.plate(name, x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
        assert np.allclose(plate, expected, rtol=1e-6)
        # The largest code, 255, stands for the scale itself.
        assert plate.max() <= SCALES[number] * (1 + 1e-6)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_has_the_coverage_and_coordinates_of_its_files(small: Path, name: str) -> None:
    panel, slow = load_view(small).panels[name], SlowView.read(small / "800")
    row = next(row for row in slow.layout["panels"] if row["name"] == name)
    box = PANELS[name]

    assert len(panel.places) == box["width"] * box["height"]
    for n, place in enumerate(panel.places.tolist()):
        y, x = divmod(place, WIDTH)
        black, lit, cover = slow.in_box(row, x, y) or (0, 0, 0)
        assert panel.ink[:, n].tolist() == pytest.approx([cover, black, lit], rel=1e-6)
        assert panel.uv[:, n].tolist() == pytest.approx(slow.uv(row, x, y), abs=1e-6)


def test_areas_are_the_shares_of_the_covered_pixels(small: Path) -> None:
    # Five rows of lid, seven of body, three of foot without its first two columns.
    lid, body, foot = 5 * WIDTH, 7 * WIDTH, 3 * (WIDTH - 2)
    total = lid + body + foot

    assert load_view(small).areas == pytest.approx({"body": body / total, "lid": lid / total, "foot": foot / total})


def test_the_backdrop_is_the_picture_without_the_piece(small: Path) -> None:
    assert (load_view(small).backdrop == SlowView.read(small / "800").files["backdrop.webp"]).all()


def test_a_view_is_baked_when_it_is_in_every_size(small: Path) -> None:
    assert is_baked(small)
    (small / "1200" / "view.json").unlink()
    assert not is_baked(small)


def with_layout(small: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = small / "800" / "view.json"
    layout = json.loads(file.read_text(encoding="utf-8"))
    change(layout)
    file.write_text(json.dumps(layout), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda layout: layout.update(format=1), ValueError, "view.json has format 1, not 3"),
        (lambda layout: layout["crop"].update(width=13), ValueError, "measures 14 × 15, not 13 × 15"),
        (lambda layout: layout.update(parts=[f"p{n}" for n in range(12)]), ValueError, "12 parts are more than 11"),
        (lambda layout: layout["parts"].append("knob"), LookupError, "knob"),
        (lambda layout: layout["panels"][1]["box"].update(x=9), ValueError, "leaves the crop"),
        (lambda layout: layout["pairs"].update(mirrors=[{"part": "knob", "not_in": []}]), ValueError, "not in tuple"),
        (lambda layout: layout["plates"][0].update(file="gone.webp"), OSError, "gone.webp"),
    ],
)
def test_files_that_contradict_each_other_are_refused(
    small: Path, change: Callable[[dict[str, Any]], object], error: type[Exception], words: str
) -> None:
    with_layout(small, change)

    with pytest.raises(error, match=words):
        load_view(small)


# --- The store ------------------------------------------------------------------------------------


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The views that the store decodes, one after the other."""
    seen: list[Path] = []

    def counted(folder: Path, size: int) -> Any:
        seen.append(folder / str(size))
        return load_view(folder, size)

    monkeypatch.setattr(plate_store, "load_view", counted)
    return seen


def test_the_store_has_what_the_files_say_and_decodes_them_once(
    small: Path, tmp_path: Path, decoded: list[Path]
) -> None:
    first, second = (PlateStore(tmp_path / "plates", 10**9) for _ in range(2))

    views = [store.view(small, 800) for store in (first, first, second)]

    assert decoded == [small / "800"]
    assert views[0] is views[1]
    for view in views:
        assert_same(view, load_view(small))
    first.view(small, 1200)
    assert decoded == [small / "800", small / "1200"], "another size is another set"


def test_mapped_plates_cannot_be_written_to(small: Path, tmp_path: Path) -> None:
    view = PlateStore(tmp_path / "plates", 10**9).view(small, 800)

    with pytest.raises(ValueError, match="read-only"):
        view.light[0, 0] = 1


def test_plates_that_were_baked_anew_are_decoded_anew(small: Path, tmp_path: Path, decoded: list[Path]) -> None:
    store = PlateStore(tmp_path / "plates", 10**9)
    store.view(small, 800)
    bake_small_view(tmp_path / "other", seed=8)
    for file in (tmp_path / "other" / "800").iterdir():
        (small / "800" / file.name).write_bytes(file.read_bytes())

    assert_same(store.view(small, 800), load_view(tmp_path / "other"))
    assert len(decoded) == 2


def test_the_views_that_were_used_longest_ago_are_closed_and_removed(tmp_path: Path, decoded: list[Path]) -> None:
    folders = [bake_small_view(tmp_path / f"view-{seed}", seed, sizes=(800,)) for seed in range(3)]
    store = PlateStore(tmp_path / "plates", cap=1, open_views=2)
    for age, folder in enumerate(folders):
        kept = store.view(folder, 800)
        for path in (tmp_path / "plates").iterdir():
            os.utime(path, ns=(age, age))

    # A cap of nothing leaves the one that was decoded last; what is open stays usable when its files are gone.
    assert [path.is_dir() for path in (tmp_path / "plates").iterdir()] == [True]
    assert_same(kept, load_view(folders[2]))
    assert_same(store.view(folders[1], 800), load_view(folders[1]))
    assert decoded == [folder / "800" for folder in folders]
    store.view(folders[0], 800)
    assert decoded[3:] == [folders[0] / "800"], "the first of three was closed"


def test_a_crash_while_decoding_leaves_nothing_that_looks_complete(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise MemoryError

    store = PlateStore(tmp_path / "plates", 10**9)
    with monkeypatch.context() as broken:
        broken.setattr("configurator.pictures.plate_store.np.save", crash)
        with pytest.raises(MemoryError):
            store.view(small, 800)

    assert list((tmp_path / "plates").iterdir()) == []
    assert_same(store.view(small, 800), load_view(small))

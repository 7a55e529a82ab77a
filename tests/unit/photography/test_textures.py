"""Maps from numbers: they tile, lie in 0…1, and are the same each time."""

from pathlib import Path

import numpy as np
import pytest

from photography.textures import STUDIO, Textures, tileable_noise


@pytest.mark.parametrize("name", ["clay_height", "brushed_height", "fine_grain", "wood_tint", "speckle_tint"])
def test_a_map_tiles(name: str) -> None:
    values = STUDIO[name]()
    assert 0 <= values.min() < values.max() <= 1
    inner = np.abs(np.diff(values, axis=0)).mean()
    assert np.abs(values[0] - values[-1]).mean() < 3 * inner


def test_noise_is_the_same_each_time_and_another_for_another_seed() -> None:
    np.testing.assert_array_equal(tileable_noise(64, 4, 1), tileable_noise(64, 4, 1))
    assert (tileable_noise(64, 4, 1) != tileable_noise(64, 4, 2)).any()


def test_a_map_is_made_once_and_kept_with_sixteen_bits(tmp_path: Path) -> None:
    calls = []

    def ramp() -> np.ndarray:
        calls.append(1)
        return np.tile(np.linspace(0, 1, 512), (512, 1))

    textures = Textures(tmp_path, {"ramp": ramp})
    assert textures.file("ramp") == textures.file("ramp")
    assert textures.mean("ramp") == pytest.approx(0.5, abs=1e-4)
    assert len(calls) == 1

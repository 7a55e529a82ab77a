"""The tone map and the coding of light: those of the specifications, to a fraction of what 8 bits can tell."""

import numpy as np

from configurator.pictures.tone import developed, linear, to_bytes, tone_map
from tests.unit.configurator.slow_pictures import hex_linear, neutral, srgb


def test_the_tone_map_is_the_one_of_the_specification() -> None:
    dice = np.random.default_rng(3)
    thresholds = [0.0, 0.04, 0.0799, 0.08, 0.0801, 0.7599, 0.76, 0.8, 0.8001, 1.0, 12.0]
    edges = np.array([(a, b, c) for a in thresholds for b in thresholds for c in thresholds])
    light = np.concatenate([edges, dice.uniform(0, 1, (500, 3)), dice.exponential(3, (500, 3))]).astype(np.float32)
    expected = np.array([neutral(tuple(row)) for row in light.astype(np.float64).tolist()])

    mapped = tone_map(np.ascontiguousarray(light.T)).T

    assert np.allclose(mapped, expected, rtol=1e-5, atol=1e-6)
    # The control: clipping alone is off by more than a tenth somewhere.
    assert np.abs(np.clip(light, 0, 1) - expected).max() > 0.1


def test_what_is_not_bright_is_mapped_alike_with_and_without_a_highlight_beside_it() -> None:
    dull = np.random.default_rng(4).uniform(0, 0.75, (3, 64)).astype(np.float32)
    beside = np.concatenate([dull, np.full((3, 1), 5, np.float32)], axis=1)

    assert np.allclose(tone_map(beside)[:, :-1], tone_map(dull.copy()), rtol=1e-6)


def test_a_colour_that_is_only_decoded_and_coded_comes_back() -> None:
    codes = [[level, 255 - level, 128] for level in range(256)]
    light = np.stack([linear("#{:02X}{:02X}{:02X}".format(*code)) for code in codes], axis=1)

    assert to_bytes(light).T.tolist() == codes


def test_light_is_coded_to_the_nearest_step_of_the_exact_curve() -> None:
    light = np.linspace(-0.5, 1.5, 20_001, dtype=np.float32)
    exact = np.array([255 * srgb(value) for value in light.tolist()])

    coded = to_bytes(light.copy())

    # Half a step, and what rounding light to a 32767th may add where the curve is steepest, 12.92 near black.
    assert np.abs(coded - exact).max() < 0.5 + 0.5 / 32767 * 12.92 * 255
    assert (coded[0], coded[-1]) == (0, 255)
    assert (np.diff(coded.astype(int)) >= 0).all()


def test_a_colour_is_linear_light_of_its_srgb_code() -> None:
    for colour in ("#000000", "#0A0B0C", "#8FB5A0", "#FFFFFF"):
        assert np.allclose(linear(colour), hex_linear(colour), atol=1e-7)


def test_a_photograph_is_developed_as_its_planes_are_and_stays_as_it_was() -> None:
    photograph = np.random.default_rng(6).uniform(0, 2, (4, 5, 3)).astype(np.float32)
    before = photograph.copy()

    shown = developed(photograph)

    planes = np.ascontiguousarray(photograph.reshape(-1, 3).T)
    assert (shown.reshape(-1, 3) == to_bytes(tone_map(planes)).T).all()
    assert (photograph == before).all()

"""ΔE2000 as its authors compute it."""

import numpy as np
import pytest

from photography import colour

# Lab pairs and differences of Sharma, Wu, Dalal (2005), table 1: those that differ in hue's corner cases.
PAIRS = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "wanted"), PAIRS)
def test_published_pairs(first: tuple, second: tuple, wanted: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour, "lab", lambda value: np.asarray(value, float))
    assert colour.difference(first, second) == pytest.approx(wanted, abs=1e-4)


def test_white_black_and_a_colour_with_itself() -> None:
    assert colour.lab((255, 255, 255)) == pytest.approx((100, 0, 0), abs=0.02)
    assert colour.lab((0, 0, 0)) == pytest.approx((0, 0, 0), abs=1e-9)
    assert colour.difference((143, 181, 160), (143, 181, 160)) == 0

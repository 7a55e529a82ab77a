"""Plates are free of the denoiser's residue, and what parts show of each other is found again."""

import numpy as np
import pytest

from photography import clean

RANDOM = np.random.default_rng(5)
SHAPE = (60, 80)
BOX = (slice(20, 40), slice(30, 50))


def cover() -> np.ndarray:
    covered = np.zeros(SHAPE, np.float32)
    covered[BOX] = 1
    return covered


def test_a_plate_is_the_difference_per_unit_of_colour_on_the_part_itself() -> None:
    black = RANDOM.random(SHAPE).astype(np.float32)
    response = RANDOM.random(SHAPE).astype(np.float32)
    plate = clean.plate(black + 0.5 * response, black, 0.5, cover(), np.zeros(SHAPE, np.uint8))
    np.testing.assert_allclose(plate[BOX], response[BOX], atol=1e-5)


def test_residue_far_from_the_part_is_smoothed_away() -> None:
    black = np.ones(SHAPE, np.float32)
    residue = RANDOM.normal(0, 0.002, SHAPE).astype(np.float32)
    plate = clean.plate(black + residue, black, 0.5, cover(), np.zeros(SHAPE, np.uint8))
    far = np.ones(SHAPE, bool)
    far[15:45, 25:55] = False
    assert plate[far].max() < 0.001
    # Taken as it is, the difference would show.
    assert (residue / 0.5)[far].max() > 0.005


def test_the_noise_of_a_highlight_is_not_taken_for_another_parts_light() -> None:
    black = np.full(SHAPE, 0.05, np.float32)
    black[:, 60:70] = 2.0
    lit = black + np.where(black > 1, 0.01, 0.02).astype(np.float32)
    on_parts, on_ground = (clean.plate(lit, black, 1.0, cover(), np.full(SHAPE, place, np.uint8)) for place in (1, 0))
    assert on_parts[5, 65] == 0
    assert on_parts[5, 5] > 0.015
    # Light of a bright ground is real.
    assert on_ground[5, 65] > 0.005


def test_light_thrown_on_another_thing_keeps_that_things_edge() -> None:
    places = np.zeros(SHAPE, np.uint8)
    places[:, 55:] = 2
    response = np.where(places == 2, 0.2, 0.05).astype(np.float32)
    plate = clean.plate(response, np.zeros(SHAPE, np.float32), 1.0, cover(), places)
    np.testing.assert_allclose(plate[5, [53, 54, 55, 56]], [0.05, 0.05, 0.2, 0.2], atol=1e-5)
    # A plain blur would mix both.
    blurred = clean.smooth_within(response, np.zeros(SHAPE, np.uint8), np.ones(SHAPE, bool))
    assert 0.08 < blurred[5, 54] < 0.17


def test_a_plate_fades_only_where_the_picture_goes_on() -> None:
    within = clean.fade(60, 80, (True, False, True, False), over=10)
    assert within[0].max() == 0
    assert within[-1].max() == 0
    assert within[30, 0] == within[30, -1] == 1
    assert within[15:45].min() == 1


def test_places_are_the_ground_and_the_part_that_covers_most() -> None:
    covers = np.array([[[1.0, 0.6, 0.2, 0.0]], [[0.0, 0.4, 0.2, 0.9]]], np.float32)
    assert clean.regions(covers).tolist() == [[1, 1, 0, 2]]


def mixed_colours(parts: int = 6, random: np.random.Generator = RANDOM) -> np.ndarray:
    """What each product of two colours was, in twelve equations; the first part is the mirror, measured at 0.8."""
    colours = random.uniform(0.15, 0.95, (12, parts)).astype(np.float32)
    return np.asarray(colours[:, :1] * (colours - np.array([0.8, *[0] * (parts - 1)], np.float32)), np.float32)


def test_what_is_shown_of_each_part_is_found_from_random_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(6)
    shown, factors = random.random((6, 500)).astype(np.float32), mixed_colours(random=random)
    exact = factors @ shown
    noisy = exact + random.normal(0, 0.003, exact.shape).astype(np.float32)

    # Noise of a render does not grow beyond what one sees.
    assert np.sqrt(((factors @ (clean.products(noisy, factors) - shown)) ** 2).mean()) < 0.012
    monkeypatch.setattr(clean, "RIDGE", 1e-6)
    monkeypatch.setattr(clean, "SWEEPS", 3000)
    np.testing.assert_allclose(clean.products(exact, factors), shown, atol=0.02)


def test_parts_that_are_not_seen_take_nothing_from_those_that_are() -> None:
    factors = mixed_colours()
    shown = np.zeros((6, 2000), np.float32)
    shown[1] = 0.4
    noisy = factors @ shown + RANDOM.normal(0, 0.01, (12, 2000)).astype(np.float32)

    def bias(found: np.ndarray) -> float:
        return abs(float((factors @ (found - shown)).mean()))

    # The control: solved freely and clipped, the halves of the noise that are not negative stay, and add up.
    clipped = clean.products(noisy, factors, least=-np.inf).clip(0)
    assert bias(clean.products(noisy, factors)) < bias(clipped) / 4


def test_metal_is_asked_only_for_what_is_seen_around() -> None:
    factors = mixed_colours()
    here = np.ones(SHAPE, bool)
    shown = np.zeros((6, *SHAPE), np.float32)
    shown[2, :, :40], shown[3, :, 40:] = 0.5, 0.3
    flat = shown.reshape(6, -1)
    noisy = factors @ flat + RANDOM.normal(0, 0.01, (12, flat.shape[1])).astype(np.float32)

    # Its own plate, the first unknown, is always asked for.
    found = clean.sharp_products(noisy, factors, here)

    error, plain = (np.square(each - flat).mean() for each in (found, clean.products(noisy, factors)))
    assert error < plain / 2
    assert (found[4:] > 0).mean() < 0.1
    edge = found.reshape(6, *SHAPE)[2, :, 38:42].mean(axis=0)
    np.testing.assert_allclose(edge, [0.5, 0.5, 0, 0], atol=0.08)


def test_a_part_that_no_equation_knows_is_not_seen() -> None:
    factors = np.array([[0.3, 0.0], [0.8, 0.0]], np.float32)

    found = clean.products(factors @ np.array([[0.5], [0.7]], np.float32), factors)

    assert abs(found[0, 0] - 0.5) < 0.02
    assert found[1, 0] == 0


def test_beyond_its_border_a_surface_goes_on_as_at_its_border() -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 6)
    sure = np.zeros((2, 6), bool)
    sure[:, 2:4] = True
    assert clean.filled(values, sure)[0].tolist() == [2, 2, 2, 3, 3, 3]
    assert clean.filled(values, np.zeros((2, 6), bool)).tolist() == values.tolist()


def test_what_has_a_hue_is_told_from_what_is_grey_in_any_light() -> None:
    colour = np.array([0.485, 0.332, 0.195], np.float32)
    grey = RANDOM.random(SHAPE).astype(np.float32)
    lining = RANDOM.random(SHAPE).astype(np.float32)
    seen = grey[..., None] + lining[..., None] * colour

    found = clean.hued_light(seen, colour)

    np.testing.assert_allclose(found, lining, atol=1e-5)
    np.testing.assert_allclose((seen - found[..., None] * colour).mean(axis=-1), grey, atol=1e-5)
    # Taken for grey, one channel would be given too much, and that much to the part that was measured in it.
    assert (seen - seen.mean(axis=-1, keepdims=True)).max() > 0.1

"""Plates are free of the denoiser's residue, and what parts show of each other is found again."""

import numpy as np

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


def test_what_a_mirror_shows_of_others_is_found_without_what_mirrors_show_of_each_other() -> None:
    black = np.full(SHAPE, 0.1, np.float32)
    own = np.full(SHAPE, 0.3, np.float32)
    weights = np.zeros(SHAPE, np.float32)
    weights[BOX] = 0.8
    plates = [np.full(SHAPE, value, np.float32) for value in (0.05, 0.02)]
    shine = [RANDOM.random(SHAPE).astype(np.float32) for _ in plates]
    mutual = np.float32(0.07)
    channels = [black + own + 0.5 * p + 0.8 * 0.5 * q + mutual for p, q in zip(plates, shine, strict=True)]
    lit = np.stack([*channels, black + own + mutual], axis=-1)
    found = clean.pair(lit, black, own, weights, [(p, 0.5) for p in plates])
    for index, q in enumerate(shine):
        np.testing.assert_allclose(found[..., index][BOX], q[BOX], atol=1e-5)
    assert found[weights == 0].max() == 0


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


def test_what_parts_throw_on_each_other_and_on_themselves_is_found_from_three_brightnesses() -> None:
    own = RANDOM.random(SHAPE).astype(np.float32)
    thrown = RANDOM.random((3, *SHAPE)).astype(np.float32) * np.float32(0.2)
    alone, bright, dim = 0.5, 0.9, 0.45
    measured = own + np.float32(alone) * thrown[1]
    lit = [
        own + sum(np.float32(bright if part == channel else dim) * thrown[part] for part in range(3))
        for channel in range(3)
    ]

    found = clean.mutual(measured, lit, 1, (alone, bright, dim))

    np.testing.assert_allclose(found, thrown, atol=1e-5)
    # A light part among light ones is brighter than what was measured of it alone.
    assert (own + 0.8 * thrown.sum(axis=0) - measured).min() > -0.1
    assert (own + 0.8 * thrown.sum(axis=0) - measured).mean() > 0.1

"""SIJEOM's maps, made from numbers: a sunray dial, brushed steel beside polished, woven textile."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from photography.product import Map
from photography.textures import grid, normalised, tileable_noise

SIZE = 1024
THREADS = 20
"""Of the weave, in both directions."""


def _streaks(seed: int, blur: float) -> Map:
    """A line of noise that tiles, 0…1."""
    line = gaussian_filter1d(np.random.default_rng(seed).standard_normal(SIZE), blur, mode="wrap")
    return normalised(np.clip(line, -2.5 * line.std(), 2.5 * line.std()))


def sunray() -> Map:
    """Strokes from the centre outwards: they vary around the dial (u) only."""
    line = 0.6 * _streaks(31, 0.8) + 0.25 * _streaks(32, 3.0) + 0.15 * _streaks(33, 9.0)
    return np.tile(normalised(line), (SIZE, 1))


def sunray_tint() -> Map:
    """The same strokes, as they darken and lighten the lacquer."""
    return np.asarray(0.84 + 0.12 * sunray())


def metal() -> Map:
    """Polished where v is below a half, strokes around the case (u) above."""
    _, v = grid(SIZE)
    strokes = gaussian_filter(np.random.default_rng(34).standard_normal((SIZE, SIZE)), (0.7, 90), mode="wrap")
    strokes = normalised(np.clip(strokes, -2.5 * strokes.std(), 2.5 * strokes.std()))
    return np.where(v > 0.5, 0.45 + 0.55 * strokes, 0.0)


def opaline() -> Map:
    """The fine grain of a silvered dial."""
    grain = gaussian_filter(np.random.default_rng(35).standard_normal((SIZE, SIZE)), 1.6, mode="wrap")
    return normalised(np.clip(grain, -3 * grain.std(), 3 * grain.std()))


def woven_height() -> Map:
    """A plain weave: threads that go over and under each other, a few thicker than others."""
    u, v = grid(SIZE)
    bend = 0.10 / THREADS * (tileable_noise(SIZE, 16, 36) - 0.5)
    across, down = (u + bend) * THREADS, (v + bend) * THREADS
    over = (np.floor(across) + np.floor(down)) % 2 == 0
    warp = _round(across % 1) * (0.55 + 0.45 * np.sin(np.pi * (down % 1)))
    weft = _round(down % 1) * (0.55 + 0.45 * np.sin(np.pi * (across % 1)))
    fibres = 0.06 * (tileable_noise(SIZE, 128, 37, 2) - 0.5)
    return normalised(gaussian_filter(np.where(over, warp, 0.94 * weft), 1.0, mode="wrap") + fibres)


def _round(across: Map) -> Map:
    """Height across one thread, 0…1."""
    return np.asarray(np.sqrt(np.clip(1 - ((across - 0.5) / 0.52) ** 2, 0, 1)))


def woven_tint() -> Map:
    """Dark between the threads, and yarn that takes the dye unevenly."""
    yarn = tileable_noise(SIZE, 20, 38, 3) - 0.5
    return np.asarray(np.clip(0.52 + 0.34 * woven_height() + 0.16 * yarn, 0, 1))

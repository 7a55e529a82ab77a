"""Textures made from numbers: square grey maps, 0…1, that tile. They are made once into a folder the caller names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, zoom  # type: ignore[import-untyped]
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from photography.product import Map

Generator = np.random.Generator
STEPS = 65535


def grid(size: int) -> tuple[Map, Map]:
    """u (to the right) and v (up) of the pixels' centres."""
    v, u = np.mgrid[0:size, 0:size]
    return (u + 0.5) / size, 1 - (v + 0.5) / size


def tileable_noise(size: int, cells: int, seed: int, octaves: int = 4) -> Map:
    """Smooth noise of mean ½, with `cells` bumps along a side in its coarsest octave."""
    source = np.random.default_rng(seed)
    noise, total, weight = np.zeros((size, size)), 0.0, 1.0
    for octave in range(octaves):
        count = cells * 2**octave
        if count > size:
            break
        # What goes out on one side comes in on the other: only so the map tiles.
        noise += weight * zoom(source.random((count, count)), size / count, order=3, mode="grid-wrap", grid_mode=True)
        total += weight
        weight /= 2
    return noise / total


def normalised(values: Map) -> Map:
    """Stretched to 0…1."""
    return np.asarray((values - values.min()) / (values.max() - values.min()))


def scattered(distance: float, seed: int, tries: int = 6000) -> NDArray[np.float64]:
    """Points of the unit square that keep `distance` from each other, across its borders too."""
    kept: list[NDArray[np.float64]] = []
    for point in np.random.default_rng(seed).random((tries, 2)):
        apart = (np.abs(np.array(kept).reshape(-1, 2) - point) + 0.5) % 1 - 0.5
        if not kept or (apart**2).sum(1).min() > distance**2:
            kept.append(point)
    return np.array(kept)


def leather_height() -> Map:
    """Pebbles of vegetable-tanned leather: cells, fine wrinkles and a few pores."""
    size, distance = 1024, 0.022
    points = scattered(distance, seed=7)
    around = np.concatenate([points + np.array([i, j]) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    u, v = grid(size)
    bent = 0.010 * (tileable_noise(size, 12, 8) - 0.5)
    nearest, _ = cKDTree(around).query(np.stack([(u + bent) % 1, (v - bent) % 1], -1).reshape(-1, 2), k=2)
    edge = ((nearest[:, 1] - nearest[:, 0]) / distance).reshape(size, size)
    pebbles = 1 - np.exp(-3.0 * np.clip(edge, 0, 1))
    height = 0.72 * pebbles + 0.28 * tileable_noise(size, 48, 9)
    return normalised(gaussian_filter(height, 1.2, mode="wrap"))


def leather_tint() -> Map:
    """Dye that sits a little darker between the pebbles, and clouds over the hide."""
    height = leather_height()
    return np.asarray(np.clip(0.72 + 0.16 * height + 0.22 * (tileable_noise(1024, 4, 10) - 0.5), 0, 1))


def wood_tint() -> Map:
    """Straight grain along u: growth rings of uneven width, fibres and short pores."""
    size = 1024
    _, v = grid(size)
    bend = gaussian_filter(np.random.default_rng(3).standard_normal((size, size)), (90, 260), mode="wrap")
    bend /= np.abs(bend).max()
    phase = 23 * (v + 0.035 * bend)
    rings = (phase % 1) ** 2.2 * (0.7 + 0.5 * np.sin(phase // 1 * 2.4))
    source = np.random.default_rng(4)
    fibres = gaussian_filter(source.standard_normal((size, size)), (0.7, 60), mode="wrap")
    pores = gaussian_filter((source.random((size, size)) > 0.9985).astype(float), (0.6, 9), mode="wrap")
    light = 0.88 - 0.22 * rings + 0.055 * fibres / fibres.std() - 0.10 * np.clip(pores / pores.max() * 2, 0, 1)
    return np.asarray(np.clip(light, 0, 1))


def speckle_tint() -> Map:
    """Clay with iron specks of several sizes."""
    size = 1024
    source = np.random.default_rng(11)
    light = 0.88 + 0.12 * (tileable_noise(size, 6, 12, 5) - 0.5)
    for count, radius, strength in ((2600, 0.7, 0.10), (420, 1.3, 0.22), (60, 2.4, 0.38)):
        specks = np.zeros((size, size))
        rows, columns = source.integers(0, size, (2, count))
        specks[rows, columns] = source.uniform(0.4, 1, count)
        blurred = gaussian_filter(specks, radius, mode="wrap") * (2 * np.pi * radius**2)
        light *= 1 - strength * np.clip(blurred, 0, 1)
    return np.asarray(np.clip(light, 0, 1))


def clay_height() -> Map:
    """The fine tooth of unglazed clay."""
    return normalised(0.6 * tileable_noise(512, 64, 13, 3) + 0.4 * tileable_noise(512, 16, 14, 3))


def brushed_height() -> Map:
    """Fine strokes along u."""
    strokes = gaussian_filter(np.random.default_rng(15).standard_normal((512, 512)), (0.6, 40), mode="wrap")
    return normalised(np.clip(strokes, -3 * strokes.std(), 3 * strokes.std()))


def fine_grain() -> Map:
    """The grain of bead-blasted metal or textured plastic."""
    grain = gaussian_filter(np.random.default_rng(16).standard_normal((512, 512)), 1.1, mode="wrap")
    return normalised(np.clip(grain, -3 * grain.std(), 3 * grain.std()))


STUDIO: Mapping[str, Callable[[], Map]] = {
    "leather_height": leather_height,
    "leather_tint": leather_tint,
    "wood_tint": wood_tint,
    "speckle_tint": speckle_tint,
    "clay_height": clay_height,
    "brushed_height": brushed_height,
    "fine_grain": fine_grain,
}


class Textures:
    """The maps of the studio and of one product, as 16-bit PNG files of a folder, each made when it is first used."""

    def __init__(self, folder: Path, own: Mapping[str, Callable[[], Map]] | None = None) -> None:
        self.folder = folder
        self.makers = {**STUDIO, **(own or {})}

    def file(self, name: str) -> Path:
        """The map's file."""
        file = self.folder / f"{name}.png"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            values = np.clip(self.makers[name](), 0, 1) * STEPS + 0.5
            draft = file.with_suffix(".draft.png")
            Image.fromarray(values.astype(np.uint16)).save(draft)
            draft.replace(file)
        return file

    def mean(self, name: str) -> float:
        """The map's mean, 0…1."""
        with Image.open(self.file(name)) as picture:
            return float(np.asarray(picture, np.float64).mean() / STEPS)

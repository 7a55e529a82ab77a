"""The colours of a picture, and the design that comes nearest to them. Pure.

Colours are compared in CIELAB (D65) by CIE76, which is what k-means minimises as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from configurator.definition import ProductDefinition
from configurator.pictures.plates import View
from configurator.pictures.tone import linear

Floats = NDArray[np.float64]
Choice = tuple[str, str]
COLOURS = 6
ROUNDS = 25
SEED = 20261122
LOOKED_AT = 96
"""Pixels on the longer side: enough for a palette."""
SEEN = 128
"""Coverage below this (of 255) is not looked at."""
FARTHEST = 150.0
"""A difference that is as far as any."""
SHARE_PULL = 40.0
"""How much nearer, in ΔE, a colour of the whole picture seems than one that has been used up."""
OPTIONAL = 0.02
SRGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


@dataclass(frozen=True)
class Shade:
    """One colour of a picture, `#RRGGBB`, and its share of the picture."""

    colour: str
    share: float


def shades_of(picture: Image.Image) -> tuple[Shade, ...]:
    """The picture's colours, the commonest first: k-means in CIELAB, the same for the same picture."""
    small = picture.convert("RGBA")
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    pixels = np.asarray(small).reshape(-1, 4)
    seen = pixels[pixels[:, 3] >= SEEN][:, :3]
    if not len(seen):
        return ()
    points = lab(_linear_bytes(seen))
    labels = _clusters(points, min(COLOURS, len(np.unique(seen, axis=0))))
    found = []
    for label in np.unique(labels):
        mine = labels == label
        mean = np.round(seen[mine].mean(axis=0)).astype(int)
        found.append(Shade("#{:02X}{:02X}{:02X}".format(*mean), float(mine.mean())))
    return tuple(sorted(found, key=lambda shade: (-shade.share, shade.colour)))


def lab(light: Floats) -> Floats:
    """CIELAB of linear sRGB light, shape (N, 3) (CIE 15:2004, D65)."""
    ratio = light @ SRGB_TO_XYZ.T / WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root[:, 0], root[:, 1], root[:, 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def difference(one: str, other: str) -> float:
    """CIE76 between two colours `#RRGGBB`."""
    points = lab(np.stack([linear(one), linear(other)]).astype(np.float64))
    return float(np.linalg.norm(points[0] - points[1]))


def weights(definition: ProductDefinition, shades: tuple[Shade, ...], areas: Mapping[str, float]) -> dict[Choice, int]:
    """How well each option suits the picture, by group and option: for `RulesEngine.complete`.

    The largest parts choose their shade first, and a shade that is used up by them attracts the next less: a picture of
    sea and a red boat becomes a blue piece with something red, not a blue piece.
    """
    left = {shade.colour: shade.share for shade in shades}
    found: dict[Choice, int] = {}
    for group_id, area in _by_area(definition, areas):
        group = definition.group(group_id)
        if not any(option.colours for option in group.offered):
            # What nobody sees, or is of the same colour either way, stays as it usually is: a swatch is no colour then.
            found[group_id, definition.preset.get(group_id, group.offered[0].id)] = 1
            continue
        options = {option.id: option.swatch for option in group.offered}

        def nearest(shade: str, options: Mapping[str, str] = options) -> float:
            return min(difference(colour, shade) for colour in options.values())

        wanted = min(left, key=lambda shade: (nearest(shade) - SHARE_PULL * left[shade], shade))
        left[wanted] = max(0.0, left[wanted] - area)
        for option_id, colour in options.items():
            likeness = max(0.0, FARTHEST - difference(colour, wanted))
            # A group that need not exist must not win by being one more.
            found[group_id, option_id] = round(likeness * (1 + 100 * area) * (OPTIONAL if group.when else 1))
    return found


def suiting(
    definition: ProductDefinition, picture: Image.Image, view: View
) -> tuple[dict[str, str], tuple[Shade, ...]]:
    """The possible design that suits a picture best, and the picture's shades; no choices for a picture of nothing."""
    shades = shades_of(picture)
    if not shades:
        return {}, ()
    chosen = definition.engine.complete({}, weights(definition, shades, view.areas))
    return definition.settled(chosen or {}), shades


def _by_area(definition: ProductDefinition, areas: Mapping[str, float]) -> list[tuple[str, float]]:
    sizes = {group.id: sum(areas.get(part, 0.0) for part in group.offered[0].colours) for group in definition.groups}
    return sorted(sizes.items(), key=lambda row: (-row[1], row[0]))


def _clusters(points: Floats, count: int) -> NDArray[np.int64]:
    """Lloyd's k-means from k-means++ seeds; a label for each point."""
    generator = np.random.default_rng(SEED)
    centres = points[[generator.integers(len(points))]]
    for _each in range(count - 1):
        gap = np.min(((points[:, None] - centres) ** 2).sum(axis=2), axis=1)
        centres = np.vstack([centres, points[generator.choice(len(points), p=gap / gap.sum())]])
    labels = np.zeros(len(points), np.int64)
    for _each in range(ROUNDS):
        labels = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        moved = np.stack(
            [points[labels == k].mean(axis=0) if (labels == k).any() else centres[k] for k in range(count)]
        )
        if np.allclose(moved, centres, atol=1e-3):
            break
        centres = moved
    return labels


def _linear_bytes(coded: NDArray[np.uint8]) -> Floats:
    values = coded.astype(np.float64) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)

"""From renders to plates: what one part adds to the light, free of the denoiser's residue. Pure arrays.

Light is linear: a picture is the black render plus, for each part, its colour times its plate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, distance_transform_edt, gaussian_filter  # type: ignore[import-untyped]

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

COVERED = 0.004
SHARP_AROUND = 2  # pixels around a part on which its plate stays sharp
BLUR_ON_PARTS = 6
BLUR_ON_GROUND = 7.0
BLUR_OF_SHOWN = 2.0  # of the light that close matt parts throw on each other
NOTHING = 0.004
GLARE = 0.4  # light of a black part above which its highlights are noisier than what others throw on it
DOUBT = 0.02
RIDGE, SWEEPS = 0.003, 60
FAINT, AROUND = 0.05, 1.5
"""Less than this, on the mean of so many pixels around, is taken for noise in a mirror. Two colours take most of it."""
FADE = 54  # pixels over which a plate fades to nothing at the crop's border


def regions(covers: Floats) -> NDArray[np.uint8]:
    """Where one thing ends and another begins: 0 the ground, else 1 + the part that covers most of the pixel.

    `covers` has the shape (parts, height, width).
    """
    most = covers.argmax(axis=0)
    return np.where(covers.max(axis=0) >= 0.5, most + 1, 0).astype(np.uint8)


def plate(lit: Floats, black: Floats, weight: float, cover: Floats, places: NDArray[np.uint8]) -> Floats:
    """What a part adds per unit of its colour: sharp on the part itself, elsewhere smoothed.

    What a part throws on others is soft but for noise, which would otherwise show as blotches when parts' colours
    differ much from those of the renders. It is smoothed within each of the `places`, not across their edges.
    """
    raw = (lit - black) / np.float32(weight)
    own = binary_dilation(cover > COVERED, iterations=SHARP_AROUND)
    clean = smooth_within(raw, places, ~own)
    # In a highlight the noise is as large as what is thrown there; another finish has no highlight to hide it.
    clean -= np.where(places > 0, np.float32(DOUBT) * np.clip(black - GLARE, 0, None), 0)
    clean[own] = raw[own]
    np.clip(clean, 0, None, out=clean)
    clean[~own & (clean < NOTHING)] = 0
    return clean


def hued_light(seen: Floats, colour: Floats) -> Floats:
    """What the one thing with a hue adds to the light per unit of its colour, where all else is grey: least squares.

    `seen` has the shape (height, width, 3), `colour` is linear light.
    """
    hue = colour - colour.mean()
    found = (seen - seen.mean(axis=-1, keepdims=True)) @ hue / (hue @ hue)
    return np.asarray(np.clip(found, 0, None), np.float32)


def smooth_within(
    values: Floats, places: NDArray[np.uint8], wanted: Mask, blur_on_parts: float = BLUR_ON_PARTS
) -> Floats:
    """Blurred inside each place, as if nothing else were there; zero where it is not wanted."""
    smooth = np.zeros_like(values)
    for place in np.unique(places[wanted]):
        here = (places == place) & wanted
        blur = blur_on_parts if place else BLUR_ON_GROUND
        weight = gaussian_filter(here.astype(np.float32), blur)
        light = gaussian_filter(np.where(here, values, 0).astype(np.float32), blur)
        smooth[here] = light[here] / np.maximum(weight[here], 1e-6)
    return smooth


def fade(height: int, width: int, open_sides: Sequence[bool], over: int = FADE) -> Floats:
    """1 inside, falling to 0 at the open sides (top, right, bottom, left); the others are the picture's own."""

    def ramp(count: int, first: bool, last: bool) -> Floats:
        steps = np.arange(count, dtype=np.float32)
        from_first = steps / over if first else np.ones(count, np.float32)
        from_last = (count - 1 - steps) / over if last else np.ones(count, np.float32)
        t = np.clip(np.minimum(from_first, from_last), 0, 1)
        return np.asarray(t * t * (3 - 2 * t), np.float32)

    top, right, bottom, left = open_sides
    return np.outer(ramp(height, top, bottom), ramp(width, left, right)).astype(np.float32)


def products(
    measured: Floats,
    factors: Floats,
    here: Mask | None = None,
    *,
    asked: NDArray[np.bool_] | None = None,
    least: float = 0.0,
) -> Floats:
    """A mirror's own plate and what it shows of each part per unit of both colours: least squares, not below `least`.

    `measured` has the shape (equations, pixels): light that other parts do not explain; `factors` has the shape
    (equations, unknowns): the mirror's colour, and what each product of two colours was. Returns (unknowns, pixels): 0
    for what no equation knows, and where it is not `asked` for. Clipped only afterwards, what one was given too little
    another would keep too much. Where the pixels lie, `here`, does not matter.
    """
    square = factors.T @ factors
    square += np.eye(len(square), dtype=np.float32) * np.float32(RIDGE * max(np.trace(square) / len(square), 1e-6))
    wanted = factors.T @ measured
    found = np.zeros_like(wanted)
    for _ in range(SWEEPS):
        for part, row in enumerate(square):
            found[part] += (wanted[part] - row @ found) / row[part]
            np.maximum(found[part], least, out=found[part])
            if asked is not None:
                found[part] *= asked[part]
    return found


def sharp_products(measured: Floats, factors: Floats, here: Mask) -> Floats:
    """`products` for the pixels `here` of a mirror as sharp as metal: only of parts that are seen around a pixel.

    Most metal shows one part at most; to ask for all of them would only spread its noise. Its own plate, the first of
    the unknowns, is always asked for.
    """
    first = products(measured, factors, least=-np.inf)
    around = gaussian_filter(here.astype(np.float32), AROUND)[here]
    asked = [np.ones_like(around, bool)]
    for values in first[1:]:
        picture = np.zeros(here.shape, np.float32)
        picture[here] = values
        asked.append(gaussian_filter(picture, AROUND)[here] / around > FAINT)
    return products(measured, factors, asked=np.array(asked))


def filled(values: Floats, sure: Mask) -> Floats:
    """Where it is not sure, the value of the nearest sure pixel: a surface's light goes on beyond its border."""
    if not sure.any():
        return values
    rows, columns = distance_transform_edt(~sure, return_distances=False, return_indices=True)
    return np.asarray(values[rows, columns])

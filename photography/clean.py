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
BLUR_ON_PARTS = 3.5
BLUR_ON_GROUND = 7.0
NOTHING = 0.002
GLARE = 0.4  # light of a black part above which its highlights are noisier than what others throw on it
DOUBT = 0.02
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


def smooth_within(values: Floats, places: NDArray[np.uint8], wanted: Mask) -> Floats:
    """Blurred inside each place, as if nothing else were there; zero where it is not wanted."""
    smooth = np.zeros_like(values)
    for place in np.unique(places[wanted]):
        here = (places == place) & wanted
        blur = BLUR_ON_PARTS if place else BLUR_ON_GROUND
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


def pair(
    lit: Floats, black: Floats, own: Floats, mirror_weights: Floats, reflected: Sequence[tuple[Floats, float]]
) -> Floats:
    """What mirrors show of the reflected parts per unit of both colours, shape (height, width, reflected).

    `own` is what the mirrors add by themselves at the weights painted, `mirror_weights` the weight at each pixel (0 off
    the mirrors), `reflected` each part's raw plate and weight. What mirrors show of each other is in every channel
    alike; the least of the channels is taken for it.
    """
    on = mirror_weights > 0
    rest = [lit[..., channel] - black - own - weight * single for channel, (single, weight) in enumerate(reflected)]
    channels = list(rest)
    channels += [lit[..., channel] - black - own for channel in range(len(reflected), lit.shape[-1])]
    mutual = np.minimum.reduce(channels) if len(channels) > 1 else np.zeros_like(black)
    mutual = np.clip(mutual, 0, None)
    found = [
        np.where(on, np.clip(value - mutual, 0, None) / np.maximum(mirror_weights * weight, 1e-6), 0)
        for value, (_, weight) in zip(rest, reflected, strict=True)
    ]
    return np.stack(found, axis=-1).astype(np.float32)


def mutual(own: Floats, lit: Sequence[Floats], index: int, weights: tuple[float, float, float]) -> list[Floats]:
    """What a part shows of each of the parts that light each other, itself among them, per unit of both colours.

    `own` is what the part adds per unit of its colour, measured alone at weights[0]; lit[k] the same while part k has
    weights[1] and all others, of which `index` is this part, have weights[2]. A part of colour c then adds
    c (P + Σ cⱼ Qⱼ); the differences of these measurements are linear in the Qs.
    """
    alone, bright, dim = weights
    apart = [lit[index] - each for each in lit]
    found = (lit[index] - own + sum(apart)) / np.float32(bright - alone + dim * (len(lit) - 1))
    return [np.asarray(found - each / np.float32(bright - dim), np.float32) for each in apart]


def filled(values: Floats, sure: Mask) -> Floats:
    """Where it is not sure, the value of the nearest sure pixel: a surface's light goes on beyond its border."""
    if not sure.any():
        return values
    rows, columns = distance_transform_edt(~sure, return_distances=False, return_indices=True)
    return np.asarray(values[rows, columns])

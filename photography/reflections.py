"""What parts show of each other: mirrors what stands around them, close matt parts its light.

A pixel of a mirror m is its own plate times its colour, and for each part that it shows both colours times a plate:
c·P + Σ c·cᵢ·Qᵢ. All of them are found from the renders in which parts have random colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from configurator.pictures.plates import Seen
from photography import clean, exr
from photography.clean import COVERED, Floats
from photography.plates import CHANNELS


@dataclass(frozen=True)
class Renders:
    """A view's renders and what they are of. What is fixed in a colour with a hue is taken out of every one of them."""

    folder: Path
    plan: Mapping[str, Any]
    hue: Floats
    fixed: Floats

    def light(self, name: str) -> Floats:
        """A render of the crop, linear light."""
        return self.without_fixed(exr.read_layers(self.folder / f"{name}.exr")[exr.COMBINED])

    def without_fixed(self, seen: Floats) -> Floats:
        """Linear light of the crop without what is fixed."""
        return np.asarray(seen - self.fixed[..., None] * self.hue, np.float32)


@dataclass(frozen=True)
class Measured:
    """The channel of a render in which a part alone was painted, as bright as `weight`."""

    part: str
    lit: Floats
    weight: float
    channel: int


@dataclass(frozen=True)
class Mixed:
    """A channel of a render in random colours: the parts' brightness in it, and what was worn besides the usual."""

    colours: Mapping[str, float]
    light: Floats
    worn: Seen | None


@dataclass(frozen=True)
class Shown:
    """What a mirror shows per unit of both colours; and, of one as sharp as metal, its own plate on its own pixels.

    All of it is 0 off the mirror's own pixels, `here`.
    """

    here: clean.Mask
    seen: Mapping[Seen, Floats]
    own: Floats | None = None


def raw_plates(renders: Renders) -> dict[str, Measured]:
    """Each part's own picture."""
    raw = {}
    for name, job in renders.plan["renders"].items():
        if name.startswith("parts-"):
            seen = renders.light(name)
            for channel, (part, weight) in enumerate(zip(job["channels"], job["weights"], strict=True)):
                raw[part] = Measured(part, seen[..., channel], weight, channel)
    return raw


def seen_in(renders: Renders) -> list[Seen]:
    """What mirrors show: parts, and parts in finishes that were photographed for it."""
    found = [Seen(part) for part in renders.plan["reflected"]]
    jobs = renders.plan["renders"]
    return found + [Seen(*only) for name in jobs if _is_mixed(name) for only in jobs[name]["finishes"].items()]


def shown_by_mirrors(renders: Renders, black: Floats, covers: Floats, raw: Mapping[str, Measured]) -> dict[str, Shown]:
    """For each mirror what it shows; nothing for a view without renders in random colours."""
    mixed = mixed_renders(renders)
    if not mixed:
        return {}
    single = {part: (own.lit - black) / np.float32(own.weight) for part, own in raw.items()}
    nearest, most = covers.argmax(axis=0), covers.max(axis=0)
    found = {}
    for mirror, row in renders.plan["mirrors"].items():
        here = (nearest == renders.plan["parts"].index(mirror)) & (most > COVERED)
        each = _Mirror(mirror, here, renders, black, single, raw.get(mirror))
        found[mirror] = each.shown(mixed, row["is_sharp"])
    return found


@dataclass(frozen=True)
class _Mirror:
    """A mirror while what it shows is found. `measured` is its own render; what is fixed in a colour has none."""

    part: str
    here: clean.Mask
    renders: Renders
    black: Floats
    single: Mapping[str, Floats]
    measured: Measured | None

    def shown(self, mixed: list[Mixed], is_sharp: bool) -> Shown:
        usual = [seen for seen in seen_in(self.renders) if not seen.finish]
        known = [each for each in mixed if not each.worn]
        light, factors = [self.rest(each) for each in known], [self.factors(each, usual) for each in known]
        if self.measured:
            light.append((self.measured.lit - self.black)[self.here])
            weight = self.measured.weight
            factors.append([weight, *(weight * already(self.renders, self.measured, seen) for seen in usual)])
        solve = clean.sharp_products if is_sharp else clean.products
        own, *rows = solve(np.array(light, np.float32), np.array(factors, np.float32), self.here)
        found = dict(zip(usual, rows, strict=True))
        for seen in seen_in(self.renders):
            if seen.finish:
                found[seen] = self.in_another_finish(seen, own, found, [each for each in mixed if each.worn == seen])
        pictures = {seen: self.picture(values, is_sharp) for seen, values in found.items()}
        return Shown(self.here, pictures, self.picture(own, is_sharp) if is_sharp and self.measured else None)

    def rest(self, each: Mixed) -> Floats:
        """What the other parts' colours times their plates do not explain."""
        others = {part: light for part, light in self.single.items() if part in each.colours and part != self.part}
        alone = sum(np.float32(each.colours[part]) * light[self.here] for part, light in others.items())
        return np.asarray(each.light[self.here] - self.black[self.here] - alone, np.float32)

    def factors(self, each: Mixed, seen: list[Seen]) -> list[float]:
        """Of the mirror's own plate, and of what it shows. Of what is fixed in a colour neither can be told apart."""
        own = each.colours[self.part]
        is_known = bool(self.measured)
        return [own * is_known, *(own * each.colours[it.part] * (is_known or it.part != self.part) for it in seen)]

    def in_another_finish(self, seen: Seen, own: Floats, found: Mapping[Seen, Floats], these: list[Mixed]) -> Floats:
        """What it shows of a part in another finish; the part itself is another mirror then, or none."""
        others = [other for other in found if not other.finish and other.part != seen.part]
        left = []
        for each in these:
            mine, *rows = self.factors(each, others)
            known = sum(np.float32(factor) * found[other] for factor, other in zip(rows, others, strict=True))
            left.append(self.rest(each) - np.float32(mine) * own - known)
        factors = np.array([self.factors(each, [seen])[1:] for each in these], np.float32)
        return np.asarray(clean.products(np.array(left, np.float32), factors)[0] * (seen.part != self.part), np.float32)

    def picture(self, values: Floats, is_sharp: bool) -> Floats:
        """Values of its pixels as a picture, smoothed unless they are a mirror's."""
        picture = np.zeros(self.here.shape, np.float32)
        picture[self.here] = values
        places = self.here.astype(np.uint8)
        soft = picture if is_sharp else clean.smooth_within(picture, places, self.here, clean.BLUR_OF_SHOWN)
        return np.clip(soft, 0, None)


def already(renders: Renders, mirror: Measured, seen: Seen) -> float:
    """How bright what is seen was when the mirror alone was painted: so much of it is in the mirror's render.

    The mirror was as bright itself, and what is fixed in a colour always is there.
    """
    hued = renders.plan["hued"]
    if seen == Seen(mirror.part):
        return mirror.weight
    return float(hued[seen.part][mirror.channel]) if seen.part in hued else 0.0


def alone(renders: Renders, light: Floats, mirror: Measured, shown: Shown) -> Floats:
    """A mirror's plate without what it showed when it was measured."""
    mixed_in = sum(np.float32(already(renders, mirror, seen)) * values for seen, values in shown.seen.items())
    left = np.clip(light - mixed_in, 0, None)
    return np.asarray(left if shown.own is None else np.where(shown.here, shown.own, left), np.float32)


def mixed_renders(renders: Renders) -> list[Mixed]:
    """Every channel of the renders in random colours."""
    found = []
    for name, job in renders.plan["renders"].items():
        if _is_mixed(name):
            light = renders.light(name)
            worn = next((Seen(*only) for only in job["finishes"].items()), None)
            for channel in range(CHANNELS):
                colours = {part: rgb[channel] for part, rgb in job["colours"].items()}
                colours |= {part: rgb[channel] for part, rgb in renders.plan["hued"].items()}
                found.append(Mixed(colours, light[..., channel], worn))
    return found


def _is_mixed(name: str) -> bool:
    return name.startswith("mixed-")

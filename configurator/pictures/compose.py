"""One picture of one configuration from a view's plates.

picture = B + Σ colourᵢ · Pᵢ in linear light, with what other finishes add, with what coloured mirrors show of other
parts, with prints and engravings as inks on their panels; then the tone map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from configurator.configuration import Colours
from configurator.pictures.panels import cut_into, fitted, print_on
from configurator.pictures.plates import View
from configurator.pictures.tone import Bytes, Floats, linear, to_bytes, tone_map

BAND = 16_384
"""Pixels that are worked on at a time: what lies between their light and their bytes stays in the processor's cache."""


@dataclass(frozen=True)
class Cut:
    """An engraving: an 8-bit mask on a panel, and the colour of what is cut."""

    panel: str
    mask: Image.Image
    colour: str


def compose(
    view: View, colours: Colours, cuts: Sequence[Cut] = (), prints: Mapping[str, Floats] | None = None
) -> Image.Image:
    """The picture at the view's full size.

    `prints` are textures by panel: planes (4, height, width) of linear light times coverage, and coverage. Engravings
    lie on top of prints. A finish or a panel that the view does not show is not drawn. Raises KeyError for a part
    without a colour.
    """
    return Image.fromarray(_developed(view, light_of(view, colours, cuts, prints)))


def light_of(
    view: View, colours: Colours, cuts: Sequence[Cut] = (), prints: Mapping[str, Floats] | None = None
) -> Floats:
    """The linear light of the view's crop as planes (3, pixels), before the tone map; otherwise as `compose`."""
    light = _sum(view, colours)
    for name, texture in (prints or {}).items():
        if name in view.panels:
            print_on(light, view.panels[name], texture)
    for cut in cuts:
        if cut.panel in view.panels:
            panel = view.panels[cut.panel]
            cut_into(light, panel, fitted(cut.mask, panel), linear(cut.colour))
    return light


def _sum(view: View, colours: Colours) -> Floats:
    """The light of the crop before anything lies on the panels."""
    missing = set(view.parts) - set(colours.parts)
    if missing:
        raise KeyError(f"no colour for {', '.join(sorted(missing))}")
    painted = {part: linear(colours.parts[part]) for part in view.parts}
    weights = np.stack([np.ones(3, np.float32), *painted.values()], axis=1)
    light = np.empty((3, view.pixels), np.float32)
    for start in range(0, view.pixels, BAND):
        band = slice(start, start + BAND)
        np.matmul(weights, view.light[:, band], out=light[:, band])
    for key in colours.finishes.items():
        if key in view.finishes:
            finish = view.finishes[key]
            added = slice(finish.start, finish.start + finish.light.shape[1])
            light[:, added] += np.stack([np.ones(3, np.float32), painted[finish.part]], axis=1) @ finish.light
    worn = [painted[seen.part] * view.is_worn(seen, colours.finishes) for seen in view.reflected]
    for mirror in view.mirrors:
        if colours.finishes.get(mirror.part) in mirror.not_in:
            continue
        shown = np.stack([painted[mirror.part] * colour for colour in worn], axis=1)
        light[:, mirror.places] += shown @ mirror.light
    return light


def _developed(view: View, light: Floats) -> Bytes:
    """The whole picture in bytes, (size, size, 3); uses the light up."""
    picture = view.backdrop.copy()
    rows_at_once = max(1, BAND // view.width)
    for top in range(0, view.height, rows_at_once):
        rows = min(rows_at_once, view.height - top)
        band = np.ascontiguousarray(light[:, top * view.width : (top + rows) * view.width])
        drawn = to_bytes(tone_map(band)).reshape(3, rows, view.width)
        picture[view.y + top : view.y + top + rows, view.x : view.x + view.width] = drawn.transpose(1, 2, 0)
    return picture

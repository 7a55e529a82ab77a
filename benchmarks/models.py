"""A design's model for 3D: the product's GLB file, painted.

The cases are 40 designs of the demo's product, engraved, and printed with a picture of the usual size. Letters and
prints were drawn before, as they are for whoever turns a piece that is on the page already.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
from PIL import Image

from benchmarks.demo import PRODUCT, definition, designs
from benchmarks.harness import Figure, benchmark, p95_ms, processor_seconds, require
from configurator.compile import colours, engraving_area
from configurator.configuration import Configuration
from configurator.gltf.container import read_glb
from configurator.gltf.files import read_model
from configurator.gltf.inlays import printed, stencil
from configurator.gltf.notes import Surface
from configurator.gltf.template import Inlay, Paint
from configurator.pictures import engraving

CASES = 40
ROUNDS = 3
PRINT_PIXELS = (496, 368)


@benchmark("pictures.glb")
def painting() -> Iterator[Figure]:
    """The patch alone: milliseconds of the processor per model."""
    require(definition().model is not None, "the demo's product has no model")
    template, _notes = read_model(PRODUCT / str(definition().model))
    paints = [paint_of(design) for design in designs(CASES)]
    require(read_glb(template.painted(paints[0])).document["asset"]["version"] == "2.0", "the model is not glTF 2.0")
    seconds = [processor_seconds(partial(template.painted, paint)) for _ in range(ROUNDS) for paint in paints]
    yield Figure("p95_ms", p95_ms(seconds), "ms")
    yield Figure("kilobytes", len(template.painted(paints[0])) / 1000, "kB")


def paint_of(design: Configuration) -> Paint:
    painted, row = colours(definition(), design), definition().engraving
    mask = engraving.mask(design.engraving, row.font_of(design.font), engraving_area(definition()))
    inlays = {row.panel: Inlay(stencil(mask), painted.engraving, Surface(metallic=0.6))}
    if definition().artwork:
        inlays[definition().artwork.panel] = Inlay(printed_picture())  # type: ignore[union-attr]
    return Paint(painted.parts, {}, inlays)


@cache
def printed_picture() -> bytes:
    """A picture that no encoder can make small."""
    noise = np.random.default_rng(2026).integers(0, 256, (PRINT_PIXELS[1], PRINT_PIXELS[0], 4), np.uint8)
    return printed(Image.fromarray(noise))

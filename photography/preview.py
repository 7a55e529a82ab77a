"""A quick picture of a product, to look at: `python -m photography.preview <slug> <shot> picture.png --case 0`."""

from __future__ import annotations

import argparse
from pathlib import Path

import bpy

from photography import studio
from photography.direct import paint_of
from photography.product import load_product
from photography.scene import set_scene
from photography.textures import Textures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("product")
    parser.add_argument("shot")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--size", type=int, default=420)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--case", type=int, default=0, help="number of the reference configuration that is shown")
    parser.add_argument("--work", type=Path, default=Path("build/photography"), help="folder for textures")
    given = parser.parse_args()
    product = load_product(given.product)
    textures = Textures(given.work.resolve() / "textures" / product.slug, product.textures)
    reference = product.references[given.case]
    paint = paint_of(product, reference, given.work.resolve() / "prints" / product.slug)
    set_scene(product, product.shot(given.shot), paint, textures)
    studio.set_up_cycles(given.size, given.samples, 0.03)
    scene = bpy.context.scene
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.filepath = str(given.picture.resolve())
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main()

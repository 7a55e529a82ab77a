"""The studio's exposure, by matt cards in its middle: `python -m photography.calibrate [--solve]`.

Prints how far (ΔE2000) each card's picture is from its colour. With `--solve`, also finds `studio.LIGHT`: the factor of
the lights for which the middle grey comes out as itself.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from configurator.pictures.tone import developed
from photography import colour, exr, materials, meshes, studio
from photography.product import Camera, Material, Product, Shot
from photography.render import Quality, render
from photography.scene import Paint, set_scene
from photography.textures import Textures

GREY = "#808080"
CARDS = (GREY, "#8FB5A0", "#E8E2D4", "#B5472B", "#1F3A5F", "#8A4E2A", "#C9A57B", "#3A3A3C")
CARD_MM = (38.0, 120.0)
QUALITY = Quality(150, 48, 0.02)
STEPS = 3


def _card(for_model: bool) -> dict[str, object]:
    """A paper roll as large as a cup: it shows the light from the side that a camera sees, as products do."""
    radius, height = CARD_MM
    points, faces, _ = meshes.lathe(np.array([(radius, 0.0), (radius, height)]), 96)
    cap = meshes.lathe(np.array([(0.001, height), (radius, height)]), 96)[:2]
    made = meshes.make_object("card", *meshes.join([(points, faces), cap]))
    return {"card": meshes.shade_by_angle(meshes.weld(made))}


CARD = Product(
    slug="card",
    parts=("card",),
    finishes={"card": {"matt": Material(0.8)}},
    build=_card,
    part_of={"card": "card"},
    shots=(Shot("hero", Camera(16, 14, 0.53, (0, 0, 0.0675))),),
    scale=studio.NORMAL_SCALE,
)
MIDDLE = (slice(47, 113), slice(52, 97))
"""The pixels that are looked at: the roll without its edges."""


def photograph(hexadecimal: str, folder: Path) -> tuple[np.ndarray, float]:
    """Mean linear light of a card, and the light of the ground in front of it."""
    paint = Paint({"card": materials.linear(hexadecimal)})
    set_scene(CARD, CARD.shots[0], paint, Textures(folder))
    file = folder / "card.exr"
    render(file, QUALITY)
    seen = exr.read_layers(file)[exr.COMBINED]
    return seen[MIDDLE].reshape(-1, 3).mean(axis=0), float(seen[-12:].mean())


def shown(light: np.ndarray) -> np.ndarray:
    """Linear light as the picture shows it, sRGB bytes."""
    return developed(light)


def solve(folder: Path) -> float:
    """The factor of the lights for which the grey card is itself (bisection on what the picture shows)."""
    wanted = int(GREY[1:3], 16)
    for _ in range(STEPS):
        light, _ground = photograph(GREY, folder)
        low, high = 0.2, 5.0
        for _step in range(40):
            middle = (low * high) ** 0.5
            low, high = (low, middle) if shown(light * middle)[1] > wanted else (middle, high)
        studio.LIGHT *= low
    return studio.LIGHT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--solve", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.solve:
            print(f"LIGHT = {solve(folder):.3f}")
        for card in CARDS:
            light, ground = photograph(card, folder)
            picture = shown(light)
            wanted = [int(card[index : index + 2], 16) for index in (1, 3, 5)]
            code = "".join(f"{value:02X}" for value in picture)
            apart = colour.difference(picture, wanted)
            print(f"{card} -> #{code}  ΔE2000 {apart:.1f}  ground {ground:.2f}")


if __name__ == "__main__":
    main()

"""Pictures such as customers bring, drawn from numbers: for references, and for a first look at a product."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PIL import Image, ImageChops, ImageDraw

SIZE = (1240, 920)
FINER = 2
Rgb = tuple[int, int, int]


def picture(name: str) -> Image.Image:
    """The sample of that name, RGBA."""
    return PICTURES[name]().resize(SIZE, Image.Resampling.LANCZOS)


def _sheet(colour: Rgb) -> tuple[Image.Image, ImageDraw.ImageDraw, int, int]:
    width, height = SIZE[0] * FINER, SIZE[1] * FINER
    sheet = Image.new("RGBA", (width, height), (*colour, 0))
    return sheet, ImageDraw.Draw(sheet), width, height


def _ridge(width: int, height: int, level: float, phase: float) -> list[tuple[float, float]]:
    ridge = [
        (
            x,
            height
            * (level + 0.06 * math.sin(x / width * 7.3 + phase) + 0.024 * math.sin(x / width * 20 + 1.7 * phase)),
        )
        for x in range(0, width + 8, 8)
    ]
    return [(0, height), *ridge, (width, height)]


def moon_and_hills(paper: Rgb = (246, 240, 226), moon: Rgb = (226, 178, 92)) -> Image.Image:
    """A moon over three ridges in haze, through a round window."""
    sheet, pen, width, height = _sheet(paper)
    pen.ellipse((width * 0.52, height * 0.10, width * 0.52 + height * 0.34, height * 0.44), fill=(*moon, 255))
    for number, (level, cover) in enumerate(((0.52, 120), (0.64, 185), (0.78, 255))):
        layer = Image.new("RGBA", sheet.size, (*paper, 0))
        ImageDraw.Draw(layer).polygon(_ridge(width, height, level, 1.9 * number), fill=(*paper, cover))
        sheet = Image.alpha_composite(sheet, layer)
    window = Image.new("L", sheet.size, 0)
    left, right = (width - height) / 2, (width + height) / 2
    ImageDraw.Draw(window).ellipse((left, 0, right, height), fill=255)
    sheet.putalpha(ImageChops.multiply(sheet.getchannel("A"), window))
    return sheet


def waves(ink: Rgb = (30, 44, 78), foam: Rgb = (214, 168, 84)) -> Image.Image:
    """Waves of scales, as on old maps, under a low sun."""
    sheet, pen, width, height = _sheet(ink)
    pen.ellipse((width * 0.36, height * 0.06, width * 0.64, height * 0.06 + width * 0.28), fill=(*foam, 255))
    radius, line = width / 12, width // 190
    for row in range(7):
        for column in range(-1, 8):
            x = (column + 0.5 * (row % 2) + 0.5) * 2 * radius
            y = height * 0.56 + row * radius * 0.55
            for ring in (1.0, 0.72, 0.44):
                r = radius * ring
                fill = (*ink, 255) if ring == 1 else None
                pen.ellipse((x - r, y - r, x + r, y + r), fill=fill, outline=(246, 240, 226, 255), width=line)
    return sheet


def persimmons(fruit: Rgb = (206, 92, 44), leaf: Rgb = (52, 74, 52)) -> Image.Image:
    """A branch with three persimmons."""
    sheet, pen, width, height = _sheet(fruit)
    bark = (72, 54, 44, 255)
    branch = [(width * t, height * (0.16 + 0.10 * math.sin(3 * t) - 0.03 * t)) for t in (i / 60 for i in range(61))]
    pen.line(branch, fill=bark, width=width // 70, joint="curve")
    for x, drop, radius in ((0.22, 0.42, 0.115), (0.52, 0.60, 0.135), (0.80, 0.40, 0.105)):
        top = height * (0.16 + 0.10 * math.sin(3 * x) - 0.03 * x)
        cx, cy, r = width * x, height * drop, width * radius
        pen.line(((cx, top), (cx, cy - r * 0.8)), fill=bark, width=width // 130)
        pen.ellipse((cx - r, cy - r * 0.86, cx + r, cy + r * 0.86), fill=(*fruit, 255))
        for turn in (20, 65, 115, 160):
            dx, dy = math.cos(math.radians(turn)) * r * 0.62, -math.sin(math.radians(turn)) * r * 0.25
            pen.polygon(
                ((cx, cy - r * 0.9), (cx + dx, cy - r * 0.78 + dy), (cx + dx * 0.4, cy - r * 0.60)), fill=(*leaf, 255)
            )
    return sheet


PICTURES: Mapping[str, Callable[[], Image.Image]] = {
    "moon-and-hills": moon_and_hills,
    "waves": waves,
    "persimmons": persimmons,
}

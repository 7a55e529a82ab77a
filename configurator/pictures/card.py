"""The picture card of a shared design: its picture, its name and the product's, for link previews. Pure."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from configurator.pictures.engraving import FONT_FILES, FONT_PACKAGE

SIZE = (1200, 630)
GROUND = "#F5F4F1"
INK = "#1C1B19"
SOFT = "#5A554D"
ACCENT = "#97390F"
MARGIN = 64
TITLE_SIZES = (64, 54, 46)
TITLE_LINES = 3
SMALL = 30
LINE_HEIGHT = 1.3
ELLIPSIS = "…"
JPEG_QUALITY = 86
BRAND = "Dure 두레"
FONT = {"ko": "sans-ko", "en": "serif-ko"}
"""The typeface by language: both have Hangul, so that a Korean name can be read on an English card."""

# A FreeType face must not be used by two threads at once.
_face_lock = threading.Lock()


def card(picture: Image.Image, title: str, subtitle: str, language: str) -> Image.Image:
    """The card, 1200 × 630: the picture at the left edge, the words beside it.

    Characters that the typeface cannot draw are left out; `subtitle` stands in for a title of nothing else.
    """
    font = FONT[language]
    side = SIZE[1]
    drawn = Image.new("RGB", SIZE, GROUND)
    drawn.paste(picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS), (0, 0))
    shown = drawable(title, font)
    subtitle = drawable(subtitle, font)
    with _face_lock:
        _write(drawn, shown or subtitle, subtitle if shown else "", font)
    return drawn


def card_file(picture: Image.Image) -> bytes:
    """The card as a JPEG, which every preview understands."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return file.getvalue()


def drawable(text: str, font: str) -> str:
    """The text without the characters that the typeface lacks: it would draw a box for each."""
    known = _character_map(font)
    return " ".join("".join(character for character in text if ord(character) in known).split())


def _write(drawn: Image.Image, title: str, subtitle: str, font: str) -> None:
    pen = ImageDraw.Draw(drawn)
    left, width = SIZE[1] + MARGIN, SIZE[0] - SIZE[1] - 2 * MARGIN
    size, lines = _set(title, font, width)
    height = round(size * LINE_HEIGHT)
    small = round(SMALL * LINE_HEIGHT)
    below = _wrapped(subtitle, _face(font, SMALL), width)[:2] if subtitle else []
    top = (SIZE[1] - len(lines) * height - (len(below) * small + 18 if below else 0)) // 2
    for number, line in enumerate(lines):
        pen.text((left, top + number * height), line, fill=INK, font=_face(font, size))
    for number, line in enumerate(below):
        place = (left, top + len(lines) * height + 18 + number * small)
        pen.text(place, line, fill=SOFT, font=_face(font, SMALL))
    pen.text((left, SIZE[1] - MARGIN), BRAND, fill=ACCENT, font=_face(font, SMALL), anchor="ls")


def _set(title: str, font: str, width: int) -> tuple[int, list[str]]:
    """The largest size at which the title needs no more than its lines; at the smallest the rest is cut off."""
    lines: list[str] = []
    for size in TITLE_SIZES:
        lines = _wrapped(title, _face(font, size), width)
        if len(lines) <= TITLE_LINES:
            return size, lines
    face = _face(font, TITLE_SIZES[-1])
    return TITLE_SIZES[-1], [*lines[: TITLE_LINES - 1], _cut_off(lines[TITLE_LINES - 1], face, width)]


def _wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines no wider than `width`, broken between words, and inside a word that is wider than a line."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and face.getlength(f"{line} {word}") <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, face, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: Iterable[str], face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and face.getlength(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _cut_off(line: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    while line and face.getlength(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


@lru_cache(maxsize=16)
def _face(font: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(files(FONT_PACKAGE) / FONT_FILES[font]), pixels)


@lru_cache(maxsize=4)
def _character_map(font: str) -> frozenset[int]:
    with TTFont(str(files(FONT_PACKAGE) / FONT_FILES[font]), lazy=True) as face:
        return frozenset(face.getBestCmap())

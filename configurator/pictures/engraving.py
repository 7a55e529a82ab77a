"""The engraved text: what the font can cut, how wide it is in millimetres, and its mask.

The fonts are Noto Serif KR and Noto Sans KR (© Adobe, SIL Open Font License 1.1), from the package pylopdf-fonts-ko.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

FONT_FILES = {"serif-ko": "NotoSerifKR-Regular.otf", "sans-ko": "NotoSansKR-Regular.otf"}
FONT_PACKAGE = "pylopdf_fonts_ko"
MEASURE_PIXELS = 200
MASK_PIXELS_PER_MM = 8
# The fonts have these (soft hyphen, fillers of Hangul), but nothing would be cut.
INVISIBLE = frozenset({0x00AD, 0x115F, 0x1160, 0x3164, 0xFFA0})

# A FreeType face must not be used by two threads at once.
_face_lock = threading.Lock()


@dataclass(frozen=True)
class Area:
    """The panel in millimetres, the margin at both ends of the line, and the letters' largest and smallest em size."""

    width_mm: float
    height_mm: float
    margin_mm: float
    letter_mm: float
    smallest_letter_mm: float


@dataclass(frozen=True)
class Measure:
    """How large a text will be cut, in millimetres: its ink, its letters' em size, and the room on the line."""

    width_mm: float
    height_mm: float
    letter_mm: float
    room_mm: float


def measure(text: str, font: str, area: Area) -> Measure:
    """What a ruler will say of a text in an area; no text is nothing wide and nothing high."""
    size = letter_size(text, font, area)
    width, height = _ink(text, font)
    scale = size / MEASURE_PIXELS
    return Measure(width * scale, height * scale, size, area.width_mm - 2 * area.margin_mm)


@lru_cache(maxsize=16)
def allowed_characters(font: str, symbols: str | None) -> frozenset[int]:
    """The code points that may be cut: Hangul syllables, Latin letters, digits, the space and `symbols`, as far as
    the font has them; all that the font has when `symbols` is None.
    """
    known = _character_map(font)
    return known if symbols is None else frozenset(code for code in known if chr(code) in symbols or _is_plain(code))


def ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Code points as (first, last) ranges, in order: what a browser is sent."""
    found: list[tuple[int, int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def uncuttable(text: str, font: str) -> tuple[str, ...]:
    """The characters of a text that the font has no visible outline for, each once."""
    known = _character_map(font)
    return tuple(dict.fromkeys(character for character in text if ord(character) not in known))


def letter_size(text: str, font: str, area: Area) -> float:
    """The em size in millimetres at which the text fits the area; below `smallest_letter_mm` it does not fit."""
    left, _, right, _ = _box(text, font)
    width = (right - left) / MEASURE_PIXELS
    return min(area.letter_mm, (area.width_mm - 2 * area.margin_mm) / width) if width else area.letter_mm


def fits(text: str, font: str, area: Area) -> bool:
    """Whether a text can be cut legibly into an area."""
    return letter_size(text, font, area) >= area.smallest_letter_mm


def mask(text: str, font: str, area: Area, pixels_per_mm: float = MASK_PIXELS_PER_MM) -> Image.Image:
    """The text as it will be cut, white on black, 8 bits, the whole area; centred."""
    size = (round(area.width_mm * pixels_per_mm), round(area.height_mm * pixels_per_mm))
    picture = Image.new("L", size, 0)
    if text:
        pixels = max(1, int(letter_size(text, font, area) * pixels_per_mm))
        with _face_lock:
            face = _face(font, pixels)
            # What is centred is the ink: an f hangs over the end of its line.
            left, _, right, _ = face.getbbox(text, anchor="lm")
            start = ((size[0] - left - right) / 2, size[1] / 2)
            ImageDraw.Draw(picture).text(start, text, fill=255, font=face, anchor="lm")
    return picture


@lru_cache(maxsize=1024)
def _ink(text: str, font: str) -> tuple[int, int]:
    """Width and height of what is black of a text at MEASURE_PIXELS to the em."""
    with _face_lock:
        box = _face(font, MEASURE_PIXELS).getmask(text, mode="L").getbbox()
    left, top, right, bottom = box or (0, 0, 0, 0)
    return right - left, bottom - top


def _box(text: str, font: str) -> tuple[float, float, float, float]:
    """The line of a text at MEASURE_PIXELS to the em, with the space that belongs to its letters: left, top, right,
    bottom.
    """
    with _face_lock:
        return _face(font, MEASURE_PIXELS).getbbox(text, anchor="lm")


def _is_plain(code: int) -> bool:
    character = chr(code)
    return (
        character == " "
        or "0" <= character <= "9"
        or "가" <= character <= "힣"
        or (character.isalpha() and unicodedata.name(character, "").startswith("LATIN "))
    )


@lru_cache(maxsize=64)
def _face(font: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(font), pixels)


@lru_cache(maxsize=4)
def _character_map(font: str) -> frozenset[int]:
    with TTFont(_path(font), lazy=True) as face:
        return frozenset(face.getBestCmap()) - INVISIBLE


def _path(font: str) -> str:
    return str(files(FONT_PACKAGE) / FONT_FILES[font])

"""An engraved text: what can be cut, how large it is, and that it stays where it belongs."""

import unicodedata
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from configurator.pictures import engraving
from configurator.pictures.engraving import (
    Area,
    allowed_characters,
    fits,
    letter_size,
    mask,
    measure,
    ranges,
    uncuttable,
)

FONTS = tuple(engraving.FONT_FILES)
AREA = Area(width_mm=46, height_mm=26, margin_mm=2, letter_mm=12, smallest_letter_mm=4.5)
ALL_SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4)))
# Wide and narrow, with an f that hangs over, descenders, accents and symbols.
TEXTS = st.text("가힣뷁지우온담fjWMil.,'’ÅçŐ7&@ ", min_size=1, max_size=20).filter(lambda text: text == text.strip())
SOME = settings(max_examples=150, deadline=None)


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is not black: left, top, right, bottom, the last two exclusive."""
    box = picture.getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("font", FONTS)
def test_every_korean_syllable_and_plain_text_can_be_cut(font: str) -> None:
    assert len(ALL_SYLLABLES) == 11_172
    assert uncuttable(ALL_SYLLABLES, font) == ()
    assert uncuttable("Ångström & Çelik, 1997 (뷁)", font) == ()


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("지우😀", ("😀",)),
        ("😀a🎉😀", ("😀", "🎉")),
        ("👩‍🎨", ("👩", "\u200d", "🎨")),
        ("\ufeff지우\u202e", ("\ufeff", "\u202e")),
        ("भारत", ("भ", "ा", "र", "त")),
        ("\x00", ("\x00",)),
        ("\ud800", ("\ud800",)),
        ("", ()),
    ],
)
def test_what_the_font_cannot_cut_is_named_once_and_in_order(text: str, characters: tuple[str, ...]) -> None:
    assert uncuttable(text, "serif-ko") == characters


@pytest.mark.parametrize("character", ["\u00ad", "\u115f", "\u1160", "\u3164", "\uffa0"])
def test_a_character_that_leaves_no_trace_cannot_be_cut(character: str) -> None:
    assert uncuttable(f"가{character}", "serif-ko") == (character,)


@pytest.mark.parametrize("font", FONTS)
def test_whatever_can_be_cut_leaves_a_trace(font: str) -> None:
    every = map(chr, sorted(engraving._character_map(font)))
    signs = [each for each in every if not each.isspace() and unicodedata.name(each, "").split()[:1] != ["CJK"]]
    tried = [each for each in signs if each not in ALL_SYLLABLES]

    blank = [f"U+{ord(each):04X}" for each in tried if not mask(each, font, AREA, pixels_per_mm=2).getbbox()]

    assert len(tried) > 1_000
    assert blank == []


def test_a_short_text_has_the_largest_letters_and_a_long_one_smaller() -> None:
    assert letter_size("지우", "serif-ko", AREA) == 12
    assert letter_size("", "serif-ko", AREA) == 12
    assert fits("", "serif-ko", AREA)
    # A syllable is 0.966 em wide (the font's advance): ten of them on 42 mm are 42 / 9.66 = 4.35 mm, nine are 4.83.
    assert letter_size("가" * 10, "serif-ko", AREA) == pytest.approx(4.35, abs=0.02)
    assert not fits("가" * 10, "serif-ko", AREA)
    assert letter_size("가" * 9, "serif-ko", AREA) == pytest.approx(4.83, abs=0.02)
    assert fits("가" * 9, "serif-ko", AREA)


def test_a_text_fits_down_to_the_smallest_letter_exactly() -> None:
    size = letter_size("가" * 9, "serif-ko", AREA)

    assert fits("가" * 9, "serif-ko", replace(AREA, smallest_letter_mm=size))
    assert not fits("가" * 9, "serif-ko", replace(AREA, smallest_letter_mm=size * 1.0001))


@SOME
@given(TEXTS, st.sampled_from("가W.f"), st.sampled_from(FONTS))
def test_a_longer_text_never_has_larger_letters(text: str, more: str, font: str) -> None:
    assert letter_size(text + more, font, AREA) <= letter_size(text, font, AREA)
    assert fits(text, font, AREA) or not fits(text + more, font, AREA)


@SOME
@given(TEXTS, st.floats(10, 100), st.floats(0, 20), st.floats(0, 4))
def test_a_wider_panel_or_a_smaller_margin_never_makes_letters_smaller(
    text: str, width: float, more: float, margin: float
) -> None:
    narrow = replace(AREA, width_mm=width, margin_mm=margin)

    assert letter_size(text, "serif-ko", narrow) <= letter_size(
        text, "serif-ko", replace(narrow, width_mm=width + more)
    )
    assert letter_size(text, "serif-ko", narrow) <= letter_size(text, "serif-ko", replace(narrow, margin_mm=0))


@SOME
@given(TEXTS, st.sampled_from(FONTS), st.sampled_from([0.0, 2.0, 5.0]))
def test_what_is_cut_stays_between_the_margins(text: str, font: str, margin: float) -> None:
    area = replace(AREA, margin_mm=margin)
    picture = mask(text, font, area)
    kept = margin * engraving.MASK_PIXELS_PER_MM

    left, top, right, bottom = ink(picture)

    assert picture.size == (368, 208)
    # Whole pixels: the last one at each end may be touched by a soft edge.
    assert left >= kept - 1
    assert right <= picture.width - kept + 1
    assert top > 0
    assert bottom < picture.height


def test_a_letter_that_hangs_over_the_end_of_its_line_stays_between_the_margins_too() -> None:
    # 32 pixels to the millimetre, so that whole pixels hide nothing: the margins are 64 pixels wide.
    left, _, right, _ = ink(mask("f" * 12, "serif-ko", AREA, pixels_per_mm=32))

    assert left >= 64
    assert right <= 46 * 32 - 64


def test_control_without_a_margin_the_same_text_reaches_into_it() -> None:
    bare, kept = (ink(mask("가" * 9, "serif-ko", replace(AREA, margin_mm=margin))) for margin in (0, 2))

    # 2 mm at 8 pixels to the millimetre are 16 pixels.
    assert bare[0] < 16 <= kept[0]
    assert kept[2] <= 368 - 16 < bare[2]


def test_a_text_is_centred_on_the_panel() -> None:
    for text in ("지우", "fff", "온담 첫 불"):
        left, top, right, bottom = ink(mask(text, "serif-ko", AREA))
        # Side bearings and descenders move the ink a little off the middle: under a millimetre, 8 pixels.
        assert abs((left + right) / 2 - 184) < 8
        assert abs((top + bottom) / 2 - 104) < 12


def test_no_text_is_an_empty_mask_and_another_text_another_mask() -> None:
    empty, one, other = (np.asarray(mask(text, "serif-ko", AREA)) for text in ("", "지우", "우지"))

    assert empty.shape == (208, 368)
    assert not empty.any()
    assert (one != other).any()


def test_a_mask_at_another_resolution_shows_the_same_text_at_the_same_place() -> None:
    coarse, fine = ink(mask("지우", "serif-ko", AREA)), ink(mask("지우", "serif-ko", AREA, pixels_per_mm=16))

    assert all(abs(2 * small - large) <= 3 for small, large in zip(coarse, fine, strict=True))


# --- Measures ---------------------------------------------------------------------------------------


@SOME
@given(TEXTS, st.sampled_from(FONTS))
def test_a_ruler_finds_what_was_measured(text: str, font: str) -> None:
    # 64 pixels to the millimetre: the em is rounded down to a whole pixel, and soft edges add one at each end.
    left, top, right, bottom = ink(mask(text, font, AREA, pixels_per_mm=64))
    size = measure(text, font, AREA)

    # Measured at 200 pixels to the em of at most 12 mm: 0.06 mm each, and letters are set at whole ones.
    assert (right - left) / 64 == pytest.approx(size.width_mm, abs=0.15 + 0.03 * len(text))
    assert (bottom - top) / 64 == pytest.approx(size.height_mm, abs=0.2)
    assert size.letter_mm == letter_size(text, font, AREA)


def test_measures_of_texts_that_are_known() -> None:
    short, long, empty = (measure(text, "serif-ko", AREA) for text in ("지우", "가" * 9, ""))

    assert (short.letter_mm, short.room_mm) == (12, 42)
    # Two syllables of 0.966 em each, less the space beside their ink.
    assert 20 < short.width_mm < 2 * 0.966 * 12 - 0.5
    # A syllable's ink is a little lower than the em is high.
    assert 9 < short.height_mm < 12
    assert 41 < long.width_mm < 42
    assert long.height_mm < short.height_mm
    assert (empty.width_mm, empty.height_mm, empty.letter_mm, empty.room_mm) == (0, 0, 12, 42)


@SOME
@given(TEXTS, st.sampled_from(FONTS))
def test_what_fits_is_never_wider_than_its_room(text: str, font: str) -> None:
    size = measure(text, font, AREA)

    assert size.width_mm <= size.room_mm + 1e-6


def test_the_fonts_differ() -> None:
    serif, sans = (measure("지우 Mina", font, AREA) for font in FONTS)

    assert (serif.letter_mm, serif.height_mm) != (sans.letter_mm, sans.height_mm)


# --- What may be cut --------------------------------------------------------------------------------


@pytest.mark.parametrize("font", FONTS)
def test_symbols_limit_what_may_be_cut(font: str) -> None:
    allowed = allowed_characters(font, "♥·")

    assert set(map(ord, ALL_SYLLABLES + "AZazÅçß0189 ♥·")) <= allowed
    assert not set(map(ord, "♪.漢あПπㄱ①Ａ½²\u00a0\t")) & allowed
    # Without a set of symbols, as older versions were published, all that the font has may be cut.
    assert allowed_characters(font, None) == engraving._character_map(font)
    assert set(map(ord, "♪.漢")) <= allowed_characters(font, None)


def test_a_symbol_that_the_font_lacks_is_not_allowed_by_being_listed() -> None:
    assert ord("☾") not in allowed_characters("serif-ko", "☾♥")


@SOME
@given(st.sets(st.integers(0, 0x2FFF)))
def test_ranges_are_the_same_code_points_in_order_and_as_few_as_can_be(codes: set[int]) -> None:
    found = ranges(codes)

    assert [code for first, last in found for code in range(first, last + 1)] == sorted(codes)
    assert all(after[0] - before[1] > 1 for before, after in pairwise(found))


def test_the_demos_characters_are_few_ranges() -> None:
    for font in FONTS:
        assert len(ranges(allowed_characters(font, "♥♡★☆·&'‘’“”-–.,!?~♪♫∞…()/:+×"))) < 80

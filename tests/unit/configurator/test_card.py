"""The picture card: its size, its words, and what becomes of words that do not fit or cannot be drawn."""

import io

import numpy as np
import pytest
from PIL import Image

from configurator.pictures.card import _face as face
from configurator.pictures.card import _wrapped, card, card_file, drawable

PICTURE = Image.new("RGB", (800, 800), "#336699")


def words_of(drawn: Image.Image) -> Image.Image:
    """The half of the card that has the words."""
    return drawn.crop((630, 0, 1200, 630))


def ink(drawn: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything that was written, beside the picture."""
    pixels = np.asarray(words_of(drawn)).astype(int)
    rows, columns = np.nonzero(np.abs(pixels - [0xF5, 0xF4, 0xF1]).sum(axis=2) > 30)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_card_has_the_picture_and_words_inside_its_margins(language: str) -> None:
    drawn = card(PICTURE, "엄마의 겨울 아침 잔 for winter", "온담 텀블러", language)

    assert drawn.size == (1200, 630)
    assert drawn.getpixel((10, 10)) == drawn.getpixel((629, 629)) == (0x33, 0x66, 0x99)
    left, top, right, bottom = ink(drawn)
    assert (left >= 60, top >= 60, right <= 570 - 60, bottom <= 630 - 55) == (True, True, True, True)


def test_a_name_of_any_length_stays_on_the_card() -> None:
    for name in ("가" * 60, "W" * 60, "a b " * 15, "잔"):
        left, top, right, _bottom = ink(card(PICTURE, name, "ON:DAM tumbler", "en"))
        assert left >= 60
        assert right <= 570 - 55
        assert top >= 60


def test_what_the_typeface_lacks_is_left_out_and_never_drawn_as_a_box() -> None:
    assert drawable("Mina 🐈 cup", "serif-ko") == "Mina cup"
    assert card_file(card(PICTURE, "🐈🐾", "Cup", "en")) == card_file(card(PICTURE, "Cup", "", "en"))
    assert card_file(card(PICTURE, "Mina", "Cup", "en")) != card_file(card(PICTURE, "Cup", "", "en"))


def test_lines_break_between_words() -> None:
    assert _wrapped("one two three", face("sans-ko", 50), 220) == ["one two", "three"]
    assert "".join(_wrapped("W" * 30, face("sans-ko", 50), 220)) == "W" * 30


def test_the_file_is_a_jpeg_that_every_preview_reads() -> None:
    with Image.open(io.BytesIO(card_file(card(PICTURE, "Cup", "", "en")))) as read:
        assert (read.format, read.size) == ("JPEG", (1200, 630))

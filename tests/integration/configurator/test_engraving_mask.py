"""The mask of an engraved text: what will be cut, or why it cannot be."""

import io
from urllib.parse import quote

import pytest
from django.test import Client
from PIL import Image, ImageChops

from configurator import validation
from configurator.compile import engraving_area
from configurator.definition import ProductDefinition
from configurator.picture_address import engraving_address
from configurator.pictures import engraving
from editions.models import Edition

pytestmark = pytest.mark.django_db

TOO_LONG = {
    "en": "This text does not fit: there are 42 mm for at most 24 characters.",
    "ko": "글이 너무 깁니다. 폭 42mm 안에 최대 24자까지 새길 수 있습니다.",
}


def refusal(client: Client, edition: Edition, text: str, language: str) -> str:
    """The sentence of a 422 answer."""
    response = client.get(engraving_address(edition.version_id, text), headers={"Accept-Language": language})
    assert (response.status_code, response["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "Cache-Control" not in response.headers
    return response.content.decode()


def test_the_mask_is_the_text_as_the_composer_cuts_it(
    client: Client, edition: Edition, definition: ProductDefinition
) -> None:
    response = client.get(engraving_address(edition.version_id, "  지우  &  Mina "))

    mask = Image.open(io.BytesIO(response.content))
    expected = engraving.mask("지우 & Mina", "serif-ko", engraving_area(definition))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert mask.size == (368, 208)
    assert ImageChops.difference(mask, expected).getbbox() is None
    assert mask.getbbox() is not None
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}


def test_no_text_is_an_empty_mask(client: Client, edition: Edition) -> None:
    response = client.get(engraving_address(edition.version_id, ""))

    assert Image.open(io.BytesIO(response.content)).getbbox() is None


@pytest.mark.parametrize(
    ("text", "english", "korean"),
    [
        (
            "Mina 🐈",
            "The typeface cannot cut this character: 🐈",
            "이 글자는 새길 수 없는 글자입니다: 🐈",
        ),
        (
            "🐈ம\u202e🐈",
            "The typeface cannot cut these characters: 🐈 ம U+202E",
            "이 글자는 새길 수 없는 글자입니다: 🐈 ம U+202E",
        ),
    ],
)
def test_characters_that_the_font_lacks_are_named(
    client: Client, edition: Edition, text: str, english: str, korean: str
) -> None:
    assert refusal(client, edition, text, "en") == english
    assert refusal(client, edition, text, "ko") == korean


@pytest.mark.parametrize("text", ["가" * 25, "WWWWWWWWWWWW", "가" * 10_000, " " * 10_000, "🐈" * 10_000])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_text_that_does_not_fit_is_told_how_much_does(
    client: Client, edition: Edition, text: str, language: str
) -> None:
    assert refusal(client, edition, text, language) == TOO_LONG[language]


def test_control_the_longest_text_that_fits_is_cut(client: Client, edition: Edition) -> None:
    assert client.get(engraving_address(edition.version_id, "i" * 24)).status_code == 200
    assert client.get(engraving_address(edition.version_id, "i" * 25)).status_code == 422


def test_ten_thousand_characters_are_refused_before_anything_looks_at_them(
    client: Client, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def look(text: str, *_: object) -> str:
        looked_at.append(len(text))
        return text

    monkeypatch.setattr(validation, "normalise_text", look)
    monkeypatch.setattr(engraving, "uncuttable", look)
    monkeypatch.setattr(engraving, "fits", look)
    address = f"/engravings/{edition.version_id}.png?text="

    assert client.get(address + quote("가" * 10_000)).status_code == 422
    assert looked_at == []
    # As long as a text may be, it is looked at.
    client.get(address + quote("가"))
    assert looked_at[0] == 1


@pytest.mark.parametrize("version_id", [0, 999_999, 10**30])
def test_a_version_that_does_not_exist_is_not_found(client: Client, edition: Edition, version_id: int) -> None:
    assert client.get(f"/engravings/{version_id}.png?text=x").status_code == 404


# --- Fonts and words --------------------------------------------------------------------------------


def test_the_mask_is_cut_in_the_font_that_was_asked_for(
    client: Client, edition: Edition, definition: ProductDefinition
) -> None:
    masks = {
        font: Image.open(io.BytesIO(client.get(engraving_address(edition.version_id, "지우", font)).content))
        for font in ("", "serif-ko", "sans-ko")
    }

    expected = engraving.mask("지우", "sans-ko", engraving_area(definition))
    assert ImageChops.difference(masks["sans-ko"], expected).getbbox() is None
    assert ImageChops.difference(masks[""], masks["serif-ko"]).getbbox() is None
    # The control: the fonts differ.
    assert ImageChops.difference(masks[""], masks["sans-ko"]).getbbox() is not None


def test_a_font_that_is_not_offered_has_no_mask(client: Client, edition: Edition) -> None:
    response = client.get(engraving_address(edition.version_id, "지우", "comic"), headers={"Accept-Language": "en"})

    assert (response.status_code, response.content.decode()) == (422, "This piece is not cut in this typeface.")


def test_a_text_that_is_held_back_has_no_mask(client: Client, edition: Edition) -> None:
    assert client.get(engraving_address(edition.version_id, "시 발")).status_code == 422
    # The control.
    assert client.get(engraving_address(edition.version_id, "시발역")).status_code == 200

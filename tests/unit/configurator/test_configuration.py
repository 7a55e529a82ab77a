"""A fingerprint names a design: the same design has one, two designs have two."""

import json
import string
import unicodedata
from dataclasses import FrozenInstanceError
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.configuration import Configuration, canonical_json, normalise_text

CHOICES = {"glaze": "celadon", "lid": "bamboo"}
SLUGS = st.text(string.ascii_lowercase + "-", min_size=1, max_size=8)
DESIGNS = st.builds(
    Configuration,
    version=st.sampled_from(["on-dam/1", "on-dam/2", "cup/1"]),
    choices=st.dictionaries(SLUGS, SLUGS, max_size=4),
    engraving=st.text("지우가힣 ab\u0301", max_size=6),
)


def fingerprint(engraving: str = "", version: str = "on-dam/1", **choices: str) -> str:
    return Configuration(version, choices or CHOICES, engraving).fingerprint


def test_decomposed_and_composed_text_are_one_design() -> None:
    composed = "지우 é"
    decomposed = unicodedata.normalize("NFD", composed)

    assert decomposed != composed
    assert fingerprint(decomposed) == fingerprint(composed)
    # The control: their bytes differ, so that without NFC they would be two designs.
    assert sha256(decomposed.encode()).digest() != sha256(composed.encode()).digest()


def test_the_order_of_choices_does_not_matter() -> None:
    assert fingerprint(glaze="celadon", lid="bamboo") == fingerprint(lid="bamboo", glaze="celadon")


@pytest.mark.parametrize("spelling", [" 지우", "지우 ", "\t지우\n", "\u3000지우\u00a0"])
def test_white_space_around_a_text_does_not_matter(spelling: str) -> None:
    assert fingerprint(spelling) == fingerprint("지우")


@pytest.mark.parametrize("spelling", ["지 우", "지  우", "지\u3000우", "지\n\t우"])
def test_white_space_within_a_text_is_one_space(spelling: str) -> None:
    assert Configuration("on-dam/1", CHOICES, spelling).engraving == "지 우"
    assert fingerprint(spelling) != fingerprint("지우")


@pytest.mark.parametrize(
    "other",
    [
        fingerprint(glaze="celadon", lid="walnut"),
        fingerprint(glaze="celadon"),
        fingerprint(glaze="bamboo", lid="celadon"),
        fingerprint("지우"),
        fingerprint("지우", version="on-dam/2"),
        fingerprint(version="on-dam/11"),
    ],
)
def test_another_design_has_another_fingerprint(other: str) -> None:
    assert other != fingerprint()


@given(DESIGNS, DESIGNS)
def test_two_designs_share_a_fingerprint_only_when_they_are_the_same(one: Configuration, other: Configuration) -> None:
    assert (one.fingerprint == other.fingerprint) == (one == other)


@given(DESIGNS)
def test_a_design_survives_its_json(design: Configuration) -> None:
    again = Configuration.from_json(json.loads(json.dumps(design.as_json())))

    assert again == design
    assert again.fingerprint == design.fingerprint


def test_the_fingerprint_is_the_published_hash_of_the_published_spelling() -> None:
    spelled = '{"choices":{"glaze":"celadon","lid":"bamboo"},"engraving":"지우","version":"on-dam/1"}'

    assert fingerprint("지우") == sha256(spelled.encode()).hexdigest()


def test_canonical_json_has_one_spelling() -> None:
    assert (
        canonical_json({"b": [1, "é"], "a": {"d": None, "c": True}}) == '{"a":{"c":true,"d":null},"b":[1,"é"]}'.encode()
    )


@given(st.text("aé지\u0301\u1100\u1161\u11a8 \t\n\u00a0\u2000\u3000", max_size=12))
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalise_text(text)

    assert normalise_text(once) == once
    assert once == once.strip()
    assert "  " not in once
    assert unicodedata.is_normalized("NFC", once)


def test_a_configuration_cannot_be_changed_by_its_maker_s_dictionary() -> None:
    choices = dict(CHOICES)
    configuration = Configuration("on-dam/1", choices)
    before = configuration.fingerprint

    choices["lid"] = "walnut"

    assert configuration.fingerprint == before
    with pytest.raises(FrozenInstanceError):
        configuration.engraving = "지우"  # type: ignore[misc]

"""The picture card of a saved design as a file, and its address."""

from hashlib import sha256

from django.core import signing
from django.urls import reverse

from configurator.configuration import canonical_json
from configurator.models import Design
from configurator.picture_address import Subject
from configurator.picture_service import composed, picture_files
from configurator.pictures.card import card, card_file
from configurator.selectors import definition_of

SALT = "configurator.card"
LAYOUT = 1
"""Counted up whenever cards are to look otherwise."""


def card_address(design: Design, language: str) -> str:
    """Where the card of a design is, signed. What is on it is in the address: the same card, the same address."""
    token = signing.Signer(salt=SALT).sign(design.code)
    words = {"token": token, "language": language, "digest": card_digest(design, language)}
    return reverse("configurator:card", kwargs=words)


def code_in(token: str) -> str:
    """The design's code in an address; raises django.core.signing.BadSignature for a forged one."""
    return signing.Signer(salt=SALT).unsign(token)


def card_digest(design: Design, language: str) -> str:
    """What is on the card, in sixteen hexadecimal digits."""
    shown = [LAYOUT, design.version.content_hash, design.fingerprint, *_words(design, language), language]
    return sha256(canonical_json(shown)).hexdigest()[:16]


def card_of(design: Design, language: str) -> bytes:
    """The card as a JPEG."""
    key = f"card.{design.code}.{card_digest(design, language)}"
    return picture_files().get_or_make(key, lambda: _drawn(design, language))


def _drawn(design: Design, language: str) -> bytes:
    view = definition_of(design.version).views[0].id
    picture = composed(definition_of(design.version), Subject(design.configuration), view, 800)
    return card_file(card(picture, *_words(design, language), language))


def _words(design: Design, language: str) -> tuple[str, str]:
    """The design's name and the product's; only the product's without a name."""
    product = definition_of(design.version).name.of(language)
    return (design.name, product) if design.name else (product, "")

"""The picture card of a saved design as a file, and its address."""

import io
from hashlib import sha256

from django.core import signing
from django.core.cache import caches
from django.urls import reverse
from PIL import Image

from configurator.configuration import canonical_json
from configurator.models import Design
from configurator.picture_service import picture_file
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
    cache = caches["pictures"]
    key = f"card.{design.code}.{card_digest(design, language)}"
    content: bytes | None = cache.get(key)
    if content is None:
        view = definition_of(design.version).views[0].id
        with Image.open(io.BytesIO(picture_file(design.configuration, view, 800, "jpeg"))) as picture:
            content = card_file(card(picture, *_words(design, language), language))
        cache.set(key, content, timeout=None)
    return content


def _words(design: Design, language: str) -> tuple[str, str]:
    """The design's name and the product's; only the product's without a name."""
    product = definition_of(design.version).name.of(language)
    return (design.name, product) if design.name else (product, "")

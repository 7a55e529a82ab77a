"""Addresses of pictures: signed, so that only our own pages can ask for new ones, and immutable."""

from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse

from configurator.configuration import Configuration
from configurator.pictures.compose import Format

SALT = "configurator.picture"
ARTWORK_SALT = "configurator.artwork"


def picture_address(configuration: Configuration, view: str, size: int, kind: Format = "webp") -> str:
    """The address of a configuration's picture: same configuration, same address, for ever."""
    token = signing.Signer(salt=SALT).sign_object(configuration.as_json(), compress=True)
    return reverse("configurator:picture", kwargs={"token": token, "view": view, "size": size, "kind": kind})


def engraving_address(version_id: int, text: str, font: str = "") -> str:
    """The address of an engraved text's mask; without a font it is the product's usual one."""
    query = urlencode({"text": text, **({"font": font} if font else {})})
    return f"{reverse('configurator:engraving_mask', kwargs={'version_id': version_id})}?{query}"


def configuration_of(token: str) -> Configuration:
    """The configuration in an address; raises django.core.signing.BadSignature for a forged one."""
    return Configuration.from_json(signing.Signer(salt=SALT).unsign_object(token))


def artwork_address(sha256: str) -> str:
    """The address of a customer's picture: only those who were given it can see it."""
    return reverse("configurator:artwork", kwargs={"token": signing.Signer(salt=ARTWORK_SALT).sign(sha256)})


def artwork_of(token: str) -> str:
    """The picture's hash in an address; raises django.core.signing.BadSignature for a forged one."""
    return signing.Signer(salt=ARTWORK_SALT).unsign(token)

"""Addresses of pictures: signed, so that only our own pages can ask for new ones, and immutable."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse

from configurator.configuration import Configuration
from configurator.pictures.encode import SIZES, Format

SALT = "configurator.picture"
ARTWORK_SALT = "configurator.artwork"
SMALL_KINDS: tuple[Format, ...] = ("avif", "webp")


@dataclass(frozen=True)
class Subject:
    """What a picture shows: a configuration, and the number of the piece as it is engraved, `""` before it has one.

    `stage` are the operations that have changed its looks while it is made; None for the whole piece.
    """

    configuration: Configuration
    number: str = ""
    stage: tuple[str, ...] | None = None


def picture_address(configuration: Configuration, view: str, size: int, kind: Format = "webp", number: str = "") -> str:
    """The address of a configuration's picture: same configuration and number, same address, for ever."""
    return _address(_token(configuration, number), view, size, kind)


def stage_address(subject: Subject, view: str, size: int, kind: Format = "webp") -> str:
    """The same of a piece that is still being made."""
    return _address(_token(subject.configuration, subject.number, subject.stage), view, size, kind)


def picture_sources(configuration: Configuration, view: str, number: str = "") -> list[dict[str, str]]:
    """What a page offers beside its JPEG: of each smaller format the type and a `srcset` of all sizes, best first."""
    token = _token(configuration, number)
    return [
        {"type": f"image/{kind}", "srcset": ", ".join(f"{_address(token, view, size, kind)} {size}w" for size in SIZES)}
        for kind in SMALL_KINDS
    ]


def subject_of(token: str) -> Subject:
    """What an address is of; raises django.core.signing.BadSignature for a forged one."""
    data = signing.Signer(salt=SALT).unsign_object(token)
    stage = data.get("stage")
    number = data.get("number", "")
    return Subject(Configuration.from_json(data), number, None if stage is None else tuple(stage))


def _token(configuration: Configuration, number: str, stage: tuple[str, ...] | None = None) -> str:
    data = configuration.as_json() | ({"number": number} if number else {})
    if stage is not None:
        data["stage"] = list(stage)
    return signing.Signer(salt=SALT).sign_object(data, compress=True)


def _address(token: str, view: str, size: int, kind: Format) -> str:
    return reverse("configurator:picture", kwargs={"token": token, "view": view, "size": size, "kind": kind})


def engraving_address(version_id: int, text: str, font: str = "") -> str:
    """The address of an engraved text's mask; without a font it is the product's usual one."""
    query = urlencode({"text": text, **({"font": font} if font else {})})
    return f"{reverse('configurator:engraving_mask', kwargs={'version_id': version_id})}?{query}"


def artwork_address(sha256: str) -> str:
    """The address of a customer's picture: only those who were given it can see it."""
    return reverse("configurator:artwork", kwargs={"token": signing.Signer(salt=ARTWORK_SALT).sign(sha256)})


def artwork_of(token: str) -> str:
    """The picture's hash in an address; raises django.core.signing.BadSignature for a forged one."""
    return signing.Signer(salt=ARTWORK_SALT).unsign(token)

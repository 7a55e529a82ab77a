"""A customer's picture for an edition's piece: kept, placed for the first time, its colours taken over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from PIL import Image

from accounts.models import User
from configurator.artwork.limits import Refused
from configurator.artwork_check import NoArtworkHere, print_of, read_placement
from configurator.artwork_service import keep_artwork, refused, remove_unused
from configurator.artwork_session import Uploader
from configurator.configuration import Placement
from configurator.models import Artwork, Design
from configurator.palette import suiting
from configurator.picture_service import plates_of_view
from configurator.placement import first_placement
from configurator.selectors import artwork_file, definition_of
from core.problems import Problem
from editions.models import Edition, Hold
from orders.models import Order


class NoPicture(Problem):
    """The form came without a file, or the design is without a picture."""

    code = "no_picture"
    status = 422


@dataclass(frozen=True)
class Added:
    """A picture that is kept, and where it lies at first."""

    artwork: Artwork
    placement: Placement


@dataclass(frozen=True)
class Suiting:
    """The choices that suit a picture, and its colours."""

    choices: Mapping[str, str]
    colours: tuple[str, ...]


def sent_file(request: HttpRequest | Any, name: str) -> bytes:
    """The file in a form; raises UnusablePicture for one beyond the limit, NoPicture for none."""
    file = request.FILES.get(name)
    if request.META.get("dure.upload_too_large") or (file and (file.size or 0) > settings.ARTWORK_BYTES):
        raise refused(Refused("picture_too_large"))
    if file is None:
        raise NoPicture(_("Please choose a picture first."), field="artwork")
    return bytes(file.read())


def add_artwork(*, edition: Edition, content: bytes, account: User | None, now: datetime) -> Added:
    """Keep a picture for an edition's piece. Raises NoArtworkHere and UnusablePicture."""
    panel = definition_of(edition.version).artwork
    if panel is None:
        raise NoArtworkHere(_("No picture can be printed on this piece."), field="artwork")
    artwork = keep_artwork(content=content, account=account, now=now)
    return Added(artwork, first_placement(artwork.sha256, artwork.width, artwork.height, panel))


def colours_of(*, edition: Edition, raw: str | Mapping[str, Any] | None, uploader: Uploader) -> Suiting:
    """The possible design that suits a placed picture best. Raises NoPicture and the Problems of a placement."""
    definition = definition_of(edition.version)
    placement = read_placement(raw)
    if placement is None:
        raise NoPicture(_("Please choose a picture first."), field="artwork")
    print_of(definition, placement)
    uploader.check(placement)
    view = plates_of_view(definition, definition.views[0].id, 800)
    with Image.open(artwork_file(placement.artwork), formats=("WEBP",)) as picture:
        choices, shades = suiting(definition, picture, view)
    return Suiting(choices, tuple(shade.colour for shade in shades))


def remove_unused_artworks(*, now: datetime) -> int:
    """Remove the pictures that no order, no hold and no saved design has, and that nobody has used for a month."""
    place = "configuration_json__artwork__artwork"
    ordered = Order.objects.filter(configuration_json__has_key="artwork").values_list(place, flat=True)
    held = Hold.objects.filter(configuration__has_key="artwork", expires_at__gt=now).values_list(
        "configuration__artwork__artwork", flat=True
    )
    saved = Design.objects.filter(configuration_json__has_key="artwork").values_list(place, flat=True)
    return remove_unused(kept={*ordered, *held, *saved}, now=now)

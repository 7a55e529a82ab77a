"""Can this picture be printed where it was placed? And what was sent as a placement, read."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from configurator.configuration import Placement
from configurator.definition import ProductDefinition
from configurator.models import Artwork
from configurator.placement import Print
from configurator.selectors import artwork_named
from core.problems import Problem

FIELD = "artwork"
FARTHEST_MM = 1000.0
NUMBERS = ("x_mm", "y_mm", "width_mm", "degrees")
HASH_LENGTH = 64


class UnreadableArtwork(Problem):
    """What was sent as a picture's placement says nothing that can be read."""

    code = "artwork_unreadable"
    status = 422


class NoArtworkHere(Problem):
    """This product carries no picture."""

    code = "artwork_not_offered"
    status = 422


class UnknownArtwork(Problem):
    """There is no such picture, or it was removed after nobody used it for a month."""

    code = "artwork_unknown"
    status = 422


class ArtworkOffPanel(Problem):
    """Next to nothing of the picture lies on the panel."""

    code = "artwork_off_panel"
    status = 422


class ArtworkTooCoarse(Problem):
    """The picture has too few pixels for its size; `largest_mm` is the width at which it would be accepted."""

    code = "artwork_too_coarse"
    status = 422


class ArtworkNotYours(Problem):
    """Whoever sees a shared design may look at its picture, but not have it printed."""

    code = "artwork_not_yours"
    status = 403


def read_placement(raw: str | Mapping[str, Any] | None) -> Placement | None:
    """The placement in a form's field or a request, None when there is none; raises UnreadableArtwork."""
    if not raw:
        return None
    try:
        data = json.loads(raw) if isinstance(raw, str) else raw
        placement = None if data is None else Placement.from_json(data)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        raise _unreadable() from None
    if placement is not None and not _is_plausible(placement):
        raise _unreadable()
    return placement


def checked_artwork(definition: ProductDefinition, raw: str | Mapping[str, Any] | None) -> Placement | None:
    """The placement as it will be printed, or the Problem that it has."""
    placement = read_placement(raw)
    if placement is None:
        return None
    placed = print_of(definition, placement)
    if not placed.lies_on_the_panel:
        raise ArtworkOffPanel(
            _("The picture does not lie on its panel. Please move it back, or remove it."), field=FIELD
        )
    if placed.quality == "coarse":
        raise ArtworkTooCoarse(
            _("The picture has too few pixels to be printed this large. It may be up to %(largest)g mm wide.")
            % {"largest": placed.largest_mm},
            field=FIELD,
            largest_mm=placed.largest_mm,
        )
    return placement


def print_of(definition: ProductDefinition, placement: Placement) -> Print:
    """A placement with the picture and the panel that it speaks of; raises NoArtworkHere or UnknownArtwork."""
    if definition.artwork is None:
        raise NoArtworkHere(_("No picture can be printed on this piece."), field=FIELD)
    try:
        found = artwork_named(placement.artwork)
    except Artwork.DoesNotExist:
        raise UnknownArtwork(
            _("This picture is not here (any more). Please choose its file once more."), field=FIELD
        ) from None
    return Print(placement, definition.artwork, found.width, found.height)


def _is_plausible(placement: Placement) -> bool:
    numbers = [getattr(placement, name) for name in NUMBERS]
    finite = all(math.isfinite(number) and abs(number) <= FARTHEST_MM for number in numbers)
    known = len(placement.artwork) == HASH_LENGTH and set(placement.artwork) <= set("0123456789abcdef")
    return finite and known and placement.width_mm > 0


def _unreadable() -> UnreadableArtwork:
    return UnreadableArtwork(_("The picture's position cannot be read. Please place it once more."), field=FIELD)

"""The studio's part for a picture of the customer's own: what the form sends, what the page and the island show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.artwork_check import NUMBERS, print_of, read_placement
from configurator.configuration import Placement
from configurator.definition import ArtworkPanel, ProductDefinition
from configurator.picture_address import artwork_address
from configurator.placement import Print
from core.problems import Problem
from editions.models import Edition
from orders.present import present_artwork

ACCEPTED = "image/png,image/jpeg,image/webp,image/heic,image/heif,image/svg+xml,.heic,.svg"


class PictureNotSent(Problem):
    """A picture was chosen in a form that could not carry it."""

    code = "picture_not_sent"
    status = 422


@dataclass(frozen=True)
class ArtworkPart:
    """The part of the page. `placed` is None while there is no picture; `panel` is in the page's language."""

    panel: ArtworkPanel
    language: str
    price: str
    json: str
    placed: Print | None
    text: str

    accepted = ACCEPTED

    @property
    def name(self) -> str:
        return self.panel.name.of(self.language)

    @property
    def megabytes(self) -> int:
        return int(settings.ARTWORK_BYTES) // 1_000_000

    @property
    def hint(self) -> str:
        return self.panel.hint.of(self.language)

    @property
    def address(self) -> str:
        return artwork_address(self.placed.placement.artwork) if self.placed else ""

    @property
    def island(self) -> dict[str, Any]:
        """What the browser's module needs to place a picture and to say how fine it will be."""
        panel = self.panel
        return {
            "panel": {
                name: getattr(panel, name) for name in ("panel", "width_mm", "height_mm", "smallest_dpi", "good_dpi")
            },
            "picture": self._picture,
            "upload_address": reverse("api:artworks"),
            "palette_address": reverse("api:palette"),
            "texts": {
                "good": _("%(dpi)s dpi: printed sharp."),
                "fair": _("%(dpi)s dpi: a little soft. Up to %(largest)s mm wide it is sharp."),
                "coarse": _("%(dpi)s dpi: too few pixels. Up to %(most)s mm wide it can be printed."),
                "sending": _("The picture is being prepared …"),
                "added": _("The picture lies on the piece."),
                "removed": _("The picture is removed."),
                "matched": _("The choices follow the picture's colours."),
                "position": _("%(x)s mm right, %(y)s mm down, %(width)s mm wide, %(degrees)s°"),
                "failed": _("The picture could not be sent. Please try again."),
            },
        }

    @property
    def _picture(self) -> dict[str, Any] | None:
        placed = self.placed
        return {"address": self.address, "width": placed.width, "height": placed.height} if placed else None


def artwork_in(form: Mapping[str, Any]) -> str | dict[str, Any] | None:
    """The placement in a form or an address: the hidden field's, and the number fields' where they are sent too.

    What cannot be read is handed on as it is: `checked_artwork` says what is wrong with it.
    """
    raw = str(form.get("artwork", "")).strip()
    if not raw or "artwork_remove" in form:
        return None
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(data, dict):
        return raw
    typed = {name: form[f"artwork_{name}"] for name in NUMBERS if str(form.get(f"artwork_{name}", "")).strip()}
    return {**data, **typed}


def check_picture_was_sent(form: Mapping[str, Any]) -> None:
    """Raise PictureNotSent for a form that names a chosen file without having sent it: nothing is left out silently."""
    if form.get("artwork_file"):
        raise PictureNotSent(
            _("You have chosen a picture but not sent it yet. Please send it first, or reload the page to go without."),
            field="artwork",
        )


def artwork_part(
    definition: ProductDefinition, data: Mapping[str, Any], edition: Edition, language: str
) -> ArtworkPart | None:
    """The part for a product that carries a picture, None for any other. An error loses nothing that was placed."""
    panel = definition.artwork
    if panel is None:
        return None
    placement, placed, text = None, None, ""
    try:
        placement = read_placement(data.get("artwork"))
        placed = print_of(definition, placement) if placement else None
        shown = present_artwork(definition, placement)
        text = shown["text"] if shown else ""
    except Problem:
        # The page says what it is: the same is found when the design is priced.
        text = ""
    price = edition.money(panel.price).format(language) if panel.price else ""
    return ArtworkPart(panel, language, price, _written(placement) if placed else "", placed, text)


def _written(placement: Placement | None) -> str:
    return json.dumps(asdict(placement), separators=(",", ":")) if placement else ""

"""A design in somebody's room: the address that carries it to a phone, and the code that a camera reads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.utils.translation import gettext as _

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.model_address import model_address, model_token
from configurator.selectors import definition_of, version_named
from configurator.studio import choice_lines
from configurator.viewer import viewer_settings
from editions.selectors import edition_selling
from orders.personal import design_address
from orders.present import present_picture

QUIET_ZONE = 4
"""Modules of empty border around a code (ISO/IEC 18004, 5.3.8)."""


@dataclass(frozen=True)
class RoomPage:
    """The page of one design. `onward` leads to the studio with it, empty when no edition sells it."""

    token: str
    definition: ProductDefinition
    configuration: Configuration
    language: str
    picture: dict[str, str]
    island: dict[str, Any]
    onward: str

    @property
    def name(self) -> str:
        return self.definition.name.of(self.language)

    @property
    def choices(self) -> tuple[tuple[str, str, str], ...]:
        return choice_lines(self.definition, self.configuration, self.language)


def room_page(*, configuration: Configuration, language: str, now: datetime) -> RoomPage:
    """The page of a configuration; raises ProductVersion.DoesNotExist, and NoModel for a product without one."""
    version = version_named(configuration.version)
    definition = definition_of(version)
    picture = present_picture(definition, configuration, language)
    edition = edition_selling(version, now)
    return RoomPage(
        token=model_token(configuration),
        definition=definition,
        configuration=configuration,
        language=language,
        picture=picture,
        island={
            **viewer_settings(definition),
            "model": model_address(configuration),
            "picture": picture,
            "texts": viewer_texts(),
        },
        onward=design_address(edition.slug, configuration.as_json()) if edition else "",
    )


def code_svg(address: str) -> bytes:
    """The QR code of an address as a picture that scales. The address is long: no more is spent on repair than fits."""
    file = io.BytesIO()
    segno.make_qr(address, error="l", boost_error=True).save(
        file, kind="svg", border=QUIET_ZONE, light="#fff", dark="#000", omitsize=True
    )
    return file.getvalue()


def viewer_texts() -> dict[str, Any]:
    """What the viewer says, in the reader's language; `sides` are the words that it announces while it is turned."""
    return {
        "loading": _("The 3D model is being fetched …"),
        "shown": _("The piece can be turned now: drag it, or use the arrow keys."),
        "closed": _("Back to the picture."),
        "failed": _("The 3D model cannot be shown here at the moment. The picture stays as it is."),
        "room_failed": _("It cannot be placed in your room at the moment. Please try again in better light."),
        "sides": {
            "front": _("Seen from the front"),
            "back": _("Seen from behind"),
            "left": _("Seen from the left"),
            "right": _("Seen from the right"),
            "upper-front": _("Seen from the front and above"),
            "upper-back": _("Seen from behind and above"),
            "upper-left": _("Seen from the left and above"),
            "upper-right": _("Seen from the right and above"),
            "lower-front": _("Seen from the front and below"),
            "lower-back": _("Seen from behind and below"),
            "lower-left": _("Seen from the left and below"),
            "lower-right": _("Seen from the right and below"),
            "interaction-prompt": _("Use the arrow keys to turn it."),
        },
    }

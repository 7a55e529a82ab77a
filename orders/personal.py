"""What is said about a design's personal content: how large its text is cut, and that the piece cannot be returned."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.compile import engraving_area
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.picture_address import engraving_address
from configurator.pictures.engraving import measure


def present_lettering(definition: ProductDefinition, configuration: Configuration, version_id: int) -> dict[str, Any]:
    """The measures of a design's text in millimetres, to a tenth, and the address of its mask."""
    text = configuration.engraving
    size = measure(text, definition.engraving.font_of(configuration.font), engraving_area(definition))
    measures = {
        "width_mm": round(size.width_mm, 1),
        "height_mm": round(size.height_mm, 1),
        "letter_mm": round(size.letter_mm, 1) if text else 0.0,
        "room_mm": round(size.room_mm, 1),
    }
    words = _("%(width_mm)s mm of %(room_mm)s mm · letters %(height_mm)s mm high")
    return {
        **measures,
        "text": words % {name: f"{value:g}" for name, value in measures.items()} if text else "",
        "mask_address": engraving_address(version_id, text, configuration.font) if text else "",
    }


def design_address(slug: str, data: Mapping[str, Any]) -> str:
    """The path of the studio with a configuration, as `Configuration.as_json` has it, in the reader's language."""
    return f"{reverse('orders:studio', kwargs={'slug': slug})}?{urlencode(design_query(data))}"


def design_query(configuration: Mapping[str, Any]) -> dict[str, str]:
    """A configuration as a studio's address carries it."""
    query = {**configuration["choices"]}
    query |= {name: configuration[name] for name in ("engraving", "font") if configuration.get(name)}
    artwork = configuration.get("artwork")
    if artwork:
        query["artwork"] = artwork if isinstance(artwork, str) else json.dumps(artwork, separators=(",", ":"))
    return query


def present_returns(configuration: Configuration) -> dict[str, Any]:
    """Whether a design is made for one person, and what that means for sending the piece back.

    E-Commerce Act of Korea, art. 17 (1) and (2) 6 with art. 21 of its decree; C-529/19 for the European Union:
    a piece that is only put together from options offered to everybody may be returned.
    """
    if configuration.is_personal:
        text = _("Made for you: once its making has begun, this piece cannot be returned unless it is faulty.")
    else:
        text = _("You can return this piece within seven days of its arrival.")
    return {"personal": configuration.is_personal, "text": text}


def asked_sentence(email: str) -> str:
    """What somebody who has asked for a text is told."""
    if email:
        return _("The maker has been asked. The answer will come by e-mail, and your text passes once it is allowed.")
    return _("The maker has been asked. Your text passes once it is allowed: please look again in a day or two.")

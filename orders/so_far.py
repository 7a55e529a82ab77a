"""The picture of a piece as it is so far, by the events of its making."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from configurator.picture_address import Subject, stage_address
from configurator.selectors import definition_of
from configurator.studio import description
from configurator.unfinished import stage_of
from orders.models import Order

SMALL, LARGE = 400, 1200
"""Pixels."""


def picture_so_far(found: Order, done: Collection[str], language: str) -> dict[str, Any]:
    """Addresses and description of the picture after some operations; `is_whole` when nothing is still to come."""
    definition = definition_of(found.edition.version)
    stage = stage_of(definition, found.configuration, done)
    number = found.piece.engraved_number if definition.numbering else ""
    subject, view = Subject(found.configuration, number, stage), definition.views[0].id
    whole = description(definition, found.configuration, language)
    return {
        "url": stage_address(subject, view, SMALL),
        "large": stage_address(subject, view, LARGE, "jpeg"),
        "is_whole": stage is None,
        "alt": whole if stage is None else _("What is made so far of: %(piece)s") % {"piece": whole},
    }

"""From the studio to a saved design."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from configurator.artwork_check import read_placement
from configurator.artwork_session import NOBODY, Uploader
from configurator.design_service import NewDesign, save_design
from configurator.models import Design
from configurator.selectors import design_with_code
from configurator.shelf import Shelf
from core.problems import Problem
from editions.models import Edition


class UnknownParent(Problem):
    """The design that this one was started from does not exist, or is of another product."""

    code = "unknown_parent"
    status = 422


def save_from_studio(
    *,
    edition: Edition,
    data: Mapping[str, Any],
    shelf: Shelf,
    now: datetime,
    parent: str = "",
    name: str = "",
    uploader: Uploader = NOBODY,
) -> Design:
    """Save the design in a form or a request; saved before, it is that one.

    Raises UnknownParent, ArtworkNotYours and what `save_design` raises; then nothing is written.
    """
    uploader.check(read_placement(data.get("artwork")))
    draft = NewDesign(
        version=edition.version,
        data=data,
        made_for=edition.slug,
        parent=_parent(parent, edition) if parent else None,
        name=name,
    )
    design, _is_new = save_design(draft=draft, shelf=shelf, now=now)
    return design


def _parent(code: str, edition: Edition) -> Design:
    try:
        found = design_with_code(code)
    except Design.DoesNotExist:
        found = None
    if found is None or found.version.product_id != edition.version.product_id:
        raise UnknownParent(
            _("The design that this one was started from does not exist. Save once more to keep yours without it."),
            field="parent",
        )
    return found

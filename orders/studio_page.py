"""What the studio's page shows for a set of choices, valid or not: nothing that was chosen or typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.artwork_session import NOBODY, Uploader
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.island import island_picture
from configurator.selectors import definition_of
from configurator.studio import GroupState, group_states
from core.problems import Problem
from editions.contracts import Availability
from editions.models import Edition
from editions.selectors import availability
from orders.artwork_part import ArtworkPart, artwork_part
from orders.engraving_part import EngravingPart, is_about_text
from orders.present import present_availability, present_picture, present_quote
from orders.services.quote import make_quote


@dataclass(frozen=True)
class StudioPage:
    """The studio as a page. `shown` is the quote in words, None while there is a `problem`."""

    edition: Edition
    definition: ProductDefinition
    language: str
    groups: tuple[GroupState, ...]
    engraving: str
    font: str
    artwork: ArtworkPart | None
    version: str
    picture: dict[str, str]
    availability: Availability
    availability_text: str
    shown: dict[str, Any] | None
    problem: Problem | None

    @property
    def tagline(self) -> str:
        return self.definition.tagline.of(self.language)

    @property
    def story(self) -> str:
        return self.definition.story.of(self.language)

    @property
    def lettering(self) -> EngravingPart:
        cut = self.shown["engraving"] if self.shown else None
        return EngravingPart(self.edition, self.definition, self.language, self.engraving, self.font, cut, self.problem)

    @property
    def returns(self) -> dict[str, Any]:
        """Whether the piece can be returned; nothing is said of a design that cannot be made."""
        return self.shown["returns"] if self.shown else {"personal": False, "text": ""}

    @property
    def island(self) -> dict[str, Any]:
        """What the browser's island needs to show a choice at once and to ask for its price."""
        return {
            "edition": self.edition.slug,
            "version": self.version,
            "language": self.language,
            "quote_address": reverse("api:quotes"),
            "texts": {"offline": _("The shop does not answer. Your design is kept; please try again in a moment.")},
            "artwork": self.artwork.island if self.artwork else None,
            **island_picture(self.definition),
            **self.lettering.island,
        }

    @property
    def artwork_problem(self) -> str:
        about = self.problem is not None and self.problem.extra.get("field") == "artwork"
        return self.problem.detail if self.problem and self.artwork and about else ""

    @property
    def page_problem(self) -> str:
        if self.problem is None or is_about_text(self.problem) or self.artwork_problem:
            return ""
        return self.problem.detail


def studio_page(
    *,
    edition: Edition,
    data: Mapping[str, Any],
    language: str,
    now: datetime,
    problem: Problem | None = None,
    uploader: Uploader = NOBODY,
) -> StudioPage:
    """The page for `data` (`version`, `choices`, `engraving`). A `problem` that happened before is shown first."""
    definition = definition_of(edition.version)
    shown, found = None, problem
    try:
        quote = make_quote(edition=edition, data=data, now=now, uploader=uploader)
        shown = present_quote(quote, edition, language)
    except Problem as trouble:
        found = problem or trouble
    choices = known_choices(definition, data["choices"])
    part = artwork_part(definition, data, edition, language)
    printed = part.placed.placement if part and part.placed else None
    # Whoever was given a shared design sees its picture, also where it cannot be ordered.
    possible = Configuration(edition.version.key, choices, artwork=printed)
    drawn = Configuration.from_json(shown["configuration"]) if shown else possible
    left = availability(edition, now)
    return StudioPage(
        edition=edition,
        definition=definition,
        language=language,
        groups=group_states(definition, choices, language, lambda minor: edition.money(minor).format(language)),
        engraving=data.get("engraving", ""),
        font=data.get("font", ""),
        artwork=part,
        version=edition.version.key,
        picture=present_picture(definition, drawn, language),
        availability=left,
        availability_text=present_availability(left),
        shown=shown,
        problem=found,
    )


def whole_choices(definition: ProductDefinition, named: Mapping[str, str]) -> dict[str, str]:
    """The choices named, and the usual ones of the groups that exist beside them without one."""
    kept = dict(named)
    for group in definition.groups:
        if group.id not in kept and group.exists_beside(kept):
            kept[group.id] = definition.preset.get(group.id, group.offered[0].id)
    return kept


def known_choices(definition: ProductDefinition, choices: Mapping[str, str]) -> dict[str, str]:
    """The choices that exist, and the preset's for groups whose choice does not."""
    kept: dict[str, str] = {}
    for group in definition.groups:
        if group.exists_beside(kept):
            known = {option.id for option in group.offered}
            usual = definition.preset.get(group.id, group.offered[0].id)
            kept[group.id] = choices[group.id] if choices.get(group.id) in known else usual
    return kept

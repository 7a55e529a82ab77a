"""What the page of a saved design shows: the piece, what it costs now, and what has changed since it was saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.migrate import Moved
from configurator.models import Design
from configurator.moving import moved_design
from configurator.selectors import definition_of
from configurator.shelf import Shelf
from configurator.studio import choice_lines
from core.problems import Problem
from editions.models import Edition
from editions.selectors import availability, edition_selling
from orders.personal import design_query
from orders.present import present_availability, present_photo, present_price, present_promise, present_rarity
from orders.present_changes import present_changes
from orders.services.quote import make_offer


@dataclass(frozen=True)
class Sale:
    """The edition that sells a design now; `onward` leads to its studio with this design.

    `shown` is the quote in words, None with a `problem` or when everything is sold.
    """

    edition: Edition
    availability_text: str
    shown: dict[str, Any] | None
    problem: Problem | None
    onward: str


@dataclass(frozen=True)
class Revision:
    """A design on the version that is sold now: how it looks there, and every change in words."""

    number: int
    picture: dict[str, Any]
    changes: list[str]
    repaired: bool


@dataclass(frozen=True)
class DesignPage:
    """A saved design for one visitor; `own` says whether it is hers."""

    design: Design
    definition: ProductDefinition
    configuration: Configuration
    language: str
    own: bool
    picture: dict[str, Any]
    choices: tuple[tuple[str, str, str], ...]
    rarity: dict[str, Any]
    sale: Sale | None
    revision: Revision | None

    @property
    def name(self) -> str:
        return self.design.name or self.product

    @property
    def product(self) -> str:
        return self.definition.name.of(self.language)

    @property
    def leaves_content(self) -> bool:
        """Whether somebody who goes on from here does so without the author's text and picture."""
        return self.configuration.is_personal and not self.own


def design_page(*, design: Design, shelf: Shelf, language: str, now: datetime) -> DesignPage:
    """The page of a design as it stands at a time; nothing is written."""
    definition, configuration = definition_of(design.version), design.configuration
    edition = edition_selling(design.version, now, preferred=design.made_for)
    own = shelf.owns(design)
    sale = revision = None
    if edition:
        today = configuration
        if edition.version_id != design.version_id:
            moved = moved_design(design, edition.version)
            today, revision = moved.configuration, _revision(edition, moved, definition, language)
        onward = studio_address(edition, today if own else without_content(today), design.code)
        sale = _sale(edition, today, onward, language=language, now=now)
    return DesignPage(
        design=design,
        definition=definition,
        configuration=configuration,
        language=language,
        own=own,
        picture=present_photo(definition, configuration, language),
        choices=choice_lines(definition, configuration, language),
        rarity=present_rarity(definition, configuration, language),
        sale=sale,
        revision=revision,
    )


def studio_address(edition: Edition, configuration: Configuration, parent: str) -> str:
    """The studio with these choices; what is saved there knows the design that it was started from."""
    query = design_query(configuration.as_json())
    return f"{reverse('orders:studio', kwargs={'slug': edition.slug})}?{urlencode({**query, 'parent': parent})}"


def without_content(configuration: Configuration) -> Configuration:
    """The choices alone: a name and a picture are their author's."""
    return replace(configuration, engraving="", font="", artwork=None)


def _sale(edition: Edition, configuration: Configuration, onward: str, *, language: str, now: datetime) -> Sale:
    left, shown, problem = availability(edition, now), None, None
    if left.state != "sold_out":
        try:
            offer = make_offer(edition=edition, data=configuration.as_json(), now=now)
            shown = {
                "price": present_price(offer.price, edition, language, offer.destination),
                "promise": present_promise(offer.likely_at, offer.safe_at, language),
            }
        except Problem as trouble:
            problem = trouble
    return Sale(edition, present_availability(left), shown, problem, onward)


def _revision(edition: Edition, moved: Moved, old: ProductDefinition, language: str) -> Revision:
    new = definition_of(edition.version)
    return Revision(
        number=edition.version.number,
        picture=present_photo(new, moved.configuration, language),
        changes=present_changes(moved.changes, old, new, edition, language),
        repaired=moved.repaired,
    )

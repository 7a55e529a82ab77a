"""The studio's part about the engraved text: what its template shows and what its island needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from configurator.appeals import TextDeclined
from configurator.definition import FONT_NAMES, ProductDefinition
from configurator.pictures.engraving import allowed_characters, ranges
from configurator.validation import TextNotAccepted
from core.problems import Problem
from editions.models import Edition

FIELDS = ("engraving", "font")


@dataclass(frozen=True)
class Typeface:
    """A font as it is offered."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class EngravingPart:
    """What the page shows of the text. `cut` is its lettering (orders.personal), None while it cannot be cut."""

    edition: Edition
    definition: ProductDefinition
    language: str
    text: str
    font: str
    cut: dict[str, Any] | None
    problem: Problem | None

    @property
    def name(self) -> str:
        return self.definition.engraving.name.of(self.language)

    @property
    def hint(self) -> str:
        return self.definition.engraving.hint.of(self.language)

    @property
    def price(self) -> str:
        price = self.definition.engraving.price
        return self.edition.money(price).format(self.language) if price else ""

    @property
    def typefaces(self) -> list[Typeface]:
        """The fonts to choose from; none when there is but one."""
        row = self.definition.engraving
        offered = row.offered_fonts if len(row.offered_fonts) > 1 else ()
        return [Typeface(font, FONT_NAMES[font].of(self.language), font == row.font_of(self.font)) for font in offered]

    @property
    def sentence(self) -> str:
        """What is wrong with the text; empty when nothing is."""
        return self.problem.detail if self.problem and is_about_text(self.problem) else ""

    @property
    def may_ask(self) -> bool:
        """Whether staff can be asked to allow the text."""
        return isinstance(self.problem, TextNotAccepted) and not self.problem.extra["declined"]

    @property
    def island(self) -> dict[str, Any]:
        """What the browser checks and shows by itself. A font without ranges is the server's to check."""
        row = self.definition.engraving
        return {
            "engraving_font": row.font,
            "engraving_fonts": {
                font: None if row.symbols is None else ranges(allowed_characters(font, row.symbols))
                for font in row.offered_fonts
            },
            "engraving_mask": self.cut["mask_address"] if self.cut else "",
            "appeal_address": reverse("api:text-appeals"),
            "engraving_texts": {
                "uncuttable": [_uncuttable(count) for count in (1, 2)],
                "cut": _("The text as it will be cut: {text}"),
                "offline": _("The shop does not answer. Your text is kept; please try again in a moment."),
            },
        }


def is_about_text(problem: Problem) -> bool:
    """Whether a problem is shown beside the text, not at the top of the page."""
    return problem.extra.get("field") in FIELDS or isinstance(problem, TextDeclined)


def _uncuttable(count: int) -> str:
    sentence = ngettext(
        "This character is not cut on this piece: %(characters)s",
        "These characters are not cut on this piece: %(characters)s",
        count,
    )
    return sentence % {"characters": "{characters}"}

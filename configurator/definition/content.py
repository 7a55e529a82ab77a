"""What is personal on a piece: a line of text, a printed picture."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from configurator.definition.base import Frozen, Part, Slug, Text
from configurator.definition.refusals import Refused

FontName = Literal["serif-ko", "sans-ko"]

FONT_NAMES: dict[FontName, Text] = {
    "serif-ko": Text(ko="명조", en="Serif"),
    "sans-ko": Text(ko="고딕", en="Sans serif"),
}


class Engraving(Frozen):
    """A line of text cut into a panel of the piece, measured in millimetres."""

    id: Slug
    name: Text
    hint: Text
    panel: Part
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    margin_mm: float = Field(default=0, ge=0, description="kept free at both ends of the line")
    letter_mm: float = Field(gt=0, description="height of the letters' em square when the text is short")
    smallest_letter_mm: float = Field(gt=0)
    longest: int = Field(gt=0, le=60, description="characters accepted at all")
    font: FontName
    fonts: tuple[FontName, ...] = Field(default=(), description="those offered; only `font` when empty")
    symbols: str | None = Field(
        default=None, max_length=60, description="allowed beside Hangul, Latin letters and digits; None: all it has"
    )
    colour_part: Part
    price: int = Field(default=0, ge=0)

    @property
    def offered_fonts(self) -> tuple[FontName, ...]:
        return self.fonts or (self.font,)

    def font_of(self, chosen: str) -> str:
        """The font that a customer's choice means: the usual one when it is empty."""
        return chosen or self.font

    @model_validator(mode="after")
    def _usual_font_is_offered(self) -> Self:
        if self.fonts and self.font not in self.fonts:
            raise Refused("font_not_offered", "engraving", font=self.font)
        return self


class ArtworkPanel(Frozen):
    """An area on which a customer's own picture is printed, measured in millimetres."""

    id: Slug
    name: Text
    hint: Text
    panel: Part
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    smallest_dpi: float = Field(default=72, gt=0, description="below this the print is refused")
    good_dpi: float = Field(default=150, gt=0, description="below this the print is accepted with a warning")
    price: int = Field(default=0, ge=0)


class Numbering(Frozen):
    """Where the piece's number is engraved, measured in millimetres; until a piece is held, only its line is shown."""

    panel: Part
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    margin_mm: float = Field(default=0, ge=0)
    letter_mm: float = Field(gt=0)
    font: FontName
    colour_part: Part

"""What all parts of a definition are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]
Part = Annotated[str, Field(pattern=r"^[a-z]+$", max_length=20)]
Folder = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=80)]
"""Below the product's own folder: neither absolute nor upwards."""
Choices = dict[Slug, tuple[Slug, ...]]
"""Options by group: one of them, all of them or none, as the field says."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """A text in both languages."""

    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def of(self, language: str) -> str:
        """The text in a language, `ko` or anything else (English)."""
        return self.ko if language == "ko" else self.en

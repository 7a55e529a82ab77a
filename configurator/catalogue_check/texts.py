"""Whether every text is there in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from configurator.catalogue_check.finding import Finding, error, warning
from configurator.definition import Place, ProductDefinition, Text

SHOWN = 40


def text_findings(definition: ProductDefinition) -> Iterator[Finding]:
    """Blank texts are refused; one that seems to be in the other language is worth a second look."""
    for place, text in texts_in(definition):
        for language, words in (("ko", text.ko), ("en", text.en)):
            where = f"{place}.{language}"
            if not words.strip():
                yield error("text_blank", where, where=Place(where))
        if _has_letters(text.ko) and not _has_hangul(text.ko):
            yield warning("not_korean", f"{place}.ko", where=Place(f"{place}.ko"), given=text.ko[:SHOWN])
        if _has_hangul(text.en):
            yield warning("not_english", f"{place}.en", where=Place(f"{place}.en"), given=text.en[:SHOWN])


def texts_in(model: BaseModel, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every bilingual text below a part of a definition, with its place."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        inner = f"{place}.{name}".lstrip(".")
        if isinstance(value, Text):
            yield inner, value
        elif isinstance(value, BaseModel):
            yield from texts_in(value, inner)
        elif isinstance(value, tuple):
            for row in value:
                if isinstance(row, BaseModel):
                    yield from texts_in(row, f"{inner}.{row.id}")  # type: ignore[attr-defined]


def _has_letters(words: str) -> bool:
    return any(character.isalpha() for character in words)


def _has_hangul(words: str) -> bool:
    return any("가" <= character <= "힣" or "ㄱ" <= character <= "ㆎ" for character in words)

"""The lists of words, read from data. Pure but for reading its own files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from configurator.screening.reading import Reading, read_hangul, read_latin, spelled

LANGUAGES = ("ko", "en")
KINDS = frozenset({"anywhere", "start", "word"})


class BrokenList(ValueError):
    """A list says something that cannot be meant."""


@dataclass(frozen=True)
class Policy:
    """Why words of a kind are not cut without asking, in both languages."""

    id: str
    ko: str
    en: str

    def reason(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Pattern:
    """A word as it is looked for: its signs, and how many of each in a row there must be at least."""

    word: str
    signs: str
    counts: tuple[int, ...]
    has_digits: bool = False


@dataclass(frozen=True)
class Entry:
    """A word of a list.

    `kind` says where it is looked for: `anywhere` inside other letters, only at the `start` of a word, or only as a
    whole `word`.
    """

    pattern: Pattern
    policy: str
    kind: str

    @property
    def is_consonants(self) -> bool:
        """Whether it is written in lone consonants, as `ㅅㅂ`."""
        return all("ㄱ" <= letter <= "ㅎ" for letter in self.pattern.word)


@dataclass(frozen=True)
class WordList:
    """The words of one language.

    `allowed` are harmless words with the others inside; `tails` may follow a word that is spelled across gaps, and
    `interjections` may stand before one that otherwise begins a word.
    """

    entries: tuple[Entry, ...]
    allowed: tuple[Entry, ...]
    tails: tuple[str, ...]
    interjections: frozenset[str]


@dataclass(frozen=True)
class Lists:
    """All lists: the policies by id, the words by language."""

    policies: Mapping[str, Policy]
    words: Mapping[str, WordList]


@lru_cache(maxsize=1)
def read_lists() -> Lists:
    """The lists that lie beside this module."""
    rows = _toml("policies")["policies"]
    policies = {row["id"]: Policy(row["id"], **row["reason"]) for row in rows}
    return Lists(policies, {language: word_list(language, _toml(language), policies) for language in LANGUAGES})


def word_list(language: str, data: Mapping[str, Any], policies: Mapping[str, Policy]) -> WordList:
    """A list from its data; raises BrokenList."""
    read = {"ko": _read_korean, "en": _read_english}[language]
    entries = []
    for row in data["words"]:
        if row["policy"] not in policies or row["kind"] not in KINDS:
            raise BrokenList(f"{language}: there is no policy {row['policy']} or no kind {row['kind']}")
        entries += [Entry(_pattern(word, read), row["policy"], row["kind"]) for word in row["list"]]
    doubled = {
        each.pattern.word for each in entries if [other.pattern.word for other in entries].count(each.pattern.word) > 1
    }
    if doubled:
        raise BrokenList(f"{language}: {', '.join(sorted(doubled))} is there twice")
    return WordList(
        entries=tuple(entries),
        # Endings are written onto a Korean word; onto an English name they make another one.
        allowed=tuple(
            Entry(_pattern(word, read), "", "anywhere" if language == "ko" else "word") for word in data["allowed"]
        ),
        tails=tuple(spelled(read(word).letters) for word in data.get("tails", ())),
        interjections=frozenset(spelled(read(word).letters) for word in data.get("interjections", ())),
    )


def _pattern(word: str, read: Callable[[str], Reading]) -> Pattern:
    found = read(word)
    if not found.letters:
        raise BrokenList(f"“{word}” has no letters")
    return Pattern(word, found.signs, found.counts, any(each.isdecimal() for each in word))


def _read_korean(word: str) -> Reading:
    return read_hangul(word, digits=any(each.isdecimal() for each in word))


def _read_english(word: str) -> Reading:
    return read_latin(word, leet=False)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("configurator.screening") / f"{name}.toml").read_text(encoding="utf-8"))

"""Looking for listed words in a text. Pure.

What keeps false alarms few: a word must begin and end where characters of the text do (`다시바라` has the jamo of a
swear word, but no syllables of it); across spaces and punctuation it must be made of whole pieces (`시 발`, not
`역시 발견`); most words count only as a word or at the start of one; digits may stand for at most half of the letters
(`455`); and what an allowed phrase contains is allowed (`시발역`, `Scunthorpe`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from configurator.screening.lists import Entry, Lists, Pattern, WordList
from configurator.screening.reading import Letter, Reading, readings_of

# A word spelled across gaps, or with another language's keys, has at least so many letters: initials are shorter.
FEWEST_SPREAD = 4


@dataclass(frozen=True)
class Verdict:
    """What was found: the policy that asks for a second look, and the fragment of the text that it is about."""

    policy: str
    fragment: str


@dataclass(frozen=True)
class Hit:
    """Where a pattern was found in a reading: its runs from `start` to before `stop`, its first and last letter."""

    reading: Reading
    start: int
    stop: int
    first: Letter
    last: Letter

    @property
    def span(self) -> tuple[int, int]:
        """The characters of the text that it covers."""
        return self.first.at, self.last.at + 1

    @property
    def letters(self) -> list[Letter]:
        return [letter for run in self.reading.runs[self.start : self.stop] for letter in run]

    @property
    def is_spread(self) -> bool:
        """Whether there is a gap inside."""
        return any(run[0].after_gap for run in self.reading.runs[self.start + 1 : self.stop])

    @property
    def begins_word(self) -> bool:
        return self.reading.runs[self.start][0].after_gap

    @property
    def ends_word(self) -> bool:
        return self.stop == len(self.reading.runs) or self.reading.runs[self.stop][0].after_gap

    @property
    def before(self) -> str:
        """The signs between the start of the word and the hit."""
        start = self.start
        while start and not self.reading.runs[start][0].after_gap:
            start -= 1
        return self.reading.signs[start : self.start]


def screen(text: str, lists: Lists) -> Verdict | None:
    """The first thing in a text that is not cut without asking; None when there is nothing."""
    text = unicodedata.normalize("NFC", text)
    found = [
        (hit.span, entry.policy)
        for language, each in readings_of(text)
        for hit, entry in _hits(each, lists.words[language])
    ]
    found += [(span, policy) for span, policy in _masked(text, lists.words["en"])]
    if not found:
        return None
    (start, stop), policy = min(found, key=lambda each: (each[0][0], -each[0][1]))
    return Verdict(policy, text[start:stop])


def _hits(reading: Reading, words: WordList) -> Iterator[tuple[Hit, Entry]]:
    found = [
        (hit, entry)
        for entry in words.entries
        if entry.pattern.signs in reading.signs
        for hit in occurrences(reading, entry.pattern)
        if _counts(hit, entry, words)
    ]
    if found:
        allowed = [
            hit
            for entry in words.allowed
            for hit in occurrences(reading, entry.pattern)
            if entry.kind == "anywhere" or (hit.begins_word and hit.ends_word)
        ]
        for hit, entry in found:
            if not any(each.start <= hit.start and hit.stop <= each.stop for each in allowed):
                yield hit, entry


def occurrences(reading: Reading, pattern: Pattern) -> Iterator[Hit]:
    """Where the signs of a pattern stand in a reading, beginning and ending with whole characters."""
    start = reading.signs.find(pattern.signs)
    while start >= 0:
        runs = reading.runs[start : start + len(pattern.counts)]
        if all(len(run) >= count for run, count in zip(runs, pattern.counts, strict=True)):
            first, last = runs[0][-pattern.counts[0]], runs[-1][pattern.counts[-1] - 1]
            if first.first and last.last:
                yield Hit(reading, start, start + len(runs), first, last)
        start = reading.signs.find(pattern.signs, start + 1)


def _counts(hit: Hit, entry: Entry, words: WordList) -> bool:
    """Whether an occurrence is meant."""
    if entry.is_consonants:
        return not (hit.is_spread or hit.reading.typed or _beside_initials(hit))
    if hit.reading.typed:
        return len(entry.pattern.signs) >= FEWEST_SPREAD and _is_whole(hit, words) and entry.kind != "word"
    if hit.is_spread:
        return _is_spread_on_purpose(hit, entry, words)
    if 2 * sum(letter.is_digit for letter in hit.letters) > len(hit.letters) and not entry.pattern.has_digits:
        return False
    return {
        "anywhere": True,
        "start": hit.begins_word or hit.before in words.interjections,
        "word": hit.begins_word and hit.ends_word,
    }[entry.kind]


def _is_spread_on_purpose(hit: Hit, entry: Entry, words: WordList) -> bool:
    if len(entry.pattern.signs) < FEWEST_SPREAD or not _is_whole(hit, words):
        return False
    return entry.kind != "word" or all(letter.after_gap for letter in hit.letters if letter.first)


def _is_whole(hit: Hit, words: WordList) -> bool:
    """Whether it is made of whole words, the last perhaps with an ending that goes with such words."""
    rest = hit.reading.signs[hit.stop :]
    return hit.begins_word and (hit.ends_word or any(rest.startswith(tail) for tail in words.tails))


def _beside_initials(hit: Hit) -> bool:
    """Whether a lone consonant stands beside it: `ㄱㅅㅂ` are somebody's initials."""
    runs = hit.reading.runs
    before = not hit.begins_word and runs[hit.start - 1][-1].is_lone
    after = not hit.ends_word and runs[hit.stop][0].is_lone
    return before or after


def _masked(text: str, words: WordList) -> Iterator[tuple[tuple[int, int], str]]:
    """Latin words with asterisks for letters inside: `f**k`."""
    if "*" not in text:
        return
    for entry in words.entries:
        for found in _mask_pattern(entry.pattern.word).finditer(text.lower()):
            letters = found[0].replace("*", "")
            if "*" in found[0] and 2 * len(letters) >= len(found[0]):
                yield found.span(), entry.policy


@lru_cache(maxsize=1024)
def _mask_pattern(word: str) -> re.Pattern[str]:
    inside = "".join(f"[{re.escape(each)}*]" for each in word[1:-1])
    return re.compile(rf"(?<![a-z*]){re.escape(word[0])}{inside}{re.escape(word[-1])}(?![a-z*])")

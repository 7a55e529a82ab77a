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
from itertools import groupby, pairwise

from configurator.screening.lists import Entry, Lists, Pattern, WordList
from configurator.screening.reading import Letter, Reading, readings_of, spelled

# A word spelled across gaps, or with another language's keys, has at least so many letters: initials are shorter.
FEWEST_SPREAD = 4
# No language spells a letter three times in a row: `channel` is a word of its own, `niiike` is not.
DRAWN_OUT = 3


@dataclass(frozen=True)
class Verdict:
    """What was found: the policy that asks for a second look, and the fragment of the text that it is about."""

    policy: str
    fragment: str


@dataclass(frozen=True)
class Hit:
    """Where a pattern was found in a reading: its letters, and the bounds of the runs that they are part of."""

    reading: Reading
    pattern: Pattern
    start: int
    stop: int
    runs_start: int
    runs_stop: int

    @property
    def letters(self) -> tuple[Letter, ...]:
        return self.reading.letters[self.start : self.stop]

    @property
    def span(self) -> tuple[int, int]:
        """The characters of the text that it covers."""
        return self.letters[0].at, self.letters[-1].at + 1

    @property
    def is_spread(self) -> bool:
        """Whether there is a gap inside."""
        return any(letter.after_gap for letter in self.letters[1:])

    @property
    def begins_word(self) -> bool:
        """Whether nothing but the same letter over and over stands before it in its word."""
        return any(letter.after_gap for letter in self.reading.letters[self.runs_start : self.start + 1])

    @property
    def ends_word(self) -> bool:
        following = self.reading.letters[self.stop : self.runs_stop + 1]
        return self.runs_stop == len(self.reading.letters) or any(letter.after_gap for letter in following)

    @property
    def is_natural(self) -> bool:
        """Whether each of its letters is there as often as in the list, or more often than any spelling has it."""
        start, stop, letters = self.start, self.stop, self.reading.letters
        while start > self.runs_start and not letters[start].after_gap:
            start -= 1
        while stop < self.runs_stop and not letters[stop].after_gap:
            stop += 1
        lengths = [len(list(run)) for _, run in groupby(letters[start:stop], key=lambda letter: letter.sign)]
        pairs = zip(lengths, self.pattern.counts, strict=True)
        return all(length == count or length >= DRAWN_OUT for length, count in pairs)

    @property
    def before(self) -> str:
        """What stands between the start of its word and it."""
        start = self.start
        while not self.reading.letters[start].after_gap:
            start -= 1
        return spelled(self.reading.letters[start : self.start])

    @property
    def after(self) -> str:
        """What stands behind it."""
        return spelled(self.reading.letters[self.runs_stop :])


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
    at = reading.signs.find(pattern.signs)
    while at >= 0:
        offsets = reading.offsets[at : at + len(pattern.counts) + 1]
        if all(stop - start >= count for (start, stop), count in zip(pairwise(offsets), pattern.counts, strict=True)):
            first, stop = offsets[1] - pattern.counts[0], offsets[-2] + pattern.counts[-1]
            if reading.letters[first].first and reading.letters[stop - 1].last:
                yield Hit(reading, pattern, first, stop, offsets[0], offsets[-1])
        at = reading.signs.find(pattern.signs, at + 1)


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
        "word": hit.begins_word and hit.ends_word and hit.is_natural,
    }[entry.kind]


def _is_spread_on_purpose(hit: Hit, entry: Entry, words: WordList) -> bool:
    if len(entry.pattern.signs) < FEWEST_SPREAD or hit.letters[0].is_glued or not _is_whole(hit, words):
        return False
    is_phrase = " " in entry.pattern.word
    return entry.kind != "word" or is_phrase or all(letter.after_gap for letter in hit.letters if letter.first)


def _is_whole(hit: Hit, words: WordList) -> bool:
    """Whether it is made of whole words, the last perhaps with an ending that goes with such words."""
    return hit.begins_word and (hit.ends_word or hit.after.startswith(words.tails))


def _beside_initials(hit: Hit) -> bool:
    """Whether a lone consonant stands beside it: `ㄱㅅㅂ` are somebody's initials."""
    letters = hit.reading.letters
    before = not hit.begins_word and letters[hit.runs_start - 1].is_lone
    after = not hit.ends_word and letters[hit.runs_stop].is_lone
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

"""How a text can be read: as Korean, as Latin, or as one typed on the other's keyboard. Pure.

A reading is a row of signs in which different spellings of one word are the same: Hangul is split into jamo, so that
`시발`, `ㅅㅣㅂㅏㄹ` and `시ㅂㅏㄹ` are one; Latin letters have no case, no accents and no disguise (`$h1t`, `ѕһіт`);
marks and characters that leave no trace are gone; equal signs that follow each other are one run.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from configurator.screening import signs
from configurator.screening.signs import parts


@dataclass(frozen=True, slots=True)
class Letter:
    """A sign and where it comes from: the index `at` of its character, of which it is the first or last sign or both.

    `after_gap`: something that is no letter of this reading stands before it, or nothing at all; `is_glued`: that is
    a letter or a digit of another kind, as in `3시`.
    """

    sign: str
    at: int
    first: bool = True
    last: bool = True
    after_gap: bool = False
    is_digit: bool = False
    is_lone: bool = False
    is_glued: bool = False


@dataclass(frozen=True)
class Reading:
    """The letters of a text as runs of equal signs: `signs` has one sign per run, `offsets` where each run begins.

    The last offset is where the last run ends. `typed`: the letters are those of another keyboard.
    """

    letters: tuple[Letter, ...]
    signs: str
    offsets: tuple[int, ...]
    typed: bool = False

    @property
    def counts(self) -> tuple[int, ...]:
        """How long each run is."""
        return tuple(stop - start for start, stop in pairwise(self.offsets))


def reading(letters: list[Letter], *, typed: bool = False) -> Reading:
    """Letters as runs."""
    starts = [at for at, letter in enumerate(letters) if at == 0 or letters[at - 1].sign != letter.sign]
    signs = "".join(letters[at].sign for at in starts)
    return Reading(tuple(letters), signs, (*starts, len(letters)), typed)


def spelled(letters: Iterable[Letter]) -> str:
    return "".join(letter.sign for letter in letters)


def read_hangul(text: str, *, digits: bool = False) -> Reading:
    """The text as Korean; everything else is a gap, also the digits unless they are asked for."""
    letters: list[Letter] = []
    gap = True
    for at, character in enumerate(text):
        found = _jamo(character, letters[-1] if letters and not gap else None)
        if digits and character.isdecimal():
            found = character
        if found:
            is_lone = len(found) == 1 and not character.isdecimal()
            is_glued = gap and at > 0 and text[at - 1].isalnum()
            letters += [
                Letter(
                    sign,
                    at,
                    index == 0,
                    index == len(found) - 1,
                    gap and index == 0,
                    is_lone=is_lone,
                    is_glued=is_glued,
                )
                for index, sign in enumerate(found)
            ]
            gap = False
        else:
            gap = gap or bool(parts(character))
    return reading(_without_stretching(letters))


def _jamo(character: str, before: Letter | None) -> str:
    """The jamo of a character; lone ones that are laughter are none, and a stroke after a lone consonant is a vowel."""
    found = "".join(signs.JAMO.get(part, "") for part in parts(character))
    if found:
        return "" if found in signs.LAUGHTER else found
    beside_consonant = before is not None and before.is_lone and before.sign in signs.CONSONANTS
    return "ㅣ" if beside_consonant and character in signs.LOOKS_LIKE_I else ""


def _without_stretching(letters: list[Letter]) -> list[Letter]:
    """`씨이이발` is `씨발`: a vowel that is sung on is one vowel."""
    kept: list[Letter] = []
    index = 0
    while index < len(letters):
        here, follower = letters[index], letters[index + 1] if index + 1 < len(letters) else None
        if follower and kept and _is_sung_on(kept[-1], here, follower):
            kept[-1] = replace(kept[-1], last=follower.last)
            index += 2
        else:
            kept.append(here)
            index += 1
    return kept


def _is_sung_on(vowel: Letter, silent: Letter, same: Letter) -> bool:
    joined = not (silent.after_gap or same.after_gap) and silent.first and not silent.last
    return joined and silent.sign == "ㅇ" and vowel.sign == same.sign and vowel.sign in signs.VOWELS


def read_latin(text: str, *, one: str = "i", leet: bool = True) -> Reading:
    """The text in Latin letters; `one` is what 1 and | stand for. Without `leet` digits and symbols are gaps."""
    letters: list[Letter] = []
    gap = True
    for at, character in enumerate(text):
        found = "".join(map(signs.latin, parts(character)))
        if character == "I" and one == "l":
            found = "l"
        if not found and leet:
            found = _leet(text, at, one)
        if found:
            letters += [
                Letter(sign, at, after_gap=gap and index == 0, is_digit=character.isdecimal())
                for index, sign in enumerate(found)
            ]
        gap = (gap or bool(parts(character))) and not found
    return reading(letters)


def _leet(text: str, at: int, one: str) -> str:
    character = text[at]
    if character in signs.ONE:
        inside = 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()
        return one if character != "!" or inside else ""
    return signs.LEET_DIGITS.get(character) or signs.LEET_SYMBOLS.get(character, "")


def read_typed_hangul(text: str) -> Reading:
    """Latin letters as the Korean that the same keys type: `tlqkf`."""
    letters: list[Letter] = []
    gap = True
    for at, character in enumerate(text):
        sign = signs.SHIFTED.get(character) or signs.KEYS.get(character.lower(), "")
        if sign:
            letters.append(Letter(sign, at, after_gap=gap))
        gap = not sign
    return reading(letters, typed=True)


def read_typed_latin(text: str) -> Reading:
    """Korean as the Latin letters that the same keys type: `ㄹㅕ차`."""
    korean = read_hangul(text)
    letters = [replace(each, sign=signs.TYPED_AS[each.sign]) for each in korean.letters]
    return reading(letters, typed=True)


def readings_of(text: str) -> Iterator[tuple[str, Reading]]:
    """Every way to read a text, each with the list it is compared with, `ko` or `en`."""
    has_digits = any(character.isdecimal() for character in text)
    yield "ko", read_hangul(text)
    if has_digits:
        yield "ko", read_hangul(text, digits=True)
        yield "en", read_latin(text, leet=False)
    yield "ko", read_typed_hangul(text)
    yield "en", read_latin(text)
    if any(character in signs.ONE or character == "I" for character in text):
        yield "en", read_latin(text, one="l")
    yield "en", read_typed_latin(text)


def normal_form(text: str) -> str:
    """A text without what changes its looks but not its words: case, width, spacing, punctuation, traceless marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        each for each in folded if unicodedata.category(each)[0] not in "ZPC" and not signs.is_traceless(each)
    )

"""From characters to the signs they are read as: jamo for Hangul, letters for Latin, whatever they are disguised as."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
_ONSETS = CONSONANTS
_NUCLEI = (
    "ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ",
    "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ",
)  # fmt: skip
_CODAS = (
    "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ",
    "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
)  # fmt: skip

# What NFKD makes of every syllable and of every letter of the Korean alphabet, whole or split, wide or narrow.
JAMO: dict[str, str] = {
    **{chr(0x1100 + index): jamo for index, jamo in enumerate(_ONSETS)},
    **{chr(0x1161 + index): jamo for index, jamo in enumerate(_NUCLEI)},
    **{chr(0x11A8 + index): jamo for index, jamo in enumerate(_CODAS)},
    # Two that stand alone on a keyboard decompose to onsets of older spelling.
    "\u111a": "ㄹㅎ",
    "\u1121": "ㅂㅅ",
}

# The Korean keyboard (dubeolsik): what a Latin key types.
KEYS: dict[str, str] = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)
SHIFTED: dict[str, str] = dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
TYPED_AS: dict[str, str] = {jamo: key for key, jamo in KEYS.items()} | {
    jamo: key.lower() for key, jamo in SHIFTED.items()
}

# Letters of other alphabets that look like Latin ones. (Unicode TR 39 has more; these are on keyboards.)
_LOOK_ALIKES = (
    ("аАαΑɑ", "a"), ("вВβΒ", "b"), ("сСϲ", "c"), ("ԁ", "d"), ("еЕёЁεΕє", "e"), ("ғ", "f"), ("ԍ", "g"),
    ("нНһΗ", "h"), ("іІїιΙı", "i"), ("јЈ", "j"), ("кКκΚ", "k"), ("ӏ", "l"), ("мМΜ", "m"), ("пηΝ", "n"),
    ("оОοΟσø", "o"), ("рРρΡ", "p"), ("ԛ", "q"), ("гя", "r"), ("ѕЅ", "s"), ("тТτΤ", "t"), ("υμ", "u"), ("νѵ", "v"),
    ("ѡωш", "w"), ("хХχΧ", "x"), ("уУγΥ", "y"), ("Ζ", "z"), ("đ", "d"), ("ł", "l"), ("ß", "ss"),
)  # fmt: skip
LOOKS_LIKE: dict[str, str] = {each: letter for many, letter in _LOOK_ALIKES for each in many} | {
    chr(0x1F1E6 + index): chr(ord("a") + index) for index in range(26)
}

LEET_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
LEET_SYMBOLS = {"@": "a", "$": "s", "€": "e", "£": "l"}
# i or l, as the reading wants; the exclamation mark only inside a word.
ONE = frozenset("1|!")
# A stroke beside a lone consonant of the Korean alphabet is its vowel.
LOOKS_LIKE_I = frozenset("lI1|丨ǀ")
LAUGHTER = frozenset("ㅋㅎ")


@lru_cache(maxsize=4096)
def parts(character: str) -> str:
    """The compatibility decomposition of a character without what leaves no trace: marks, fillers, controls."""
    return "".join(each for each in unicodedata.normalize("NFKD", character) if not is_traceless(each))


def is_traceless(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf"} or character in "\u115f\u1160"


def latin(character: str) -> str:
    """The Latin letters that a decomposed character is, or looks like; empty for anything else."""
    found = LOOKS_LIKE.get(character, character.lower())
    return found if found.isascii() and found.isalpha() else ""

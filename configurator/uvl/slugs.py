"""Identifiers from names: `Body glaze` becomes `body-glaze`, `청자` becomes `cheongja`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from configurator.uvl.model import Value

LONGEST = 40
VALID = re.compile(rf"[a-z][a-z0-9-]{{0,{LONGEST - 1}}}")

# Revised Romanisation of Korean (2000), syllable by syllable: sound changes between syllables are left out.
INITIALS = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h"
VOWELS = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i"
FINALS = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t"
LETTERS = tuple(row.split(",") for row in (INITIALS, VOWELS, FINALS))
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3


class Slugs:
    """Hands out identifiers, each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._tries: Counter[str] = Counter()

    def unique(self, wanted: Value | None, name: str) -> str:
        """`wanted` when it is a free identifier, otherwise one made from the name."""
        if isinstance(wanted, str) and VALID.fullmatch(wanted) and wanted not in self._taken:
            self._taken.add(wanted)
            return wanted
        stem = slug = slug_of(name)
        while slug in self._taken:
            self._tries[stem] += 1
            suffix = f"-{self._tries[stem] + 1}"
            slug = stem[: LONGEST - len(suffix)].rstrip("-") + suffix
        self._taken.add(slug)
        return slug


def slug_of(name: str) -> str:
    """A valid identifier of a name, the same for every call; `x` where nothing of the name can be kept."""
    latin = "".join(map(_romanised, unicodedata.normalize("NFC", name)))
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug[:1].isalpha():
        slug = f"x-{slug}".rstrip("-")
    return slug[:LONGEST].rstrip("-")


def _romanised(character: str) -> str:
    number = ord(character)
    if not FIRST_SYLLABLE <= number <= LAST_SYLLABLE:
        return character
    initials, vowels, finals = LETTERS
    rest, final = divmod(number - FIRST_SYLLABLE, len(finals))
    initial, vowel = divmod(rest, len(vowels))
    return initials[initial] + vowels[vowel] + finals[final]

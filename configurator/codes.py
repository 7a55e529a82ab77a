"""Short addresses of designs: seven random characters of Crockford's base 32 and one that checks them. Pure.

The check character is a Reed-Solomon symbol over GF(32) (x⁵ + x² + 1): the sum of αⁱ·cᵢ over all characters is 0.
As the factors differ at every place, one wrong character, or any two that changed places, never give another code.
https://www.crockford.com/base32.html
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
LONGEST_TYPED = 20
_POLYNOMIAL = 0b100101


def new_code() -> str:
    """An unused code, probably: 35 random bits; the database's constraint has the last word."""
    return with_check("".join(secrets.choice(ALPHABET) for _each in range(LENGTH - 1)))


def with_check(characters: str) -> str:
    """The characters with the one that checks them."""
    # The last place has the factor 1, so that what is missing from 0 is the check character itself.
    return characters + ALPHABET[_sum(characters + ALPHABET[0])]


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in its one spelling; None when there is no such code.

    Capitals or not, with spaces or hyphens, and with O for 0, I and L for 1.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    code = typed.upper().translate(LOOK_ALIKE)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET) or _sum(code):
        return None
    return code


def _sum(characters: str) -> int:
    """Horner's rule in GF(32): each step multiplies by α and adds the next character."""
    total = 0
    for character in characters:
        total <<= 1
        if total & 0b100000:
            total ^= _POLYNOMIAL
        total ^= ALPHABET.index(character)
    return total

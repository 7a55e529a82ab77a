"""How names stand in a UVL file."""

from __future__ import annotations

import re

PLAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
KEYWORDS = re.compile(
    "include|features|imports|namespace|as|constraints?|cardinality|String|Boolean|Integer|Real|len|sum|avg|floor|ceil"
    "|Type|Arithmetic|or|alternative|optional|mandatory|true|false"
)


def written_name(name: str) -> str:
    """A name as UVL writes it: in double quotes where it is not a plain word or means something already."""
    if PLAIN.fullmatch(name) and not KEYWORDS.fullmatch(name):
        return name
    return f'"{name}"'

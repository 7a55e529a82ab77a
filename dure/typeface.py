"""The shop's typeface: of Pretendard, the characters that the shop itself says, in two small files.

Pretendard (© Kil Hyung-jin, SIL Open Font License 1.1) comes from npm as 92 slices, of which a Korean page needs 20.
What people write themselves may need other characters: those still come from the slices. A part of a font may not bear
the reserved name, so this one is called Dure Text.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont

NAME = "Dure Text"
NAME_RECORDS = (1, 3, 4, 6, 16, 25)
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum"]
# Whatever the shop says: prices, arrows, quotation marks, and the letters of European names.
ALWAYS = frozenset({*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "–—‘’“”…₩€←→↑↓−×·•✓")})
# Dates are put into words by Django, not by the shop's own texts.
DATES = frozenset(map(ord, "년월일시분초오전후요화수목금토"))
FIRST_HANGUL = 0x1100


def characters(texts: Iterable[Path]) -> frozenset[int]:
    """The code points of the files' texts, and those that are always needed."""
    found = set().union(*(map(ord, path.read_text(encoding="utf-8")) for path in texts))
    return ALWAYS | DATES | {code for code in found if code > 0x20}


def make_typeface(source: Path, codes: frozenset[int], target: Path) -> None:
    """Write two font files and `typeface.css` into a folder, unless exactly these are there already."""
    wanted = sha256(source.read_bytes() + repr(sorted(codes)).encode() + Path(__file__).read_bytes()).hexdigest()
    stamp = target / "stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    target.mkdir(parents=True, exist_ok=True)
    korean = frozenset(code for code in codes - ALWAYS if code >= FIRST_HANGUL)
    faces = [_face(source, each, target / f"{name}.woff2") for name, each in (("ko", korean), ("en", codes - korean))]
    (target / "typeface.css").write_text("\n".join(faces), encoding="utf-8")
    stamp.write_text(wanted, encoding="utf-8")


def _face(source: Path, codes: frozenset[int], target: Path) -> str:
    """Write one part of the font; the rule that makes it known."""
    options = Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    part = Subsetter(options)
    with TTFont(source) as font:
        known = codes & set(font.getBestCmap())
        part.populate(unicodes=known)
        part.subset(font)
        for record in font["name"].names:
            if record.nameID in NAME_RECORDS:
                record.string = NAME
        save_font(font, str(target), options)
    return (
        f'@font-face {{ font-family: "{NAME}"; font-weight: 45 920; font-display: swap; '
        f'src: url("{target.name}") format("woff2"); unicode-range: {_ranges(known)}; }}'
    )


def _ranges(codes: Iterable[int]) -> str:
    """Code points as CSS writes them."""
    found: list[list[int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return ", ".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in found)

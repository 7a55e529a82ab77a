"""The 61 keys of MARU 60: ANSI layout, five rows, 15 units wide."""

from dataclasses import dataclass

UNIT_MM = 19.05
ROWS = 5
FIELD_UNITS = 15.0


@dataclass(frozen=True)
class Key:
    """One key: what is printed on it, where it sits and which part colours it."""

    legend: str  # "1\n!" has the shifted sign above
    units: float  # width in key units
    row: int  # 0 = numbers … 4 = space bar
    left: float  # left edge, in units from the field's left edge
    part: str  # alphas, mods or accent

    @property
    def centre_mm(self) -> tuple[float, float]:
        """Centre in the plate's plane, millimetres from the field's centre; y grows to the back."""
        across = (self.left + self.units / 2 - FIELD_UNITS / 2) * UNIT_MM
        return across, ((ROWS - 1) / 2 - self.row) * UNIT_MM


# one row a tuple of "legend", optional ":width", optional "=part"; letters are alphas, words are mods
_ROWS = (
    [
        "Esc=accent",
        *[f"{low}\n{high}" for low, high in zip("1234567890-=", "!@#$%^&*()_+", strict=True)],
        "Backspace:2",
    ],
    ["Tab:1.5", *"QWERTYUIOP", "[\n{", "]\n}", "\\\n|:1.5=mods"],
    ["Caps Lock:1.75", *"ASDFGHJKL", ";\n:", "'\n\"", "Enter:2.25=accent"],
    ["Shift:2.25", *"ZXCVBNM", ",\n<", ".\n>", "/\n?", "Shift:2.75"],
    ["Ctrl:1.25", "Super:1.25", "Alt:1.25", ":6.25=alphas", "Alt:1.25", "Fn:1.25", "Menu:1.25", "Ctrl:1.25"],
)


def keys() -> list[Key]:
    """All 61 keys, row by row from the back left."""
    result = []
    for row, words in enumerate(_ROWS):
        left = 0.0
        for word in words:
            key = _parse(word, row, left)
            result.append(key)
            left += key.units
    return result


def _parse(word: str, row: int, left: float) -> Key:
    """`legend[:units][=part]`; a single sign may itself be a colon or an equals sign."""
    part = ""
    for name in ("alphas", "mods", "accent"):
        if word.endswith("=" + name):
            word, part = word.removesuffix("=" + name), name
    legend, colon, units = word.rpartition(":")
    if not colon or not units.replace(".", "").isdigit():
        legend, units = word, "1"
    return Key(
        legend, float(units), row, left, part or ("mods" if len(legend) > 3 or legend in MOD_WORDS else "alphas")
    )


MOD_WORDS = frozenset({"Tab", "Alt", "Fn"})

"""Why a UVL file cannot be read, and where. The sentences are English; whoever shows them translates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_CHARACTERS = 500_000
MOST_TOKENS = 150_000
MOST_FEATURES = 2_000
MOST_CHILDREN = 200
MOST_CONSTRAINTS = 5_000
MOST_RULES = 5_000
MOST_NAMED = 100_000
MOST_CLAUSES = 256
DEEPEST = 60


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the translators, as Django's function of that name does."""
    return sentence


def filled(sentence: str, values: Mapping[str, object], language: str = "en") -> str:
    """A sentence with its values; names in both languages are given in one of them."""
    return sentence % {key: each[language] if isinstance(each, Mapping) else each for key, each in values.items()}


class UvlError(Exception):
    """A UVL file cannot be read or taken over. `line` and `column` count from 1.

    `message` is a sentence with named `%` places for `values`: translate first, then fill in.
    """

    def __init__(self, line: int, column: int, message: str, **values: object) -> None:
        super().__init__(line, column, message)
        self.line = line
        self.column = column
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {filled(self.message, self.values)}"


@dataclass(frozen=True)
class Finding:
    """Something that a maker should know about an imported product; `message` and `values` as in UvlError."""

    line: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"line {self.line}: {filled(self.message, self.values)}"


# The file as a whole
TOO_LONG = gettext_noop("The file is longer than %(most)d characters.")
TOO_MANY_TOKENS = gettext_noop("The file has more than %(most)d words and signs.")
TOO_DEEP = gettext_noop("This is nested more than %(most)d levels deep.")
TOO_MANY_FEATURES = gettext_noop("There are more than %(most)d features.")
TOO_MANY_CHILDREN = gettext_noop("This group has more than %(most)d alternatives.")
TOO_MANY_CONSTRAINTS = gettext_noop("There are more than %(most)d constraints.")
NO_FEATURES = gettext_noop("The file has no “features” section.")

# How it is written
STRANGE_CHARACTER = gettext_noop("“%(found)s” cannot stand here.")
UNCLOSED = gettext_noop("“%(found)s” is opened here, but never closed.")
UNOPENED = gettext_noop("“%(found)s” closes nothing that is open.")
UNEVEN = gettext_noop("This line is indented like none of the lines that it could belong to.")
EXPECTED = gettext_noop("“%(wanted)s” is expected here, not “%(found)s”.")
EXPECTED_LINE_END = gettext_noop(
    "The line should end before “%(found)s”. Names with anything but letters, digits and _ stand in double quotes."
)
EXPECTED_DEEPER = gettext_noop("Something that is indented deeper than the line before is expected here.")
EXPECTED_NAME = gettext_noop(
    "A name is expected here, not “%(found)s”. Names with anything but letters, digits and _ stand in double quotes."
)
EXPECTED_GROUP = gettext_noop("“mandatory”, “optional”, “or” or “alternative” is expected here, not “%(found)s”.")
EXPECTED_SECTION = gettext_noop("“%(found)s” starts no section that can stand here.")
EXPECTED_VALUE = gettext_noop("“%(found)s” is no value of an attribute.")
EXPECTED_FORMULA = gettext_noop("A feature, “!” or “(” is expected here, not “%(found)s”.")
ONE_ROOT = gettext_noop("There must be one feature at the top; “%(found)s” stands beside it.")
DOUBLED = gettext_noop("The feature “%(name)s” stands already in line %(first)d.")
UNKNOWN = gettext_noop("There is no feature “%(name)s”.")

# What lies outside the Boolean core
IMPORTS = gettext_noop("Imports of other files are not taken over: put all features into one file.")
GROUP_CARDINALITY = gettext_noop(
    "The group cardinality %(found)s is not taken over: only mandatory, optional, or and alternative groups are."
)
FEATURE_CARDINALITY = gettext_noop("The feature cardinality %(found)s is not taken over: a feature is there or not.")
TYPED = gettext_noop("A feature of the type %(found)s is not taken over: only Boolean features are.")
ARITHMETIC = gettext_noop("“%(found)s” calculates or compares, which is not taken over: only !, &, |, => and <=> are.")
AGGREGATE = gettext_noop("The function “%(found)s” is not taken over: only !, &, |, => and <=> are.")
VALUE_IN_FORMULA = gettext_noop("The value %(found)s in a constraint is not taken over: only features are.")
DOTTED = gettext_noop(
    "“%(found)s” names an attribute or a feature of another file; only features of this file are taken over."
)

# What it means
EXPLODES = gettext_noop(
    "This constraint becomes more than %(most)d rules. Split it into several constraints, or add a feature for a part."
)
TOO_MANY_RULES = gettext_noop("The constraints up to this one become more than %(most)d rules.")
TOO_LARGE_RULES = gettext_noop("The rules of the constraints up to this one name more than %(most)d options.")
NEVER = gettext_noop("This constraint can never be kept.")
VOID = gettext_noop("No product keeps all constraints together: see line %(lines)s.")
NOTHING_TO_CHOOSE = gettext_noop("Nothing can be chosen: the file allows one product only.")
ODD_PRICE = gettext_noop("A price must be a whole number of the currency's smallest unit, 0 or more, not %(found)s.")

# What a maker should know
PRICE_LEFT_OUT = gettext_noop(
    "The price of “%(name)s” is left out: it is no choice. Add it to the edition's price or to an option."
)
ALL_PAID = gettext_noop("There is no design without paid options, so that none can be preselected: name one yourself.")
IMPOSSIBLE = gettext_noop("“%(name)s” can never be chosen: see line %(lines)s.")

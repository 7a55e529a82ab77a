"""Groups, options and clauses as numbers and bit masks, as every part of the engine reads them.

Option number n, counted from 1 in the maker's order, is bit n of a mask; a design is a mask with one bit per group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

Choice = tuple[str, str]
"""A group id and an option id."""

ABSENT = ""
"""The option of a group that does not exist. A group that has it among its options is conditional."""


@dataclass(frozen=True)
class Clause:
    """Where all of `without` are chosen, between `at_least` and `at_most` of `options` are; part of the named rule."""

    rule: str
    without: tuple[Choice, ...]
    options: tuple[Choice, ...] = ()
    at_least: int = 1
    at_most: int | None = None


@dataclass(frozen=True)
class Bound:
    """A clause as masks. `groups` has the mask of every group that it names; `limits`: `at_most` can be exceeded."""

    rule: str
    without: int
    options: int
    at_least: int
    at_most: int
    limits: bool
    groups: int

    def is_broken_by(self, design: int) -> bool:
        if design & self.without != self.without:
            return False
        return not self.at_least <= (design & self.options).bit_count() <= self.at_most


class Rulebook:
    """One product version's groups and clauses. Raises KeyError for a clause that names an unknown option."""

    def __init__(self, groups: Mapping[str, Sequence[str]], clauses: Iterable[Clause]) -> None:
        self.groups = {group: tuple(options) for group, options in groups.items()}
        self.choices: tuple[Choice, ...] = tuple((g, o) for g, options in self.groups.items() for o in options)
        self.numbers = {choice: number for number, choice in enumerate(self.choices, start=1)}
        self.size = len(self.choices)
        self.variables = {g: [self.numbers[g, o] for o in options] for g, options in self.groups.items()}
        self.masks = {group: mask_of(numbers) for group, numbers in self.variables.items()}
        self.conditional = {group for group, options in self.groups.items() if ABSENT in options}
        self.absent = mask_of(self.numbers[group, ABSENT] for group in self.conditional)
        self.group_of = ("", *(group for group, _ in self.choices))
        clauses = tuple(clauses)
        self.rules = tuple(dict.fromkeys(clause.rule for clause in clauses))
        self.bounds = tuple(self._bound(clause) for clause in clauses if not self._is_idle(clause))

    def number(self, choice: Choice) -> int:
        return self.numbers[choice]

    def choice(self, number: int) -> Choice:
        return self.choices[number - 1]

    def allowed(self, choices: Mapping[str, str]) -> dict[str, int]:
        """What each chosen group may still be, as masks: a conditional one may also cease to exist."""
        found = {}
        for group, option in choices.items():
            found[group] = 1 << self.numbers[group, option]
            if group in self.conditional:
                found[group] |= 1 << self.numbers[group, ABSENT]
        return found

    def choices_in(self, mask: int) -> Iterator[Choice]:
        """The choices in a mask, in the maker's order."""
        flags = format(mask >> 1, f"0{self.size}b")[::-1]
        return compress(self.choices, map("1".__eq__, flags))

    def design(self, mask: int) -> dict[str, str]:
        """The choices in a mask; groups that do not exist are left out."""
        return {group: option for group, option in map(self.choice, numbers_in(mask)) if option != ABSENT}

    def position(self, group: str, option: str) -> int:
        """Where an option stands among its group's, in the maker's order."""
        return self.groups[group].index(option)

    def _bound(self, clause: Clause) -> Bound:
        without, options = (mask_of(map(self.number, side)) for side in (clause.without, clause.options))
        counted = {group for group, _ in clause.options}
        most = len(counted) if clause.at_most is None else clause.at_most
        groups = sum(self.masks[group] for group in counted | {group for group, _ in clause.without})
        return Bound(clause.rule, without, options, clause.at_least, most, most < len(counted), groups)

    def _is_idle(self, clause: Clause) -> bool:
        """Two options of one group are never chosen together: a clause that waits for it says nothing."""
        causes = set(clause.without)
        for choice in (*causes, *clause.options):
            self.numbers[choice]
        return len({group for group, _ in causes}) < len(causes)


def mask_of(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def numbers_in(mask: int) -> Iterator[int]:
    """The numbers in a mask, from the smallest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest

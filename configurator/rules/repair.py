"""The smallest change that makes a wanted option possible.

Every set of choices that has to go hits each conflict: sets are grown conflict by conflict, the smallest first
(Reiter's hitting-set tree, 1987). Among the smallest the cheapest way to choose anew is taken, then the one that
stands first in the maker's order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from configurator.rules.rulebook import ABSENT, Choice, Rulebook
from configurator.rules.solver import Solver

Rank = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Repair:
    """A whole valid design, and the groups in which an earlier choice had to change, in the maker's order."""

    choices: Mapping[str, str]
    changed: tuple[str, ...]


class Repairs:
    """Finds repairs in one rulebook. Not safe for threads."""

    def __init__(self, book: Rulebook, solver: Solver) -> None:
        self._book = book
        self._solver = solver

    def smallest(self, choices: Mapping[str, str], wanted: Choice, prices: Mapping[Choice, int]) -> Repair | None:
        """None when the wanted option is possible beside no choices at all."""
        if not self._solver.has_design([self._book.number(wanted)]):
            return None
        kept = {group: option for group, option in choices.items() if group != wanted[0]}
        ranked = (
            (self._rank(made, prices), lifted, made)
            for lifted in self._smallest_lifted(kept, wanted)
            for made in self._cheapest(kept, lifted, wanted, prices)
        )
        _, lifted, made = min(ranked, key=lambda row: row[0])
        return Repair(
            choices=self._filled({**made, wanted[0]: wanted[1]}, prices),
            changed=tuple(group for group in self._book.groups if group in lifted),
        )

    def _smallest_lifted(self, kept: Mapping[str, str], wanted: Choice) -> list[frozenset[str]]:
        """All smallest sets of groups whose choices cannot stay."""
        level = {frozenset[str]()}
        while True:
            found, following = [], set()
            for lifted in sorted(level, key=sorted):
                conflict = self._conflict(kept, lifted, wanted)
                if conflict:
                    following |= {lifted | {group} for group in conflict}
                else:
                    found.append(lifted)
            if found:
                return found
            level = following

    def _conflict(self, kept: Mapping[str, str], lifted: frozenset[str], wanted: Choice) -> list[str]:
        """Groups whose choices cannot all stay; none when they can."""
        groups = [group for group in kept if group not in lifted]
        literals = [self._solver.literal_of[self._book.number((group, kept[group]))] for group in groups]
        core = set(self._solver.core(literals, [self._book.number(wanted)]))
        return [group for group, literal in zip(groups, literals, strict=True) if literal in core]

    def _cheapest(
        self, kept: Mapping[str, str], lifted: frozenset[str], wanted: Choice, prices: Mapping[Choice, int]
    ) -> Iterator[dict[str, str]]:
        """The best way to choose anew in the lifted groups, and to let go of conditional ones where that must be."""
        fixed = [group for group in kept if group not in lifted and group not in self._book.conditional]
        assumed = [self._book.number((group, kept[group])) for group in fixed] + [self._book.number(wanted)]
        open_ = [group for group in self._book.groups if group in kept and group not in fixed]
        best: tuple[Rank, dict[str, str]] | None = None
        stack: list[dict[str, str]] = [{}]
        while stack:
            made = stack.pop()
            rank = self._rank(made, prices)
            if best and rank[0] > best[0][0]:
                continue
            if not self._solver.has_design([*assumed, *map(self._book.number, made.items())]):
                continue
            if len(made) == len(open_):
                best = min(filter(None, (best, (rank, made))), key=lambda row: row[0])
                continue
            group = open_[len(made)]
            stack += ({**made, group: option} for option in self._alternatives(group, kept[group], group in lifted))
        if best:
            yield {**{group: kept[group] for group in fixed}, **best[1]}

    def _alternatives(self, group: str, chosen: str, is_lifted: bool) -> tuple[str, ...]:
        if not is_lifted:
            return (ABSENT, chosen)
        return tuple(option for option in reversed(self._book.groups[group]) if option not in (chosen, ABSENT))

    def _rank(self, made: Mapping[str, str], prices: Mapping[Choice, int]) -> Rank:
        places = tuple(self._book.position(group, made[group]) for group in self._book.groups if group in made)
        return sum(prices.get(choice, 0) for choice in made.items()), places

    def _filled(self, choices: Mapping[str, str], prices: Mapping[Choice, int]) -> dict[str, str]:
        """Open groups get their cheapest possible option, one after the other, the maker's first where several are."""
        made = dict(choices)
        for group, options in self._book.groups.items():
            if group not in made:
                for option in sorted(options, key=lambda each: prices.get((group, each), 0)):
                    tried = {**made, group: option}
                    if self._solver.has_design([self._book.number(choice) for choice in tried.items()]):
                        made = tried
                        break
        return {group: made[group] for group in self._book.groups if made[group] != ABSENT}

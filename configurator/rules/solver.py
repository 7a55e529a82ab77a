"""The clauses in a SAT solver: is there a design, and if not, which rules and choices stand against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from pysat.card import CardEnc, EncType
from pysat.solvers import Minisat22

from configurator.rules.rulebook import ABSENT, Bound, Rulebook, mask_of, numbers_in


class Solver:
    """A rulebook in one solver that learns from question to question. Not safe for threads.

    With `named` rules every clause is guarded by its rule's selector, so that a conflict names rules; without,
    the clauses are hard, which is several times faster.
    """

    def __init__(self, book: Rulebook, *, named: bool) -> None:
        self.book = book
        self.selectors: dict[str, int] = {}
        self.clauses: list[list[int]] = []
        self._top = book.size
        # CaDiCaL's propagate() is unsound after solve() (pysat issue 232); MiniSat 2.2 is not affected.
        self._sat = Minisat22()
        for numbers in book.variables.values():
            self._add(numbers)
            for first, second in combinations(numbers, 2):
                self._add([-first, -second])
        self.literal_of = [0, *range(1, book.size + 1)]
        for group in book.conditional:
            self._soften(group)
        if named:
            self.selectors = {rule: self._fresh() for rule in book.rules}
        for bound in book.bounds:
            for clause in self._clauses(bound):
                self._add([-self.selectors[bound.rule], *clause] if named else clause)

    def has_design(self, assumed: Sequence[int]) -> bool:
        return bool(self._sat.solve(assumptions=assumed))

    def found(self) -> int:
        """The design, as a mask, that the last `has_design` found."""
        chosen = np.array(self._sat.get_model()[: self.book.size]) > 0
        return int.from_bytes(np.packbits(chosen, bitorder="little").tobytes(), "little") << 1

    def prefer(self, wanted: int, known: int) -> None:
        """Look first for designs that have options of one mask and lack those of another."""
        self._sat.set_phases([*numbers_in(wanted), *(-number for number in numbers_in(known))])

    def conclusions(self, assumed: Sequence[int]) -> tuple[bool, int]:
        """Whether no direct conclusion contradicts the assumptions, and the options that are thereby out."""
        possible, literals = self._sat.propagate(assumptions=assumed)
        return possible, mask_of(-number for number in literals if -self.book.size <= number < 0)

    def core(self, candidates: Sequence[int], fixed: Sequence[int]) -> list[int]:
        """A subset of `candidates` that contradicts `fixed`, of which nothing can be left out; earlier ones preferred.

        QuickXplain (Junker 2004) over the solver's own core. Empty when there is no contradiction.
        """
        if self._sat.solve(assumptions=[*fixed, *candidates]):
            return []
        core = set(self._sat.get_core() or ())
        kept = [each for each in candidates if each in core]
        if not kept or not self._sat.solve(assumptions=fixed):
            return []
        return self._quick_xplain(list(fixed), kept, is_new=False)

    def _add(self, clause: list[int]) -> None:
        if not clause:
            # The solver takes no empty clause; these two say the same.
            self._add([1])
            clause = [-1]
        self.clauses.append(clause)
        self._sat.add_clause(clause)

    def _quick_xplain(self, background: list[int], candidates: list[int], *, is_new: bool) -> list[int]:
        if is_new and not self._sat.solve(assumptions=background):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        needed = self._quick_xplain(background + first, second, is_new=True)
        return [*self._quick_xplain(background + needed, first, is_new=bool(needed)), *needed]

    def _soften(self, group: str) -> None:
        """What is chosen in a conditional group is assumed by a literal that says: this, or the group is absent."""
        absent = self.book.number((group, ABSENT))
        for number in self.book.variables[group]:
            self.literal_of[number] = self._fresh()
            self._add([-self.literal_of[number], number, absent])

    def _clauses(self, bound: Bound) -> Iterable[list[int]]:
        unless = [-number for number in numbers_in(bound.without)]
        options = list(numbers_in(bound.options))
        if bound.at_least > len(options) or bound.at_least == 1:
            yield [*unless, *(options if bound.at_least == 1 else ())]
        elif bound.at_least > 1:
            yield from self._counted(
                unless, CardEnc.atleast(options, bound.at_least, self._top, encoding=EncType.seqcounter)
            )
        if bound.limits and bound.at_most == 0:
            yield from ([*unless, -option] for option in options)
        elif bound.limits:
            yield from self._counted(
                unless, CardEnc.atmost(options, bound.at_most, self._top, encoding=EncType.seqcounter)
            )

    def _counted(self, unless: list[int], encoded: CardEnc) -> Iterable[list[int]]:
        self._top = max(self._top, encoded.nv)
        yield from ([*unless, *clause] for clause in encoded.clauses)

    def _fresh(self) -> int:
        self._top += 1
        return self._top

"""Which options are possible beside what is chosen.

One valid design, the witness, proves all of its options. Turning one group of it to another option and looking
only at the clauses that this touches proves or refutes most of the others ("witness rotation"); the solver is
asked for the few that remain.
"""

from __future__ import annotations

from collections.abc import Mapping

from configurator.rules.rulebook import Bound, Rulebook, numbers_in
from configurator.rules.solver import Solver

KEPT_WITNESSES = 64
# Telling the solver what to look for pays when it will be asked often.
MANY = 20


class DomainFilter:
    """Answers for one rulebook; keeps the witnesses that it finds. Not safe for threads."""

    def __init__(self, book: Rulebook, solver: Solver) -> None:
        self._book = book
        self._solver = solver
        self._everything = sum(book.masks.values())
        self._mask_of = [0, *(book.masks[group] for group, _ in book.choices)]
        self._absent = book.absent
        self._kept = max(KEPT_WITNESSES, book.size)
        self._witnesses: list[int] = []
        # Taking option n up can break a clause that waits for n or counts it, putting it down one that needs it.
        self._taken: list[list[Bound]] = [[] for _ in range(book.size + 1)]
        self._left: list[list[Bound]] = [[] for _ in range(book.size + 1)]
        for bound in book.bounds:
            for number in numbers_in(bound.without | (bound.options if bound.limits else 0)):
                self._taken[number].append(bound)
            for number in numbers_in(bound.options if bound.at_least else 0):
                self._left[number].append(bound)

    def is_possible(self, choices: Mapping[str, str]) -> bool:
        """Whether the choices can be finished to a valid design."""
        return self._witness(self._open(self._book.allowed(choices)), self._literals(choices)) != 0

    def possible(self, choices: Mapping[str, str]) -> int:
        """The options that are possible beside the choices, as a mask; each chosen group judged as if open."""
        allowed, literals = self._book.allowed(choices), self._literals(choices)
        open_ = self._open(allowed)
        fixed = sum(self._book.masks[group] for group, mask in allowed.items() if mask.bit_count() == 1)
        witness = self._witness(open_, literals)
        found = dead = 0
        if witness:
            for known in self._witnesses:
                if not known & ~open_:
                    found |= known
            turned, dead = self._rotate(witness, self._everything & ~found, fixed)
            found |= turned
            found, dead = self._solve_open(open_ & ~fixed, literals, fixed, found, dead)
        return self._solve_lifted(choices, fixed, found, dead)

    def _solve_open(self, open_: int, literals: list[int], fixed: int, found: int, dead: int) -> tuple[int, int]:
        """Decide what the witness left undecided in the groups that are open."""
        todo = open_ & ~found & ~dead
        if todo:
            _, out = self._solver.conclusions(literals)
            dead |= out & todo
            todo &= ~out
        if todo.bit_count() > MANY:
            self._solver.prefer(todo, found)
        while todo:
            number = todo.bit_length() - 1
            if not self._solver.has_design([*literals, number]):
                dead |= 1 << number
                todo &= ~dead
                continue
            witness = self._keep(self._solver.found())
            turned, refuted = self._rotate(witness, todo & ~witness, fixed)
            found |= witness | turned
            dead |= refuted
            todo &= ~(found | dead)
        return found, dead

    def _solve_lifted(self, choices: Mapping[str, str], fixed: int, found: int, dead: int) -> int:
        """Decide the rest of the chosen groups, each with its own choice lifted."""
        for group in choices:
            todo = self._book.masks[group] & ~found & ~dead
            if not todo:
                continue
            literals = self._literals({other: option for other, option in choices.items() if other != group})
            while todo:
                number = todo.bit_length() - 1
                todo ^= 1 << number
                if self._solver.has_design([*literals, number]):
                    turned, refuted = self._rotate(self._solver.found(), todo, fixed)
                    found |= turned | 1 << number
                    todo &= ~(turned | refuted)
        return found

    def _witness(self, open_: int, literals: list[int]) -> int:
        """A valid design inside `open_`, 0 when there is none."""
        for witness in reversed(self._witnesses):
            if not witness & ~open_:
                return witness
        return self._keep(self._solver.found()) if self._solver.has_design(literals) else 0

    def _keep(self, witness: int) -> int:
        self._witnesses.append(witness)
        if len(self._witnesses) > 2 * self._kept:
            del self._witnesses[: self._kept]
        return witness

    def _rotate(self, witness: int, todo: int, fixed: int) -> tuple[int, int]:
        """The options of `todo` that are proved by turning one group of the witness, and those that are refuted.

        An option is refuted by a broken clause whose other groups are all fixed.
        """
        found = dead = 0
        while todo:
            bit = todo & -todo
            todo ^= bit
            number = bit.bit_length() - 1
            group = self._mask_of[number]
            left = witness & group
            if left & self._absent:
                # A group that is absent comes to exist only when another group changes too.
                continue
            turned = (witness ^ left) | bit
            for bound in (*self._taken[number], *self._left[left.bit_length() - 1]):
                if turned & bound.without == bound.without:
                    count = (turned & bound.options).bit_count()
                    if count < bound.at_least or count > bound.at_most:
                        if not bound.groups & ~fixed & ~group:
                            dead |= bit
                        break
            else:
                found |= bit
        return found, dead

    def _open(self, allowed: Mapping[str, int]) -> int:
        """Every option that the choices leave, as a mask."""
        open_ = self._everything
        for group, mask in allowed.items():
            open_ &= mask | ~self._book.masks[group]
        return open_

    def _literals(self, choices: Mapping[str, str]) -> list[int]:
        """The choices as the solver's assumptions."""
        return [self._solver.literal_of[self._book.number(choice)] for choice in choices.items()]

"""Groups of which exactly one option is chosen, and clauses that forbid combinations, decided by SAT.

The answers are complete: an option that is offered can always be finished to a valid design. Unit
propagation alone would offer options that end in a dead end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pysat.solvers import Minisat22

Choice = tuple[str, str]
"""A group id and an option id."""


@dataclass(frozen=True)
class Clause:
    """At least one of `options` is chosen, or one of `without` is not chosen; part of the named rule."""

    rule: str
    without: tuple[Choice, ...]
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Blocked:
    """Why an option is not possible: a minimal set of rules and of choices that together forbid it."""

    rules: tuple[str, ...]
    choices: tuple[Choice, ...]


class RulesEngine:
    """One product version's rules, compiled once. Safe to share between threads."""

    def __init__(self, groups: Mapping[str, Sequence[str]], clauses: Iterable[Clause]) -> None:
        self.groups = {group: tuple(options) for group, options in groups.items()}
        self._variables = {
            choice: number
            for number, choice in enumerate(((g, o) for g, options in self.groups.items() for o in options), start=1)
        }
        self._choices = {number: choice for choice, number in self._variables.items()}
        self._selectors: dict[str, int] = {}
        self._lock = threading.Lock()
        # CaDiCaL's propagate() is unsound after solve() (pysat issue 232); MiniSat 2.2 is not affected.
        self._solver = Minisat22()
        for group, options in self.groups.items():
            self._exactly_one(group, options)
        for clause in clauses:
            self._add(clause)

    def is_valid(self, choices: Mapping[str, str]) -> bool:
        """Whether choices, complete or not, can be finished to a valid design."""
        with self._lock:
            return self._solve(self._numbers(choices))

    def blocked(self, choices: Mapping[str, str]) -> dict[Choice, Blocked]:
        """Every option that cannot be had beside `choices`, with the reason.

        For a group that has been chosen, its own choice is lifted: the answer is about changing one's mind.
        """
        with self._lock:
            return {
                choice: self._explain(variable, self._numbers(_without(choices, choice[0])))
                for choice, variable in self._variables.items()
                if not self._solve([*self._numbers(_without(choices, choice[0])), variable])
            }

    def broken_rules(self, choices: Mapping[str, str]) -> tuple[str, ...]:
        """A minimal set of rules that `choices` break together; empty when they are valid."""
        with self._lock:
            assumed = self._numbers(choices)
            if self._solve(assumed):
                return ()
            core = self._minimal_core([*self._selectors.values()], assumed)
            return self._rules_in(core)

    def rules_broken_by(self, design: Mapping[str, str]) -> tuple[str, ...]:
        """Every rule that a whole design breaks: with nothing left open, each is broken by itself."""
        with self._lock:
            assumed = self._numbers(design)
            return tuple(
                rule
                for rule, selector in self._selectors.items()
                if not self._solver.solve(assumptions=[selector, *assumed])
            )

    def _add(self, clause: Clause) -> None:
        selector = self._selectors.setdefault(clause.rule, len(self._variables) + len(self._selectors) + 1)
        literals = [-self._variables[choice] for choice in clause.without]
        self._solver.add_clause([-selector, *literals, *(self._variables[choice] for choice in clause.options)])

    def _exactly_one(self, group: str, options: Sequence[str]) -> None:
        variables = [self._variables[group, option] for option in options]
        self._solver.add_clause(variables)
        for first, second in combinations(variables, 2):
            self._solver.add_clause([-first, -second])

    def _numbers(self, choices: Mapping[str, str]) -> list[int]:
        return [self._variables[choice] for choice in choices.items()]

    def _solve(self, assumed: Sequence[int]) -> bool:
        return bool(self._solver.solve(assumptions=[*self._selectors.values(), *assumed]))

    def _explain(self, wanted: int, assumed: Sequence[int]) -> Blocked:
        # Choices are tried for removal first, so that the explanation names as few of them as possible.
        core = self._minimal_core([*assumed, *self._selectors.values()], [wanted])
        choices = tuple(self._choices[number] for number in core if number in self._choices)
        return Blocked(rules=self._rules_in(core), choices=choices)

    def _minimal_core(self, candidates: Sequence[int], fixed: Sequence[int]) -> list[int]:
        """A subset of `candidates` that conflicts with `fixed` and of which nothing can be left out."""
        self._solver.solve(assumptions=[*candidates, *fixed])
        core = set(self._solver.get_core() or ())
        kept = [number for number in candidates if number in core]
        for number in list(kept):
            rest = [other for other in kept if other != number]
            if not self._solver.solve(assumptions=[*rest, *fixed]):
                kept = rest
        return kept

    def _rules_in(self, core: Iterable[int]) -> tuple[str, ...]:
        names = {selector: rule for rule, selector in self._selectors.items()}
        return tuple(names[number] for number in core if number in names)


def _without(choices: Mapping[str, str], group: str) -> dict[str, str]:
    return {key: option for key, option in choices.items() if key != group}

"""Groups of which exactly one option is chosen, and clauses that forbid combinations, decided by SAT.

The answers are complete: an option that is offered can always be finished to a valid design. Unit
propagation alone would offer options that end in a dead end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from configurator.rules.domains import DomainFilter
from configurator.rules.rulebook import ABSENT, Choice, Clause, Rulebook, numbers_in
from configurator.rules.solver import Solver


@dataclass(frozen=True)
class Blocked:
    """Why an option is not possible: a minimal set of rules and of choices that together forbid it."""

    rules: tuple[str, ...]
    choices: tuple[Choice, ...]


class RulesEngine:
    """One product version's rules, compiled once. Safe to share between threads.

    `choices` are always by group; groups without one are open. A choice in a conditional group means: this, if
    the group exists. Every method raises KeyError for a group or an option that the product does not have.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], clauses: Iterable[Clause]) -> None:
        self.book = Rulebook(groups, clauses)
        self._lock = threading.Lock()
        self._filter = DomainFilter(self.book, Solver(self.book, named=False))

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        return self.book.groups

    def is_valid(self, choices: Mapping[str, str]) -> bool:
        """Whether choices, complete or not, can be finished to a valid design."""
        with self._lock:
            return self._filter.is_possible(choices)

    def domains(self, choices: Mapping[str, str]) -> frozenset[Choice]:
        """Every option that can be had beside `choices`: with it, they can be finished to a valid design.

        For a group that has been chosen, its own choice is lifted: the answer is about changing one's mind.
        """
        with self._lock:
            possible = self._filter.possible(choices)
        return frozenset(choice for choice in map(self.book.choice, numbers_in(possible)) if choice[1] != ABSENT)

    def blocked(self, choices: Mapping[str, str]) -> dict[Choice, Blocked]:
        """Every option that cannot be had beside `choices`, with the reason."""
        possible = self.domains(choices)
        return {
            choice: self.explain(choices, choice)
            for choice in self.book.choices
            if choice not in possible and choice[1] != ABSENT
        }

    def explain(self, choices: Mapping[str, str], wanted: Choice) -> Blocked:
        """The reason why `wanted` cannot be had beside the choices of the other groups; empty when it can."""
        others = {group: option for group, option in choices.items() if group != wanted[0]}
        return self._conflict(others, [self.book.number(wanted)])

    def broken_rules(self, choices: Mapping[str, str]) -> tuple[str, ...]:
        """A minimal set of rules that `choices` break together; empty when they are valid."""
        with self._lock:
            assumed = self._literals(choices)
            return self._rules_in(self._explainer.core([*self._explainer.selectors.values()], assumed))

    def rules_broken_by(self, design: Mapping[str, str]) -> tuple[str, ...]:
        """Every rule that a whole design breaks: with nothing left open, each is broken by itself.

        Conditional groups that the design does not name are absent.
        """
        mask = self._whole(design)
        broken = {bound.rule for bound in self.book.bounds if bound.is_broken_by(mask)}
        return tuple(rule for rule in self.book.rules if rule in broken)

    # A stand-in until the compiled diagrams answer this: exact, but only for small products.
    def count(self, choices: Mapping[str, str]) -> int | None:
        """How many designs have these choices; None when that is too much to count."""
        key = tuple(sorted(choices.items()))
        if key not in self._counts:
            self._counts[key] = self._count(choices)
        return self._counts[key]

    def _count(self, choices: Mapping[str, str]) -> int | None:
        allowed, states, decided = self.book.allowed(choices), {0: 1}, 0
        for group, mask in self.book.masks.items():
            decided |= mask
            open_ = [bound for bound in self.book.bounds if bound.groups & mask]
            due = [bound for bound in open_ if not bound.groups & ~decided]
            later = [bound for bound in self.book.bounds if bound.groups & ~decided]
            seen = 0
            for bound in later:
                seen |= bound.without | bound.options
            following: dict[int, int] = {}
            for state, number in states.items():
                for bit in numbers_in(mask & allowed.get(group, mask)):
                    design = state | 1 << bit
                    if not any(bound.is_broken_by(design) for bound in due):
                        following[design & seen] = following.get(design & seen, 0) + number
            states = following
            if len(states) > 50_000:
                return None
        return sum(states.values())

    @cached_property
    def _counts(self) -> dict[tuple[Choice, ...], int | None]:
        return {}

    @cached_property
    def _explainer(self) -> Solver:
        return Solver(self.book, named=True)

    def _conflict(self, choices: Mapping[str, str], fixed: Sequence[int]) -> Blocked:
        with self._lock:
            literals = self._literals(choices)
            selectors = self._explainer.selectors.values()
            # Rules are preferred to choices: the explanation names as few choices as possible.
            core = set(self._explainer.core([*selectors, *literals], fixed))
        named = (choice for choice, literal in zip(choices.items(), literals, strict=True) if literal in core)
        return Blocked(rules=self._rules_in(core), choices=tuple(named))

    def _literals(self, choices: Mapping[str, str]) -> list[int]:
        return [self._explainer.literal_of[self.book.number(choice)] for choice in choices.items()]

    def _rules_in(self, core: Iterable[int]) -> tuple[str, ...]:
        found = set(core)
        return tuple(rule for rule, selector in self._explainer.selectors.items() if selector in found)

    def _whole(self, design: Mapping[str, str]) -> int:
        mask = 0
        for group in self.book.groups:
            if group in design or group in self.book.conditional:
                mask |= 1 << self.book.number((group, design.get(group, ABSENT)))
        return mask

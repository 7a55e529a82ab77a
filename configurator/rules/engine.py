"""Groups of which exactly one option is chosen, and clauses that forbid combinations, decided by SAT.

The answers are complete: an option that is offered can always be finished to a valid design. Unit
propagation alone would offer options that end in a dead end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from configurator.rules.best import Goal, best_by_maxsat, best_in_diagram
from configurator.rules.diagram import Diagram, TooLarge, compile_diagram
from configurator.rules.domains import DomainFilter
from configurator.rules.repair import Repair, Repairs
from configurator.rules.rulebook import ABSENT, Choice, Clause, Rulebook, numbers_in
from configurator.rules.solver import Solver

REMEMBERED = 256
# Compiled at the first question within a fraction of a second; larger ones are compiled beforehand, or not at all.
QUICK_CAP = 20_000


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
        self._lock = threading.RLock()
        self._solver = Solver(self.book, named=False)
        self._filter = DomainFilter(self.book, self._solver)
        self._repairs = Repairs(self.book, self._solver)
        self._diagram: Diagram | None = None
        self._is_settled = False
        self._count = lru_cache(REMEMBERED)(self._count_within)

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
        return frozenset(self.book.choices_in(possible & ~self.book.absent))

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

    def repair(self, choices: Mapping[str, str], wanted: Choice, prices: Mapping[Choice, int]) -> Repair | None:
        """The smallest change of the other groups' choices that makes `wanted` possible, as a whole design.

        Ties are broken by the price of the choices afterwards, then by the maker's order. Groups without a choice
        get their cheapest option. None when `wanted` is in no design at all.
        """
        with self._lock:
            return self._repairs.smallest(choices, wanted, prices)

    def complete(
        self,
        choices: Mapping[str, str],
        weights: Mapping[Choice, int],
        prices: Mapping[Choice, int] | None = None,
        budget: int | None = None,
    ) -> dict[str, str] | None:
        """The valid design with these choices of the highest sum of weights; None when there is none.

        With a `budget`, only designs whose options together cost no more (`prices`, minor units) are considered.
        """
        if not self.is_valid(choices):
            return None
        goal = Goal(self._within(choices), self._costs(weights), self._numbered(prices or {}), budget)
        diagram = self.diagram
        if diagram:
            design = best_in_diagram(diagram, goal)
        else:
            literals = [self._solver.literal_of[self.book.number(choice)] for choice in choices.items()]
            design = best_by_maxsat(self.book, self._solver, literals, goal)
        return self.book.design(design) if design else None

    def count(self, choices: Mapping[str, str]) -> int | None:
        """How many valid designs have these choices, exactly; None when the rules are too entangled to be counted."""
        return self._count(self._within(choices)) if self.is_valid(choices) else 0

    def cheapest_per_option(self, choices: Mapping[str, str], prices: Mapping[Choice, int]) -> dict[Choice, int]:
        """For every option of a valid design with these choices, what the cheapest such design's options cost."""
        if not self.is_valid(choices):
            return {}
        within, costs = self._within(choices), self._numbered(prices)
        diagram = self.diagram
        if diagram:
            found = diagram.cheapest_with_each(diagram.weights(within, costs))
        else:
            found = self._cheapest_by_maxsat(choices, Goal(within, costs, {}))
        return {
            choice: cost for choice, cost in ((self.book.choice(n), cost) for n, cost in found.items()) if choice[1]
        }

    @property
    def diagram(self) -> Diagram | None:
        """The compiled designs; None when there are too many nodes, or while they are still being compiled."""
        with self._lock:
            if not self._is_settled:
                self.compile(QUICK_CAP)
            return self._diagram

    def compile(self, cap: int) -> Diagram | None:
        """Compile the diagram with at most `cap` nodes before reduction; None when it has more, or no design."""
        diagram = None
        if self.is_valid({}):
            try:
                diagram = compile_diagram(self.book, cap)
            except TooLarge:
                diagram = None
        self.adopt(diagram)
        return diagram

    def adopt(self, diagram: Diagram | None) -> None:
        """Use a diagram that was compiled elsewhere; None: answer without one."""
        with self._lock:
            self._diagram, self._is_settled = diagram, True
            self._count.cache_clear()

    def _count_within(self, mask: int) -> int | None:
        diagram = self.diagram
        return diagram.count(mask) if diagram else None

    def _cheapest_by_maxsat(self, choices: Mapping[str, str], goal: Goal) -> dict[int, int]:
        literals = [self._solver.literal_of[self.book.number(choice)] for choice in choices.items()]
        found: dict[int, int] = {}
        for choice in self.domains(choices):
            number = self.book.number(choice)
            if goal.allowed >> number & 1:
                design = best_by_maxsat(self.book, self._solver, [*literals, number], goal)
                if design:
                    found[number] = sum(goal.costs.get(each, 0) for each in numbers_in(design))
        return found

    def _within(self, choices: Mapping[str, str]) -> int:
        """Every option that the choices leave, as a mask."""
        allowed = self.book.allowed(choices)
        return sum(allowed.get(group, mask) for group, mask in self.book.masks.items())

    def _numbered(self, amounts: Mapping[Choice, int]) -> dict[int, int]:
        return {self.book.number(choice): amount for choice, amount in amounts.items() if choice in self.book.numbers}

    def _costs(self, weights: Mapping[Choice, int]) -> dict[int, int]:
        """Weights as costs not below 0: what an option falls short of the best of its group."""
        costs: dict[int, int] = {}
        for group, options in self.book.groups.items():
            most = max(weights.get((group, option), 0) for option in options)
            costs |= {self.book.number((group, each)): most - weights.get((group, each), 0) for each in options}
        return costs

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

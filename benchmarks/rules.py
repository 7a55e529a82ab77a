"""The rules engine on generated products of three sizes.

A product has option groups of 2 to 10 options and 1.6 rules per group: half forbid a pair, 35 % let an
option require one of half the options of another group, the rest forbid a triple; in the largest product
rules tie groups that stand near each other, as in real catalogues. A case is what a customer has chosen
after some clicks, each on an option that was still possible; 20 cases from 20 visits, cut at random.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pysat.solvers import Minisat22

from benchmarks.harness import Figure, benchmark, p95_ms, race, require
from configurator.rules import Choice, Clause, RulesEngine

Choices = Mapping[str, str]

SMALLEST, LARGEST = 2, 10
RULES_PER_GROUP = 1.6
CASES = 20
ROUNDS = 3


@dataclass(frozen=True)
class Size:
    """How many groups and options a product has; rules reach `reach` groups far, 0 is everywhere."""

    groups: int
    options: int
    reach: int = 0
    seed: int = 1


SMALL = Size(10, 59)
MIDDLE = Size(30, 186)
LARGE = Size(60, 348, reach=3)


@dataclass(frozen=True)
class Product:
    """Groups with their options, and the rules between them."""

    groups: Mapping[str, Sequence[str]]
    clauses: tuple[Clause, ...]

    def engine(self) -> RulesEngine:
        return RulesEngine(self.groups, self.clauses)


@benchmark("rules.domains.10", size=SMALL)
@benchmark("rules.domains.30", size=MIDDLE)
@benchmark("rules.domains.60", size=LARGE)
def domains(size: Size) -> Iterator[Figure]:
    """Every blocked option after a click, ours with its reasons, the textbook's without."""
    product = generated(size)
    engine, textbook = product.engine(), Textbook(product)
    cases = clicks(product, random.Random(size.seed))
    for choices in cases:
        require(set(engine.blocked(choices)) == textbook.blocked(choices), "the engines disagree on what is blocked")
    contenders = {
        "ours": engine.blocked,
        "a fresh solver per option": textbook.blocked_by_fresh_solvers,
        "one solver, one call per option": textbook.blocked,
    }
    laps = race(contenders, cases, ROUNDS)
    ours = laps.pop("ours").median(p95_ms)
    for peer, taken in laps.items():
        yield Figure("p95_ms", ours, "ms", peer, taken.median(p95_ms))


@benchmark("rules.explain.10", size=SMALL)
@benchmark("rules.explain.30", size=MIDDLE)
@benchmark("rules.explain.60", size=LARGE)
def explain(size: Size) -> Iterator[Figure]:
    """The minimal set of rules that a forbidden combination breaks: choices and one option that they block."""
    product, drawn = generated(size), random.Random(size.seed)
    engine = product.engine()
    cases = []
    for choices in clicks(product, drawn):
        blocked = sorted(engine.blocked(choices))
        cases += [{**choices, group: option} for group, option in drawn.sample(blocked, min(8, len(blocked)))]
    require(all(engine.broken_rules(case) for case in cases), "a blocked option breaks no rule")
    yield Figure("p95_ms", race({"ours": engine.broken_rules}, cases, ROUNDS)["ours"].median(p95_ms), "ms")


class Textbook:
    """The filter of the textbooks: for each option, ask whether it can be finished to a valid design."""

    def __init__(self, product: Product) -> None:
        choices = [(group, option) for group, options in product.groups.items() for option in options]
        self.variables = {choice: number for number, choice in enumerate(choices, start=1)}
        self.clauses = [
            *(self.numbers(options) for options in grouped(product)),
            *([-a, -b] for options in grouped(product) for a, b in combinations(self.numbers(options), 2)),
            *([*(-n for n in self.numbers(c.without)), *self.numbers(c.options)] for c in product.clauses),
        ]
        self.solver = Minisat22(bootstrap_with=self.clauses)

    def blocked(self, choices: Choices) -> set[Choice]:
        """By one solver that learns from call to call."""
        return {each for each in self.variables if not self.solver.solve(assumptions=self.assumed(choices, each))}

    def blocked_by_fresh_solvers(self, choices: Choices) -> set[Choice]:
        """By a solver built anew for each question."""
        return {each for each in self.variables if not self.has_solution(self.assumed(choices, each))}

    def has_solution(self, assumed: Sequence[int]) -> bool:
        with Minisat22(bootstrap_with=self.clauses) as solver:
            return bool(solver.solve(assumptions=assumed))

    def assumed(self, choices: Choices, wanted: Choice) -> list[int]:
        return self.numbers([wanted, *(choice for choice in choices.items() if choice[0] != wanted[0])])

    def numbers(self, choices: Sequence[Choice]) -> list[int]:
        return [self.variables[choice] for choice in choices]


def grouped(product: Product) -> Iterator[list[Choice]]:
    for group, options in product.groups.items():
        yield [(group, option) for option in options]


def generated(size: Size) -> Product:
    """A product of a size, the same at every call."""
    drawn = random.Random(size.seed)
    groups = {
        f"group-{number}": [f"option-{option}" for option in range(count)]
        for number, count in enumerate(group_sizes(size, drawn))
    }
    clauses = (clause(f"rule-{number}", groups, size, drawn) for number in range(int(size.groups * RULES_PER_GROUP)))
    product = Product(groups, tuple(clauses))
    require(product.engine().is_valid({}), "the generated product has no valid design")
    return product


def group_sizes(size: Size, drawn: random.Random) -> list[int]:
    """Sizes of the groups, drawn evenly and then moved one by one until they add up."""
    sizes = [drawn.randint(SMALLEST, LARGEST) for _ in range(size.groups)]
    while (missing := size.options - sum(sizes)) != 0:
        step = 1 if missing > 0 else -1
        movable = [number for number, count in enumerate(sizes) if SMALLEST <= count + step <= LARGEST]
        sizes[drawn.choice(movable)] += step
    return sizes


def clause(rule: str, groups: Mapping[str, Sequence[str]], size: Size, drawn: random.Random) -> Clause:
    names = near(list(groups), size.reach, drawn)
    cause, other, third = ((name, drawn.choice(groups[name])) for name in names)
    kind = drawn.random()
    if kind < 0.5:
        return Clause(rule, without=(cause, other))
    if kind < 0.85:
        allowed = drawn.sample(groups[other[0]], len(groups[other[0]]) // 2)
        return Clause(rule, without=(cause,), options=tuple((other[0], option) for option in allowed))
    return Clause(rule, without=(cause, other, third))


def near(names: Sequence[str], reach: int, drawn: random.Random) -> list[str]:
    """Three different groups, all within `reach` of the first unless it is 0."""
    middle = drawn.randrange(len(names))
    others = [name for number, name in enumerate(names) if number != middle]
    if reach:
        others = [*names[max(0, middle - reach) : middle], *names[middle + 1 : middle + 1 + reach]]
    return [names[middle], *drawn.sample(others, 2)]


def clicks(product: Product, drawn: random.Random) -> list[dict[str, str]]:
    """What visitors have chosen after a random number of clicks, nobody into a dead end."""
    textbook = Textbook(product)
    cases: list[dict[str, str]] = []
    for _ in range(CASES):
        choices: dict[str, str] = {}
        for group in drawn.sample(list(product.groups), drawn.randint(1, len(product.groups))):
            blocked = textbook.blocked(choices)
            free = [option for option in product.groups[group] if (group, option) not in blocked]
            choices[group] = drawn.choice(free)
        cases.append(choices)
    return cases

"""The rules engine on generated products of three sizes.

A product has option groups of 2 to 10 options and 1.6 rules per group: half forbid a pair, 35 % let an
option require one of half the options of another group, the rest forbid a triple; in the largest product
rules tie groups that stand near each other, as in real catalogues. A case is what a customer has chosen
after some clicks, each on an option that was still possible; every case is from another visit, cut at random.

Peers answer the same questions with the same answers: the textbook's filter (one call of a kept SAT solver per
option), the same with a fresh solver per option, and Google's CP-SAT, which keeps the model and solves it once per
option that no earlier solution has shown.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pysat.solvers import Minisat22

from benchmarks.cp_sat import CpSat
from benchmarks.harness import Figure, benchmark, p95_ms, race, require
from configurator.rules import NODE_CAP, Choice, Clause, RulesEngine

Choices = Mapping[str, str]

SMALLEST, LARGEST = 2, 10
RULES_PER_GROUP = 1.6
CASES = 20
CLICKS = 60
ROUNDS = 3
# CP-SAT takes seconds per round of the largest product.
CP_SAT_CASES = 6
TEXTBOOK = "one solver, one call per option"
FRESH = "a fresh solver per option"


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


@benchmark("rules.domains.10x59", size=SMALL)
@benchmark("rules.domains.30x186", size=MIDDLE)
@benchmark("rules.domains.60x348", size=LARGE)
def domains(size: Size) -> Iterator[Figure]:
    """Every option that is possible after a click."""
    product = generated(size)
    engine, textbook, cp_sat = product.engine(), Textbook(product), CpSat(product.groups, product.clauses)
    cases = clicks(product, random.Random(size.seed))
    for choices in cases:
        require(
            set(engine.domains(choices)) == textbook.possible(choices), "the textbook disagrees on what is possible"
        )
    for choices in cases[:CP_SAT_CASES]:
        require(set(engine.domains(choices)) == cp_sat.possible(choices), "CP-SAT disagrees on what is possible")
    laps = race({"ours": engine.domains, TEXTBOOK: textbook.possible, FRESH: textbook.possible_afresh}, cases, 1)
    slow = race({"ours": engine.domains, "CP-SAT": cp_sat.possible}, cases[:CP_SAT_CASES], 1)
    ours = laps.pop("ours").median(p95_ms)
    for peer, taken in laps.items():
        yield Figure("p95_ms", ours, "ms", peer, taken.median(p95_ms))
    yield Figure("p95_ms", ours, "ms", "CP-SAT", slow["CP-SAT"].median(p95_ms))


@benchmark("rules.explain", size=LARGE)
@benchmark("rules.explain.10x59", size=SMALL)
@benchmark("rules.explain.30x186", size=MIDDLE)
def explain(size: Size) -> Iterator[Figure]:
    """The minimal set of rules and choices that block an option."""
    product, drawn = generated(size), random.Random(size.seed)
    engine = product.engine()
    cases = []
    for choices in clicks(product, drawn):
        blocked = sorted(set(engine.book.choices) - engine.domains(choices))
        cases += [(choices, option) for option in drawn.sample(blocked, min(8, len(blocked)))]
    require(all(engine.explain(*case).rules for case in cases), "a blocked option breaks no rule")
    yield Figure(
        "p95_ms", race({"ours": lambda case: engine.explain(*case)}, cases, ROUNDS)["ours"].median(p95_ms), "ms"
    )


@benchmark("rules.repair", size=LARGE)
def repair(size: Size) -> Iterator[Figure]:
    """The smallest change that makes a blocked option possible."""
    product, drawn = generated(size), random.Random(size.seed)
    engine, prices = product.engine(), drawn_prices(product)
    cases = []
    for choices in clicks(product, drawn):
        blocked = sorted(set(engine.book.choices) - engine.domains(choices))
        cases += [(choices, option) for option in drawn.sample(blocked, min(8, len(blocked)))]
    laps = race({"ours": lambda case: engine.repair(*case, prices)}, cases, ROUNDS)
    yield Figure("p95_ms", laps["ours"].median(p95_ms), "ms")


@benchmark("rules.complete", size=LARGE)
@benchmark("rules.complete.10x59", size=SMALL)
@benchmark("rules.complete.30x186", size=MIDDLE)
def complete(size: Size) -> Iterator[Figure]:
    """The finish of the highest weight; and the same within a budget of half of what the best finish costs."""
    product, drawn = generated(size), random.Random(size.seed)
    engine, prices = compiled(product), drawn_prices(product)
    cp_sat = CpSat(product.groups, product.clauses)
    weights = {choice: drawn.randint(0, 40) for choice in engine.book.choices}
    cases: list[tuple[Choices, int | None]] = [(choices, None) for choices in clicks(product, drawn)]
    yield from finishes("p95_ms", engine, cp_sat, (weights, prices), cases)
    yield from finishes(
        "budget_p95_ms", engine, cp_sat, (weights, prices), [within(engine, prices, each) for each, _ in cases]
    )


@benchmark("rules.count", size=LARGE)
@benchmark("rules.count.30x186", size=MIDDLE)
def count(size: Size) -> Iterator[Figure]:
    """How many designs have the choices; every question is a new one."""
    product = generated(size)
    engine = compiled(product)
    cases = clicks(product, random.Random(size.seed))
    diagram = engine.diagram
    require(diagram is not None, "the product was not compiled")

    def ask(choices: Choices) -> None:
        engine.adopt(diagram)  # forgets the answers that were given
        engine.count(choices)

    yield Figure("p95_ms", race({"ours": ask}, cases, ROUNDS)["ours"].median(p95_ms), "ms")
    yield Figure("nodes", diagram.nodes if diagram else 0, "nodes")


@benchmark("rules.cheapest_per_option", size=LARGE)
def cheapest(size: Size) -> Iterator[Figure]:
    """What the cheapest design with each option costs."""
    product = generated(size)
    engine, prices = compiled(product), drawn_prices(product)
    cases = clicks(product, random.Random(size.seed))
    laps = race({"ours": lambda choices: engine.cheapest_per_option(choices, prices)}, cases, ROUNDS)
    yield Figure("p95_ms", laps["ours"].median(p95_ms), "ms")


def finishes(
    metric: str,
    engine: RulesEngine,
    cp_sat: CpSat,
    amounts: tuple[Mapping[Choice, int], Mapping[Choice, int]],
    cases: Sequence[tuple[Choices, int | None]],
) -> Iterator[Figure]:
    weights, prices = amounts

    def ours(case: tuple[Choices, int | None]) -> dict[str, str] | None:
        return engine.complete(case[0], weights, prices, case[1])

    def theirs(case: tuple[Choices, int | None]) -> int | None:
        return cp_sat.best(case[0], weights, prices, case[1])

    for case in cases:
        found = ours(case)
        worth = None if found is None else sum(weights[choice] for choice in found.items())
        require(worth == theirs(case), "CP-SAT finds another best finish")
    laps = race({"ours": ours, "CP-SAT": theirs}, cases, ROUNDS)
    yield Figure(metric, laps["ours"].median(p95_ms), "ms", "CP-SAT", laps["CP-SAT"].median(p95_ms))


def within(engine: RulesEngine, prices: Mapping[Choice, int], choices: Choices) -> tuple[Choices, int]:
    """A budget between the cheapest and the dearest finish of the choices."""
    least = engine.complete(choices, {choice: -price for choice, price in prices.items()})
    most = engine.complete(choices, prices)
    require(least is not None and most is not None, "choices that cannot be finished")
    cheap, dear = (sum(prices.get(choice, 0) for choice in (each or {}).items()) for each in (least, most))
    return choices, (cheap + dear) // 2


def compiled(product: Product) -> RulesEngine:
    engine = product.engine()
    require(engine.compile(NODE_CAP) is not None, "the product does not compile")
    return engine


def drawn_prices(product: Product) -> dict[Choice, int]:
    drawn = random.Random(1)
    steps = (0, 0, 0, 2_000, 4_000, 6_000, 10_000, 16_000)
    return {(group, option): drawn.choice(steps) for group, options in product.groups.items() for option in options}


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

    def possible(self, choices: Choices) -> set[Choice]:
        """By one solver that learns from call to call."""
        return {each for each in self.variables if self.solver.solve(assumptions=self.assumed(choices, each))}

    def possible_afresh(self, choices: Choices) -> set[Choice]:
        """By a solver built anew for each question."""
        return {each for each in self.variables if self.has_solution(self.assumed(choices, each))}

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


def clicks(product: Product, drawn: random.Random, visits: int = CASES) -> list[dict[str, str]]:
    """What visitors have chosen after a random number of clicks, nobody into a dead end."""
    textbook = Textbook(product)
    cases: list[dict[str, str]] = []
    for _ in range(visits):
        choices: dict[str, str] = {}
        for group in drawn.sample(list(product.groups), drawn.randint(1, len(product.groups))):
            possible = textbook.possible(choices)
            free = [option for option in product.groups[group] if (group, option) in possible]
            choices[group] = drawn.choice(free)
        cases.append(choices)
    return cases

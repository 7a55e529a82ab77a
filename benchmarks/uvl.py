"""A feature model of 700 features, read from UVL, and clicks in the product that it becomes.

The tree is grown at random: groups of 1 to 6 features (alternative, or, optional, mandatory) are hung below features
that stand 7 levels deep at most. There is a constraint for every tenth feature: a feature needs one of one to three
others, excludes another, or two together need a third; it is kept when one product, drawn before, keeps it. A case is
what a customer has chosen after some clicks, each on an option that was still possible in a group that exists; 60
cases from 6 visits.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from benchmarks.harness import Figure, Laps, benchmark, p95_ms, processor_seconds, race, require
from configurator.rules import ABSENT, RulesEngine
from configurator.uvl import ImportedProduct, import_uvl
from configurator.uvl.importer import engine_of
from configurator.uvl.model import (
    And,
    Constraint,
    Feature,
    FeatureGroup,
    FeatureModel,
    Formula,
    GroupKind,
    Implies,
    Named,
    Not,
    Or,
)
from configurator.uvl.writer import text_of

FEATURES = 700
CONSTRAINTS = FEATURES // 10
DEEPEST = 7
KINDS: dict[GroupKind, int] = {"alternative": 4, "optional": 3, "mandatory": 2, "or": 1}
VISITS, CASES_PER_VISIT, ROUNDS, IMPORTS = 6, 10, 3, 5

Choices = Mapping[str, str]


@benchmark("rules.import_uvl.700", seed=1)
def import_700(seed: int) -> Iterator[Figure]:
    """Read, take over and compile the model; then every option that a click leaves possible."""
    text = text_of(generated(random.Random(seed)))
    product = import_uvl(text)
    require(sum(1 for _ in product.model.features()) == FEATURES, "the generated model has another size")
    taken = [processor_seconds(lambda: engine_of(import_uvl(text).data)) for _ in range(IMPORTS)]
    yield Figure("ms", Laps([[each] for each in taken]).median(sum) * 1000, "ms")
    cases = clicks(product, random.Random(seed))
    engine = engine_of(product.data)
    laps = race({"ours": engine.domains}, cases, ROUNDS)["ours"]
    yield Figure("click_p95_ms", laps.median(p95_ms), "ms")


def generated(drawn: random.Random) -> FeatureModel:
    """A model with FEATURES features and CONSTRAINTS constraints that allows some product."""
    root = tree(drawn)
    names = [feature.name for feature in root.walk()]
    one_product = frozenset(selected(root, drawn))
    constraints: list[Constraint] = []
    while len(constraints) < CONSTRAINTS:
        constraint = needs_or_excludes(names, drawn)
        if holds(constraint, one_product):
            constraints.append(Constraint(constraint))
    return FeatureModel(root, tuple(constraints), namespace="Generated")


def tree(drawn: random.Random) -> Feature:
    groups: dict[int, list[tuple[GroupKind, list[int]]]] = {0: []}
    depths = {0: 0}
    while len(groups) < FEATURES:
        parent = drawn.choice([number for number, depth in depths.items() if depth < DEEPEST])
        size = min(drawn.randint(1, 6), FEATURES - len(groups))
        children = list(range(len(groups), len(groups) + size))
        (kind,) = drawn.choices(list(KINDS), list(KINDS.values()))
        groups[parent].append((kind, children))
        groups |= {child: [] for child in children}
        depths |= dict.fromkeys(children, depths[parent] + 1)

    def feature(number: int) -> Feature:
        rows = tuple(FeatureGroup(kind, tuple(map(feature, children))) for kind, children in groups[number])
        return Feature(f"Feature_{number}", rows)

    return feature(0)


def selected(feature: Feature, drawn: random.Random) -> Iterator[str]:
    """The features of a product that keeps the tree."""
    yield feature.name
    for group in feature.groups:
        children = list(group.features)
        least, most = {
            "mandatory": (len(children), len(children)),
            "alternative": (1, 1),
            "or": (1, len(children)),
            "optional": (0, len(children)),
        }[group.kind]
        for child in drawn.sample(children, drawn.randint(least, most)):
            yield from selected(child, drawn)


def needs_or_excludes(names: list[str], drawn: random.Random) -> Implies:
    first, second, *others = map(Named, drawn.sample(names, 5))
    kind = drawn.random()
    if kind < 0.5:
        wanted = others[: drawn.randint(1, 3)]
        return Implies(first, Or(tuple(wanted)) if len(wanted) > 1 else wanted[0])
    if kind < 0.8:
        return Implies(first, Not(second))
    return Implies(And((first, second)), others[0])


def holds(formula: Formula, product: frozenset[str]) -> bool:
    match formula:
        case Named(name):
            return name in product
        case Not(inner):
            return not holds(inner, product)
        case And(parts):
            return all(holds(part, product) for part in parts)
        case Or(parts):
            return any(holds(part, product) for part in parts)
        case Implies(left, right):
            return not holds(left, product) or holds(right, product)
    raise TypeError(formula)


def clicks(product: ImportedProduct, drawn: random.Random) -> list[Choices]:
    """What visitors have chosen after a number of clicks; groups that do not exist are not clicked."""
    engine = product.engine
    conditions = {group["id"]: group.get("when", {}) for group in product.data["groups"]}
    cases: list[Choices] = []
    for _ in range(VISITS):
        choices: dict[str, str] = {}
        visit: list[Choices] = []
        for _ in range(len(conditions)):
            open_ = [group for group in conditions if group not in choices and exists(conditions[group], choices)]
            if not open_:
                break
            group = drawn.choice(open_)
            choices = {**choices, group: drawn.choice(possible(engine, choices, group))}
            visit.append(choices)
        cases += drawn.sample(visit, min(CASES_PER_VISIT, len(visit)))
    return cases


def exists(condition: Mapping[str, list[str]], choices: Choices) -> bool:
    return all(choices.get(group) in options for group, options in condition.items())


def possible(engine: RulesEngine, choices: Choices, group: str) -> list[str]:
    found = [
        option for option in engine.groups[group] if option != ABSENT and engine.is_valid({**choices, group: option})
    ]
    require(bool(found), "a click came to a dead end")
    return found

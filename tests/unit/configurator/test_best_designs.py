"""Repairs, best designs, counts and prices equal what looking at every design finds, with and without a diagram."""

import random
from collections.abc import Mapping

import pytest

from configurator.definition import ProductDefinition
from configurator.rules import ABSENT, Choice, Clause, Diagram, RulesEngine
from tests.unit.configurator.small_rules import (
    SmallRules,
    present,
    random_choices,
    random_prices,
    random_rules,
)

SEEDS = range(600)
PARTS = [SEEDS[first::10] for first in range(10)]
# MaxSAT is asked for every budget and every option: fewer products.
BOTH_WAYS = [*((part, True) for part in PARTS), *((part[:15], False) for part in PARTS)]


def engine_of(rules: SmallRules, *, diagram: bool) -> RulesEngine:
    engine = rules.engine()
    if not diagram:
        engine.adopt(None)
    return engine


def total(design: Mapping[str, str], amounts: Mapping[Choice, int]) -> int:
    return sum(amounts.get(choice, 0) for choice in design.items())


def rank(
    rules: SmallRules, design: Mapping[str, str], others: Mapping[str, str], prices: Mapping[Choice, int]
) -> tuple[int, int, list[int]]:
    """How many choices a design changes, what the chosen groups then cost, where their options stand."""
    chosen = {group: design[group] for group in rules.groups if group in others}
    places = [rules.groups[group].index(option) for group, option in chosen.items()]
    return len(rules.changed(design, others)), total(chosen, prices), places


def possible_wishes(rules: SmallRules) -> list[Choice]:
    return sorted({choice for design in rules.valid_designs() for choice in present(design).items()})


@pytest.mark.parametrize("seeds", PARTS)
def test_a_repair_is_the_smallest_change_then_the_cheapest_then_the_maker_s_first(seeds: range) -> None:
    for seed in seeds:
        rules, dice = random_rules(seed), random.Random(seed)
        choices, prices = random_choices(rules, dice), random_prices(rules, dice)

        for wanted in possible_wishes(rules):
            others = {group: option for group, option in choices.items() if group != wanted[0]}
            designs = [each for each in rules.valid_designs() if each[wanted[0]] == wanted[1]]

            best = min(rank(rules, design, others, prices) for design in designs)
            repair = rules.engine().repair(choices, wanted, prices)

            assert repair is not None
            whole = {group: repair.choices.get(group, ABSENT) for group in rules.groups}
            assert whole in designs
            assert rank(rules, whole, others, prices) == best
            assert list(repair.changed) == rules.changed(whole, others)


def test_control_the_first_design_found_is_often_no_smallest_change() -> None:
    larger = 0
    for seed in SEEDS:
        rules = random_rules(seed)
        choices = random_choices(rules, random.Random(seed))
        for wanted in possible_wishes(rules):
            found = rules.engine().complete({wanted[0]: wanted[1]}, {})
            repair = rules.engine().repair(choices, wanted, {})
            assert found
            assert repair
            whole = {group: found.get(group, ABSENT) for group in rules.groups}
            others = {group: option for group, option in choices.items() if group != wanted[0]}
            larger += len(rules.changed(whole, others)) > len(repair.changed)
    assert larger > 100


def test_what_is_possible_already_changes_nothing_else(definition: ProductDefinition) -> None:
    chosen = definition.started()

    repair = definition.engine.repair(chosen, ("glaze", "indigo"), definition.prices)

    assert repair
    assert repair.changed == ()
    assert repair.choices == {**chosen, "glaze": "indigo"}


def test_a_group_that_comes_to_exist_gets_its_first_option_and_one_that_vanishes_has_none(
    definition: ProductDefinition,
) -> None:
    with_walnut = definition.engine.repair(definition.started(), ("lid", "walnut"), definition.prices)
    assert with_walnut
    assert with_walnut.changed == ()
    assert "lid-finish" not in with_walnut.choices

    back = definition.engine.repair(with_walnut.choices, ("lid", "bamboo"), definition.prices)
    assert back
    assert back.choices == definition.started()


def test_what_is_in_no_design_cannot_be_repaired() -> None:
    engine = RulesEngine({"a": ("x", "y"), "b": ("x", "y")}, [Clause("never", without=(("a", "x"),))])

    assert engine.repair({"b": "x"}, ("a", "x"), {}) is None


@pytest.mark.parametrize(("seeds", "diagram"), BOTH_WAYS)
def test_the_best_finish_has_the_highest_weight_within_the_budget(seeds: range, diagram: bool) -> None:
    for seed in seeds:
        rules, dice = random_rules(seed), random.Random(seed)
        choices, prices = random_choices(rules, dice), random_prices(rules, dice)
        weights = {choice: dice.randint(-5, 9) for choice in rules.choices()}
        engine = engine_of(rules, diagram=diagram)
        designs = [design for design in rules.valid_designs() if rules.has(design, choices)]

        for budget in (None, 0, 3, 6):
            affordable = [each for each in designs if budget is None or total(each, prices) <= budget]
            found = engine.complete(choices, weights, prices, budget)
            if not affordable:
                assert found is None
                continue
            assert found is not None
            assert {group: found.get(group, ABSENT) for group in rules.groups} in affordable
            assert total(found, weights) == max(total(each, weights) for each in affordable)


@pytest.mark.parametrize(("seeds", "diagram"), BOTH_WAYS)
def test_each_option_s_cheapest_design_costs_what_looking_finds(seeds: range, diagram: bool) -> None:
    for seed in seeds:
        rules, dice = random_rules(seed), random.Random(seed)
        choices, prices = random_choices(rules, dice), random_prices(rules, dice)
        expected: dict[Choice, int] = {}
        for design in rules.valid_designs():
            if rules.has(design, choices):
                for choice in present(design).items():
                    expected[choice] = min(expected.get(choice, 10**9), total(design, prices))

        assert engine_of(rules, diagram=diagram).cheapest_per_option(choices, prices) == expected


@pytest.mark.parametrize("seeds", PARTS)
def test_the_count_is_the_number_of_designs(seeds: range) -> None:
    for seed in seeds:
        rules = random_rules(seed)
        choices = random_choices(rules, random.Random(seed))

        assert rules.engine().count(choices) == sum(rules.has(design, choices) for design in rules.valid_designs())


@pytest.mark.parametrize("seeds", PARTS[:1])
def test_a_diagram_reads_back_from_its_bytes(seeds: range) -> None:
    for seed in seeds:
        rules = random_rules(seed)
        built = rules.engine().diagram
        if built is None:
            assert not rules.can_be_finished({})
            continue

        read = Diagram.from_bytes(built.as_bytes())

        engine = rules.engine()
        engine.adopt(read)
        assert read.nodes == built.nodes
        assert engine.count({}) == rules.engine().count({})


def entangled(groups: int, clauses: int) -> RulesEngine:
    """Rules between far groups: a diagram needs many nodes."""
    dice = random.Random(1)
    options = {f"g{number}": ("a", "b", "c", "d") for number in range(groups)}
    pairs = (dice.sample(sorted(options), 3) for _ in range(clauses))
    return RulesEngine(
        options,
        (
            Clause(f"r{number}", without=tuple((group, dice.choice("abcd")) for group in three))
            for number, three in enumerate(pairs)
        ),
    )


def test_rules_too_entangled_to_compile_are_answered_without_a_diagram() -> None:
    engine = entangled(24, 90)
    assert engine.compile(cap=500) is None
    prices = {("g0", "a"): 3, ("g1", "b"): 4}

    assert engine.count({}) is None
    assert engine.cheapest_per_option({}, prices)["g0", "a"] == 3
    assert engine.complete({"g0": "a"}, {("g1", "b"): 5}, prices, 3)
    assert engine.complete({"g0": "a"}, {("g1", "b"): 5}, prices, 2) is None


def test_no_diagram_exceeds_its_cap() -> None:
    built = entangled(8, 20).compile(cap=100_000)
    assert built
    assert entangled(8, 20).compile(cap=built.nodes - 1) is None


def test_the_demo_has_as_many_designs_as_its_rules_allow(definition: ProductDefinition) -> None:
    # 4 clays and 4 gaskets are free. Bamboo comes in 2 finishes.
    assert definition.engine.count({}) == 8864
    assert definition.engine.count({"clay": "buff", "gasket": "oat"}) == 8864 // 16

"""The engine's answers are complete and its reasons are true: both are checked against every design there is."""

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysat.solvers import Minisat22

from configurator.definition import ProductDefinition, Rule
from configurator.rules import ABSENT, Blocked, Choice, Clause, RulesEngine
from tests.unit.configurator.small_rules import (
    SmallRules,
    keeps,
    random_choices,
    random_rules,
    small_rules,
    some_choices,
)

Offers = Callable[[SmallRules, dict[str, str]], set[Choice]]

# Beside a-a every pair of b and c is forbidden, each by a rule of its own: a-a is impossible, and no single
# conclusion shows it.
DEAD_END = SmallRules(
    {"a": ("a", "b"), "b": ("a", "b"), "c": ("a", "b")},
    (
        Clause("one", without=(("a", "a"), ("b", "a"), ("c", "a"))),
        Clause("two", without=(("a", "a"), ("b", "a"), ("c", "b"))),
        Clause("three", without=(("a", "a"), ("b", "b"), ("c", "a"))),
        Clause("four", without=(("a", "a"), ("b", "b"), ("c", "b"))),
    ),
)
MANY = settings(max_examples=300, deadline=None)
SOME = settings(max_examples=50, deadline=None)


def without(choices: Mapping[str, str], group: str) -> dict[str, str]:
    return {key: option for key, option in choices.items() if key != group}


def offered_by_engine(rules: SmallRules, choices: dict[str, str]) -> set[Choice]:
    return set(rules.choices()) - set(rules.engine().blocked(choices))


def offered_by(engine: RulesEngine, _: SmallRules, choices: dict[str, str]) -> set[Choice]:
    return set(engine.domains(choices))


def offered_when_no_rule_is_broken_so_far(rules: SmallRules, choices: dict[str, str]) -> set[Choice]:
    """What a shop offers that looks at the chosen values only."""
    return {
        (group, option)
        for group, option in rules.choices()
        if all(keeps({**choices, group: option}, clause) for clause in rules.clauses)
    }


def offered_by_propagation(rules: SmallRules, choices: dict[str, str]) -> set[Choice]:
    """What a shop offers that draws every direct conclusion, by unit propagation, but searches for none."""
    every = [(group, option) for group, options in rules.groups.items() for option in options]
    numbers = {choice: number for number, choice in enumerate(every, start=1)}
    with Minisat22() as solver:
        for group, options in rules.groups.items():
            solver.add_clause([numbers[group, option] for option in options])
            for pair in combinations(options, 2):
                solver.add_clause([-numbers[group, option] for option in pair])
        for clause in rules.clauses:
            unless = [-numbers[each] for each in clause.without]
            for part in counted(clause, numbers):
                solver.append_formula([[*unless, *part]] if unless or part else [[1], [-1]])
        return {
            choice
            for choice in rules.choices()
            if solver.propagate([*assumed(rules, without(choices, choice[0]), numbers), numbers[choice]])[0]
        }


def counted(clause: Clause, numbers: Mapping[Choice, int]) -> Iterator[list[int]]:
    """What a clause counts, spelled out: too few left over, or one too many."""
    groups = sorted({group for group, _ in clause.options})
    for chosen in combinations(
        groups, max(0, len(groups) - clause.at_least + 1) if clause.at_least else len(groups) + 1
    ):
        yield [numbers[each] for each in clause.options if each[0] in chosen]
    if clause.at_least > len(groups):
        yield []
    if clause.at_most is not None:
        for many in combinations(clause.options, clause.at_most + 1):
            yield [-numbers[each] for each in many]


def assumed(rules: SmallRules, choices: Mapping[str, str], numbers: Mapping[Choice, int]) -> Iterator[int]:
    for group, option in choices.items():
        if ABSENT in rules.groups[group]:
            yield from (-numbers[group, each] for each in rules.groups[group] if each not in (option, ABSENT))
        else:
            yield numbers[group, option]


def clicks(rules: SmallRules, offers: Offers, seed: int) -> dict[str, str] | None:
    """Choose, group by group in a random order, any offered option; None at a dead end, else the choices."""
    dice = random.Random(seed)
    choices: dict[str, str] = {}
    for group in dice.sample(sorted(rules.groups), len(rules.groups)):
        possible = sorted(option for where, option in offers(rules, choices) if where == group)
        if not possible:
            if ABSENT in rules.groups[group]:
                continue
            return None
        choices[group] = dice.choice(possible)
    return choices


@pytest.mark.parametrize("part", range(8))
def test_domains_equal_what_looking_at_every_design_finds_on_2000_products(part: int) -> None:
    wrong_by_looking_at_chosen_values = 0
    for seed in range(part, 2000, 8):
        rules = random_rules(seed)
        choices = random_choices(rules, random.Random(seed))

        possible = {choice for choice in rules.choices() if rules.with_wanted(choices, choice)}

        engine = rules.engine()
        assert engine.domains(choices) == possible
        assert engine.domains(choices) == possible  # with what it has remembered
        wrong_by_looking_at_chosen_values += offered_when_no_rule_is_broken_so_far(rules, choices) != possible
    # Control: a filter that looks at the chosen values only is wrong on many of the same products.
    assert wrong_by_looking_at_chosen_values > 10


@MANY
@given(st.data(), small_rules())
def test_choices_are_valid_exactly_when_a_design_has_them(data: st.DataObject, rules: SmallRules) -> None:
    choices = data.draw(some_choices(rules))

    assert rules.engine().is_valid(choices) == rules.can_be_finished(choices)


@MANY
@given(st.data(), small_rules())
def test_a_reason_is_sufficient_and_nothing_of_it_can_be_left_out(data: st.DataObject, rules: SmallRules) -> None:
    choices = data.draw(some_choices(rules))

    for (group, option), why in rules.engine().blocked(choices).items():
        others = without(choices, group)
        named = dict(why.choices)
        assert named.items() <= others.items()

        def is_possible(chosen: dict[str, str], kept: tuple[str, ...], wanted: Choice = (group, option)) -> bool:
            designs = rules.valid_designs(kept)
            return any(each[wanted[0]] == wanted[1] and rules.has(each, chosen) for each in designs)

        assert not is_possible(named, why.rules)
        assert all(is_possible(without(named, each), why.rules) for each in named)
        assert all(is_possible(named, tuple(rule for rule in why.rules if rule != each)) for each in why.rules)


@MANY
@given(st.data(), small_rules())
def test_broken_rules_are_broken_together_and_none_of_them_is_innocent(data: st.DataObject, rules: SmallRules) -> None:
    choices = data.draw(some_choices(rules))

    broken = rules.engine().broken_rules(choices)

    assert bool(broken) != rules.can_be_finished(choices)
    if broken:
        assert not rules.can_be_finished(choices, broken)
        assert all(rules.can_be_finished(choices, [rule for rule in broken if rule != each]) for each in broken)


@SOME
@given(small_rules())
def test_a_whole_design_breaks_every_rule_of_which_it_breaks_a_clause(rules: SmallRules) -> None:
    engine = rules.engine()

    for options in product(*rules.groups.values()):
        design = dict(zip(rules.groups, options, strict=True))
        broken = tuple(
            rule
            for rule in rules.rules()
            if any(not keeps(design, clause) for clause in rules.clauses if clause.rule == rule)
        )
        assert engine.rules_broken_by(design) == broken
        # A choice in a group that may be absent means "this, if it exists": as choices a design says less.
        if not any(ABSENT in options for options in rules.groups.values()):
            assert bool(engine.broken_rules(design)) == bool(broken)


@MANY
@given(small_rules(), st.integers(0, 2**32))
def test_choosing_what_is_offered_always_ends_in_a_valid_design(rules: SmallRules, seed: int) -> None:
    if not rules.can_be_finished({}):
        assert set(rules.engine().blocked({})) == set(rules.choices())
        return

    design = clicks(rules, offered_by_engine, seed)

    assert design is not None
    assert rules.can_be_finished(design)


@pytest.mark.parametrize("offers", [offered_when_no_rule_is_broken_so_far, offered_by_propagation])
def test_control_a_filter_that_does_not_search_leads_into_dead_ends(offers: Offers) -> None:
    ends = [clicks(DEAD_END, offers, seed) for seed in range(40)]

    assert None in ends
    assert all(clicks(DEAD_END, offered_by_engine, seed) for seed in range(40))


def tangled(seed: int) -> SmallRules:
    """Ten groups of four options; every clause forbids three of them together."""
    dice = random.Random(seed)
    groups = {f"g{number}": tuple("abcd") for number in range(10)}
    triples = ([(group, dice.choice("abcd")) for group in dice.sample(sorted(groups), 3)] for _ in range(400))
    return SmallRules(groups, tuple(Clause(f"r{number}", tuple(triple)) for number, triple in enumerate(triples)))


def test_random_sessions_never_end_in_a_dead_end_but_they_do_where_only_direct_conclusions_are_drawn() -> None:
    dead_ends = 0
    for seed in range(4):
        rules = tangled(seed)
        engine = rules.engine()
        assert engine.is_valid({})
        for visit in range(3):
            design = clicks(rules, partial(offered_by, engine), visit)
            assert design is not None
            assert all(keeps(design, clause) for clause in rules.clauses)
            dead_ends += clicks(rules, offered_when_no_rule_is_broken_so_far, visit) is None
    assert dead_ends > 1


def test_control_both_filters_offer_the_dead_end_that_the_engine_blocks() -> None:
    assert ("a", "a") in offered_when_no_rule_is_broken_so_far(DEAD_END, {})
    assert ("a", "a") in offered_by_propagation(DEAD_END, {})
    assert DEAD_END.engine().blocked({}) == {
        ("a", "a"): Blocked(rules=("one", "two", "three", "four"), choices=()),
    }


def test_a_chosen_group_is_judged_as_if_it_were_open() -> None:
    engine = RulesEngine({"a": ("x", "y"), "b": ("x", "y")}, [Clause("r", without=(("a", "x"), ("b", "x")))])

    assert engine.blocked({"a": "y", "b": "x"}) == {("a", "x"): Blocked(("r",), (("b", "x"),))}
    assert engine.blocked({"a": "x"}) == {("b", "x"): Blocked(("r",), (("a", "x"),))}


def test_a_choice_that_breaks_a_rule_is_itself_blocked() -> None:
    engine = RulesEngine({"a": ("x", "y"), "b": ("x", "y")}, [Clause("r", without=(("a", "x"), ("b", "x")))])

    assert engine.broken_rules({"a": "x", "b": "x"}) == ("r",)
    assert set(engine.blocked({"a": "x", "b": "x"})) == {("a", "x"), ("b", "x")}


def is_broken(rule: Rule, design: Mapping[str, str]) -> bool:
    """A rule of a product file, read as its documentation says and not as clauses."""
    applies = all(design[group] in options for group, options in rule.when.items())
    kept = all(design[group] in options for group, options in rule.requires.items())
    return applies and not (kept and all(design[group] not in options for group, options in rule.excludes.items()))


def test_the_demo_s_rules_forbid_what_their_tables_say_and_nothing_else(definition: ProductDefinition) -> None:
    dice = random.Random(1)
    verdicts = set()

    for _ in range(3000):
        design = definition.settled({group.id: dice.choice(group.options).id for group in definition.groups})
        broken = {rule.id for rule in definition.rules if is_broken(rule, design)}
        named = definition.engine.broken_rules(design)
        assert bool(named) == bool(broken)
        assert set(named) <= broken
        assert set(definition.engine.rules_broken_by(design)) == broken
        verdicts |= broken

    assert verdicts == {rule.id for rule in definition.rules}


def test_an_unknown_choice_is_a_mistake_of_the_caller() -> None:
    engine = DEAD_END.engine()

    with pytest.raises(KeyError):
        engine.is_valid({"a": "z"})
    with pytest.raises(KeyError):
        engine.blocked({"z": "a"})


@pytest.fixture
def _eager_threads() -> Iterator[None]:
    """Threads change places as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("_eager_threads")
def test_threads_that_share_an_engine_get_the_answers_of_one() -> None:
    engine = DEAD_END.engine()
    questions = [
        {group: option for group, option in zip("abc", options, strict=False) if option}
        for options in ("", "a", "ba", "bb", "aab", "bab")
    ]
    alone = [(engine.blocked(each), engine.broken_rules(each)) for each in questions]

    def ask(number: int) -> bool:
        question = questions[number % len(questions)]
        answer = (engine.blocked(question), engine.broken_rules(question))
        return answer == alone[number % len(questions)]

    with ThreadPoolExecutor(max_workers=8) as threads:
        assert all(threads.map(ask, range(600)))

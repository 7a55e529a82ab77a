"""Small random rule sets, and the slow way to decide them: look at every design there is."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from configurator.rules import ABSENT, Choice, Clause, RulesEngine


@dataclass(frozen=True)
class SmallRules:
    """Groups with their options, and clauses. What is asked of it is answered by looking at every design."""

    groups: Mapping[str, tuple[str, ...]]
    clauses: tuple[Clause, ...]

    def engine(self) -> RulesEngine:
        return RulesEngine(self.groups, self.clauses)

    def choices(self) -> list[Choice]:
        return [(group, option) for group, options in self.groups.items() for option in options if option != ABSENT]

    def rules(self) -> tuple[str, ...]:
        """The names of the rules, each once, in their order."""
        return tuple(dict.fromkeys(clause.rule for clause in self.clauses))

    def valid_designs(self, rules: Sequence[str] | None = None) -> Iterator[dict[str, str]]:
        """Every complete design that keeps the named rules, all rules when none are named; ABSENT where absent."""
        kept = [clause for clause in self.clauses if rules is None or clause.rule in rules]
        for options in product(*self.groups.values()):
            design = dict(zip(self.groups, options, strict=True))
            if all(keeps(design, clause) for clause in kept):
                yield design

    def can_be_finished(self, choices: Mapping[str, str], rules: Sequence[str] | None = None) -> bool:
        return any(self.has(design, choices) for design in self.valid_designs(rules))

    def has(self, design: Mapping[str, str], choices: Mapping[str, str]) -> bool:
        """Whether a design has the choices; in a group that may be absent, a choice means: this, if it exists."""
        return not self.changed(design, choices)

    def changed(self, design: Mapping[str, str], choices: Mapping[str, str]) -> list[str]:
        """The groups in which a design has another option than the choices."""
        return [
            group
            for group in self.groups
            if group in choices
            and design[group] != choices[group]
            and not (design[group] == ABSENT and ABSENT in self.groups[group])
        ]

    def with_wanted(self, choices: Mapping[str, str], wanted: Choice) -> list[dict[str, str]]:
        """The valid designs that have `wanted` and the choices of the other groups."""
        others = {group: option for group, option in choices.items() if group != wanted[0]}
        return [each for each in self.valid_designs() if each[wanted[0]] == wanted[1] and self.has(each, others)]


def keeps(design: Mapping[str, str], clause: Clause) -> bool:
    """Whether a design keeps a clause; in a design that is not complete, a missing choice breaks nothing yet."""
    if any(design.get(group) != option for group, option in clause.without):
        return True
    certain = len({group for group, option in clause.options if design.get(group) == option})
    open_ = len({group for group, _ in clause.options if group not in design})
    return certain + open_ >= clause.at_least and (clause.at_most is None or certain <= clause.at_most)


def present(design: Mapping[str, str]) -> dict[str, str]:
    """A design as the engine writes it: without the groups that are absent."""
    return {group: option for group, option in design.items() if option != ABSENT}


def random_rules(seed: int) -> SmallRules:
    """Two to four groups of two or three options, some of which may be absent, and up to nine clauses."""
    dice = random.Random(seed)
    groups = {
        f"g{number}": (*"abc"[: dice.randint(2, 3)], *([ABSENT] if dice.random() < 0.25 else ()))
        for number in range(dice.randint(2, 4))
    }
    every = [(group, option) for group, options in groups.items() for option in options]
    clauses = []
    for _ in range(dice.randint(0, 9)):
        options = tuple(dice.sample(every, dice.randint(0, 4)))
        counted = len({group for group, _ in options})
        least = dice.choice((0, 1, 1, 1, 2))
        most = dice.randint(least, counted) if least <= counted and dice.random() < 0.4 else None
        rule = f"r{dice.randrange(7)}"
        clauses.append(Clause(rule, tuple(dice.sample(every, dice.randint(0, 2))), options, least, most))
    return SmallRules(groups, tuple(clauses))


def random_choices(rules: SmallRules, dice: random.Random) -> dict[str, str]:
    """Choices in some of the groups; they may break rules."""
    every = rules.choices()
    groups = dice.sample(sorted(rules.groups), dice.randint(0, len(rules.groups)))
    return {group: dice.choice([option for where, option in every if where == group]) for group in groups}


def random_prices(rules: SmallRules, dice: random.Random) -> dict[Choice, int]:
    return {choice: dice.choice((0, 0, 1, 2, 5)) for choice in rules.choices()}


@st.composite
def small_rules(draw: st.DrawFn) -> SmallRules:
    return random_rules(draw(st.integers(0, 2**32)))


@st.composite
def some_choices(draw: st.DrawFn, rules: SmallRules) -> dict[str, str]:
    return random_choices(rules, random.Random(draw(st.integers(0, 2**32))))

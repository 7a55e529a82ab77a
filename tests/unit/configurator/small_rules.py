"""Small random rule sets, and the slow way to decide them: look at every design there is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from configurator.rules import Choice, Clause, RulesEngine


@dataclass(frozen=True)
class SmallRules:
    """Groups with their options, and clauses. What is asked of it is answered by looking at every design."""

    groups: Mapping[str, tuple[str, ...]]
    clauses: tuple[Clause, ...]

    def engine(self) -> RulesEngine:
        return RulesEngine(self.groups, self.clauses)

    def choices(self) -> list[Choice]:
        return [(group, option) for group, options in self.groups.items() for option in options]

    def rules(self) -> tuple[str, ...]:
        """The names of the rules, each once, in their order."""
        return tuple(dict.fromkeys(clause.rule for clause in self.clauses))

    def valid_designs(self, rules: Sequence[str] | None = None) -> Iterator[dict[str, str]]:
        """Every complete design that keeps the named rules, all rules when none are named."""
        kept = [clause for clause in self.clauses if rules is None or clause.rule in rules]
        for options in product(*self.groups.values()):
            design = dict(zip(self.groups, options, strict=True))
            if all(keeps(design, clause) for clause in kept):
                yield design

    def can_be_finished(self, choices: Mapping[str, str], rules: Sequence[str] | None = None) -> bool:
        return any(choices.items() <= design.items() for design in self.valid_designs(rules))


def keeps(design: Mapping[str, str], clause: Clause) -> bool:
    """Whether a design keeps a clause; in a design that is not complete, a missing choice breaks nothing yet."""
    if any(design.get(group) != option for group, option in clause.without):
        return True
    return any(design.get(group, option) == option for group, option in clause.options)


@st.composite
def small_rules(draw: st.DrawFn) -> SmallRules:
    """Two to four groups of two or three options, and up to nine clauses of up to seven rules."""
    sizes = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    groups = {f"g{number}": tuple("abc"[:size]) for number, size in enumerate(sizes)}
    choice = st.sampled_from([(group, option) for group, options in groups.items() for option in options])
    clause = st.builds(
        Clause,
        rule=st.sampled_from([f"r{number}" for number in range(7)]),
        without=st.lists(choice, min_size=1, max_size=2, unique=True).map(tuple),
        options=st.lists(choice, max_size=2, unique=True).map(tuple),
    )
    return SmallRules(groups, tuple(draw(st.lists(clause, max_size=9))))


@st.composite
def some_choices(draw: st.DrawFn, rules: SmallRules) -> dict[str, str]:
    """Choices in some of the groups, in any order; they may break rules."""
    groups = draw(st.lists(st.sampled_from(sorted(rules.groups)), unique=True))
    return {group: draw(st.sampled_from(rules.groups[group])) for group in groups}

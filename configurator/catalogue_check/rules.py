"""What the rules do to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from configurator.catalogue_check.finding import Finding, error, warning
from configurator.definition import Place, ProductDefinition
from configurator.rules import Clause, RulesEngine


def rule_findings(definition: ProductDefinition) -> Iterator[Finding]:
    """Contradictions, options that can never be chosen, groups without a choice, presets and rules in vain."""
    engine = definition.engine
    if not engine.is_valid({}):
        yield error("contradiction", "rules", rules=_places(definition, engine.broken_rules({})))
        return
    for (group, option), why in engine.blocked({}).items():
        place = Place(f"groups.{group}.options.{option}")
        yield error("never_possible", place, option=place, rules=_places(definition, why.rules))
    yield from _groups_without_a_choice(definition)
    yield from _broken_presets(definition)
    yield from _silent_rules(definition)


def _groups_without_a_choice(definition: ProductDefinition) -> Iterator[Finding]:
    possible = definition.engine.domains({})
    for group in definition.groups:
        options = [option.id for option in group.offered if (group.id, option.id) in possible]
        if len(options) == 1:
            only = Place(f"{group.place}.options.{options[0]}")
            yield error("single_option", group.place, group=group.place, option=only)


def _broken_presets(definition: ProductDefinition) -> Iterator[Finding]:
    starts = {Place(f"presets.{preset.id}"): definition.started(preset.id) for preset in definition.presets}
    for place, choices in {Place("preset"): definition.started(), **starts}.items():
        broken = definition.engine.broken_rules(choices)
        if broken:
            yield error("preset_breaks", place, preset=place, rules=_places(definition, broken))


def _silent_rules(definition: ProductDefinition) -> Iterator[Finding]:
    """Rules that could be left out: without them, no design would break them."""
    clauses = tuple(definition.clauses())
    for rule in definition.rules:
        others = [clause for clause in clauses if clause.rule != rule.id]
        own = [clause for clause in clauses if clause.rule == rule.id]
        if not any(_can_be_broken(definition, others, clause) for clause in own):
            yield warning("silent_rule", rule.place, rule=rule.place)


def _can_be_broken(definition: ProductDefinition, others: Sequence[Clause], clause: Clause) -> bool:
    """Whether some design keeps the other rules and breaks this clause."""
    causes = [Clause("cause", without=(), options=(choice,)) for choice in clause.without]
    return any(
        RulesEngine(definition.possible, [*others, *causes, breach]).is_valid({}) for breach in _breaches(clause)
    )


def _breaches(clause: Clause) -> Iterator[Clause]:
    """The clause turned round: too few of its options, or too many."""
    if clause.at_least:
        yield Clause("breach", without=(), options=clause.options, at_least=0, at_most=clause.at_least - 1)
    if clause.at_most is not None and clause.at_most < len(clause.options):
        yield Clause("breach", without=(), options=clause.options, at_least=clause.at_most + 1)


def _places(definition: ProductDefinition, rules: Iterable[str]) -> tuple[Place, ...]:
    """Where the rules stand that the engine names: a group's condition stands in the group."""
    conditions = {group.rule_id: group.place for group in definition.groups}
    return tuple(conditions.get(rule, Place(f"rules.{rule}")) for rule in rules)

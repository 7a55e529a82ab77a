"""From a product definition to a feature model with exactly as many products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, groupby
from math import comb
from operator import itemgetter

from configurator.definition import Group, ProductDefinition, Rule, Text
from configurator.uvl.model import (
    And,
    Constraint,
    Feature,
    FeatureGroup,
    FeatureModel,
    Formula,
    Iff,
    Implies,
    Named,
    Not,
    Or,
    Value,
)

Choices = Mapping[str, tuple[str, ...]]

MOST_COMBINATIONS = 200
"""Above this, a rule that counts is said with features that count, instead of all combinations."""


def model_of(definition: ProductDefinition) -> FeatureModel:
    """The feature model of a definition: a feature for each group and for each option that is offered.

    Conditional groups are optional features, and a constraint says when they exist; rules are constraints with
    their id and English sentence as comment.
    """
    return _Export(definition).model()


def option_name(group: str, option: str) -> str:
    """The feature of an option. No id has a slash, so that no group and no other option is called so."""
    return f"{group}/{option}"


class _Export:
    def __init__(self, definition: ProductDefinition) -> None:
        self._definition = definition
        self._root = f"{definition.slug}/product"
        self._offered = {group.id: {option.id for option in group.offered} for group in definition.groups}
        self._counters: dict[str, Constraint] = {}

    def model(self) -> FeatureModel:
        definition = self._definition
        constraints = [*self._conditions(), *(row for rule in definition.rules for row in self._rule(rule))]
        features = [(bool(group.when), _group(group)) for group in definition.groups]
        features += ((True, Feature(each, attributes={"abstract": True})) for each in self._counters)
        # In the definition's order: what a condition names comes before it.
        groups = tuple(
            FeatureGroup("optional" if conditional else "mandatory", tuple(feature for _, feature in rows))
            for conditional, rows in groupby(features, key=itemgetter(0))
        )
        attributes: dict[str, Value] = {"abstract": True, "id": definition.slug, **_names(definition.name)}
        root = Feature(self._root, groups, attributes)
        return FeatureModel(root, (*self._counters.values(), *constraints), namespace=definition.slug)

    def _conditions(self) -> Iterator[Constraint]:
        for group in self._definition.groups:
            if group.sentence:
                comment = f"{group.rule_id}: {group.sentence.en}"
                yield Constraint(Iff(Named(group.id), self._chosen(group.when)), comment)

    def _rule(self, rule: Rule) -> Iterator[Constraint]:
        """The constraints of a rule; the first one carries its sentence."""
        comment = f"{rule.id}: {rule.sentence.en}"
        for formula in self._says(rule):
            yield Constraint(Implies(self._chosen(rule.when), formula) if rule.when else formula, comment)
            comment = ""

    def _says(self, rule: Rule) -> Iterator[Formula]:
        if rule.requires:
            yield self._chosen(rule.requires)
        if rule.excludes:
            yield Not(self._any(self._options(rule.excludes)))
        if rule.of:
            yield from self._counts(rule)

    def _counts(self, rule: Rule) -> Iterator[Formula]:
        """Of a group one option is chosen at most: groups are counted, each as one of its options."""
        counted = [self._any(self._options({group: options})) for group, options in rule.of.items()]
        if rule.at_least is not None:
            yield from self._at_least(rule, counted, rule.at_least)
        if rule.at_most is not None:
            yield from (Not(each) for each in self._more_than(rule, counted, rule.at_most))

    def _at_least(self, rule: Rule, counted: list[Formula], number: int) -> Iterator[Formula]:
        size = len(counted) - number + 1
        if comb(len(counted), size) <= MOST_COMBINATIONS:
            yield from (_joined(Or, each) for each in combinations(counted, size))
        else:
            yield self._count(rule, counted, number)

    def _more_than(self, rule: Rule, counted: list[Formula], number: int) -> Iterator[Formula]:
        if comb(len(counted), number + 1) <= MOST_COMBINATIONS:
            yield from (_joined(And, each) for each in combinations(counted, number + 1))
        else:
            yield self._count(rule, counted, number + 1)

    def _count(self, rule: Rule, counted: list[Formula], number: int) -> Formula:
        """The feature that is selected exactly where at least so many of the formulas are true.

        A sequential counter (Sinz 2005): n-k says that at least k of the first n are; no product more or less.
        """
        for first, formula in enumerate(counted, start=1):
            for least in range(1, min(first, number) + 1):
                enough = _counter(rule, first - 1, least) if least < first else None
                one_more = And((formula, _counter(rule, first - 1, least - 1))) if least > 1 else formula
                meaning = Or((enough, one_more)) if enough else one_more
                feature = _counter(rule, first, least)
                self._counters[feature.name] = Constraint(Iff(feature, meaning))
        return _counter(rule, len(counted), number)

    def _chosen(self, choices: Choices) -> Formula:
        """Each group has one of the options named."""
        return _joined(And, (self._any(self._options({group: row})) for group, row in choices.items()))

    def _options(self, choices: Choices) -> Iterator[Formula]:
        """The options that are offered: one that has been retired is never chosen."""
        for group, options in choices.items():
            yield from (Named(option_name(group, each)) for each in options if each in self._offered[group])

    def _any(self, formulas: Iterable[Formula]) -> Formula:
        found = tuple(formulas)
        return _joined(Or, found) if found else Not(Named(self._root))


def _joined(sign: type[And] | type[Or], formulas: Iterable[Formula]) -> Formula:
    parts = tuple(formulas)
    return sign(parts) if len(parts) > 1 else parts[0]


def _counter(rule: Rule, first: int, least: int) -> Named:
    """No option's id starts with a digit, so that no option is called so."""
    return Named(f"{rule.id}/{first}-{least}")


def _group(group: Group) -> Feature:
    options = tuple(
        Feature(
            option_name(group.id, option.id),
            attributes={"id": option.id, **_names(option.name), **({"price": option.price} if option.price else {})},
        )
        for option in group.offered
    )
    attributes: dict[str, Value] = {"abstract": True, **_names(group.name)}
    return Feature(group.id, (FeatureGroup("alternative", options),), attributes)


def _names(name: Text) -> dict[str, Value]:
    return {"name_ko": name.ko, "name_en": name.en}

"""What of a feature model can be chosen: its features as groups of options, and when each feature is selected.

| in the file | in the product |
|---|---|
| the top, a mandatory feature, the only one of an `or` or `alternative` group | selected with its parent: no choice |
| an `alternative` group | a group of which one option is chosen |
| an optional feature | a group of two options, without and with it |
| an `or` group | such a group for each feature, and a rule: at least one with |
| an optional feature that a constraint says when to select, by options chosen before | a condition: no choice |

Groups below a feature that need not be selected exist only while it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from configurator.uvl import phrases
from configurator.uvl.cnf import Presence
from configurator.uvl.errors import ODD_PRICE, PRICE_LEFT_OUT, Finding, UvlError
from configurator.uvl.model import And, Constraint, Feature, FeatureGroup, FeatureModel, Formula, Iff, Named, Or, Value
from configurator.uvl.slugs import Slugs

WITH, WITHOUT = "with", "without"


@dataclass
class Layout:
    """Groups as rows of a definition, and what is needed to say rules about them."""

    groups: list[dict[str, Any]] = field(default_factory=list)
    presences: dict[str, Presence] = field(default_factory=dict)
    chosen_by: dict[tuple[str, str], Feature] = field(default_factory=dict)
    needed: list[tuple[FeatureGroup, Presence]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def name(self, group: str, option: str) -> phrases.Texts:
        return phrases.names_of(self.chosen_by[group, option])

    def reason(self, presence: Presence) -> phrases.Texts:
        """What is chosen while the presence holds."""
        found = [[self.name(group, option) for option in options] for group, options in presence.items()]
        return {
            language: " + ".join(" / ".join(name[language] for name in names) for names in found)
            for language in ("ko", "en")
        }


def lay_out(model: FeatureModel) -> Layout:
    """The layout of a model; raises UvlError for a price that is none.

    `used` has the constraints, by identity, that conditions of groups say already; `needed` the `or` groups.
    """
    return _Walk(model).layout


class _Walk:
    def __init__(self, model: FeatureModel) -> None:
        self.layout = Layout()
        self._ids = Slugs()
        self._definitions = dict(_definitions(model.constraints))
        self._select(model.root, {}, is_choice=False)

    def _select(self, feature: Feature, presence: Presence, *, is_choice: bool) -> None:
        """The feature is selected exactly while the presence says so: go on below it.

        It is, or comes with, an option that customers choose, or else nobody pays for it.
        """
        self.layout.presences[feature.name] = presence
        if _own_price(feature) and not is_choice:
            self.layout.findings.append(Finding(feature.line, PRICE_LEFT_OUT, {"name": feature.name}))
        choices = [group for group in feature.groups if group.kind == "alternative" and len(group.features) > 1]
        for group in feature.groups:
            if group in choices:
                self._alternative(feature, group, presence, number=choices.index(group) + 1)
            elif _is_always(group):
                for child in group.features:
                    self._select(child, presence, is_choice=is_choice)
            else:
                self._each_or_none(feature, group, presence)

    def _alternative(self, parent: Feature, group: FeatureGroup, presence: Presence, *, number: int) -> None:
        names = phrases.names_of(parent)
        if number > 1:
            names = {language: f"{text} {number}" for language, text in names.items()}
        slugs = Slugs()
        ids = [slugs.unique(child.attributes.get("id"), child.name) for child in group.features]
        options: list[dict[str, Any]] = [
            {"id": option, "name": phrases.names_of(child), **_price(child)}
            for option, child in zip(ids, group.features, strict=True)
        ]
        group_id = self._group_id(parent, number)
        self._row(group_id, names, options, presence)
        for option, child in zip(ids, group.features, strict=True):
            self._choose(group_id, option, child)

    def _each_or_none(self, parent: Feature, group: FeatureGroup, presence: Presence) -> None:
        """The features of an `optional` or `or` group: each is chosen or not."""
        if group.kind == "or":
            self.layout.needed.append((group, presence))
        for child in group.features:
            defined = self._definition(child) if group.kind == "optional" and not presence else None
            if defined is not None:
                self._select(child, defined, is_choice=False)
                continue
            names = phrases.names_of(child)
            present, absent = phrases.with_and_without(names)
            options: list[dict[str, Any]] = [
                {"id": WITHOUT, "name": absent},
                {"id": WITH, "name": present, **_price(child)},
            ]
            group_id = self._group_id(child)
            self._row(group_id, names, options, presence)
            self._choose(group_id, WITH, child)

    def _group_id(self, feature: Feature, number: int = 1) -> str:
        """A new identifier for the feature's own choice, or for one of its groups after the first."""
        if number > 1:
            return self._ids.unique(None, f"{feature.name} {number}")
        return self._ids.unique(feature.attributes.get("id"), feature.name)

    def _row(self, group_id: str, names: phrases.Texts, options: list[dict[str, Any]], presence: Presence) -> None:
        row: dict[str, Any] = {"id": group_id, "name": names, "options": options}
        if presence:
            row["when"] = {group: list(options) for group, options in presence.items()}
            row["sentence"] = phrases.exists_only_with(self.layout.reason(presence))
        self.layout.groups.append(row)

    def _choose(self, group_id: str, option: str, child: Feature) -> None:
        self.layout.chosen_by[group_id, option] = child
        self._select(child, {group_id: (option,)}, is_choice=True)

    def _definition(self, feature: Feature) -> Presence | None:
        """When a constraint says that the feature is selected, if it says so by options that come before it."""
        found = self._definitions.get(feature.name)
        if found is None:
            return None
        constraint, condition = found
        presence = self._condition(condition)
        if presence is None:
            del self._definitions[feature.name]
        else:
            self.layout.used.add(id(constraint))
        return presence

    def _condition(self, formula: Formula) -> Presence | None:
        presence: dict[str, tuple[str, ...]] = {}
        for part in formula.parts if isinstance(formula, And) else (formula,):
            names = part.parts if isinstance(part, Or) else (part,)
            rows = [self.layout.presences.get(each.name, {}) if isinstance(each, Named) else {} for each in names]
            groups = {group for row in rows for group in row}
            if len(groups) != 1 or not all(len(row) == 1 for row in rows) or groups & presence.keys():
                return None
            (group,) = groups
            presence[group] = tuple(dict.fromkeys(option for row in rows for option in row[group]))
        return presence


def _definitions(constraints: Iterable[Constraint]) -> Iterable[tuple[str, tuple[Constraint, Formula]]]:
    for constraint in reversed(tuple(constraints)):
        match constraint.formula:
            case Iff(Named(name), condition) | Iff(condition, Named(name)):
                yield name, (constraint, condition)


def _price(feature: Feature) -> dict[str, int]:
    """The price of an option with all that comes with it; nothing for 0."""
    price = _own_price(feature) + sum(_price_of_all(group) for group in feature.groups)
    return {"price": price} if price else {}


def _price_of_all(group: FeatureGroup) -> int:
    return sum(_price(child).get("price", 0) for child in group.features) if _is_always(group) else 0


def _is_always(group: FeatureGroup) -> bool:
    """Whether all of the group's features are selected with the parent."""
    return group.kind == "mandatory" or (group.kind != "optional" and len(group.features) == 1)


def _own_price(feature: Feature) -> int:
    value: Value | None = _attribute(feature.attributes, "price")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UvlError(feature.line, feature.column, ODD_PRICE, found=value)
    return value


def _attribute(attributes: Mapping[str, Value], wanted: str) -> Value | None:
    return next((value for key, value in attributes.items() if key.lower() == wanted), None)

"""From a UVL file to the draft of a product: what can be chosen, the rules, and where to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from configurator.definition import Group, Rule
from configurator.rules import ABSENT, RulesEngine
from configurator.rules.solver import Solver
from configurator.uvl import phrases
from configurator.uvl.cnf import Clause, Presence, clauses_of
from configurator.uvl.errors import (
    ALL_PAID,
    IMPOSSIBLE,
    MOST_NAMED,
    MOST_RULES,
    NEVER,
    NOTHING_TO_CHOOSE,
    TOO_LARGE_RULES,
    TOO_MANY_RULES,
    VOID,
    Finding,
    UvlError,
)
from configurator.uvl.layout import WITH, Layout, lay_out
from configurator.uvl.model import FeatureGroup, FeatureModel
from configurator.uvl.reader import read_model
from configurator.uvl.slugs import slug_of

Data = dict[str, Any]


@dataclass(frozen=True)
class ImportedProduct:
    """What a UVL file says about a product: the JSON data of a definition that still lacks what the file cannot say."""

    model: FeatureModel
    data: Data
    lines: Mapping[str, int]
    notes: tuple[Finding, ...]

    @cached_property
    def engine(self) -> RulesEngine:
        return engine_of(self.data)

    def findings(self) -> list[Finding]:
        """What a maker should know: options that can never be chosen, prices that found no place."""
        names = {
            (group["id"], option["id"]): option["name"] for group in self.data["groups"] for option in group["options"]
        }
        impossible = []
        for choice, why in self.engine.blocked({}).items():
            lines = lines_of(why.rules, self.lines)
            impossible.append(
                Finding(lines[0], IMPOSSIBLE, {"name": names[choice], "lines": ", ".join(map(str, lines))})
            )
        return [*self.notes, *impossible]


def draft_from_uvl(text: str) -> Data:
    """The JSON data of a definition, as far as a UVL file says it: slug, name, groups, rules, preset.

    It has exactly as many valid designs as the file has valid products. Raises UvlError for what lies outside
    the Boolean core, and for a file that allows no product or only one.
    """
    return import_uvl(text).data


def import_uvl(text: str) -> ImportedProduct:
    """As draft_from_uvl, with what else is known about the import."""
    model = read_model(text)
    layout = lay_out(model)
    root = model.root
    if not layout.groups:
        _refuse_contradictions(model, layout)
        raise UvlError(root.line, root.column, NOTHING_TO_CHOOSE)
    rules, lines = _rules(model, layout)
    identifier = root.attributes.get("id")
    data: Data = {
        "schema_version": 1,
        "slug": slug_of(identifier if isinstance(identifier, str) else root.name),
        "name": phrases.names_of(root),
        "groups": layout.groups,
        "rules": rules,
    }
    engine = engine_of(data)
    if not engine.is_valid({}):
        found = lines_of(engine.broken_rules({}), lines)
        raise UvlError(found[0], 1, VOID, lines=", ".join(map(str, found)))
    data["preset"] = _preset(data, engine)
    notes = layout.findings if data["preset"] else [*layout.findings, Finding(root.line, ALL_PAID)]
    return ImportedProduct(model, data, lines, tuple(notes))


def engine_of(data: Data) -> RulesEngine:
    """The rules engine of a draft that may lack everything but groups and rules."""
    groups = {
        row["id"]: [*(option["id"] for option in row["options"]), *([ABSENT] if row.get("when") else [])]
        for row in data["groups"]
    }
    rules = (Rule.model_validate(row).clauses() for row in data["rules"])
    # What a group lacks in a draft has no part in its condition.
    conditions = (Group.model_construct(**{"when": {}, **row}).clauses() for row in data["groups"])
    return RulesEngine(groups, chain.from_iterable(chain(rules, conditions)))


def lines_of(rules: Sequence[str], lines: Mapping[str, int]) -> list[int]:
    """The lines of the file that rules come from; conditions of groups stand with the features, and are left out."""
    return sorted({lines[rule] for rule in rules if rule in lines}) or [1]


def _rules(model: FeatureModel, layout: Layout) -> tuple[list[Data], dict[str, int]]:
    """The rules as rows of a definition, and the line of each."""
    rows: list[Data] = []
    lines: dict[str, int] = {}
    for line, column, says in _statements(model, layout):
        if len(rows) == MOST_RULES:
            raise UvlError(line, column, TOO_MANY_RULES, most=MOST_RULES)
        identifier, number = f"line-{line}", 1
        while identifier in lines:
            number += 1
            identifier = f"line-{line}-{number}"
        lines[identifier] = line
        rows.append({"id": identifier, **says})
    return rows, lines


def _statements(model: FeatureModel, layout: Layout) -> Iterator[tuple[int, int, Data]]:
    """What each rule says, and where it stands in the file."""
    for group, presence in layout.needed:
        yield group.line, group.column, _one_of(group, presence, layout)
    order = {row["id"]: number for number, row in enumerate(layout.groups)}
    named = 0
    for constraint in model.constraints:
        if id(constraint) in layout.used:
            continue
        clauses = clauses_of(constraint, layout.presences)
        named += sum(map(len, clauses))
        if named > MOST_NAMED:
            raise UvlError(constraint.line, constraint.column, TOO_LARGE_RULES, most=MOST_NAMED)
        for clause in clauses:
            if not clause:
                raise UvlError(constraint.line, constraint.column, NEVER)
            says = _says(clause, layout, order)
            if says:
                yield constraint.line, constraint.column, says


def _one_of(group: FeatureGroup, presence: Presence, layout: Layout) -> Data:
    """The rule of an `or` group: at least one of its features, while the parent is selected."""
    of = {next(iter(layout.presences[child.name])): [WITH] for child in group.features}
    names = [phrases.names_of(child) for child in group.features]
    sentence = phrases.at_least_one(names, layout.reason(presence) if presence else None)
    when = {"when": {group: list(options) for group, options in presence.items()}} if presence else {}
    return {"sentence": sentence, **when, "of": of, "at_least": 1}


def _says(clause: Clause, layout: Layout, order: Mapping[str, int]) -> Data | None:
    """A clause as one statement of a rule with its sentence; None when it says nothing."""
    literals = sorted(clause, key=lambda literal: (order[literal[0]], literal[1]))
    causes = [(group, option) for group, option, chosen in literals if not chosen]
    wanted: dict[str, list[str]] = {}
    for group, option, chosen in literals:
        if chosen:
            wanted.setdefault(group, []).append(option)
    if any(_is_certain(layout.groups[order[group]], options) for group, options in wanted.items()):
        return None
    names = [layout.name(*cause) for cause in causes]
    when = {"when": {group: [option] for group, option in causes}} if causes else {}
    if wanted:
        options = [layout.name(group, option) for group, row in wanted.items() for option in row]
        sentence = phrases.needs(names, options) if causes else phrases.at_least_one(options, None)
        if causes and len(wanted) == 1:
            return {"sentence": sentence, **when, "requires": wanted}
        return {"sentence": sentence, **when, "of": wanted, "at_least": 1}
    group, option = causes[-1]
    sentence = phrases.excludes(names[:-1], names[-1])
    if len(causes) == 1:
        return {"sentence": sentence, "of": {group: [option]}, "at_most": 0}
    return {
        "sentence": sentence,
        "when": {group: [option] for group, option in causes[:-1]},
        "excludes": {group: [option]},
    }


def _is_certain(row: Data, options: Sequence[str]) -> bool:
    return not row.get("when") and len(options) == len(row["options"])


def _preset(data: Data, engine: RulesEngine) -> dict[str, str]:
    """A valid design without paid options, in each group the first option that can be; empty when there is none."""
    solver, number = Solver(engine.book, named=False), engine.book.number
    assumed = [
        -number((group["id"], option["id"]))
        for group in data["groups"]
        for option in group["options"]
        if option.get("price")
    ]
    if not solver.has_design(assumed):
        return {}
    design = solver.found()
    for group, options in engine.groups.items():
        for choice in ((group, option) for option in (*(each for each in options if each != ABSENT), ABSENT)):
            if choice not in engine.book.numbers:
                continue
            wanted = number(choice)
            if design >> wanted & 1 or solver.has_design([*assumed, wanted]):
                assumed.append(wanted)
                design = design if design >> wanted & 1 else solver.found()
                break
    return engine.book.design(design)


def _refuse_contradictions(model: FeatureModel, layout: Layout) -> None:
    for constraint in model.constraints:
        if clauses_of(constraint, layout.presences):
            raise UvlError(constraint.line, constraint.column, NEVER)

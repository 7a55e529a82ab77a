"""A feature model as UVL's Boolean core can say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

GroupKind = Literal["mandatory", "optional", "or", "alternative"]
Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value]"


@dataclass(frozen=True)
class Feature:
    """A feature with its attributes and the groups below it."""

    name: str
    groups: tuple[FeatureGroup, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    def walk(self) -> Iterator[Feature]:
        """This feature and all below it, in the file's order."""
        yield self
        for group in self.groups:
            for child in group.features:
                yield from child.walk()


@dataclass(frozen=True)
class FeatureGroup:
    """Where the parent is selected: all, any number, at least one or exactly one of the features."""

    kind: GroupKind
    features: tuple[Feature, ...]
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Named:
    """True when the feature is selected."""

    name: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Not:
    inner: Formula


@dataclass(frozen=True)
class And:
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Implies:
    left: Formula
    right: Formula


@dataclass(frozen=True)
class Iff:
    left: Formula
    right: Formula


Formula: TypeAlias = Named | Not | And | Or | Implies | Iff


@dataclass(frozen=True)
class Constraint:
    """A formula that every product keeps; `comment` is for people."""

    formula: Formula
    comment: str = field(default="", compare=False)
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)


@dataclass(frozen=True)
class FeatureModel:
    """A tree of features and the constraints across it."""

    root: Feature
    constraints: tuple[Constraint, ...] = ()
    namespace: str = ""

    def features(self) -> Iterator[Feature]:
        return self.root.walk()


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly inside a formula."""
    match formula:
        case Not(inner):
            return (inner,)
        case And(parts) | Or(parts):
            return parts
        case Implies(left, right) | Iff(left, right):
            return (left, right)
    return ()


def subformulas(formula: Formula) -> Iterator[tuple[Formula, int]]:
    """A formula and all inside it with their depths, from 1; works at any depth."""
    todo = [(formula, 1)]
    while todo:
        each, depth = todo.pop()
        yield each, depth
        todo += ((part, depth + 1) for part in reversed(parts_of(each)))

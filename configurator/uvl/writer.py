"""From feature models, and from product definitions, to UVL files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from configurator.definition import ProductDefinition
from configurator.uvl.export import model_of
from configurator.uvl.model import (
    And,
    Feature,
    FeatureModel,
    Formula,
    Iff,
    Implies,
    Named,
    Not,
    Or,
    Value,
)
from configurator.uvl.names import written_name

LOOSEST, TIGHTEST = 1, 5


def definition_as_uvl(definition: ProductDefinition) -> str:
    """The groups, offered options and rules of a definition as a UVL file.

    The file has exactly as many valid products as the definition has valid designs, and import_uvl reads it.
    """
    return text_of(model_of(definition))


def text_of(model: FeatureModel) -> str:
    """A model as a UVL file, indented with tabs; read_model gives the same model for it."""
    return "".join(f"{line}\n" for line in _lines(model))


def _lines(model: FeatureModel) -> Iterator[str]:
    if model.namespace:
        yield f"namespace {written_name(model.namespace)}"
        yield ""
    yield "features"
    yield from _feature(model.root, "\t")
    if model.constraints:
        yield ""
        yield "constraints"
    for constraint in model.constraints:
        if constraint.comment:
            yield f"\t// {' '.join(constraint.comment.split())}"
        yield f"\t{_formula(constraint.formula)}"


def _feature(feature: Feature, margin: str) -> Iterator[str]:
    attributes = f" {_attributes(feature.attributes)}" if feature.attributes else ""
    yield f"{margin}{written_name(feature.name)}{attributes}"
    for group in feature.groups:
        yield f"{margin}\t{group.kind}"
        for child in group.features:
            yield from _feature(child, f"{margin}\t\t")


def _attributes(attributes: Mapping[str, Value]) -> str:
    rows = (
        written_name(key) if value is True else f"{written_name(key)} {_value(value)}"
        for key, value in attributes.items()
    )
    return f"{{{', '.join(rows)}}}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case str():
            # UVL's strings know no escapes: they end at the next apostrophe or line.
            return f"'{' '.join(value.replace(chr(39), '’').splitlines())}'"
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return _attributes(value)


def _formula(formula: Formula, around: int = 0) -> str:
    """A formula, in parentheses where what stands around it binds tighter than its own sign."""
    match formula:
        case Named(name):
            return written_name(name)
        case Not(inner):
            return f"!{_formula(inner, TIGHTEST)}"
        case And(parts):
            text, strength = " & ".join(_formula(part, 5) for part in parts), 4
        case Or(parts):
            text, strength = " | ".join(_formula(part, 4) for part in parts), 3
        case Implies(left, right):
            text, strength = f"{_formula(left, 3)} => {_formula(right, 3)}", 2
        case Iff(left, right):
            text, strength = f"{_formula(left, 2)} <=> {_formula(right, 2)}", LOOSEST
    return f"({text})" if strength < around else text

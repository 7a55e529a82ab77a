"""From a UVL file to a feature model: the Boolean core of the language, and a clear no to the rest.

The language: https://universal-variability-language.github.io/. Namespaces and language levels are read and
mean nothing here; what a level would allow is refused where it is used.
"""

from __future__ import annotations

from decimal import Decimal

from configurator.uvl.cursor import Cursor
from configurator.uvl.errors import (
    DOUBLED,
    EXPECTED_GROUP,
    EXPECTED_SECTION,
    EXPECTED_VALUE,
    FEATURE_CARDINALITY,
    GROUP_CARDINALITY,
    IMPORTS,
    MOST_CHILDREN,
    MOST_CONSTRAINTS,
    MOST_FEATURES,
    NO_FEATURES,
    ONE_ROOT,
    TOO_MANY_CHILDREN,
    TOO_MANY_CONSTRAINTS,
    TOO_MANY_FEATURES,
    TYPED,
    UNKNOWN,
    UvlError,
)
from configurator.uvl.formulas import read_constraint
from configurator.uvl.lexer import Token, tokens_of
from configurator.uvl.model import (
    Constraint,
    Feature,
    FeatureGroup,
    FeatureModel,
    GroupKind,
    Named,
    Value,
    subformulas,
)

KINDS: dict[str, GroupKind] = {
    "mandatory": "mandatory",
    "optional": "optional",
    "or": "or",
    "alternative": "alternative",
}
TYPES = ("Boolean", "Integer", "Real", "String")


def read_model(text: str) -> FeatureModel:
    """The feature model of a UVL file; raises UvlError with the place of the first mistake."""
    return _Reader(text).model()


class _Reader:
    def __init__(self, text: str) -> None:
        self._cursor = Cursor(tokens_of(text))
        self._lines: dict[str, int] = {}
        self._constraints: list[Constraint] = []

    def model(self) -> FeatureModel:
        cursor = self._cursor
        namespace = self._namespace()
        if cursor.takes("name", "include"):
            self._levels()
        if cursor.is_at("name", "imports"):
            cursor.refuse(IMPORTS)
        if cursor.is_at("end"):
            cursor.refuse(NO_FEATURES)
        if not cursor.takes("name", "features"):
            cursor.refuse(EXPECTED_SECTION, found=cursor.token.shown)
        root = self._tree()
        if cursor.takes("name", "constraints"):
            self._cross_tree()
        if not cursor.is_at("end"):
            cursor.refuse(EXPECTED_SECTION, found=cursor.token.shown)
        self._check_names()
        return FeatureModel(root, tuple(self._constraints), namespace)

    def _namespace(self) -> str:
        if not self._cursor.takes("name", "namespace"):
            return ""
        parts = []
        while not self._cursor.takes("newline"):
            parts.append(self._cursor.take().text)
        return "".join(parts)

    def _levels(self) -> None:
        self._cursor.expect_line_end()
        self._cursor.expect_deeper()
        while not self._cursor.takes("dedent"):
            self._cursor.take()

    def _tree(self) -> Feature:
        cursor = self._cursor
        cursor.expect_line_end()
        if not cursor.takes("indent"):
            cursor.refuse(NO_FEATURES)
        root = self._feature()
        if not cursor.takes("dedent"):
            cursor.refuse(ONE_ROOT, found=cursor.token.shown)
        return root

    def _feature(self) -> Feature:
        cursor = self._cursor
        self._refuse_type()
        name = cursor.name()
        self._declare(name)
        if cursor.is_at("name", "cardinality"):
            cursor.refuse(FEATURE_CARDINALITY, found=cursor.next.text)
        attributes = self._attributes() if cursor.takes("symbol", "{") else {}
        cursor.expect_line_end()
        groups = []
        if cursor.takes("indent"):
            while not cursor.takes("dedent"):
                groups.append(self._group())
        return Feature(name.text, tuple(groups), attributes, name.line, name.column)

    def _refuse_type(self) -> None:
        token = self._cursor.token
        if self._cursor.is_at("name", *TYPES) and self._cursor.next.kind in ("name", "quoted"):
            if token.text != "Boolean":
                self._cursor.refuse(TYPED, found=token.text)
            self._cursor.take()

    def _declare(self, name: Token) -> None:
        if name.text in self._lines:
            self._cursor.refuse(DOUBLED, at=name, name=name.text, first=self._lines[name.text])
        self._lines[name.text] = name.line
        if len(self._lines) > MOST_FEATURES:
            self._cursor.refuse(TOO_MANY_FEATURES, at=name, most=MOST_FEATURES)

    def _group(self) -> FeatureGroup:
        cursor, token = self._cursor, self._cursor.token
        if token.kind == "cardinality":
            cursor.refuse(GROUP_CARDINALITY, found=token.text)
        if token.kind != "name" or token.text not in KINDS:
            cursor.refuse(EXPECTED_GROUP, found=token.shown)
        cursor.take()
        cursor.expect_line_end()
        cursor.expect_deeper()
        features = []
        while not cursor.takes("dedent"):
            features.append(self._feature())
            # Each pair of alternatives excludes each other: their number counts twice.
            if token.text == "alternative" and len(features) > MOST_CHILDREN:
                cursor.refuse(TOO_MANY_CHILDREN, at=token, most=MOST_CHILDREN)
        return FeatureGroup(KINDS[token.text], tuple(features), token.line, token.column)

    def _attributes(self) -> dict[str, Value]:
        """Attributes up to the closing brace; constraints among them join those of the file."""
        cursor = self._cursor
        found: dict[str, Value] = {}
        while not cursor.takes("symbol", "}"):
            if cursor.is_at("name", "constraint", "constraints"):
                self._own_constraints(several=cursor.take().text == "constraints")
            else:
                key = cursor.name()
                found[key.text] = True if cursor.is_at("symbol", ",", "}") else self._value()
            if not cursor.is_at("symbol", "}"):
                cursor.expect_symbol(",")
        return found

    def _own_constraints(self, *, several: bool) -> None:
        cursor = self._cursor
        if not several:
            self._add(read_constraint(cursor))
            return
        cursor.expect_symbol("[")
        while not cursor.takes("symbol", "]"):
            self._add(read_constraint(cursor))
            if not cursor.is_at("symbol", "]"):
                cursor.expect_symbol(",")

    def _value(self) -> Value:
        cursor = self._cursor
        token = cursor.take()
        match token.kind, token.text:
            case "string" | "quoted", _:
                return token.text
            case "number", text:
                return Decimal(text) if "." in text else int(text)
            case "name", "true" | "false":
                return token.text == "true"
            case "symbol", "{":
                return self._attributes()
            case "cardinality", text if ".." not in text:
                return [int(text[1:-1])]
            case "symbol", "[":
                return self._vector()
        raise cursor.refusal(EXPECTED_VALUE, at=token, found=token.shown)

    def _vector(self) -> list[Value]:
        found: list[Value] = []
        while not self._cursor.takes("symbol", "]"):
            found.append(self._value())
            if not self._cursor.is_at("symbol", "]"):
                self._cursor.expect_symbol(",")
        return found

    def _cross_tree(self) -> None:
        cursor = self._cursor
        cursor.expect_line_end()
        if not cursor.takes("indent"):
            return
        while not cursor.takes("dedent"):
            self._add(read_constraint(cursor))
            cursor.expect_line_end()

    def _add(self, constraint: Constraint) -> None:
        self._constraints.append(constraint)
        if len(self._constraints) > MOST_CONSTRAINTS:
            raise UvlError(constraint.line, constraint.column, TOO_MANY_CONSTRAINTS, most=MOST_CONSTRAINTS)

    def _check_names(self) -> None:
        for constraint in self._constraints:
            for each, _ in subformulas(constraint.formula):
                if isinstance(each, Named) and each.name not in self._lines:
                    raise UvlError(each.line, each.column, UNKNOWN, name=each.name)

"""Constraints: `!` binds most, then `&`, `|`, `=>` and `<=>`; arrows in a row group from the left.

So says the grammar of the language, in the repository Universal-Variability-Language/uvl-parser.
"""

from __future__ import annotations

from configurator.uvl.cursor import Cursor
from configurator.uvl.errors import AGGREGATE, ARITHMETIC, DEEPEST, EXPECTED_FORMULA, TOO_DEEP, VALUE_IN_FORMULA
from configurator.uvl.model import And, Constraint, Formula, Iff, Implies, Named, Not, Or, subformulas

CALCULATING = ("==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/")
FUNCTIONS = ("sum", "avg", "len", "floor", "ceil")


def read_constraint(cursor: Cursor) -> Constraint:
    """The constraint that starts here; the cursor stands behind it. Raises UvlError for all but Boolean formulas."""
    start = cursor.token
    formula = _equivalence(cursor)
    _refuse_calculation(cursor)
    if any(depth > DEEPEST for _, depth in subformulas(formula)):
        cursor.refuse(TOO_DEEP, at=start, most=DEEPEST)
    return Constraint(formula, line=start.line, column=start.column)


def _equivalence(cursor: Cursor) -> Formula:
    formula = _implication(cursor)
    while cursor.takes("symbol", "<=>"):
        formula = Iff(formula, _implication(cursor))
    return formula


def _implication(cursor: Cursor) -> Formula:
    formula = _disjunction(cursor)
    while cursor.takes("symbol", "=>"):
        formula = Implies(formula, _disjunction(cursor))
    return formula


def _disjunction(cursor: Cursor) -> Formula:
    parts = [_conjunction(cursor)]
    while cursor.takes("symbol", "|"):
        parts.append(_conjunction(cursor))
    return Or(tuple(parts)) if len(parts) > 1 else parts[0]


def _conjunction(cursor: Cursor) -> Formula:
    parts = [_negation(cursor)]
    while cursor.takes("symbol", "&"):
        parts.append(_negation(cursor))
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def _negation(cursor: Cursor) -> Formula:
    start, signs = cursor.token, 0
    while cursor.takes("symbol", "!"):
        signs += 1
    if signs > DEEPEST:
        cursor.refuse(TOO_DEEP, at=start, most=DEEPEST)
    formula = _term(cursor)
    for _ in range(signs):
        formula = Not(formula)
    return formula


def _term(cursor: Cursor) -> Formula:
    if cursor.takes("symbol", "("):
        formula = _equivalence(cursor)
        _refuse_calculation(cursor)
        cursor.expect_symbol(")")
        return formula
    token = cursor.token
    if token.kind in ("number", "string"):
        cursor.refuse(VALUE_IN_FORMULA, found=token.text)
    if token.kind == "name" and token.text in FUNCTIONS and cursor.next.text == "(":
        cursor.refuse(AGGREGATE, found=token.text)
    if token.kind not in ("name", "quoted"):
        cursor.refuse(EXPECTED_FORMULA, found=token.shown)
    name = cursor.name()
    return Named(name.text, name.line, name.column)


def _refuse_calculation(cursor: Cursor) -> None:
    # A number takes its minus sign along: `Inch -1` is a subtraction too.
    if cursor.is_at("symbol", *CALCULATING) or cursor.is_at("number"):
        cursor.refuse(ARITHMETIC, found=cursor.token.text)

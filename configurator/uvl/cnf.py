"""Constraints as clauses over the choices of a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import product

from configurator.uvl.errors import EXPLODES, MOST_CLAUSES, UvlError
from configurator.uvl.model import And, Constraint, Formula, Iff, Implies, Named, Not, Or

Presence = Mapping[str, tuple[str, ...]]
"""When a feature is selected: while each group named has one of the options named; always, when it is empty."""

Literal = tuple[str, str, bool]
"""Group, option, and whether it is chosen or not."""

Clause = frozenset[Literal]
"""At least one of the literals is true."""


def clauses_of(constraint: Constraint, presences: Mapping[str, Presence]) -> list[Clause]:
    """Clauses that hold together exactly where the constraint does; none is empty unless it can never hold.

    By distribution, without new variables, so that each is a rule that a person understands; raises UvlError
    before the work when there would be too many.
    """
    distribution = _Distribution(presences)
    formula = _without_arrows(constraint.formula)
    if distribution.count(formula)[0] > MOST_CLAUSES:
        raise UvlError(constraint.line, constraint.column, EXPLODES, most=MOST_CLAUSES)
    return _smallest(distribution.clauses(formula, True))


def _without_arrows(formula: Formula) -> Formula:
    """The same formula of !, & and |; the sides of an equivalence are shared, not copied."""
    match formula:
        case Not(inner):
            return Not(_without_arrows(inner))
        case And(parts):
            return And(tuple(map(_without_arrows, parts)))
        case Or(parts):
            return Or(tuple(map(_without_arrows, parts)))
        case Implies(left, right):
            return Or((Not(_without_arrows(left)), _without_arrows(right)))
        case Iff(left, right):
            one, other = _without_arrows(left), _without_arrows(right)
            return And((Or((Not(one), other)), Or((Not(other), one))))
    return formula


class _Distribution:
    """Counts and writes clauses. Counts come first and stop above the limit, so that no formula costs much."""

    def __init__(self, presences: Mapping[str, Presence]) -> None:
        self._presences = presences
        self._counts: dict[int, tuple[int, int]] = {}

    def count(self, formula: Formula) -> tuple[int, int]:
        """How many clauses the formula becomes, and how many its negation does, both cut off above the limit."""
        if id(formula) not in self._counts:
            self._counts[id(formula)] = self._counted(formula)
        return self._counts[id(formula)]

    def _counted(self, formula: Formula) -> tuple[int, int]:
        match formula:
            case Not(inner):
                return self.count(inner)[1], self.count(inner)[0]
            case And(parts):
                true, false = zip(*map(self.count, parts), strict=True)
                return _sum(true), _product(false)
            case Or(parts):
                true, false = zip(*map(self.count, parts), strict=True)
                return _product(true), _sum(false)
            case Named(name):
                presence = self._presences[name]
                return len(presence), _product(map(len, presence.values()))
        raise TypeError(formula)

    def clauses(self, formula: Formula, sign: bool) -> list[Clause]:
        """The clauses of the formula, or of its negation; ask only for what `count` found to be few."""
        match formula:
            case Not(inner):
                return self.clauses(inner, not sign)
            case And(parts) if sign:
                return self._all(parts, sign)
            case Or(parts) if not sign:
                return self._all(parts, sign)
            case And(parts) | Or(parts):
                return self._any(parts, sign)
            case Named(name) if sign:
                return [
                    frozenset((group, option, True) for option in options)
                    for group, options in self._presences[name].items()
                ]
            case Named(name):
                sides = ([(group, option, False) for option in row] for group, row in self._presences[name].items())
                return [frozenset(each) for each in product(*sides)]
        raise TypeError(formula)

    def _all(self, parts: Iterable[Formula], sign: bool) -> list[Clause]:
        return [clause for part in parts for clause in self.clauses(part, sign)]

    def _any(self, parts: tuple[Formula, ...], sign: bool) -> list[Clause]:
        # One part that always holds is enough; the others are then not worth writing, nor few.
        if any(self.count(part)[not sign] == 0 for part in parts):
            return []
        sides = (self.clauses(part, sign) for part in parts)
        return reduce(lambda left, right: [one | other for one in left for other in right], sides, [frozenset()])


def _sum(numbers: Iterable[int]) -> int:
    return min(sum(numbers), MOST_CLAUSES + 1)


def _product(numbers: Iterable[int]) -> int:
    found = 1
    for number in numbers:
        found = min(found * number, MOST_CLAUSES + 1)
        if not found:
            return 0
    return found


def _smallest(clauses: Iterable[Clause]) -> list[Clause]:
    """Each clause once, without those that always hold or that another one implies."""
    kept: list[Clause] = []
    for clause in sorted({each: None for each in map(_plain, clauses) if each is not None}, key=len):
        if not any(other <= clause for other in kept):
            kept.append(clause)
    return kept


def _plain(clause: Clause) -> Clause | None:
    """A clause without what its own negative literals rule out; None when it always holds.

    Two options of a group are never chosen together: where one is not meant to be, the other need not be named.
    """
    out = {group: option for group, option, chosen in clause if not chosen}
    if len(out) < sum(not chosen for _, _, chosen in clause):
        return None
    if any(chosen and out.get(group) == option for group, option, chosen in clause):
        return None
    return frozenset(literal for literal in clause if not (literal[2] and literal[0] in out))

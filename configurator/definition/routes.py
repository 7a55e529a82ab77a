"""Which operation of a product needs which: rows, one after the other or in branches. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence

from configurator.definition.making import OperationRow

Needs = dict[str, tuple[str, ...]]


def needs_of(rows: Sequence[OperationRow]) -> Needs:
    """What each operation needs; where it does not say, the row before it."""
    before = [(), *((row.id,) for row in rows)]
    return {row.id: last if row.needs is None else row.needs for row, last in zip(rows, before, strict=False)}


def kept_needs(needs: Needs, kept: Container[str]) -> Needs:
    """The same for a route: an operation that is left out hands on what it needs itself."""
    found: Needs = {}
    for operation, needed in needs.items():
        handed_on = [other for each in needed for other in ((each,) if each in kept else found[each])]
        found[operation] = tuple(dict.fromkeys(handed_on))
    return {operation: needed for operation, needed in found.items() if operation in kept}


def leading_to(needs: Needs, operation: str) -> set[str]:
    """An operation and all that must be done before it."""
    found = {operation}
    for each in reversed(needs):
        if each in found:
            found.update(needs[each])
    return found


def begun_again(needs: Needs, target: str) -> set[str]:
    """An operation and all that must be done after it."""
    return {operation for operation in needs if target in leading_to(needs, operation)}


def beside(needs: Needs, operation: str) -> set[str]:
    """Those that may be at work while an operation is."""
    before = leading_to(needs, operation)
    return {each for each in needs if each not in before and operation not in leading_to(needs, each)}

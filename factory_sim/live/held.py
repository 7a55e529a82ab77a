"""Pieces that are held end what is on a machine and start nothing. Pure.

To the engine, whatever else there is of them never arrives. They keep their places where places are few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from factory_sim.engine.model import COMING, QUEUED, TRAVELLING
from factory_sim.standing import OperationStanding

NEVER = math.inf
AFTER = 1e-6
"""Who is released comes strictly after what has happened."""


def never_arriving(standing: Iterable[OperationStanding]) -> tuple[OperationStanding, ...]:
    """A held piece for a run: what waits is on its way for ever, and so is what will be sent on."""
    return tuple(_never(each) for each in standing)


def _never(each: OperationStanding) -> OperationStanding:
    if each.phase == COMING:
        return replace(each, minute=NEVER)
    if each.phase in {QUEUED, TRAVELLING}:
        return replace(each, phase=TRAVELLING, minute=NEVER, shelf=NEVER)
    return replace(each, shelf=NEVER)


def as_kept(before: OperationStanding, after: OperationStanding, moved_at: float) -> OperationStanding:
    """An operation of a held piece as it is kept after a run in which the piece last moved at a minute."""
    if after.minute == NEVER:
        is_new = before.phase not in {COMING, QUEUED, TRAVELLING}
        return OperationStanding(TRAVELLING, moved_at, shelf=before.shelf) if is_new else before
    return replace(after, shelf=before.shelf)


def let_go(standing: Iterable[OperationStanding], minute: float) -> tuple[OperationStanding, ...]:
    """A piece that may go on: what waits arrives at a minute, behind all that are there."""
    return tuple(_let_go(each, minute) for each in standing)


def _let_go(each: OperationStanding, minute: float) -> OperationStanding:
    if each.phase == COMING:
        return replace(each, minute=max(each.minute or 0.0, minute + AFTER))
    if each.phase == QUEUED:
        return replace(each, phase=TRAVELLING, minute=minute)
    if each.phase == TRAVELLING:
        return replace(each, minute=max(each.minute or 0.0, minute))
    return each

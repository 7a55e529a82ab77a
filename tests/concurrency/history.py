"""What people did at once, with the times at which each call began and had ended: were they told the truth?

A call changes a thing (a piece or a unit) at some moment within its interval. Whoever was told that nothing is left was
told so falsely if enough things could be held during the whole of her own interval: their last change had ended before
it, and no other call touched them meanwhile.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from editions.models import ComponentUnit, Edition, Hold, Piece, PieceState

Thing = tuple[str, int]
"""("piece", number), or a component's slug with a unit's key."""


@dataclass(frozen=True)
class State:
    """A thing after a change: HELD until a time, FREE or SOLD; "" when that is not known."""

    state: str
    until: datetime | None = None

    def can_be_held(self, now: datetime, code: str) -> bool:
        """Whether a refusal by this code says that this cannot be: held by somebody is not sold out."""
        if self.state == PieceState.HELD and code.endswith("sold_out"):
            return True
        expired = self.until is not None and self.until <= now
        return self.state == PieceState.FREE or (self.state == PieceState.HELD and expired)


UNKNOWN = State("")


@dataclass(frozen=True)
class Change:
    """A call that changed a thing."""

    begun: float
    ended: float
    thing: Thing
    after: State


@dataclass(frozen=True)
class Refusal:
    """A call that was told by `code` that nothing is left of `kind`, at the caller's own time `now`."""

    begun: float
    ended: float
    code: str
    kind: str
    needed: int
    now: datetime


@dataclass
class History:
    """What happened since `start`, when nobody did anything."""

    start: Mapping[Thing, State]
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @contextmanager
    def call(self) -> Iterator[dict[Thing, State]]:
        """Within, a call that notes what it changed. A call that fails has changed nothing."""
        changed: dict[Thing, State] = {}
        begun = time.monotonic()
        yield changed
        ended = time.monotonic()
        self.changes.extend(Change(begun, ended, thing, after) for thing, after in changed.items())

    def false_refusals(self) -> list[Refusal]:
        """Those who were told that nothing was left while enough was."""
        return [each for each in self.refusals if self._surely_left(each) >= each.needed]

    def _surely_left(self, refusal: Refusal) -> int:
        things = (thing for thing in self.start if thing[0] == refusal.kind)
        return sum(self._could_be_held(thing, refusal) for thing in things)

    def _could_be_held(self, thing: Thing, refusal: Refusal) -> bool:
        """Whether a thing could be held from before the refused call began until after it had ended."""
        changes = sorted((each for each in self.changes if each.thing == thing), key=lambda each: each.ended)
        if any(each.begun < refusal.ended and each.ended > refusal.begun for each in changes):
            return False
        before = [each for each in changes if each.ended <= refusal.begun]
        # Of changes that overlap it is not known which came last.
        if len(before) > 1 and before[-1].begun < before[-2].ended:
            return False
        return (before[-1].after if before else self.start[thing]).can_be_held(refusal.now, refusal.code)


def standing(edition: Edition) -> dict[Thing, State]:
    """Every piece and every unit, while nobody does anything."""
    pieces = Piece.objects.filter(edition=edition).values_list("number", "state", "held_until")
    units = ComponentUnit.objects.filter(component__edition=edition)
    rows = units.values_list("component__slug", "pk", "state", "held_until")
    return {
        **{("piece", number): State(state, until) for number, state, until in pieces},
        **{(slug, key): State(state, until) for slug, key, state, until in rows},
    }


def things_of(hold: Hold) -> Collection[Thing]:
    """What a hold has at this moment; asked in the transaction that gave it, so that nobody has it already."""
    piece = Piece.objects.filter(hold=hold).values_list("number", flat=True)
    units = ComponentUnit.objects.filter(hold=hold).values_list("component__slug", "pk")
    return [*(("piece", number) for number in piece), *units]

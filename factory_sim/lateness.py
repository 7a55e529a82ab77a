"""Which pieces may come after what was promised, and where they wait for it. Pure; NumPy only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from factory_sim.promise import quantiles
from factory_sim.promise_draws import Minutes
from factory_sim.timetable import Stint

AT_RISK = 0.1
"""A promise is kept nine times out of ten: a piece is at risk when it comes late more often than the rest."""
LATE = 0.5


@dataclass(frozen=True)
class Lateness:
    """A piece with a promised working minute: the chance that it comes later, and when it comes (P50, P90).

    `station` is where it is expected to wait longest from now on, "" where nowhere, and `waits` for how many minutes.
    """

    key: str
    due: float
    chance: float
    likely: float
    safe: float
    station: str = ""
    waits: float = 0.0

    @property
    def is_late(self) -> bool:
        return self.chance >= LATE


def lateness(
    ready: Mapping[str, Minutes], due: Mapping[str, float], stints: Iterable[Stint], now: float
) -> list[Lateness]:
    """The pieces that are late or at risk, the likeliest first, of those that have a date.

    `ready` are their finishing minutes in all replications, `stints` what is expected of them.
    """
    waits = _longest_waits(stints, now)
    found = [_of(key, ready[key], minute, *waits.get(key, ("", 0.0))) for key, minute in due.items() if key in ready]
    risky = [each for each in found if each.chance > AT_RISK]
    return sorted(risky, key=lambda each: (-each.chance, each.due - each.safe, each.key))


def _of(key: str, minutes: Minutes, due: float, station: str, waits: float) -> Lateness:
    likely, safe = quantiles(minutes)
    return Lateness(key, due, float(np.mean(minutes > due)), likely, safe, station, waits)


def _longest_waits(stints: Iterable[Stint], now: float) -> dict[str, tuple[str, float]]:
    """Where each piece waits longest from now on: station and minutes."""
    longest: dict[str, tuple[str, float]] = {}
    for stint in stints:
        waits = min(stint.waited, stint.start - now)
        if waits > longest.get(stint.key, ("", 0.0))[1]:
            longest[stint.key] = stint.station, waits
    return longest

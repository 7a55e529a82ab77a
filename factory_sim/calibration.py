"""How promises are kept, and what is learned from it. Pure.

A promise comes due when its safe date has passed: then both of its dates were kept or not, whatever has become of the
piece. Judged by pieces that are ready, those that are quick would be heard first.

What is learned is one factor for each date, by which the time from the order to it is stretched: the quantile, at the
date's own level, of (time that it took) / (time that the simulation said), over the last promises that came due. This
is split conformal prediction with a window (Lei et al. 2018; Gibbs and Candès 2021 for what moves): whatever the plant
does other than the simulation, nine of ten come out as nine of ten, as long as the next pieces are like the last ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LIKELY, SAFE = 0.5, 0.9
WINDOW = 400
"""So many promises are looked back on."""
FEWEST = 40
"""Of fewer nothing is learned."""
SHORTEST, LONGEST = 0.75, 2.0
DECIMALS = 2
"""A new figure every time that a piece is ready would let dates flicker."""


@dataclass(frozen=True)
class Outcome:
    """A promise that has come due, in working minutes of a plant. `ready` is infinite while the piece is not."""

    given: float
    likely: float
    safe: float
    likely_stretch: float
    safe_stretch: float
    ready: float


@dataclass(frozen=True)
class Correction:
    """What the time to each date is multiplied by, and from how many promises that was learned."""

    likely: float = 1.0
    safe: float = 1.0
    learned_from: int = 0

    def dates(self, quantiles: tuple[float, float], since: float) -> tuple[float, float]:
        """The working minutes to promise at `since`, from the simulation's P50 and P90."""
        likely = since + self.likely * (quantiles[0] - since)
        return likely, max(likely, since + self.safe * (quantiles[1] - since))


def learned(outcomes: Sequence[Outcome]) -> Correction:
    """The correction from promises that came due, of which the last WINDOW are given."""
    if len(outcomes) < FEWEST:
        return Correction(learned_from=len(outcomes))
    likely = [_took(each, each.likely, each.likely_stretch) for each in outcomes]
    safe = [_took(each, each.safe, each.safe_stretch) for each in outcomes]
    return Correction(_stretch(likely, LIKELY), _stretch(safe, SAFE), len(outcomes))


def _took(outcome: Outcome, promised: float, stretch: float) -> float:
    """How many times as long as the simulation said."""
    return (outcome.ready - outcome.given) * stretch / (promised - outcome.given)


def _stretch(times: Sequence[float], level: float) -> float:
    """The smallest time that the next one does not exceed with probability `level`, within bounds."""
    rank = min(math.ceil((len(times) + 1) * level), len(times))
    return round(min(max(sorted(times)[rank - 1], SHORTEST), LONGEST), DECIMALS)

"""How likely a piece is to be ready by a minute, from its two dates alone. Pure."""

from __future__ import annotations

import math
from statistics import NormalDist

STANDARD_NORMAL = NormalDist()
SAFE = STANDARD_NORMAL.inv_cdf(0.9)
SHORTEST = 1e-6


def chance_by(minute: float, *, now: float, likely: float, safe: float) -> float:
    """The chance that a piece is ready by a working minute, when it is by `likely` (P50) and by `safe` (P90).

    Between and beyond the two, the time from `now` on is taken to be log-normal: it has these two quantiles, and no
    piece is ready before now. A published queue keeps no more of a piece than its two dates.
    """
    to_likely, to_safe, to_minute = (max(each - now, SHORTEST) for each in (likely, safe, minute))
    spread = math.log(to_safe / to_likely) / SAFE
    if spread <= 0:
        return float(minute >= likely)
    return STANDARD_NORMAL.cdf(math.log(to_minute / to_likely) / spread)

"""What a promise draws: luck of its own for every piece, operation and visit, in all replications. Pure; NumPy only.

Never what the simulation is going to draw. Draws are shuffled strata: the same piece has the same luck in every
promise, so that dates do not flicker, and it is no better than average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from factory_sim.contracts import OperationSpec
from factory_sim.draws import STANDARD_NORMAL, log_normal_parameters

Minutes = NDArray[np.float64]
Shuffle = NDArray[np.uint8]
REPLICATIONS = 256
EVERY = np.arange(REPLICATIONS)
STRATA = (EVERY + 0.5) / REPLICATIONS
NORMAL_STRATA = np.array([STANDARD_NORMAL.inv_cdf(u) for u in STRATA])
NEWCOMER = "new"
"""The key of a piece that nobody has ordered yet: it has the same luck in every promise."""
SHORTEST_REST = 0.05
"""Of its mean: how long work that is overdue is expected to take still."""
REMEMBERED = 32_768
"""Shuffles, of 256 bytes each."""
SCALE = np.linspace(-8.0, 8.0, 4_097)
NORMAL_SCALE = np.array([STANDARD_NORMAL.cdf(z) for z in SCALE.tolist()])
GRID = 257
CERTAIN = 1 - 1e-9


def durations(operation: OperationSpec, key: str, visit: int) -> Minutes:
    """Durations of one visit, counted from 0, shape (REPLICATIONS,)."""
    if operation.variation == 0:
        return np.full(REPLICATIONS, operation.minutes)
    mu, sigma = log_normal_parameters(operation.minutes, operation.variation)
    drawn: Minutes = np.exp(mu + sigma * normals(key, operation.id, visit))
    return drawn


def normals(key: str, operation: str, visit: int) -> Minutes:
    """What the durations of a visit are made from, shape (REPLICATIONS,)."""
    return NORMAL_STRATA[shuffle(key, operation, visit)]


def uniforms(key: str, inspection: str, attempt: int) -> Minutes:
    """What decides whether an inspection finds a fault, shape (REPLICATIONS,); `attempt` counts from 1."""
    return STRATA[shuffle(key, inspection, -attempt)]


def rests(operations: Sequence[OperationSpec], worked: float, key: str, visit: int) -> Minutes:
    """What is left of work that a machine does on some pieces at once, after it has `worked` so many minutes.

    These are below 0 while it is being set up. The work is done with the longest of them; that it is not done yet is
    known, so what is drawn is longer. What is overdue by all that one knows takes SHORTEST_REST of its mean still.
    """
    longest = max(each.minutes for each in operations)
    if not any(each.variation for each in operations):
        return np.full(REPLICATIONS, longest - worked if worked < longest else SHORTEST_REST * longest)
    logs = [log_normal_parameters(each.minutes, each.variation) for each in operations]
    begin = max(worked, min(math.exp(mu + SCALE[0] * sigma) for mu, sigma in logs))
    end = max(math.exp(mu + SCALE[-1] * sigma) for mu, sigma in logs)
    minutes = np.geomspace(begin, max(begin, end), GRID)
    chances = _done_by(minutes, operations)
    if chances[0] > CERTAIN:
        return np.full(REPLICATIONS, SHORTEST_REST * longest)
    levels = chances[0] + (1 - chances[0]) * STRATA[shuffle(key, operations[0].id, visit)]
    rest: Minutes = np.interp(levels, chances, minutes) - worked
    return rest


def _done_by(minutes: Minutes, operations: Sequence[OperationSpec]) -> Minutes:
    """The chance that all operations take no longer than so many minutes."""
    chances = np.ones(len(minutes))
    for each in operations:
        if each.variation:
            mu, sigma = log_normal_parameters(each.minutes, each.variation)
            chances *= np.interp((np.log(minutes) - mu) / sigma, SCALE, NORMAL_SCALE)
        else:
            chances *= minutes >= each.minutes
    return chances


@lru_cache(REMEMBERED)
def shuffle(key: str, operation: str, visit: int) -> Shuffle:
    """Common random numbers: each replication's stratum."""
    digest = blake2b(f"promise|{key}|{operation}|{visit}".encode(), digest_size=16).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
    return generator.permutation(REPLICATIONS).astype(np.uint8)

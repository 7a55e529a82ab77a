"""Random numbers keyed by what they are for, never taken from a stream. Pure.

A draw depends on (seed of the piece, operation, visit) alone, so that one more order in the plant, a
restart or another order of events never changes anybody's luck.
"""

import math
from hashlib import blake2b
from statistics import NormalDist

from factory_sim.contracts import Fault, OperationSpec

STANDARD_NORMAL = NormalDist()
DECIMALS = 6


def seed_of(plant_seed: int, external_ref: str) -> int:
    """The seed of one piece: 63 bits, from the plant's seed and the piece's reference."""
    return _digest(f"{plant_seed}|{external_ref}") >> 1


def uniform(seed: int, operation: str, visit: int, purpose: str) -> float:
    """A number strictly between 0 and 1: 52 bits, since more would be rounded up to 1."""
    return ((_digest(f"{seed}|{operation}|{visit}|{purpose}") >> 12) + 0.5) / 2**52


def duration(seed: int, operation: str, visit: int, *, mean: float, variation: float) -> float:
    """A log-normal duration in minutes with the given mean and coefficient of variation."""
    if variation == 0:
        return mean
    return round(quantile(uniform(seed, operation, visit, "duration"), mean=mean, variation=variation), DECIMALS)


def quantile(share: float, *, mean: float, variation: float) -> float:
    """The minutes than which a share of all such durations is shorter."""
    mu, sigma = log_normal_parameters(mean, variation)
    return math.exp(mu + sigma * STANDARD_NORMAL.inv_cdf(share))


def found_fault(seed: int, operation: OperationSpec, visit: int) -> Fault | None:
    """The fault that an inspection finds at a visit, counted from 1, if any; the last look passes every piece."""
    if visit > operation.most_reworks:
        return None
    u = uniform(seed, operation.id, visit, "fault")
    for fault in operation.faults:
        if u < fault.rate:
            return fault
        u -= fault.rate
    return None


def log_normal_parameters(mean: float, variation: float) -> tuple[float, float]:
    """μ and σ of the log-normal distribution: σ² = ln(1 + cv²), μ = ln(mean) - σ²/2."""
    variance = math.log1p(variation**2)
    return math.log(mean) - variance / 2, math.sqrt(variance)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

"""Taillard's flow-shop instances, made by his generator from his seeds, with the best makespans known.

E. Taillard, "Benchmarks for basic scheduling problems", European Journal of Operational Research 64 (1993) 278-285.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MULTIPLIER, MODULUS = 16807, 2**31 - 1
SHORTEST, LONGEST = 1, 99


@dataclass(frozen=True)
class Instance:
    """So many jobs on so many machines, from a seed; the makespan that nobody has been shorter than."""

    jobs: int
    machines: int
    seed: int
    best_known: int

    def minutes(self) -> NDArray[np.int64]:
        """How long each job takes on each machine, [jobs, machines]; he draws machine by machine."""
        draws = uniform(self.seed)
        return np.array([[next(draws) for _ in range(self.jobs)] for _ in range(self.machines)]).T


def uniform(seed: int) -> Iterator[int]:
    """His whole numbers from 1 to 99."""
    state = seed
    while True:
        state = state * MULTIPLIER % MODULUS
        yield SHORTEST + state * (LONGEST - SHORTEST + 1) // MODULUS


INSTANCES = tuple(
    Instance(jobs, machines, seed, best_known)
    for (jobs, machines), found in {
        (20, 5): {873654221: 1278, 379008056: 1359, 1866992158: 1081},
        (20, 10): {587595453: 1582, 1401007982: 1659, 873136276: 1496},
        (50, 5): {1328042058: 2724, 200382020: 2834, 496319842: 2621},
        (50, 10): {1958948863: 2991, 575633267: 2867, 655816003: 2839},
        (100, 5): {896678084: 5493, 1179439976: 5268, 1122278347: 5175},
        (100, 10): {1539989115: 5770, 655816003: 5349, 960914243: 5676},
    }.items()
    for seed, best_known in found.items()
)

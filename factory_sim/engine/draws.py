"""Draws for all replications at once, each from what it is for: never from a stream. Pure; NumPy only.

A draw is a hash of (seed, purpose, order, operation, visit, replication), and a breakdown's of (seed, machine, number,
replication). One more order in the plant, another plan or a restart change nobody's luck: two runs that differ in one
thing differ by that thing alone (common random numbers). The hash is a chain of splitmix64 steps (Steele, Lea and Flood
2014), each of which is a bijection of the 64 bits so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from factory_sim.engine.model import PASS, Floats, Numbers

Keys = NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIXERS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
LAST_SHIFT = np.uint64(31)
KEPT_BITS = np.uint64(12)


def keys(names: Sequence[str]) -> Keys:
    """64 bits for each name: an order's reference, an operation's id, a machine's name."""
    digests = (blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "big") for digest in digests], np.uint64)


def uniform(seed: int, purpose: str, *parts: Keys | Numbers) -> Floats:
    """Numbers strictly between 0 and 1, one for each combination of the parts as they broadcast against each other."""
    mixed = keys([f"{seed}|{purpose}"])[0]
    for part in parts:
        mixed = _mix(mixed ^ part.astype(np.uint64))
    uniform_numbers: Floats = ((mixed >> KEPT_BITS).astype(np.float64) + 0.5) / 2**52
    return uniform_numbers


def normal(seed: int, purpose: str, *parts: Keys | Numbers) -> Floats:
    """Standard normal numbers, by Box and Muller."""
    radius = np.sqrt(-2 * np.log(uniform(seed, f"{purpose} radius", *parts)))
    normals: Floats = radius * np.cos(2 * np.pi * uniform(seed, f"{purpose} angle", *parts))
    return normals


@dataclass(frozen=True)
class Purposes:
    """What draws [replications, operations, visits] are for: each operation's order, and which operation it is."""

    orders: Keys
    operations: Keys
    replications: int
    visits: int

    def parts(self) -> tuple[Keys | Numbers, ...]:
        every = np.arange(self.replications)[:, None, None]
        return self.orders[None, :, None], self.operations[None, :, None], np.arange(self.visits), every


def durations(seed: int, purposes: Purposes, *, means: Floats, variations: Floats) -> Floats:
    """Log-normal minutes with each operation's mean and coefficient of variation."""
    variance = np.log1p(variations**2)
    mu, sigma = np.log(means) - variance / 2, np.sqrt(variance)
    minutes: Floats = np.exp(mu[:, None] + sigma[:, None] * normal(seed, "duration", *purposes.parts()))
    return minutes


def verdicts(seed: int, purposes: Purposes, *, rates: Floats, back_to: Numbers) -> Numbers:
    """`back_to`, a place in the job or REMAKE, with each operation's rate, else PASS; the last visit passes."""
    drawn = np.where(uniform(seed, "verdict", *purposes.parts()) < rates[:, None], back_to[:, None], PASS)
    drawn[:, :, -1] = PASS
    return drawn


def breakdowns(
    seed: int, *, machines: Keys, up: float, repair: float, shape: tuple[int, int], first: int = 0
) -> tuple[Floats, Floats]:
    """Exponential uptimes and repairs [replications, machines, n] with these means; `shape` is replications and n.

    There should be enough for the longest run: a machine breaks down no more after its last. Breakdowns before the
    `first` have gone by.
    """
    replications, number = shape
    every = np.arange(replications)[:, None, None]
    parts: tuple[Keys | Numbers, ...] = (machines[None, :, None], np.arange(first, first + number), every)
    return -up * np.log(uniform(seed, "uptime", *parts)), -repair * np.log(uniform(seed, "repair", *parts))


def _mix(bits: Keys) -> Keys:
    """One step of splitmix64."""
    bits = bits + GOLDEN
    for shift, factor in MIXERS:
        bits = (bits ^ (bits >> shift)) * factor
    return bits ^ (bits >> LAST_SHIFT)

"""Demand curves: which share of the visitors buys at a price, and the best answer to an opportunity cost.

A visitor buys when the price is at most what the piece is worth to her; the curves differ in how that is
distributed. Each knows `best_response(cost)` = argmax over p of (p - cost) · share(p), the price to ask when a sale
now costs `cost` of later revenue (Gallego and van Ryzin 1994; Talluri and van Ryzin 2004, chapter 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

FAR = 700.0


class Demand(Protocol):
    """How many of the visitors buy at a price; all functions work element by element."""

    def share(self, price: ArrayLike) -> Floats:
        """The share of the visitors who buy at a price, 0 to 1; never rises with it."""
        ...

    def slope(self, price: ArrayLike) -> Floats:
        """The derivative of `share`."""
        ...

    def best_response(self, cost: ArrayLike) -> Floats:
        """The price that earns most above an opportunity cost of 0 or more."""
        ...


@dataclass(frozen=True)
class Exponential:
    """Willingness to pay with an exponential distribution: many would pay little, a few very much."""

    mean: float

    def share(self, price: ArrayLike) -> Floats:
        return np.exp(-np.asarray(price) / self.mean)

    def slope(self, price: ArrayLike) -> Floats:
        return -self.share(price) / self.mean

    def best_response(self, cost: ArrayLike) -> Floats:
        return self.mean + np.asarray(cost, dtype=float)


@dataclass(frozen=True)
class Logit:
    """Willingness to pay with a logistic distribution around `middle`; the higher `steepness`, the narrower."""

    middle: float
    steepness: float

    def share(self, price: ArrayLike) -> Floats:
        return np.exp(-np.logaddexp(0.0, self.steepness * (np.asarray(price) - self.middle)))

    def slope(self, price: ArrayLike) -> Floats:
        share = self.share(price)
        return -self.steepness * share * (1.0 - share)

    def best_response(self, cost: ArrayLike) -> Floats:
        """cost + (1 + W(exp(b · (middle - cost) - 1))) / b, with Lambert's W."""
        above = np.asarray(cost, dtype=float)
        return above + (1.0 + wright_omega(self.steepness * (self.middle - above) - 1.0)) / self.steepness


@dataclass(frozen=True)
class Linear:
    """Willingness to pay spread evenly between 0 and `highest`."""

    highest: float

    def share(self, price: ArrayLike) -> Floats:
        return np.clip(1.0 - np.asarray(price) / self.highest, 0.0, 1.0)

    def slope(self, price: ArrayLike) -> Floats:
        return np.where(np.asarray(price) < self.highest, -1.0 / self.highest, 0.0)

    def best_response(self, cost: ArrayLike) -> Floats:
        return np.minimum((self.highest + np.asarray(cost, dtype=float)) / 2.0, self.highest)


@dataclass(frozen=True)
class Elastic:
    """A constant elasticity above 1: everybody pays `floor`, and 1 % more loses `elasticity` % of the visitors."""

    floor: float
    elasticity: float

    def share(self, price: ArrayLike) -> Floats:
        return np.maximum(np.asarray(price) / self.floor, 1.0) ** -self.elasticity

    def slope(self, price: ArrayLike) -> Floats:
        ratio = np.maximum(np.asarray(price) / self.floor, 1.0)
        return np.where(
            np.asarray(price) < self.floor, 0.0, -self.elasticity / self.floor * ratio ** (-self.elasticity - 1.0)
        )

    def best_response(self, cost: ArrayLike) -> Floats:
        return np.maximum(self.floor, np.asarray(cost, dtype=float) * self.elasticity / (self.elasticity - 1.0))


def wright_omega(z: ArrayLike) -> Floats:
    """The w with w + ln(w) = z, which is Lambert's W(exp(z)), without overflow; Newton's method from ln(1 + exp(z))."""
    far = np.maximum(np.asarray(z, dtype=float), -FAR)
    w = np.logaddexp(0.0, far)
    for _ in range(6):
        w = w * (1.0 + (far - w - np.log(w)) / (1.0 + w))
    result: Floats = w
    return result

"""The best published prices that depend only on the orders placed: a fixed price, a curve, a card with few steps.

The prices of all pieces are a linear function of a first price and of rises ≥ 0: prices = basis · parameters. Newton's
method with the exact gradient of `birth` finds the parameters, for many candidates at a time; a card also has to choose
where its steps begin. It grows step by step: a beginning is added where it earns most, then beginnings move, one or
several at a time, as long as that earns more. So no card earns less than the card with one step fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from editions.lab.birth import revenue_gradient, sold_chances
from editions.lab.demand import Floats
from editions.lab.market import Market
from editions.lab.policy import Outcome, PriceTable

NUDGE = 1e-5
WORTH_MOVING = 1e-9
CLOSE = 1e-12
GLANCE = 2
POLISH = 60
FIXED_TRIED = 60
HARDLY_A_SALE = 0.05
SPLITS_TRIED = 24
FARTHEST = 12

Starts: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Ladder:
    """A price for each piece, never falling, and the expected revenue. `starts` are the first pieces of its steps."""

    prices: Floats
    revenue: float
    starts: Starts = (0,)


class Points(NamedTuple):
    """Candidates (rows): bases, parameters, and there the revenue, its gradient and its curvature (made negative)."""

    bases: Floats
    parameters: Floats
    revenue: Floats
    gradient: Floats
    curvature: Floats

    def best(self) -> Points:
        """The row that earns most, alone."""
        row = int(self.revenue.argmax())
        return Points(*(part[row : row + 1] for part in self))

    @property
    def prices(self) -> Floats:
        """Of the first row, by piece."""
        prices: Floats = self.bases[0] @ self.parameters[0]
        return prices


def best_fixed(market: Market) -> Ladder:
    """The best single price: tried on a grid, then polished."""
    highest = market.lowest
    while market.visitors * float(market.demand.share(highest)) > HARDLY_A_SALE:
        highest *= 1.5
    tried = np.geomspace(market.lowest, highest, FIXED_TRIED)[:, None]
    bases = np.ones((FIXED_TRIED, market.stock, 1))
    found = polish(market, look(market, bases, tried).best())
    return Ladder(found.prices, float(found.revenue[0]))


def best_curve(market: Market, power: int = 1) -> Ladder:
    """The best first + rise · (k / (stock - 1))^power after k orders."""
    fixed = best_fixed(market)
    if market.stock == 1:
        return fixed
    along = (np.arange(market.stock) / (market.stock - 1)) ** power
    basis = np.stack([np.ones(market.stock), along], axis=1)
    found = polish(market, look(market, basis[None], np.array([[fixed.prices[0], 0.0]])))
    return Ladder(found.prices, float(found.revenue[0]), tuple(range(market.stock)))


def best_cards(market: Market, most_steps: int) -> list[Ladder]:
    """The best cards found with 1, 2, … steps, at most one per piece; each earns at least what the one before does."""
    cards = [best_fixed(market)]
    while len(cards) < min(most_steps, market.stock):
        cards.append(_settle(market, cards[-1]))
    return cards


def revenue_of(market: Market, prices: Floats) -> float:
    """The exact expected revenue of one ladder."""
    return float(revenue_gradient(prices[None], market.visitors * market.demand.share(prices)[None]).revenue[0])


def outcome(market: Market, prices: Floats) -> Outcome:
    """All that a ladder brings, exactly: its revenue is known from how many pieces were sold."""
    chances = sold_chances(market.visitors * market.demand.share(prices))
    takings = np.concatenate([[0.0], np.cumsum(prices)])
    return Outcome(
        revenue=float(chances @ takings),
        sell_out=float(chances[-1]),
        lowest=float(prices[0]),
        highest=float(prices[-1]),
        revenues=takings,
        chances=chances,
    )


def as_table(prices: Floats) -> PriceTable:
    """A ladder as prices by pieces left, the same at all times; its first price is that of the whole stock."""
    return PriceTable(prices[None, ::-1], never_lower=True)


def polish(market: Market, points: Points, steps: int = POLISH) -> Points:
    """Newton's method for each row, at most `steps` steps; a step that earns less is shortened instead of taken."""
    length = np.ones((len(points.revenue), 1))
    for _ in range(steps):
        step = np.linalg.solve(points.curvature, -points.gradient[..., None])[..., 0]
        hoped = np.sum(step * points.gradient, axis=1)
        if np.all((hoped < CLOSE * points.revenue) | (length[:, 0] < CLOSE)):
            break
        tried = look(market, points.bases, _rising(points.parameters + length * step))
        better = tried.revenue > points.revenue
        length = np.where(better[:, None], np.minimum(1.0, 2.0 * length), length / 4.0)
        points = Points(points.bases, *(_choose(better, *pair) for pair in zip(tried[1:], points[1:], strict=True)))
    return points


def _choose(rows: NDArray[np.bool_], there: Floats, here: Floats) -> Floats:
    return np.where(rows.reshape(-1, *[1] * (there.ndim - 1)), there, here)


def _rising(parameters: Floats) -> Floats:
    """A first price and rises; a fall becomes no rise."""
    return np.maximum(parameters, 0.0)


def look(market: Market, bases: Floats, parameters: Floats) -> Points:
    """Revenue, gradient, and curvature by differences of gradients, of candidates (rows) with a basis each."""
    rows, count = parameters.shape
    nudge = NUDGE * market.lowest
    around = parameters[:, None, :] + nudge * np.concatenate([np.zeros((1, count)), np.eye(count)])
    head = _head(bases)
    bent = np.concatenate([bases[:, :1], bases[:, head:]], axis=1)
    prices = around @ bent.transpose(0, 2, 1)
    flat = prices.reshape(-1, prices.shape[2])
    found = revenue_gradient(flat, market.visitors * market.demand.share(flat), head)
    by_piece = found.by_price + found.by_rate * market.visitors * market.demand.slope(flat)
    gradients = by_piece.reshape(prices.shape) @ bent
    curvature = (gradients[:, 1:] - gradients[:, :1]) / nudge
    revenue = found.revenue.reshape(rows, count + 1)[:, 0]
    return Points(bases, parameters, revenue, gradients[:, 0], _bent_down(curvature))


def _head(bases: Floats) -> int:
    """How many first pieces have the price of the first one in every candidate."""
    differs = (bases != bases[:, :1]).any(axis=(0, 2))
    return int(differs.argmax()) if differs.any() else bases.shape[1]


def _bent_down(curvature: Floats) -> Floats:
    """The symmetric part with all eigenvalues made negative and none too flat, so that Newton's steps lead up."""
    values, vectors = np.linalg.eigh((curvature + curvature.transpose(0, 2, 1)) / 2.0)
    steep = np.abs(values)
    floor = 1e-7 * steep.max(axis=1, keepdims=True) + 1e-12
    bent: Floats = -(vectors * np.maximum(steep, floor)[:, None, :]) @ vectors.transpose(0, 2, 1)
    return bent


def _settle(market: Market, card: Ladder) -> Ladder:
    """The card with one step more: the best of several beginnings, which then move, far at first, then less far."""
    starts, point = _best_of(market, _with_one_more(market.stock, card.starts), card.prices)
    far = max(1, market.stock // FARTHEST)
    while far:
        moved, there = _best_of(market, _moves(market.stock, starts, far), point.prices)
        if there.revenue[0] > point.revenue[0] * (1.0 + WORTH_MOVING):
            starts, point = moved, there
        else:
            far //= 2
    point = polish(market, point)
    return Ladder(point.prices, float(point.revenue[0]), starts)


def _best_of(market: Market, candidates: Sequence[Starts], prices: Floats) -> tuple[Starts, Points]:
    """The candidate that earns most after a few steps of Newton's method from the prices given."""
    bases = np.stack([_basis(market.stock, each) for each in candidates])
    begin = np.stack([np.diff(prices[list(each)], prepend=0.0) for each in candidates])
    points = polish(market, look(market, bases, begin), GLANCE)
    return candidates[int(points.revenue.argmax())], points.best()


def _with_one_more(stock: int, starts: Starts) -> list[Starts]:
    """The beginnings with another, tried ever farther from the last piece, where prices rise most."""
    far = np.unique(np.geomspace(1, stock - 1, SPLITS_TRIED).round().astype(int))
    tried = [tuple(sorted({*starts, int(stock - back)})) for back in far]
    fitting = [each for each in tried if len(each) > len(starts)]
    return fitting or [tuple(sorted({*starts, next(piece for piece in range(1, stock) if piece not in starts)}))]


def _moves(stock: int, starts: Starts, far: int) -> list[Starts]:
    """These beginnings, and with one, or one and all later ones, `far` pieces earlier or later, if still in order."""
    moves = {starts}
    for index in range(1, len(starts)):
        for by in (far, -far):
            moves.add((*starts[:index], starts[index] + by, *starts[index + 1 :]))
            moves.add((*starts[:index], *(start + by for start in starts[index:])))
    return sorted(each for each in moves if each[-1] < stock and all(a < b for a, b in pairwise(each)))


def _basis(stock: int, starts: Starts) -> Floats:
    """Shape (pieces, steps): the first price for all, each rise for the pieces from its beginning on."""
    return (np.arange(stock)[:, None] >= np.asarray(starts)).astype(float)

"""The lab's two charts as coordinates of an SVG of 640 × 280 units; the template draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from editions.lab.comparison import Comparison, Policy
from editions.pricing import PriceCard

WIDTH, HEIGHT = 640.0, 280.0
LEFT, RIGHT, TOP, BOTTOM = 84.0, 48.0, 12.0, 32.0
ROW = 44.0


@dataclass(frozen=True)
class Tick:
    """A line of the grid: where, and the amount (or order) that it stands for."""

    at: float
    value: float


@dataclass(frozen=True)
class PriceChart:
    """Prices over the orders: one path per policy, by name."""

    paths: dict[str, str]
    amounts: list[Tick]
    orders: list[Tick]


@dataclass(frozen=True)
class Spread:
    """A policy's revenue: 5 % to 95 % as a line, the middle half as a box, the median as a mark."""

    name: str
    middle: float
    low: float
    box: float
    box_width: float
    median: float
    high: float

    @property
    def top(self) -> float:
        return self.middle - 11.0


@dataclass(frozen=True)
class SpreadChart:
    height: float
    spreads: list[Spread]
    amounts: list[Tick]


def price_chart(comparison: Comparison, card: PriceCard) -> PriceChart:
    """The fixed price, the straight line and the card to publish."""
    stock = comparison.market.stock
    ladders = {policy.name: list(policy.ladder.prices) for policy in comparison.policies if policy.ladder is not None}
    drawn: dict[str, list[float]] = {name: [float(each) for each in prices] for name, prices in ladders.items()}
    drawn["card"] = [float(card.amount_at(order)) for order in range(stock)]
    amounts = round_numbers(0.0, max(max(prices) for prices in drawn.values()))
    top = amounts[-1]

    def path(prices: list[float]) -> str:
        points = []
        for order, price in enumerate(prices):
            y = _y(price / top)
            points += [f"{_x(order / stock):.1f},{y:.1f}", f"{_x((order + 1) / stock):.1f},{y:.1f}"]
        return " ".join(points)

    orders = sorted({1, *(step.from_order for step in card.steps)})
    return PriceChart(
        paths={name: path(prices) for name, prices in drawn.items()},
        amounts=[Tick(_y(amount / top), amount) for amount in amounts],
        orders=[Tick(_x((order - 1) / stock), order) for order in orders],
    )


def spread_chart(comparison: Comparison) -> SpreadChart:
    """How widely the revenue of each policy scatters."""
    quantiles = [
        [policy.outcome.quantile(level) for level in (0.05, 0.25, 0.5, 0.75, 0.95)] for policy in comparison.policies
    ]
    amounts = round_numbers(min(row[0] for row in quantiles), max(row[-1] for row in quantiles))
    first, last = amounts[0], amounts[-1]

    def at(amount: float) -> float:
        return _x((amount - first) / (last - first))

    spreads = [
        _spread(policy, number, [at(amount) for amount in row])
        for number, (policy, row) in enumerate(zip(comparison.policies, quantiles, strict=True))
    ]
    return SpreadChart(TOP + ROW * len(spreads) + BOTTOM, spreads, [Tick(at(amount), amount) for amount in amounts])


def _spread(policy: Policy, number: int, places: list[float]) -> Spread:
    low, box, median, end, high = (round(place, 1) for place in places)
    return Spread(policy.name, TOP + ROW * (number + 0.5), low, box, max(1.0, round(end - box, 1)), median, high)


def round_numbers(low: float, high: float) -> list[float]:
    """About five amounts at even distances of 1, 2 or 5 times a power of ten, around `low` to `high`."""
    rough = max(high - low, 1.0) / 4.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough)
    begin, end = math.floor(low / step), math.ceil(high / step)
    return [step * number for number in range(begin, max(end, begin + 1) + 1)]


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1.0 - share) * (HEIGHT - TOP - BOTTOM)

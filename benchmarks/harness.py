"""How every benchmark measures: a registry, figures, and contenders that run side by side.

Contenders take turns on the same cases, in turned order, so that a busy neighbour on the machine slows
all of them alike. Nobody's first run counts. A figure is the median of its values over several rounds.
Calculations are timed by the processor's clock (this process, all threads), which does not count the time
that another process has the core; what waits for a server is timed by the clock on the wall.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ParamSpec, TypeVar

Seconds = float
Case = TypeVar("Case")
P = ParamSpec("P")

MORE_IS_BETTER = frozenset({"1/s"})


class UnableToMeasure(Exception):
    """A benchmark cannot run here, or its contenders disagree; the message says why."""


@dataclass(frozen=True)
class Figure:
    """One measured value, and a peer's beside it where there is one. `bench` is filled in by the registry."""

    metric: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    bench: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer: above 1 ours is better, whatever the unit."""
        if self.peer_value is None:
            return None
        return self.value / self.peer_value if self.unit in MORE_IS_BETTER else self.peer_value / self.value

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "bench": self.bench,
            "metric": self.metric,
            "value": significant(self.value, 4),
            "unit": self.unit,
        }
        if self.peer_value is not None and self.ratio is not None:
            peer_value, ratio = significant(self.peer_value, 4), significant(self.ratio, 3)
            row |= {"peer": self.peer, "peer_value": peer_value, "ratio": ratio}
        return row


@dataclass(frozen=True)
class Benchmark:
    """A registered measurement.

    `database` says whether it needs the bench database, `only_by_name` that it runs only when a word asks for it.
    """

    name: str
    measure: Callable[[], Iterable[Figure]]
    database: bool
    only_by_name: bool

    def is_asked_for(self, words: Sequence[str]) -> bool:
        return self.name.startswith(tuple(words)) if words else not self.only_by_name

    def figures(self) -> Iterator[Figure]:
        for figure in self.measure():
            yield replace(figure, bench=self.name)


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str, *, database: bool = False, only_by_name: bool = False, **arguments: Any
) -> Callable[[Callable[P, Iterable[Figure]]], Callable[P, Iterable[Figure]]]:
    """Register a function under a name, with arguments; one function may stand under several names."""

    def register(measure: Callable[P, Iterable[Figure]]) -> Callable[P, Iterable[Figure]]:
        REGISTRY[name] = Benchmark(name, partial(measure, **arguments), database, only_by_name)
        return measure

    return register


@dataclass(frozen=True)
class Laps:
    """One contender's seconds: per round, per case."""

    rounds: Sequence[Sequence[Seconds]]

    def median(self, statistic: Callable[[Sequence[Seconds]], float]) -> float:
        """A statistic of each round; the median of the rounds."""
        return statistics.median(statistic(seconds) for seconds in self.rounds)


def race(contenders: Mapping[str, Callable[[Case], object]], cases: Sequence[Case], rounds: int) -> dict[str, Laps]:
    """Let all contenders calculate every case in every round, after one case each as warm-up; processor time."""
    laps: dict[str, list[list[Seconds]]] = {name: [] for name in contenders}
    for run in contenders.values():
        run(cases[0])
    for _ in range(rounds):
        for taken in laps.values():
            taken.append([])
        for number, case in enumerate(cases):
            for name in turned(list(contenders), number):
                laps[name][-1].append(processor_seconds(partial(contenders[name], case)))
    return {name: Laps(taken) for name, taken in laps.items()}


def turned(names: Sequence[str], number: int) -> list[str]:
    """The names in another order for each number: everybody is first as often as the others."""
    start = number % len(names)
    return [*names[start:], *names[:start]]


def processor_seconds(work: Callable[[], object]) -> Seconds:
    started = time.process_time()
    work()
    return time.process_time() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def p95_ms(seconds: Sequence[Seconds]) -> float:
    return percentile(seconds, 0.95) * 1000


def per_second(seconds: Sequence[Seconds]) -> float:
    return len(seconds) / sum(seconds)


def require(condition: bool, why: str) -> None:
    """Raise UnableToMeasure with the reason unless the condition holds."""
    if not condition:
        raise UnableToMeasure(why)


def significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")

"""Key figures of a plant after ISO 22400-2, from its event log alone. Pure.

Every minute of a machine is exactly one of these time elements: the plant is closed; the machine is down, produces
(APT), is set up (AUST), is blocked by a piece that cannot go on, or is idle. Together they are calendar time.

    availability   APT / PBT      OEE           availability · effectiveness · quality ratio
    effectiveness  PRI · PQ / APT NEE           (APT + AUST) / PBT · effectiveness · quality ratio
    quality ratio  GQ / PQ        set-up ratio  AUST / (APT + AUST)

PBT is the time in which the plant is open. In batches of one, set-up is the loss that dominates: OEE counts it as lost,
NEE does not. A station's faulty work is what sends pieces back to it, counted when it is found.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce

from factory_sim.contracts import Kind, MachineKind

Machine = tuple[str, int]
Span = tuple[float, float]
SENT_BACK = (Kind.FAILED, Kind.SCRAPPED)
VERDICTS = (Kind.PASSED, *SENT_BACK)
MINUTES_PER_HOUR = 60
ROUNDING = 1e-6
"""A clock shows microseconds, working minutes are floats."""


@dataclass(frozen=True)
class Entry:
    """One line of the log of pieces (a Kind) or of machines (a MachineKind); minutes are the plant's working minutes.

    `planned` and `setup` belong to a start: the minutes that the operation takes on average, and the minutes of set-up
    with which this one begins. A machine's entry names the piece in `key` only when that blocks it.
    """

    minute: float
    kind: str
    key: str = ""
    operation: str = ""
    station: str = ""
    machine: int = 0
    planned: float = 0.0
    setup: float = 0.0


@dataclass(frozen=True)
class Window:
    """Two working minutes, and how many minutes by the clock lie between them."""

    since: float
    until: float
    calendar: float

    def __post_init__(self) -> None:
        if self.until - self.since > self.calendar + ROUNDING:
            raise ValueError("a plant is not open for longer than the clock runs")

    def minutes_of(self, span: Span) -> float:
        """How much of a span lies within."""
        return max(0.0, min(span[1], self.until) - max(span[0], self.since))


@dataclass(frozen=True)
class Elements:
    """Machine minutes by what the machines did; their sum is calendar time."""

    closed: float = 0.0
    down: float = 0.0
    production: float = 0.0
    setup: float = 0.0
    blocked: float = 0.0
    idle: float = 0.0

    @property
    def calendar(self) -> float:
        return self.closed + self.down + self.production + self.setup + self.blocked + self.idle

    @property
    def busy(self) -> float:
        """PBT, planned busy time: every minute in which the plant is open."""
        return self.calendar - self.closed

    def __add__(self, other: Elements) -> Elements:
        return Elements(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class StationKpis:
    """One station in one window. A ratio whose divisor is nothing is None.

    `quantity` (PQ) counts operations done, `faulty` those found to be at fault; `planned` and `produced` are the
    planned and the actual production minutes of what was done. `inspected` and `passed` count first looks.
    """

    elements: Elements
    quantity: int = 0
    faulty: int = 0
    planned: float = 0.0
    produced: float = 0.0
    inspected: int = 0
    passed: int = 0

    def __add__(self, other: StationKpis) -> StationKpis:
        return StationKpis(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def availability(self) -> float | None:
        return _ratio(self.elements.production, self.elements.busy)

    @property
    def effectiveness(self) -> float | None:
        return _ratio(self.planned, self.produced)

    @property
    def quality_ratio(self) -> float | None:
        return _ratio(max(self.quantity - self.faulty, 0), self.quantity)

    @property
    def oee(self) -> float | None:
        """Overall equipment effectiveness: set-up is a loss."""
        return _product(self.availability, self.effectiveness, self.quality_ratio)

    @property
    def nee(self) -> float | None:
        """Net equipment effectiveness: set-up is not a loss."""
        used = _ratio(self.elements.production + self.elements.setup, self.elements.busy)
        return _product(used, self.effectiveness, self.quality_ratio)

    @property
    def setup_ratio(self) -> float | None:
        return _ratio(self.elements.setup, self.elements.production + self.elements.setup)

    @property
    def first_pass_yield(self) -> float | None:
        return _ratio(self.passed, self.inspected)


@dataclass(frozen=True)
class PlantKpis:
    """A plant in one window: its stations, and what became of its pieces.

    `completed` pieces were made, of which `flawless` were never sent back; `due` had a promised minute, and `on_time`
    of them were made by then. `lead_minutes` are the working minutes from their releases to their ends, together.
    """

    window: Window
    stations: Mapping[str, StationKpis] = field(default_factory=dict)
    completed: int = 0
    flawless: int = 0
    due: int = 0
    on_time: int = 0
    lead_minutes: float = 0.0

    @property
    def throughput(self) -> float | None:
        """Pieces made per hour in which the plant is open."""
        return _ratio(self.completed * MINUTES_PER_HOUR, self.window.until - self.window.since)

    @property
    def first_pass_yield(self) -> float | None:
        return _ratio(self.flawless, self.completed)

    @property
    def on_time_ratio(self) -> float | None:
        return _ratio(self.on_time, self.due)

    @property
    def mean_lead_minutes(self) -> float | None:
        return _ratio(self.lead_minutes, self.completed)


def kpis(
    log: Iterable[Entry], *, machines: Mapping[str, int], window: Window, due: Mapping[str, float] | None = None
) -> PlantKpis:
    """The key figures of a window.

    The log must go back to the release of every piece that is in the plant within the window; the entries of one piece,
    and those of one machine, must be in their order. `due` holds promised working minutes by piece.
    """
    entries = list(log)
    works, looks = _works(entries, window.until), _looks(entries, window)
    down = _spans(entries, MachineKind.DOWN, MachineKind.UP, window.until)
    blocked = _spans(entries, MachineKind.BLOCKED, MachineKind.UNBLOCKED, window.until)

    def station(name: str, count: int) -> StationKpis:
        each = [(name, number) for number in range(count)]
        ones = (_machine_kpis(window, works.get(one, ()), down.get(one, ()), blocked.get(one, ())) for one in each)
        together = reduce(StationKpis.__add__, ones, StationKpis(Elements()))
        return replace(together, faulty=looks.faulty[name], inspected=looks.inspected[name], passed=looks.passed[name])

    stations = {name: station(name, count) for name, count in machines.items()}
    return replace(_pieces(entries, window, due or {}), stations=stations)


@dataclass
class _Work:
    """What one machine did at a time: an operation, or a batch of them, of which so many `pieces` were done, if any."""

    start: float
    end: float = -math.inf
    setup: float = 0.0
    planned: float = 0.0
    pieces: int = 0

    def phases(self, down: Sequence[Span]) -> tuple[list[Span], list[Span]]:
        """When it was set up and when it produced, without the minutes in which the machine was down."""
        setups: list[Span] = []
        production: list[Span] = []
        left = self.setup
        for start, end in _without((self.start, self.end), down):
            turn = min(end, start + left)
            left -= turn - start
            setups.append((start, turn))
            production.append((turn, end))
        return setups, production


def _works(entries: Sequence[Entry], until: float) -> dict[Machine, list[_Work]]:
    """What every machine did: those that start together on one machine are a batch."""
    ends: dict[tuple[str, str], deque[float]] = defaultdict(deque)
    for entry in entries:
        if entry.kind == Kind.FINISHED:
            ends[entry.key, entry.operation].append(entry.minute)
    aborted = {entry.key: entry.minute for entry in entries if entry.kind == Kind.ABORTED}
    works: dict[Machine, dict[float, _Work]] = defaultdict(dict)
    for entry in entries:
        if entry.kind == Kind.STARTED:
            end = ends[entry.key, entry.operation].popleft() if ends[entry.key, entry.operation] else None
            last = aborted.get(entry.key, max(until, entry.minute))
            work = works[entry.station, entry.machine].setdefault(entry.minute, _Work(entry.minute))
            work.end, work.setup = max(work.end, last if end is None else end), max(work.setup, entry.setup)
            if end is not None:
                work.pieces, work.planned = work.pieces + 1, max(work.planned, entry.planned)
    return {machine: list(batches.values()) for machine, batches in works.items()}


def _spans(entries: Iterable[Entry], first: MachineKind, last: MachineKind, until: float) -> dict[Machine, list[Span]]:
    """From when to when a machine was down, or blocked by a piece; in order and apart.

    What ends without having begun began before the log does. A piece may block twice, for two that it has to go on to.
    """
    since: dict[tuple[Machine, str], list[float]] = defaultdict(list)
    spans: dict[Machine, list[Span]] = defaultdict(list)
    for entry in entries:
        machine = entry.station, entry.machine
        if entry.kind == first:
            since[machine, entry.key].append(entry.minute)
        elif entry.kind == last:
            begun = since[machine, entry.key]
            spans[machine].append((begun.pop() if begun else -math.inf, entry.minute))
    for (machine, _), begun in since.items():
        spans[machine].extend((minute, max(until, minute)) for minute in begun)
    return {machine: _united(each) for machine, each in spans.items()}


def _machine_kpis(window: Window, works: Sequence[_Work], down: Sequence[Span], blocked: Sequence[Span]) -> StationKpis:
    """One machine: its time elements, and what it did of which the end lies within the window."""
    setup = production = planned = produced = 0.0
    quantity = 0
    for work in works:
        setups, productions = work.phases(down)
        setup += _minutes(setups, window)
        production += _minutes(productions, window)
        if work.pieces and window.since < work.end <= window.until:
            quantity += work.pieces
            planned += work.planned
            produced += sum(end - start for start, end in productions)
    held = _minutes([part for span in blocked for part in _without(span, down)], window)
    away, opened = _minutes(down, window), window.until - window.since
    elements = Elements(
        closed=max(window.calendar - opened, 0.0),
        down=away,
        production=production,
        setup=setup,
        blocked=held,
        idle=opened - away - production - setup - held,
    )
    return StationKpis(elements, quantity=quantity, planned=planned, produced=produced)


@dataclass
class _Looks:
    """What inspections found, by station: work at fault there, first looks there, and those that passed."""

    faulty: Counter[str] = field(default_factory=Counter)
    inspected: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)


def _looks(entries: Iterable[Entry], window: Window) -> _Looks:
    looks = _Looks()
    seen: set[tuple[str, str]] = set()
    sent_back: dict[str, float] = {}
    for entry in entries:
        is_within = window.since < entry.minute <= window.until
        if entry.kind in VERDICTS and (entry.key, entry.operation) not in seen:
            seen.add((entry.key, entry.operation))
            looks.inspected[entry.station] += is_within
            looks.passed[entry.station] += is_within and entry.kind == Kind.PASSED
        if entry.kind in SENT_BACK:
            sent_back[entry.key] = entry.minute
        elif entry.kind == Kind.QUEUED and entry.key in sent_back:
            # Where the piece goes back to, there the fault was made.
            found = sent_back.pop(entry.key)
            looks.faulty[entry.station] += window.since < found <= window.until
    return looks


def _pieces(entries: Iterable[Entry], window: Window, due: Mapping[str, float]) -> PlantKpis:
    """What became of the pieces that were completed within the window."""
    released: dict[str, float] = {}
    sent_back: set[str] = set()
    completed: dict[str, float] = {}
    for entry in entries:
        if entry.kind == Kind.RELEASED:
            released[entry.key] = entry.minute
        elif entry.kind in SENT_BACK:
            sent_back.add(entry.key)
        elif entry.kind == Kind.COMPLETED and window.since < entry.minute <= window.until:
            completed[entry.key] = entry.minute
    promised = {key: minute for key, minute in completed.items() if key in due}
    return PlantKpis(
        window=window,
        completed=len(completed),
        flawless=len(completed.keys() - sent_back),
        due=len(promised),
        on_time=sum(minute <= due[key] for key, minute in promised.items()),
        lead_minutes=sum(minute - released[key] for key, minute in completed.items()),
    )


def _united(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], end)
        else:
            united.append((start, end))
    return united


def _without(span: Span, holes: Sequence[Span]) -> list[Span]:
    """What is left of a span; the holes are in order and apart."""
    start, end = span
    left: list[Span] = []
    for hole_start, hole_end in holes:
        if start < hole_end and hole_start < end:
            left.append((start, max(start, hole_start)))
            start = min(hole_end, end)
    return [*left, (start, end)]


def _minutes(spans: Iterable[Span], window: Window) -> float:
    return sum(window.minutes_of(span) for span in spans)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _product(*ratios: float | None) -> float | None:
    product = 1.0
    for ratio in ratios:
        if ratio is None:
            return None
        product *= ratio
    return product

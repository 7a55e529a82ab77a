"""A timetable as coordinates of an SVG of WIDTH units; the template draws them. Pure.

Machines are rows, days stand side by side: nights are left out, since time is counted in working minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from factory_sim.timetable import Stint
from factory_sim.workdays import Workday

WIDTH, LEFT, RIGHT = 960.0, 132.0, 8.0
TOP, ROW, BAR = 24.0, 18.0, 12.0
THINNEST = 1.0


@dataclass(frozen=True)
class Frame:
    """What is drawn: machines (station and number from 0) as rows, and days, in order."""

    machines: Sequence[tuple[str, int]]
    days: Sequence[Workday]

    @property
    def since(self) -> float:
        return self.days[0].since

    @property
    def until(self) -> float:
        return self.days[-1].until

    @property
    def height(self) -> float:
        return TOP + ROW * len(self.machines)

    def x(self, minute: float) -> float:
        """Where a working minute stands; what lies outside stands at the edge."""
        share = (minute - self.since) / (self.until - self.since)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, row: int) -> float:
        return TOP + ROW * row


@dataclass(frozen=True)
class Bar:
    """A stint's rectangle, as far as it lies within the frame."""

    stint: Stint
    x: str
    y: str
    width: str


def bars(frame: Frame, stints: Iterable[Stint], now: float) -> list[Bar]:
    """What was done as far as now, and what is expected from now on."""
    rows = {machine: row for row, machine in enumerate(frame.machines)}
    drawn = []
    for stint in stints:
        row = rows.get((stint.station, stint.machine))
        start, end = within(stint, now)
        if row is None or end <= frame.since or start >= frame.until:
            continue
        left, right = frame.x(start), frame.x(end)
        y = frame.y(row) + (ROW - BAR) / 2
        drawn.append(Bar(stint, f"{left:.1f}", f"{y:.1f}", f"{max(right - left, THINNEST):.1f}"))
    return drawn


def within(stint: Stint, now: float) -> tuple[float, float]:
    """From when to when a stint is drawn: what runs is half done, half expected."""
    if stint.is_expected:
        return max(stint.start, now), now if stint.end is None else stint.end
    return stint.start, now if stint.end is None else stint.end

"""The chart: stints as rectangles within the days that are drawn."""

from datetime import UTC, datetime

import pytest

from factory_sim.gantt import LEFT, RIGHT, ROW, THINNEST, TOP, WIDTH, Bar, Frame, bars
from factory_sim.timetable import Stint
from factory_sim.workdays import Workday

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
FRAME = Frame(
    machines=[("clay", 0), ("kiln", 0), ("kiln", 1)],
    days=[Workday(MIDNIGHT.date(), MIDNIGHT, 1000, 1400), Workday(MIDNIGHT.date(), MIDNIGHT, 1400, 1800)],
)
NOW = 1400.0
INNER = WIDTH - LEFT - RIGHT


def stint(start: float, end: float | None, *, machine: int = 1, is_expected: bool = False) -> Stint:
    return Stint("a", "fire", "kiln", machine, start, end, 0.0, is_expected)


def span(bar: Bar) -> tuple[float, float]:
    """Where it begins and ends, as shares of the days."""
    begin = (float(bar.x) - LEFT) / INNER
    return begin, begin + float(bar.width) / INNER


@pytest.mark.parametrize(
    ("drawn", "shares"),
    [
        (stint(1080, 1240), (0.1, 0.3)),
        (stint(900, 1080), (0.0, 0.1)),
        (stint(1320, None), (0.4, 0.5)),
        (stint(1320, 1480, is_expected=True), (0.5, 0.6)),
        (stint(1640, 2000, is_expected=True), (0.8, 1.0)),
    ],
    ids=["done", "begun before the first day", "at work, so far", "at work, from now on", "ends after the last day"],
)
def test_a_stint_is_drawn_as_far_as_it_lies_within(drawn: Stint, shares: tuple[float, float]) -> None:
    (bar,) = bars(FRAME, [drawn], NOW)

    assert span(bar) == pytest.approx(shares, abs=1e-3)
    assert float(bar.y) == TOP + 2 * ROW + 3


@pytest.mark.parametrize("away", [stint(500, 1000), stint(1800, 1900, is_expected=True), stint(1100, 1200, machine=2)])
def test_what_lies_outside_or_on_a_machine_that_is_gone_is_not_drawn(away: Stint) -> None:
    assert bars(FRAME, [away], NOW) == []


def test_the_shortest_work_is_still_seen() -> None:
    assert bars(FRAME, [stint(1100, 1100.01)], NOW)[0].width == f"{THINNEST:.1f}"

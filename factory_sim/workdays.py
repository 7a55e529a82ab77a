"""The days on which a plant works, as stretches of its working minutes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from factory_sim.calendar import ShiftCalendar
from factory_sim.kpis import Window

LONGEST_CLOSING = 31
"""Days after which one stops looking for a day on which the plant works."""


@dataclass(frozen=True)
class Workday:
    """A day with the working minutes at which it begins and ends."""

    date: date
    midnight: datetime
    since: float
    until: float

    def window(self, calendar: ShiftCalendar, now: float) -> Window:
        """The day, or as much of it as is over at a working minute, for key figures."""
        if now >= self.until:
            return Window(self.since, self.until, _minutes(self.midnight + timedelta(days=1) - self.midnight))
        until = max(now, self.since)
        clock = calendar.to_clock(until, opening=until == self.since)
        return Window(self.since, until, _minutes(clock - self.midnight))


def workdays(calendar: ShiftCalendar, minute: float, *, before: int, after: int) -> tuple[Workday, ...]:
    """The day of a working minute, with so many days of work before and after it; fewer where the plant closes long."""
    # A shift may close at 00:00, which is the next day's.
    worked = calendar.to_clock(minute) - timedelta(microseconds=1)
    today = worked.astimezone(ZoneInfo(calendar.timezone)).date()
    earlier = _walk(calendar, today, -1, before)[::-1]
    later = _walk(calendar, today, 1, after)
    return *earlier, _day(calendar, today), *later


def _walk(calendar: ShiftCalendar, today: date, step: int, count: int) -> list[Workday]:
    days = (_day(calendar, today + timedelta(days=step * number)) for number in range(1, LONGEST_CLOSING + count))
    return [day for day in days if day.until > day.since][:count]


def _day(calendar: ShiftCalendar, day: date) -> Workday:
    zone = ZoneInfo(calendar.timezone)
    midnight, end = (datetime.combine(each, time(), tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return Workday(day, midnight, calendar.to_working(midnight), calendar.to_working(end))


def _minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)

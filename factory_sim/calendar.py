"""Working time: a shift calendar that maps clock time to working minutes and back. Pure.

Inside the engine time is counted in working minutes since EPOCH, so nights and holidays do not exist
there. The map is monotone; a closing minute and the next opening minute are the same working minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = date(2024, 1, 1)
DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class ShiftCalendar:
    """The same opening hours on the same weekdays (0 is Monday) of every week, in one time zone."""

    timezone: str
    weekdays: tuple[int, ...]
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not self.weekdays or list(self.weekdays) != sorted(set(self.weekdays)):
            raise ValueError("weekdays must be given once each, in order")
        if not set(self.weekdays) <= set(range(DAYS_PER_WEEK)) or self.closes <= self.opens:
            raise ValueError("weekdays are 0 to 6, and a shift closes after it opens")

    @property
    def day_minutes(self) -> float:
        """Working minutes of one working day."""
        return _minutes(self.closes) - _minutes(self.opens)

    def to_working(self, moment: datetime) -> float:
        """Working minutes from EPOCH to an aware moment."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        weeks, weekday = divmod((local.date() - EPOCH).days, DAYS_PER_WEEK)
        full_days = weeks * len(self.weekdays) + sum(day < weekday for day in self.weekdays)
        today = 0.0
        if weekday in self.weekdays:
            minute = _minutes(local.time())
            today = min(max(minute - _minutes(self.opens), 0.0), self.day_minutes)
        return full_days * self.day_minutes + today

    def to_clock(self, minutes: float, *, opening: bool = False) -> datetime:
        """The moment of a working minute: at a shift's end the closing time, or with `opening` the next opening."""
        days, rest = divmod(minutes, self.day_minutes)
        if rest == 0 and not opening:
            days, rest = days - 1, self.day_minutes
        weeks, index = divmod(int(days), len(self.weekdays))
        day = EPOCH + timedelta(days=weeks * DAYS_PER_WEEK + self.weekdays[index])
        start = datetime.combine(day, self.opens, tzinfo=ZoneInfo(self.timezone))
        return start + timedelta(minutes=rest)

    def is_open(self, moment: datetime) -> bool:
        """Whether the plant works at a moment."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return local.weekday() in self.weekdays and self.opens <= local.time() < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when the plant is open, else the next opening."""
        return moment if self.is_open(moment) else self.to_clock(self.to_working(moment), opening=True)


def _minutes(clock_time: time) -> float:
    return clock_time.hour * 60 + clock_time.minute + clock_time.second / 60 + clock_time.microsecond / 60e6

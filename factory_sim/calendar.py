"""Working time: a shift calendar that maps clock time to working minutes and back. Pure.

Inside the engine time is counted in working minutes since EPOCH, so nights and holidays do not exist
there. The map is monotone; a closing minute and the next opening minute are the same working minute.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

EPOCH = date(2024, 1, 1)
DAYS_PER_WEEK = 7
DAY_MINUTES = 24 * 60


def _(text: str) -> str:
    """Marks a sentence for the translators; it is translated where it is shown."""
    return text


@dataclass(frozen=True, order=True)
class Shift:
    """Opening hours of one weekday (0 is Monday); one that closes at 00:00 ends with its day."""

    weekday: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.weekday not in range(DAYS_PER_WEEK) or self.end <= self.start:
            raise ValueError(_("weekdays are 0 to 6, and a shift closes after it opens"))

    @property
    def start(self) -> float:
        """Minutes after midnight."""
        return _minutes(self.opens)

    @property
    def end(self) -> float:
        return _minutes(self.closes) or DAY_MINUTES


@dataclass(frozen=True)
class ShiftCalendar:
    """The same shifts every week, in order and apart, in one time zone, but for holidays, on which nobody works."""

    timezone: str
    shifts: tuple[Shift, ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        overlap = any(a.weekday == b.weekday and b.start < a.end for a, b in pairwise(self.shifts))
        if not self.shifts or list(self.shifts) != sorted(self.shifts) or overlap:
            raise ValueError(_("shifts must be given in order, and apart"))

    @cached_property
    def weekdays(self) -> tuple[int, ...]:
        """The days of the week on which there is work, unless they are holidays."""
        return tuple(sorted({shift.weekday for shift in self.shifts}))

    @cached_property
    def day_minutes(self) -> float:
        """Working minutes of the longest working day."""
        return max(self._of_weekday)

    def works_on(self, day: date) -> bool:
        """Whether anybody works on a day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def to_working(self, moment: datetime) -> float:
        """Working minutes from EPOCH to an aware moment."""
        local = moment.astimezone(self._zone)
        day, minute = local.date(), _minutes(local.time())
        if day in self.holidays:
            return self._before(day)
        today = (min(max(minute - each.start, 0.0), each.end - each.start) for each in self._shifts_of[day.weekday()])
        return self._before(day) + sum(today)

    def to_clock(self, minutes: float, *, opening: bool = False) -> datetime:
        """The moment of a working minute: at a shift's end the closing time, or with `opening` the next opening."""
        passed = (bisect_right if opening else bisect_left)(self._holidays_at, minutes)
        weeks, rest = divmod(minutes + self._lost[passed], self._starts[-1])
        if rest == 0 and not opening:
            weeks, rest = weeks - 1, self._starts[-1]
        number = (bisect_right if opening else bisect_left)(self._starts, rest) - 1
        shift = self.shifts[number]
        day = EPOCH + timedelta(days=int(weeks) * DAYS_PER_WEEK + shift.weekday)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return midnight + timedelta(minutes=shift.start + rest - self._starts[number])

    def days_before(self, minutes: float, days: int) -> datetime:
        """A moment at least so many full working days before a working minute, however long the plant was closed."""
        return self.to_clock(minutes - days * self.day_minutes)

    def is_open(self, moment: datetime) -> bool:
        """Whether the plant works at a moment."""
        local = moment.astimezone(self._zone)
        minute = _minutes(local.time())
        return local.date() not in self.holidays and any(
            each.start <= minute < each.end for each in self._shifts_of[local.weekday()]
        )

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when the plant is open, else the next opening."""
        return moment if self.is_open(moment) else self.to_clock(self.to_working(moment), opening=True)

    def _before(self, day: date) -> float:
        """Working minutes from EPOCH to the beginning of a day."""
        weeks, weekday = divmod((day - EPOCH).days, DAYS_PER_WEEK)
        weekly = weeks * self._starts[-1] + sum(self._of_weekday[:weekday])
        return weekly - self._lost[bisect_left(self._days_off, day)]

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def _shifts_of(self) -> tuple[tuple[Shift, ...], ...]:
        """The shifts of each weekday."""
        return tuple(tuple(each for each in self.shifts if each.weekday == day) for day in range(DAYS_PER_WEEK))

    @cached_property
    def _of_weekday(self) -> tuple[float, ...]:
        """Working minutes of each weekday."""
        return tuple(sum(each.end - each.start for each in shifts) for shifts in self._shifts_of)

    @cached_property
    def _starts(self) -> tuple[float, ...]:
        """Working minutes of a week before each shift, and those of the whole week."""
        return 0.0, *accumulate(each.end - each.start for each in self.shifts)

    @cached_property
    def _days_off(self) -> tuple[date, ...]:
        """The holidays that fall on working days, in order."""
        return tuple(sorted(day for day in self.holidays if day >= EPOCH and self._of_weekday[day.weekday()]))

    @cached_property
    def _lost(self) -> tuple[float, ...]:
        """Working minutes that the first 0, 1, 2 … of them cost."""
        return 0.0, *accumulate(self._of_weekday[day.weekday()] for day in self._days_off)

    @cached_property
    def _holidays_at(self) -> tuple[float, ...]:
        """The working minute at which each of them lies."""
        return tuple(self._before(day) for day in self._days_off)


def weekly(timezone: str, weekdays: tuple[int, ...], opens: time, closes: time) -> ShiftCalendar:
    """The same opening hours on some weekdays."""
    return ShiftCalendar(timezone, tuple(Shift(day, opens, closes) for day in weekdays))


def _minutes(clock_time: time) -> float:
    return clock_time.hour * 60 + clock_time.minute + clock_time.second / 60 + clock_time.microsecond / 60e6

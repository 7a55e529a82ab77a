"""Clock time and working minutes: a map there and back that never runs backwards."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from factory_sim.calendar import EPOCH, Shift, ShiftCalendar, weekly

SEOUL = ZoneInfo("Asia/Seoul")
# The demo's: Monday to Saturday, sixteen hours, 960 minutes a day.
DEMO = weekly("Asia/Seoul", (0, 1, 2, 3, 4, 5), time(7), time(23))
# Odd days, odd minutes, and a zone that changes its clocks.
ODD = weekly("Europe/Berlin", (1, 3, 6), time(8, 15, 30), time(17, 0, 45))
# Two shifts with a break, a night that goes on after midnight, and holidays: two in a row, one on a Saturday, one on a
# Sunday, on which nobody works anyway, and the first day of all.
RICH = ShiftCalendar(
    "Asia/Seoul",
    (
        *(Shift(day, *hours) for day in range(4) for hours in ((time(6), time(12)), (time(13), time(19, 30)))),
        Shift(4, time(20), time(0)),
        Shift(5, time(0), time(4, 30)),
    ),
    frozenset(map(date.fromisoformat, ["2024-01-01", "2026-02-17", "2026-02-18", "2026-10-03", "2026-11-22"])),
)
CALENDARS = st.sampled_from([DEMO, ODD, RICH])
# 2026 and the days around it, to the microsecond.
MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10), timezones=st.just(UTC))
MICROSECOND = timedelta(microseconds=1)


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL)


def test_the_epoch_is_a_monday_at_whose_opening_no_minute_has_been_worked() -> None:
    assert EPOCH.weekday() == 0
    opening = datetime.combine(EPOCH, time(7), tzinfo=SEOUL)

    assert DEMO.to_working(opening) == 0
    assert DEMO.to_clock(0, opening=True) == opening
    # Minute 0 is also the closing of the Saturday before.
    assert DEMO.to_clock(0) == datetime(2023, 12, 30, 23, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("moment", "minutes"),
    [
        # From EPOCH to Monday 2026-11-23 there are 151 weeks of six days of 960 minutes.
        (seoul(23, 7), 151 * 6 * 960),
        (seoul(23, 3), 151 * 6 * 960),
        (seoul(23, 9, 30), 151 * 6 * 960 + 150),
        (seoul(23, 23), 151 * 6 * 960 + 960),
        (seoul(24, 6, 59), 151 * 6 * 960 + 960),
        (seoul(28, 22), 151 * 6 * 960 + 5 * 960 + 900),
        (seoul(29, 12), 152 * 6 * 960),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), 151 * 6 * 960 + 150),
    ],
)
def test_working_minutes_are_those_of_a_hand_calculation(moment: datetime, minutes: float) -> None:
    assert (seoul(23, 0).date() - EPOCH).days == 151 * 7
    assert DEMO.to_working(moment) == minutes


def test_a_closing_minute_and_the_next_opening_are_the_same_minute() -> None:
    closing, opening = seoul(28, 23), seoul(30, 7)

    assert DEMO.to_working(closing) == DEMO.to_working(opening)
    assert DEMO.to_clock(DEMO.to_working(closing)) == closing
    assert DEMO.to_clock(DEMO.to_working(closing), opening=True) == opening
    assert DEMO.to_clock(DEMO.to_working(closing) + 1) == opening + timedelta(minutes=1)


@given(MOMENTS, CALENDARS)
def test_an_open_moment_survives_the_way_through_working_minutes(moment: datetime, calendar: ShiftCalendar) -> None:
    minutes = calendar.to_working(moment)

    if calendar.is_open(moment):
        closings = [calendar.to_clock(minutes, opening=opening) for opening in (False, True)]
        assert min(abs(each - moment) for each in closings) <= MICROSECOND
    else:
        closed, opened = calendar.to_clock(minutes), calendar.to_clock(minutes, opening=True)
        assert closed <= moment <= opened


@given(st.floats(0, 10**6), CALENDARS, st.booleans())
@example(minutes=960.0 * 6, calendar=DEMO, opening=False)
@example(minutes=960.0 * 6, calendar=DEMO, opening=True)
def test_a_working_minute_survives_the_way_through_the_clock(
    minutes: float, calendar: ShiftCalendar, opening: bool
) -> None:
    moment = calendar.to_clock(minutes, opening=opening)

    # A clock shows microseconds.
    assert calendar.to_working(moment) == pytest.approx(minutes, abs=1e-6 / 60)
    assert moment.astimezone(ZoneInfo(calendar.timezone)).weekday() in calendar.weekdays


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)), CALENDARS)
def test_time_never_runs_backwards_nor_faster_than_the_clock(
    moment: datetime, later: timedelta, calendar: ShiftCalendar
) -> None:
    worked = calendar.to_working(moment + later) - calendar.to_working(moment)

    # Rounding of a minute count around 1.5 million; the clock has no finer step than a microsecond.
    assert worked >= -1e-9
    assert worked <= later.total_seconds() / 60 + 1e-9


@given(st.floats(0, 10**6), st.floats(0, 5_000), CALENDARS)
def test_a_later_minute_is_never_earlier_on_the_clock(minutes: float, more: float, calendar: ShiftCalendar) -> None:
    assert calendar.to_clock(minutes) <= calendar.to_clock(minutes + more)
    assert calendar.to_clock(minutes) <= calendar.to_clock(minutes, opening=True)


@given(MOMENTS, CALENDARS)
def test_a_plant_is_open_while_working_minutes_pass(moment: datetime, calendar: ShiftCalendar) -> None:
    next_second = moment + timedelta(seconds=1)
    passing = calendar.to_working(next_second) - calendar.to_working(moment)

    if calendar.is_open(moment) and calendar.is_open(next_second):
        assert passing == pytest.approx(1 / 60, abs=1e-6)
    elif not calendar.is_open(moment) and not calendar.is_open(next_second):
        assert passing == 0


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        (seoul(23, 7), True, seoul(23, 7)),
        (seoul(23, 22, 59), True, seoul(23, 22, 59)),
        (seoul(23, 23), False, seoul(24, 7)),
        (seoul(23, 6, 59), False, seoul(23, 7)),
        (seoul(28, 23, 30), False, seoul(30, 7)),
        (seoul(29, 12), False, seoul(30, 7)),
        (datetime(2026, 11, 22, 22, 0, tzinfo=UTC), True, seoul(23, 7)),
    ],
)
def test_a_plant_is_open_on_its_days_in_its_hours(moment: datetime, is_open: bool, opens: datetime) -> None:
    assert DEMO.is_open(moment) is is_open
    assert DEMO.next_opening(moment) == opens


@given(MOMENTS, CALENDARS)
def test_the_next_opening_is_open_and_nothing_is_worked_before_it(moment: datetime, calendar: ShiftCalendar) -> None:
    opens = calendar.next_opening(moment)

    assert opens >= moment
    assert calendar.is_open(opens)
    assert calendar.to_working(opens) == pytest.approx(calendar.to_working(moment), abs=1e-9)


def test_a_working_day_has_the_same_minutes_when_the_clocks_change() -> None:
    # Clocks in Berlin go back on Sunday 2026-10-25 at 03:00, before that day's shift; Sunday is a working day.
    before = datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    after = datetime(2026, 10, 25, 23, tzinfo=ZoneInfo("Europe/Berlin"))

    assert ODD.day_minutes == 525.25
    assert ODD.to_working(after) - ODD.to_working(before) == pytest.approx(525.25, abs=1e-9)
    assert ODD.next_opening(before) == datetime(2026, 10, 25, 8, 15, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("weekdays", "opens", "closes"),
    [
        ((), time(7), time(23)),
        ((1, 0), time(7), time(23)),
        ((0, 0), time(7), time(23)),
        ((0, 7), time(7), time(23)),
        ((-1, 0), time(7), time(23)),
        ((0,), time(7), time(7)),
        ((0,), time(23), time(7)),
    ],
)
def test_a_calendar_that_makes_no_sense_cannot_be_made(weekdays: tuple[int, ...], opens: time, closes: time) -> None:
    with pytest.raises(ValueError, match=r"weekdays|shifts"):
        weekly("Asia/Seoul", weekdays, opens, closes)


def test_shifts_of_a_day_must_not_overlap() -> None:
    with pytest.raises(ValueError, match="apart"):
        ShiftCalendar("Asia/Seoul", (Shift(0, time(7), time(12)), Shift(0, time(11), time(15))))


# --- Shifts and holidays ----------------------------------------------------------------------------


def rich(day: str, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute), tzinfo=SEOUL)


def test_a_break_counts_no_minutes() -> None:
    # Monday 2026-11-23: work until noon, and again from one o'clock.
    noon = RICH.to_working(rich("2026-11-23", 12))

    assert RICH.to_working(rich("2026-11-23", 12, 30)) == RICH.to_working(rich("2026-11-23", 13)) == noon
    assert RICH.to_clock(noon) == rich("2026-11-23", 12)
    assert RICH.to_clock(noon, opening=True) == rich("2026-11-23", 13)
    assert not RICH.is_open(rich("2026-11-23", 12, 30))
    assert RICH.next_opening(rich("2026-11-23", 12, 30)) == rich("2026-11-23", 13)


def test_a_night_shift_goes_on_after_midnight() -> None:
    midnight = rich("2026-11-28", 0)

    assert RICH.is_open(rich("2026-11-27", 23, 59)) is RICH.is_open(midnight) is True
    assert RICH.to_working(rich("2026-11-28", 1)) - RICH.to_working(rich("2026-11-27", 23)) == 120
    assert (
        RICH.to_clock(RICH.to_working(midnight)) == RICH.to_clock(RICH.to_working(midnight), opening=True) == midnight
    )


def test_nobody_works_on_a_holiday() -> None:
    # The 17th and 18th of February 2026 are a Tuesday and a Wednesday.
    before = RICH.to_working(rich("2026-02-16", 19, 30))

    assert RICH.to_working(rich("2026-02-18", 15)) == RICH.to_working(rich("2026-02-19", 6)) == before
    assert RICH.to_clock(before) == rich("2026-02-16", 19, 30)
    assert RICH.to_clock(before, opening=True) == rich("2026-02-19", 6)
    assert RICH.to_clock(before + 1) == rich("2026-02-19", 6, 1)
    assert RICH.next_opening(rich("2026-02-17", 8)) == rich("2026-02-19", 6)
    assert not RICH.works_on(date(2026, 2, 17))
    assert RICH.works_on(date(2026, 2, 19))


def test_control_without_its_holidays_the_calendar_would_work_on_them() -> None:
    plain = ShiftCalendar(RICH.timezone, RICH.shifts)
    lost = plain.to_working(rich("2026-12-01", 0)) - RICH.to_working(rich("2026-12-01", 0))

    # Three days with 750 minutes, and a Saturday with 270; a Sunday costs nothing.
    assert lost == 3 * 750 + 270
    assert plain.is_open(rich("2026-02-17", 8))


@given(MOMENTS, CALENDARS)
def test_working_minutes_are_those_of_a_count_from_shift_to_shift(moment: datetime, calendar: ShiftCalendar) -> None:
    zone = ZoneInfo(calendar.timezone)
    local = moment.astimezone(zone)
    start = date(2025, 12, 1)
    counted = 0.0
    for number in range((local.date() - start).days + 1):
        day = start + timedelta(days=number)
        for shift in calendar.shifts if day not in calendar.holidays else ():
            if shift.weekday == day.weekday():
                until = (local.replace(tzinfo=None) - datetime.combine(day, time())) / timedelta(minutes=1)
                counted += min(max(until - shift.start, 0), shift.end - shift.start)

    begun = calendar.to_working(datetime.combine(start, time(), tzinfo=zone))
    assert calendar.to_working(moment) - begun == pytest.approx(counted, abs=1e-6)


def test_the_sunday_of_the_epoch_s_week_is_closed() -> None:
    assert date(2024, 1, 7).weekday() == 6
    assert not DEMO.is_open(datetime(2024, 1, 7, 12, tzinfo=SEOUL))

"""Days of work in working minutes."""

from datetime import UTC, date, datetime, time

import pytest

from factory_sim.plant import Opening
from factory_sim.workdays import workdays

SEOUL = Opening(days=("mon", "tue", "wed", "thu", "fri", "sat"), opens=time(7), closes=time(23)).calendar()
SATURDAY_NOON = SEOUL.to_working(datetime(2026, 11, 28, 3, tzinfo=UTC))


def test_a_day_has_its_neighbours_of_work() -> None:
    days = workdays(SEOUL, SATURDAY_NOON, before=1, after=2)

    assert [day.date for day in days] == [date(2026, 11, day) for day in (27, 28, 30)] + [date(2026, 12, 1)]
    assert {day.until - day.since for day in days} == {960.0}
    assert days[1].since <= SATURDAY_NOON < days[1].until == days[2].since


@pytest.mark.parametrize("opens", [time(8), time(0)])
def test_a_shift_that_closes_at_midnight_belongs_to_the_day_on_which_it_began(opens: time) -> None:
    late = Opening(days=("mon", "tue", "sat"), opens=opens, closes=time(0)).calendar()
    closing = late.to_working(datetime(2026, 11, 28, 15, tzinfo=UTC))
    days = [workdays(late, minute, before=0, after=0)[0] for minute in (closing - 1, closing, closing + 1)]

    assert late.to_clock(closing) == datetime(2026, 11, 28, 15, tzinfo=UTC), "Sunday, 00:00 in Seoul"
    assert [day.date for day in days] == [date(2026, 11, 28), date(2026, 11, 28), date(2026, 11, 30)]
    assert all(day.since < day.until for day in days)
    assert days[1].window(late, closing).calendar == 24 * 60


def test_a_day_that_runs_has_as_many_minutes_as_are_over() -> None:
    day = workdays(SEOUL, SATURDAY_NOON, before=0, after=0)[0]
    window = day.window(SEOUL, SATURDAY_NOON)

    assert (window.since, window.until, window.calendar) == (day.since, SATURDAY_NOON, 12 * 60)


@pytest.mark.parametrize(("day", "minutes"), [(0, 24 * 60), (2, 7 * 60)])
def test_a_day_that_is_over_is_whole_and_one_to_come_has_only_its_morning(day: int, minutes: float) -> None:
    each = workdays(SEOUL, SATURDAY_NOON, before=1, after=1)[day]
    window = each.window(SEOUL, SATURDAY_NOON)

    assert window.calendar == minutes
    assert window.until == (each.until if day == 0 else each.since)

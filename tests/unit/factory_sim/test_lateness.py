"""Who is late, who is at risk, and where they wait for it."""

import numpy as np
import pytest

from factory_sim.lateness import lateness
from factory_sim.promise_draws import REPLICATIONS
from factory_sim.timetable import Stint

MINUTES = np.linspace(100.0, 200.0, REPLICATIONS)


def waiting(key: str, station: str, start: float, waited: float) -> Stint:
    return Stint(key, "work", station, 0, start, start + 1, waited, is_expected=True)


def test_the_chance_to_be_late_is_the_share_of_replications_that_end_later() -> None:
    found = {
        each.key: each
        for each in lateness(dict.fromkeys("abcd", MINUTES), {"a": 120, "b": 150.1, "c": 185, "d": 195}, [], 0)
    }

    assert found["a"].chance == pytest.approx(0.8, abs=0.01)
    assert (found["a"].is_late, found["c"].is_late) == (True, False)
    assert found["c"].likely == pytest.approx(150)
    assert found["c"].safe == pytest.approx(190)
    assert found.keys() == {"a", "b", "c"}, "d comes in time nineteen times in twenty: it is not named"


def test_the_likeliest_come_first_and_who_has_no_date_or_is_ready_is_left_out() -> None:
    found = lateness({"a": MINUTES, "b": MINUTES, "c": MINUTES}, {"b": 110.0, "a": 180.0, "ready": 50.0}, [], 0)

    assert [each.key for each in found] == ["b", "a"]


def test_the_longest_wait_is_counted_from_now_on() -> None:
    stints = [waiting("a", "clay", 40, 38), waiting("a", "kiln", 90, 30), waiting("a", "bench", 120, 5)]

    (found,) = lateness({"a": MINUTES}, {"a": 100.0}, stints, 35)
    (earlier,) = lateness({"a": MINUTES}, {"a": 100.0}, stints, 0)

    assert (found.station, found.waits) == ("kiln", 30)
    assert (earlier.station, earlier.waits) == ("clay", 38), "control: what lies ahead decides"

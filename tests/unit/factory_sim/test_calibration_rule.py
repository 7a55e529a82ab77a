"""What is learned from promises that came due."""

import math
import random
from dataclasses import replace

import pytest

from factory_sim.calibration import FEWEST, LONGEST, SHORTEST, WINDOW, Correction, Outcome, learned

RAW_LIKELY, RAW_SAFE = 1_000.0, 1_300.0


def outcome(took: float, *, stretch: float = 1.0, given: float = 0.0) -> Outcome:
    """A promise made with a stretch, of a piece that took so many minutes."""
    return Outcome(
        given=given,
        likely=given + RAW_LIKELY * stretch,
        safe=given + RAW_SAFE * stretch,
        likely_stretch=stretch,
        safe_stretch=stretch,
        ready=given + took,
    )


def test_of_few_promises_nothing_is_learned() -> None:
    assert learned([outcome(9_000)] * (FEWEST - 1)) == Correction(1.0, 1.0, FEWEST - 1)
    assert learned([outcome(1_950)] * FEWEST) == Correction(1.95, 1.5, FEWEST)


def test_each_date_is_stretched_to_its_own_level() -> None:
    # 1.000, 1.001, … 1.199 times the simulation's dates.
    late = [outcome(RAW_SAFE * (1 + number / 1_000)) for number in range(200)]

    found = learned(late)

    # The smallest that the next one of 201 does not exceed in nine cases of ten is the 181st.
    assert found.safe == 1.18
    assert found.likely == round(1.3 * 1.1, 2)


def test_what_was_learned_before_is_taken_out_again() -> None:
    """Pieces take 1.2 times as long. Once promises say so, they go on saying so."""
    took = RAW_SAFE * 1.2

    assert learned([outcome(took)] * 50).safe == 1.2
    assert learned([outcome(took, stretch=1.2)] * 50).safe == 1.2


def test_a_piece_that_is_not_ready_though_due_is_late() -> None:
    ready, never = [outcome(RAW_SAFE)] * 80, [outcome(math.inf)] * 20

    assert learned(ready).safe == 1.0
    assert learned(ready + never).safe == LONGEST


def test_it_is_bounded() -> None:
    assert learned([outcome(1)] * 50) == Correction(SHORTEST, SHORTEST, 50)
    assert learned([outcome(1e9)] * 50) == Correction(LONGEST, LONGEST, 50)


def test_dates_are_stretched_from_the_moment_of_asking_and_stay_in_order() -> None:
    assert Correction(1.5, 2.0).dates((110.0, 120.0), 100.0) == (115.0, 140.0)
    assert Correction(2.0, 1.0).dates((110.0, 115.0), 100.0) == (120.0, 120.0)


@pytest.mark.parametrize("really", [1.0, 1.25, 0.8])
def test_nine_of_ten_are_kept_whatever_the_plant_does(really: float) -> None:
    """Promises of a simulation that is wrong by a factor and about the spread; each is judged once it is due."""
    luck = random.Random(3)
    given: list[Outcome] = []
    for number in range(3_000):
        at = number * 20.0
        due = [each for each in given if each.safe <= at][-WINDOW:]
        found = learned(due)
        likely, safe = found.dates((at + RAW_LIKELY, at + RAW_SAFE), at)
        took = RAW_LIKELY * really * luck.lognormvariate(0, 0.3)
        given.append(Outcome(at, likely, safe, found.likely, found.safe, at + took))
    corrected = share(given)
    alone = share([replace(each, likely=each.given + RAW_LIKELY, safe=each.given + RAW_SAFE) for each in given])

    assert abs(corrected[0] - 0.5) < 0.03
    assert abs(corrected[1] - 0.9) < 0.02
    assert abs(alone[1] - 0.9) > 0.02, "control: without what was learned"


def share(outcomes: list[Outcome]) -> tuple[float, float]:
    """The shares that were ready by the likely and by the safe date."""
    likely, safe = (sum(each.ready <= getattr(each, date) for each in outcomes) for date in ("likely", "safe"))
    return likely / len(outcomes), safe / len(outcomes)

"""Every cause has its sentence, and so have chances and frames."""

from datetime import UTC, datetime

import pytest

from factory_sim.contracts import Cause, Kind, Making, OperationSpec, Phase, Progress, Whereabouts
from orders.replay import _frame
from orders.way_page import chance_sentence, end_of_day, why_sentence

NOW = datetime(2026, 12, 8, 5, 0, tzinfo=UTC)
KILN = {"ko": "가마", "en": "Kiln"}
FIRE = {"ko": "굽기", "en": "Firing"}


@pytest.mark.parametrize(
    ("cause", "pieces", "sentence"),
    [
        (Cause.WORK, 0, "At Kiln since Tue, Dec 8, 14:00."),
        (Cause.SETUP, 0, "Everything is made ready for it at Kiln, until Tue, Dec 8, 14:00."),
        (Cause.DOWN, 0, "Standing still at Kiln since Tue, Dec 8, 14:00: the machine is being repaired."),
        (Cause.QUEUE, 0, "Next at Kiln."),
        (Cause.QUEUE, 1, "Waiting at Kiln: 1 piece comes before it."),
        (Cause.QUEUE, 3, "Waiting at Kiln: 3 pieces come before it."),
        (Cause.BATCH, 0, "Next at Kiln."),
        (
            Cause.BATCH,
            4,
            "Waiting at Kiln for 4 more pieces, to go in together; at the latest until Tue, Dec 8, 14:00.",
        ),
        (Cause.BLOCKED, 0, "Waiting at Kiln: a piece that has no room to go on yet is standing there."),
        (Cause.NO_ROOM, 0, "Waiting until there is room at Kiln."),
        (Cause.WAITING, 0, "Waiting at Kiln."),
        (Cause.ON_THE_WAY, 0, "On its way to Kiln."),
        (Cause.PARTS, 0, "Done, and waiting for another part: Firing."),
        (Cause.HELD, 0, "The workshop has paused the work on it."),
        (Cause.SENT_BACK, 0, "The inspection on Tue, Dec 8, 14:00 was not satisfied: Firing"),
        (
            Cause.SCRAPPED,
            0,
            "The workshop could not use it on Tue, Dec 8, 14:00: it is made again, with the same number.",
        ),
    ],
)
def test_each_cause_is_a_sentence(cause: Cause, pieces: int, sentence: str) -> None:
    where = Whereabouts(cause, "fire", FIRE, KILN, pieces, since_at=NOW, waits_for=(FIRE,), note=FIRE)

    assert why_sentence(where, "en") == sentence


def test_no_cause_is_forgotten() -> None:
    for cause in Cause:
        assert why_sentence(Whereabouts(cause, "fire", FIRE, KILN), "ko")


def test_an_event_of_an_operation_that_is_no_more_in_the_route_is_told_by_its_station() -> None:
    operation = OperationSpec("fire", "kiln", 10.0, 0.0, FIRE)
    event = Progress(1, Kind.QUEUED, NOW, "press", {}, KILN, 0, {})
    made = Making("001", Phase.QUEUED, "Running", (operation,), "fire", (event,))

    frame = _frame(made, 1, {"kiln": KILN}, "en")

    assert frame["sentence"] == "Kiln: waiting at Kiln.", "a change has taken its operation out of the route"
    assert (frame["states"], frame["marks"]) == (["coming"], [])


@pytest.mark.parametrize(
    ("chance", "sentence"),
    [
        (0.97, "As it looks now, it will be ready by the promised day."),
        (0.94, "As it looks now, it is ready by the promised day in 9 of 10 cases."),
        (0.71, "As it looks now, it is ready by the promised day in 7 of 10 cases."),
        (0.06, "As it looks now, it is ready by the promised day in 1 of 10 cases."),
        (0.02, "As it looks now, it will not be ready by the promised day."),
    ],
)
def test_the_chance_is_told_in_tenths(chance: float, sentence: str) -> None:
    assert chance_sentence(chance) == sentence


def test_a_promised_day_lasts_until_midnight_in_the_shops_time_zone() -> None:
    assert end_of_day(NOW).isoformat() == "2026-12-08T23:59:59+09:00"

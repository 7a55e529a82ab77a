"""The earliest beginnings of operations: the work before them, and nothing of queues."""

from dataclasses import replace

from factory_sim.contracts import OperationSpec, Phase
from factory_sim.earliest import earliest_starts
from factory_sim.engine.model import DONE, NEEDY, QUEUED, WORKING
from factory_sim.standing import Job, OperationStanding
from tests.unit.factory_sim.plants import NAME


def step(name: str, minutes: float, needs: tuple[str, ...] | None = None) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", minutes, 0.3, NAME, needs=needs)


ROUTE = (
    step("form", 26),
    step("glaze", 14),
    step("fire", 150),
    step("sleeve", 38, ("form",)),
    step("press", 9),
    step("join", 12, ("fire", "press")),
)
COMING = Job("piece", 1, 7, 100.0, ROUTE)
GLAZING = replace(
    COMING,
    phase=Phase.WORKING,
    visits={"form": 1, "glaze": 1},
    standing=(
        OperationStanding(DONE),
        OperationStanding(WORKING, 999.0, since=130.0),
        OperationStanding(NEEDY),
        OperationStanding(QUEUED, 126.0),
        OperationStanding(NEEDY),
        OperationStanding(NEEDY),
    ),
)


def test_a_piece_that_is_to_come_begins_when_it_comes() -> None:
    assert earliest_starts(COMING, 90.0) == {
        "form": 100.0,
        "glaze": 126.0,
        "fire": 140.0,
        "sleeve": 126.0,
        "press": 164.0,
        "join": 290.0,
    }


def test_a_piece_that_is_late_begins_now() -> None:
    assert earliest_starts(COMING, 120.0)["form"] == 120.0


def test_work_at_hand_takes_its_usual_time_not_the_one_that_is_drawn() -> None:
    assert earliest_starts(GLAZING, 135.0) == {"fire": 144.0, "sleeve": 135.0, "press": 173.0, "join": 294.0}


def test_work_that_takes_longer_than_usual_may_end_at_any_moment() -> None:
    assert earliest_starts(GLAZING, 170.0)["fire"] == 170.0


def test_what_had_begun_before_the_piece_was_sent_back_is_not_among_them() -> None:
    assert "join" not in earliest_starts(replace(GLAZING, visits={**GLAZING.visits, "join": 1}), 135.0)

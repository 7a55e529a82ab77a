"""The earliest beginnings of operations: the work before them when it goes fast, and nothing of queues."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from factory_sim.contracts import Kind, OperationSpec, Phase
from factory_sim.earliest import earliest_starts
from factory_sim.engine.model import DONE, NEEDY, QUEUED, WORKING
from factory_sim.live import run
from factory_sim.standing import Job, Machines, OperationStanding
from tests.unit.factory_sim.live.rich_plants import LONG, STATIONS, plant_of
from tests.unit.factory_sim.plants import NAME


def step(name: str, minutes: float, needs: tuple[str, ...] | None = None) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", minutes, 0.0, NAME, needs=needs)


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


def test_work_at_hand_takes_no_time_that_is_drawn() -> None:
    assert earliest_starts(GLAZING, 135.0) == {"fire": 144.0, "sleeve": 135.0, "press": 173.0, "join": 294.0}


def test_work_that_takes_longer_than_usual_may_end_at_any_moment() -> None:
    assert earliest_starts(GLAZING, 170.0)["fire"] == 170.0


def test_what_had_begun_before_the_piece_was_sent_back_is_not_among_them() -> None:
    assert "join" not in earliest_starts(replace(GLAZING, visits={**GLAZING.visits, "join": 1}), 135.0)


# --- How often it is true ------------------------------------------------------------------------------

PIECES = 400
VARIED = tuple(
    OperationSpec(each.id, station, each.minutes, 0.3, NAME, needs=each.needs)
    for each, station in zip(ROUTE, [*STATIONS, *STATIONS], strict=False)
)


def usual(job: Job) -> Job:
    """The piece as if work always took its mean time."""
    return replace(job, operations=tuple(replace(each, variation=0.0) for each in job.operations))


def claims_and_beginnings(*, of_means: bool) -> Iterator[tuple[float, float]]:
    """What is said of each operation of many pieces that wait for nobody, now and then, and when it began."""
    plant = plant_of([{"id": name, "machines": PIECES} for name in STATIONS])
    jobs = {f"{seed}": Job(f"{seed}", seed, seed, 0.0, VARIED) for seed in range(PIECES)}
    said: list[tuple[str, str, float]] = []
    began: dict[tuple[str, str], float] = {}
    machines: Machines = {}
    since = 0.0
    for until in (20.0, 35.0, 100.0, LONG):
        for job in jobs.values():
            found = earliest_starts(usual(job) if of_means else job, since)
            said += [(job.key, operation, minute) for operation, minute in found.items()]
        done = run(plant, jobs.values(), machines, since=since, until=until)
        began |= {(each.key, each.operation): each.minute for each in done.events if each.kind is Kind.STARTED}
        jobs, machines, since = jobs | done.jobs, done.machines, until
    return ((minute, began[key, operation]) for key, operation, minute in said)


def test_hardly_any_operation_begins_before_it_was_said_to() -> None:
    early = [began < said - 1e-6 for said, began in claims_and_beginnings(of_means=False)]

    assert len(early) > 10 * PIECES
    assert 0 < sum(early) / len(early) < 0.02


def test_control_by_usual_times_every_third_did() -> None:
    early = [began < said - 1e-6 for said, began in claims_and_beginnings(of_means=True)]

    assert sum(early) / len(early) > 0.3


def test_work_that_varies_counts_when_it_goes_fast() -> None:
    varied = replace(COMING, operations=VARIED)

    # 26 minutes with a coefficient of variation of 0.3: two of a hundred take less than 13.6.
    assert earliest_starts(varied, 100.0)["glaze"] == pytest.approx(113.6, abs=0.05)

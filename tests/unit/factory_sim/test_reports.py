"""Reports from the floor: what they tell is what the engine would tell, and what cannot be true is refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from factory_sim.contracts import Fault, JobResponse, Kind, Phase
from factory_sim.engine.model import NEEDY, QUEUED, WORKING
from factory_sim.reports import Refusal, UnableToReport, arrived, reported
from factory_sim.standing import Event, Job
from tests.integration.factory_sim.work import step
from tests.unit.factory_sim.live.rich_plants import LONG, rich, stored, told

SEEDS = range(60)
CRACK = Fault("crack", 0.1, "throw", {"ko": "금이 갔습니다.", "en": "It is cracked."})
BROKEN = replace(CRACK, id="broken", scrap=True)
# Two branches of which an inspection looks at one: throw and fire, and cut.
ROUTE = (
    step("throw", "clay", 10),
    step("cut", "bench", 5, needs=()),
    step("fire", "kiln", 60, needs=("throw",)),
    step("look", "bench", 5, faults=(CRACK, BROKEN), needs=("fire",)),
    step("pack", "bench", 3, needs=("look", "cut")),
)
PIECE = Job("001-ABCDE", 1, 0, 0.0, ROUTE)


def said(kind: Kind, operation: str = "", fault: str = "") -> JobResponse:
    return JobResponse(PIECE.key, kind, operation, fault=fault)


def after(*reports: JobResponse, job: Job = PIECE) -> tuple[Job, list[Event]]:
    """The piece after it came and these reports, one a minute and stored in between, and all events."""
    job, events = arrived(job, 0.0)
    for minute, each in enumerate(reports, 1):
        job, more = reported(stored(job), each, minute=float(minute), machine=0)
        events += more
    return job, events


def done(*operations: str) -> list[JobResponse]:
    return [said(kind, each) for each in operations for kind in (Kind.STARTED, Kind.FINISHED)]


def looked(kind: Kind, fault: str = "") -> list[JobResponse]:
    return [*done("throw", "fire"), said(Kind.STARTED, "look"), said(kind, "look", fault)]


def phases(job: Job) -> list[int]:
    return [each.phase for each in job.standing]


def lines(events: Sequence[Event]) -> list[str]:
    return [f"{each.kind} {each.operation}{each.fault and ' '}{each.fault}".strip() for each in events]


# --- The simulation as the oracle ------------------------------------------------------------------


def replayed(job: Job, events: Sequence[Event]) -> tuple[Job, list[Event]]:
    """What a plant would tell by reports to which the same happened."""
    piece, found = arrived(job, events[0].minute)
    inspects = {each.id for each in job.operations if each.faults}
    for event in events:
        is_verdict = event.kind in {Kind.PASSED, Kind.FAILED, Kind.SCRAPPED}
        is_end = event.kind is Kind.FINISHED and event.operation not in inspects
        if event.kind is Kind.STARTED or is_verdict or is_end:
            kind = Kind.FAILED if is_verdict and event.fault else event.kind
            said = JobResponse(job.key, kind, event.operation, fault=event.fault)
            piece, more = reported(stored(piece), said, minute=event.minute, machine=event.machine)
            found += more
    return piece, found


def test_reports_of_what_the_simulation_did_tell_the_same_log() -> None:
    """On random plants with branches, rework and scrap. Only when a piece joins a queue may differ: ways take time."""
    sent_back = 0
    for seed in SEEDS:
        world = rich(seed)
        history = told(world, [LONG])
        for job in world.jobs:
            events = [event for event in history.events if event.key == job.key]
            piece, found = replayed(job, events)

            assert [_what(each) for each in found if each.kind is not Kind.QUEUED] == [
                _what(each) for each in events if each.kind is not Kind.QUEUED
            ]
            assert _queued(found) == _queued(events)
            assert [each.seq for each in found] == list(range(1, len(found) + 1))
            ended = history.jobs[job.key]
            assert (piece.phase, piece.visits, piece.remade) == (ended.phase, ended.visits, ended.remade)
            assert phases(piece) == [each.phase for each in ended.standing]
            sent_back += sum(each.kind in {Kind.FAILED, Kind.SCRAPPED} for each in events)
    assert sent_back > len(SEEDS), "control: many were sent back"


def _what(event: Event) -> tuple[object, ...]:
    return event.kind, event.minute, event.operation, event.station, event.machine, event.fault


def _queued(events: Sequence[Event]) -> Counter[str]:
    return Counter(event.operation for event in events if event.kind is Kind.QUEUED)


# --- What follows from what ------------------------------------------------------------------------


def test_a_piece_waits_for_all_its_first_operations() -> None:
    piece, events = after()

    assert lines(events) == ["released", "queued throw", "queued cut"]
    assert phases(piece) == [QUEUED, QUEUED, NEEDY, NEEDY, NEEDY]


def test_the_last_operation_completes_the_piece() -> None:
    piece, events = after(*looked(Kind.PASSED), *done("cut", "pack"))

    assert lines(events)[-8:] == [
        *("finished look", "passed look"),
        *("started cut", "finished cut", "queued pack"),
        *("started pack", "finished pack", "completed"),
    ]
    assert piece.phase is Phase.DONE


def test_a_fault_sends_back_as_it_says_and_leaves_the_other_branch() -> None:
    piece, events = after(said(Kind.STARTED, "cut"), *looked(Kind.FAILED, "crack"))

    assert lines(events)[-3:] == ["finished look", "failed look crack", "queued throw"]
    assert phases(piece) == [QUEUED, WORKING, NEEDY, NEEDY, NEEDY]
    assert (piece.visits["throw"], dict(piece.remade)) == (1, {})


@pytest.mark.parametrize("reports", [looked(Kind.FAILED, "broken"), looked(Kind.SCRAPPED)])
def test_a_scrapped_piece_starts_anew_under_its_number(reports: list[JobResponse]) -> None:
    piece, events = after(*reports)

    assert [line.split()[0] for line in lines(events)[-3:]] == ["finished", "scrapped", "queued"]
    assert phases(piece)[0] == QUEUED
    assert piece.remade == {"throw": 1, "fire": 1, "look": 1}


def test_what_breaks_while_it_waits_is_scrapped_too() -> None:
    _, events = after(*done("throw"), said(Kind.SCRAPPED, "fire"))

    assert lines(events)[-3:] == ["queued fire", "scrapped fire", "queued throw"]


def test_an_operation_that_runs_is_expected_to_end_at_its_mean() -> None:
    piece, _ = after(said(Kind.STARTED, "throw"))

    assert (piece.phase, piece.since, piece.ends_at, piece.visits) == (Phase.WORKING, 1.0, 11.0, {"throw": 1})


# --- What cannot be true ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "refused", "why"),
    [
        ([], said(Kind.STARTED, "fire"), Refusal.NOT_YET),
        (looked(Kind.PASSED), said(Kind.STARTED, "pack"), Refusal.NOT_YET),
        ([said(Kind.STARTED, "throw")], said(Kind.STARTED, "throw"), Refusal.RUNNING),
        (done("throw"), said(Kind.STARTED, "throw"), Refusal.DONE),
        ([], said(Kind.FINISHED, "throw"), Refusal.NOT_STARTED),
        (done("throw"), said(Kind.FINISHED, "throw"), Refusal.DONE),
        (looked(Kind.PASSED), said(Kind.PASSED, "look"), Refusal.DONE),
        ([*done("throw", "fire"), said(Kind.STARTED, "look")], said(Kind.FINISHED, "look"), Refusal.NEEDS_VERDICT),
        ([*done("throw", "fire"), said(Kind.STARTED, "look")], said(Kind.FAILED, "look"), Refusal.UNKNOWN_FAULT),
        ([said(Kind.STARTED, "throw")], said(Kind.PASSED, "throw"), Refusal.NO_INSPECTION),
        ([said(Kind.STARTED, "throw")], said(Kind.FAILED, "throw", "crack"), Refusal.NO_INSPECTION),
        (done("throw"), said(Kind.PASSED, "look"), Refusal.NOT_STARTED),
        ([], said(Kind.SCRAPPED, "look"), Refusal.NOT_STARTED),
        ([], said(Kind.STARTED, "melt"), Refusal.UNKNOWN_OPERATION),
    ],
)
def test_what_cannot_be_true_is_refused(before: list[JobResponse], refused: JobResponse, why: Refusal) -> None:
    piece, _ = after(*before)

    with pytest.raises(UnableToReport) as unable:
        reported(piece, refused, minute=99.0, machine=0)

    assert unable.value.refusal is why


def test_a_held_piece_ends_what_runs_and_starts_nothing() -> None:
    piece, _ = after(said(Kind.STARTED, "throw"))
    held = replace(piece, held=True)
    ended, events = reported(held, said(Kind.FINISHED, "throw"), minute=9.0, machine=0)

    assert lines(events) == ["finished throw", "queued fire"]
    with pytest.raises(UnableToReport, match="held"):
        reported(ended, said(Kind.STARTED, "fire"), minute=9.0, machine=0)
    reported(replace(ended, held=False), said(Kind.STARTED, "fire"), minute=9.0, machine=0)

"""Reports of work: they make the log, take the materials, and are taken once; what cannot be true changes nothing."""

from datetime import timedelta

import pytest

from factory_sim.commands import command_job
from factory_sim.contracts import Kind
from factory_sim.models import (
    Command,
    FactoryClock,
    JobStatus,
    MachineLogEntry,
    MaterialUse,
    Plant,
    ProductionEvent,
    ProductionOrder,
    WorkReport,
)
from factory_sim.plant_change import PlantInUse
from factory_sim.report_service import (
    PlantIsSimulated,
    ReportKeyReused,
    ReportRefused,
    UnknownPiece,
    UnusableReport,
)
from factory_sim.selectors import expectation, making
from factory_sim.services import load_plant, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.reporting import REF, ROUND, ordered, reporting_plant, tell, tell_round
from tests.integration.factory_sim.work import PLANT, SPEED, at, kinds, reported_finished

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(db: None) -> Plant:
    return reporting_plant()


@pytest.fixture
def piece(plant: Plant) -> ProductionOrder:
    return ordered()[0]


def events() -> list[tuple[int, str, float, str, int]]:
    rows = ProductionEvent.objects.filter(order__external_ref=REF).order_by("seq")
    return [(e.seq, e.kind, round((e.at - MONDAY).total_seconds() / 60, 3), e.operation, e.machine) for e in rows]


def test_a_piece_is_made_by_reports_alone(piece: ProductionOrder) -> None:
    tell_round()
    piece.refresh_from_db()

    assert events() == [
        *((1, "released", 0, "", 0), (2, "queued", 0, "form", 0)),
        *((3, "started", 1, "form", 0), (4, "finished", 2, "form", 0), (5, "queued", 2, "press", 0)),
        *((6, "started", 3, "press", 0), (7, "finished", 4, "press", 0), (8, "queued", 4, "look", 0)),
        *((9, "started", 5, "look", 0), (10, "finished", 6, "look", 0), (11, "passed", 6, "look", 0)),
        (12, "completed", 6, "", 0),
    ]
    assert (piece.status, piece.phase, reported_finished()) == (JobStatus.ENDED, "done", [REF])


def test_nothing_happens_to_it_by_itself(piece: ProductionOrder) -> None:
    assert tick(plant_slug=PLANT, now=at(5000)) == 0

    assert kinds(REF) == ["released", "queued"]
    assert not MachineLogEntry.objects.exists(), "no machine breaks down by luck"
    assert FactoryClock.objects.get().horizon > 1000, "its time goes on all the same"


def test_control_the_same_plant_would_be_simulated(db: None) -> None:
    load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    ordered()
    tick(plant_slug=PLANT, now=at(5000))

    assert kinds(REF)[-1] == "completed"
    with samples.nothing_written(), pytest.raises(PlantIsSimulated):
        tell(Kind.STARTED, "form")


def test_a_report_says_what_followed_from_it_and_who_said_it(piece: ProductionOrder) -> None:
    tell(Kind.STARTED, "form", minute=3)
    written = tell(Kind.FINISHED, "form", minute=4, at=at(3.5))

    assert (written.first_seq, written.last_seq, written.status) == (4, 5, JobStatus.RUNNING)
    assert (written.happened_at, written.received_at, written.actor) == (at(3.5), at(4), None)
    assert events()[3][2] == 3.5, "what happened is in the log at its own time"


def test_a_report_that_came_already_changes_nothing_and_is_answered_as_it_was(piece: ProductionOrder) -> None:
    first = tell(Kind.STARTED, "form", key="one")
    tell(Kind.FINISHED, "form", minute=2)
    with samples.nothing_written():
        again = tell(Kind.STARTED, "form", key="one")

    assert (again.pk, again.first_seq, again.status) == (first.pk, 3, JobStatus.RUNNING)
    with samples.nothing_written(), pytest.raises(ReportRefused):
        tell(Kind.STARTED, "form", key="another")


def test_a_key_of_another_report_is_refused(piece: ProductionOrder) -> None:
    tell(Kind.STARTED, "form", key="one")
    with samples.nothing_written(), pytest.raises(ReportKeyReused):
        tell(Kind.SCRAPPED, "form", reason="It fell.", key="one")


def test_materials_are_taken_when_an_operation_starts(piece: ProductionOrder) -> None:
    tell_round()
    uses = MaterialUse.objects.order_by("seq").values_list("seq", "lot__material", "quantity")

    assert list(uses) == [(3, "clay", 9_000), (6, "foil", 12)]


def test_rework_goes_back_as_the_fault_says_and_takes_no_material_again(piece: ProductionOrder) -> None:
    for kind, operation in ((Kind.STARTED, "form"), (Kind.STARTED, "press"), (Kind.STARTED, "look")):
        tell(kind, operation)
        if operation != "look":
            tell(Kind.FINISHED, operation)
    tell(Kind.FAILED, "look", fault="crack")
    tell(Kind.STARTED, "form", minute=2)
    made = making(external_ref=REF)

    assert kinds(REF)[-3:] == ["failed", "queued", "started"]
    assert made is not None
    assert made.progress[-3].note["en"] == "It is cracked."
    assert MaterialUse.objects.count() == 2


def test_a_scrapped_piece_is_made_anew_of_new_material(piece: ProductionOrder) -> None:
    tell(Kind.STARTED, "form")
    written = tell(Kind.SCRAPPED, "form", reason="It fell.", minute=2)
    tell(Kind.STARTED, "form", minute=3)
    piece.refresh_from_db()

    assert kinds(REF)[2:] == ["started", "finished", "scrapped", "queued", "started"]
    assert (written.reason, piece.visits, piece.remade) == ("It fell.", {"form": 2}, {"form": 1})
    assert MaterialUse.objects.filter(lot__material="clay").count() == 2


def test_a_paused_piece_ends_what_runs_and_starts_when_it_is_resumed(piece: ProductionOrder) -> None:
    tell(Kind.STARTED, "form")
    assert tell(Kind.PAUSED, minute=2).status == JobStatus.INTERRUPTED
    tell(Kind.FINISHED, "form", minute=3)
    with samples.nothing_written(), pytest.raises(ReportRefused, match="held"):
        tell(Kind.STARTED, "press", minute=4)
    assert tell(Kind.RESUMED, minute=5).status == JobStatus.RUNNING
    tell(Kind.STARTED, "press", minute=6)

    assert kinds(REF)[3:] == ["paused", "finished", "queued", "resumed", "started"]


@pytest.mark.parametrize("kind", [Kind.PAUSED, Kind.RESUMED])
def test_what_has_not_begun_is_neither_paused_nor_resumed(piece: ProductionOrder, kind: Kind) -> None:
    with samples.nothing_written(), pytest.raises(ReportRefused, match="waiting for its first operation"):
        tell(kind)


def test_commands_of_staff_hold_and_let_go_here_too(piece: ProductionOrder) -> None:
    def give(command: Command) -> None:
        command_job(order_id=piece.pk, command=command, actor=boss, reason="so", now=at(1))

    boss = samples.superuser()
    give(Command.REVOKE)
    with samples.nothing_written(), pytest.raises(ReportRefused, match="held"):
        tell(Kind.STARTED, "form")
    give(Command.START)
    tell(Kind.STARTED, "form", minute=2)
    give(Command.ABORT)

    assert kinds(REF)[2:] == ["revoked", "allowed", "started", "aborted"]
    with samples.nothing_written(), pytest.raises(ReportRefused, match="stopped"):
        tell(Kind.FINISHED, "form", minute=3)


def test_a_finished_piece_takes_no_report(piece: ProductionOrder) -> None:
    tell_round()
    with samples.nothing_written(), pytest.raises(ReportRefused, match="is made"):
        tell(Kind.STARTED, "form", minute=90)


def test_an_operation_starts_on_the_first_free_machine_or_on_the_one_that_is_named(plant: Plant) -> None:
    ordered("001-A", "002-B", "003-C")
    tell(Kind.STARTED, "form", ref="001-A")
    with samples.nothing_written(), pytest.raises(ReportRefused, match="taken"):
        tell(Kind.STARTED, "form", ref="002-B", machine=0)
    tell(Kind.STARTED, "form", ref="002-B")
    with samples.nothing_written(), pytest.raises(ReportRefused, match="taken"):
        tell(Kind.STARTED, "form", ref="003-C")
    tell(Kind.FINISHED, "form", ref="001-A", minute=2)
    tell(Kind.STARTED, "form", ref="003-C", minute=3)

    starts = ProductionEvent.objects.filter(kind="started").order_by("pk")
    assert [(each.order.external_ref, each.machine) for each in starts] == [("001-A", 0), ("002-B", 1), ("003-C", 0)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": Kind.STARTED, "operation": "melt"}, "operation"),
        ({"kind": Kind.STARTED, "operation": "form", "machine": 2}, "machine"),
        ({"kind": Kind.STARTED, "operation": "form", "machine": -1}, "machine"),
        ({"kind": Kind.STARTED, "operation": "form", "at": at(1) + timedelta(minutes=6)}, "time"),
        ({"kind": Kind.SCRAPPED, "operation": "form"}, "reason"),
        ({"kind": Kind.COMPLETED}, "what"),
    ],
)
def test_what_makes_no_sense_says_where(piece: ProductionOrder, said: dict[str, object], field: str) -> None:
    with samples.nothing_written(), pytest.raises(UnusableReport) as refused:
        tell(**said)  # type: ignore[arg-type]

    assert refused.value.extra["field"] == field


def test_an_unknown_fault_is_said_beside_its_field(piece: ProductionOrder) -> None:
    for kind, operation in ((Kind.STARTED, "form"), (Kind.FINISHED, "form"), (Kind.STARTED, "press")):
        tell(kind, operation)
    tell(Kind.FINISHED, "press")
    tell(Kind.STARTED, "look")
    with samples.nothing_written(), pytest.raises(UnusableReport) as refused:
        tell(Kind.FAILED, "look", fault="ghost")

    assert refused.value.extra["field"] == "fault"


def test_a_piece_of_another_plant_is_unknown(piece: ProductionOrder) -> None:
    with samples.nothing_written(), pytest.raises(UnknownPiece):
        tell(Kind.STARTED, "form", ref="002-FGHIJ")


def test_a_log_does_not_run_backwards(piece: ProductionOrder) -> None:
    """A station that was off the net tells later; a clock that is a little ahead counts as now."""
    tell(Kind.STARTED, "form", minute=10, at=at(10) + timedelta(minutes=4))
    tell(Kind.FINISHED, "form", minute=20, at=at(5))

    assert [row[2] for row in events()[2:4]] == [10, 10]


def test_work_after_closing_time_is_in_the_log_at_its_own_time(piece: ProductionOrder) -> None:
    """The plant closes at 23:00. Nobody works then by the plan, but people may."""
    late = 14 * 60 + 30
    for minute, (kind, operation) in enumerate(ROUND[:3]):
        tell(kind, operation, minute=late + minute)

    assert [row[2] for row in events()[2:]] == [late, late + 1, late + 1, late + 2]
    minutes = ProductionEvent.objects.order_by("seq").values_list("minute", flat=True)
    assert list(minutes) == sorted(minutes)
    assert piece.events.get(seq=3).minute == piece.events.get(seq=4).minute, "no working time passes"


def test_who_makes_cannot_change_while_pieces_are_open(piece: ProductionOrder) -> None:
    data = samples.toml("plants/mangwon.toml")
    with samples.nothing_written(), pytest.raises(PlantInUse):
        load_plant(data=data, now=at(1))
    tell_round()
    load_plant(data=data, now=at(9))

    assert Plant.objects.get().definition["maker"] == "simulation"


def test_an_open_piece_has_dates_that_move_with_reports(piece: ProductionOrder) -> None:
    early = expectation(external_ref=REF, now=at(2))
    tell(Kind.STARTED, "form", minute=500)
    late = expectation(external_ref=REF, now=at(500))

    assert early is not None
    assert late is not None
    assert late.likely_at > early.likely_at


def test_rows_of_reports_never_change(piece: ProductionOrder) -> None:
    written = tell(Kind.STARTED, "form")
    with pytest.raises(Exception, match="never changed or removed"):
        WorkReport.objects.filter(pk=written.pk).update(reason="x")

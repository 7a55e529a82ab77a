"""Commands to jobs: which states take which, what a held piece still does, and that nothing is moved in the past."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from factory_sim import commands
from factory_sim.commands import EVENTS, STEPS, ReasonNeeded, UnableToCommand, command_job, commands_for
from factory_sim.contracts import Kind
from factory_sim.jobs import open_orders
from factory_sim.models import (
    Command,
    FactoryClock,
    JobCommand,
    JobStatus,
    MachineLogEntry,
    Plant,
    ProductionEvent,
    ProductionOrder,
)
from factory_sim.publishing import publish_queue
from factory_sim.selectors import expectation
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SIMPLE, SPEED, at, event_log, kinds, reported_finished, spec, step

pytestmark = pytest.mark.django_db

A, B = "001-ABCDE", "002-FGHIJ"
LONG = 100_000


@pytest.fixture
def boss() -> User:
    return samples.superuser()


@pytest.fixture
def give(boss: User) -> Callable[..., JobCommand]:
    """Tick to a minute and give a piece a command."""

    def give(ref: str, command: Command, minute: float, reason: str = "a crack in the clay") -> JobCommand:
        tick(plant_slug=PLANT, now=at(minute))
        order = ProductionOrder.objects.get(external_ref=ref)
        return command_job(order_id=order.pk, command=command, actor=boss, reason=reason, now=at(minute))

    return give


def made(*refs: str, work: Any = SIMPLE) -> None:
    for ref in refs:
        produce(plant_slug=PLANT, external_ref=ref, spec=work, now=at(0))


def minute_of(ref: str, kind: Kind, operation: str = "") -> float:
    """How many minutes after 09:00 it happened last."""
    events = ProductionEvent.objects.filter(order__external_ref=ref, kind=kind, operation=operation)
    return (events.latest("seq").at - MONDAY).total_seconds() / 60


def test_every_command_is_in_the_tables() -> None:
    assert set(STEPS) == set(EVENTS) == set(Command)
    assert commands_for(JobStatus.RUNNING) == [Command.PAUSE, Command.ABORT, Command.PUT_FIRST]
    assert commands_for(JobStatus.ENDED) == commands_for(JobStatus.ABORTED) == []


def test_a_command_is_an_event_with_who_and_why(plant: Plant, give: Callable[..., JobCommand], boss: User) -> None:
    made(A)
    written = give(A, Command.PAUSE, 10)
    event = ProductionEvent.objects.get(order__external_ref=A, seq=written.seq)

    assert kinds(A) == ["released", "queued", "started", "paused"]
    assert (event.kind, event.at) == ("paused", at(0) + (at(10) - at(0)) * SPEED)
    assert (written.from_status, written.to_status, written.actor, written.reason) == (
        *("Running", "Interrupted"),
        *(boss, "a crack in the clay"),
    )


def test_a_paused_piece_ends_what_runs_and_starts_nothing(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A, B)
    give(A, Command.PAUSE, 10)
    tick(plant_slug=PLANT, now=at(200))

    assert kinds(A)[3:] == ["paused", "finished"]
    assert ProductionOrder.objects.get(external_ref=A).status == JobStatus.INTERRUPTED
    assert kinds(B)[-1] == "completed", "control: without the command it would be done"


def test_a_piece_that_is_resumed_goes_on_behind_those_that_waited(
    plant: Plant, give: Callable[..., JobCommand]
) -> None:
    made(A, B)
    give(A, Command.PAUSE, 10)
    give(A, Command.RESUME, 33)
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(A) == [
        *("released", "queued", "started", "paused", "finished", "resumed", "queued", "started", "finished"),
        "completed",
    ]
    assert minute_of(A, Kind.FINISHED, "form") == pytest.approx(30)
    assert minute_of(A, Kind.QUEUED, "press") == pytest.approx(33)
    assert minute_of(A, Kind.STARTED, "press") == pytest.approx(40), "the other one is on the press from 30 to 40"
    assert sorted(reported_finished()) == [A, B]


def test_a_pause_in_the_queue_lets_others_pass(plant: Plant, give: Callable[..., JobCommand]) -> None:
    crowd = ["001-AAAAA", "002-BBBBB", "003-CCCCC", "004-DDDDD"]
    made(*crowd)
    give(crowd[2], Command.REVOKE, 10)
    give(crowd[2], Command.START, 45)
    tick(plant_slug=PLANT, now=at(LONG))

    assert minute_of(crowd[3], Kind.STARTED, "form") == pytest.approx(30)
    assert minute_of(crowd[2], Kind.STARTED, "form") == pytest.approx(45), "the other machine is idle since minute 30"
    assert kinds(crowd[2])[:5] == ["released", "queued", "revoked", "allowed", "queued"]


def test_a_piece_that_is_put_first_is_the_next_to_be_served_and_may_take_its_turn_again(
    plant: Plant, give: Callable[..., JobCommand]
) -> None:
    crowd = ["001-AAAAA", "002-BBBBB", "003-CCCCC", "004-DDDDD", "005-EEEEE"]
    made(*crowd)
    give(crowd[4], Command.PUT_FIRST, 10)
    written = give(crowd[3], Command.PUT_FIRST, 11, reason="")
    assert (written.from_status, written.to_status) == ("AllowedToStart", "AllowedToStart")
    give(crowd[3], Command.IN_TURN, 12)
    tick(plant_slug=PLANT, now=at(LONG))

    starts = {ref[:3]: minute_of(ref, Kind.STARTED, "form") for ref in crowd}
    assert starts == pytest.approx({"001": 0, "002": 0, "005": 30, "003": 30, "004": 60}, abs=0.01)
    assert kinds(crowd[3])[:5] == ["released", "queued", "put_first", "in_turn", "started"]


def test_what_is_first_cannot_be_put_first_again(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A)
    give(A, Command.PUT_FIRST, 10)

    with pytest.raises(UnableToCommand):
        give(A, Command.PUT_FIRST, 11)

    assert commands_for(JobStatus.RUNNING, is_first=True) == [Command.PAUSE, Command.ABORT, Command.IN_TURN]
    assert JobCommand.objects.count() == 1


def test_an_aborted_piece_leaves_its_machine_to_the_next(plant: Plant, give: Callable[..., JobCommand]) -> None:
    crowd = ["001-AAAAA", "002-BBBBB", "003-CCCCC"]
    made(*crowd)
    give(crowd[0], Command.ABORT, 12)
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(crowd[0]) == ["released", "queued", "started", "aborted"]
    assert minute_of(crowd[2], Kind.STARTED, "form") == pytest.approx(12)
    assert not open_orders(plant).exists()
    assert sorted(reported_finished()) == crowd[1:]


def test_an_aborted_piece_that_blocks_a_machine_frees_it(boss: User, give: Callable[..., JobCommand]) -> None:
    data = samples.toml("plants/mangwon.toml")
    for station in data["stations"]:
        station.pop("breakdowns", None)
        station["places"] = 0 if station["id"] == "foil" else None
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    made(A, B, work=spec(step("form", "forming", 30), step("press", "foil", 500)))
    give(B, Command.ABORT, 60)

    log = list(MachineLogEntry.objects.order_by("pk").values_list("station", "kind", "external_ref"))
    assert log == [("forming", "blocked", B), ("forming", "unblocked", B)]


FIRING = spec(step("fire", "kiln", 300))


@pytest.fixture
def frail() -> None:
    """A plant with one kiln for two pieces, which breaks down within every work."""
    data = samples.toml("plants/mangwon.toml")
    for station in data["stations"]:
        station.pop("breakdowns", None)
        if station["id"] == "kiln":
            broken = {"clock": "operating", "between": 30, "repair": 40}
            station.update(machines=1, batch=2, patience=5, breakdowns=broken)
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)


def when_it_is_down() -> float:
    """How many minutes after 09:00 the kiln is in the middle of its first repair, once work has begun."""
    tick(plant_slug=PLANT, now=at(6))
    clock = FactoryClock.objects.get()
    (start, end), *_more = next(row for row in clock.machines if row["station"] == "kiln")["standing"]["ahead"]
    middle: float = (start + end) / 2
    return 6 + middle - clock.horizon


def kiln_log() -> list[tuple[str, Any]]:
    """What became of the kiln, and how many minutes after 09:00."""
    rows = MachineLogEntry.objects.filter(station="kiln").order_by("pk")
    return [(each.kind, pytest.approx((each.at - MONDAY).total_seconds() / 60, abs=1e-3)) for each in rows]


@pytest.mark.parametrize("elsewhere", [True, False], ids=["others are being made", "nothing else is made"])
def test_a_breakdown_ends_with_the_work_that_is_aborted(
    frail: None, give: Callable[..., JobCommand], elsewhere: bool
) -> None:
    made(A, work=FIRING)
    if elsewhere:
        made(B, work=spec(step("form", "forming", 500)))
    minute = when_it_is_down()
    give(A, Command.ABORT, minute)
    tick(plant_slug=PLANT, now=at(1000))

    assert [kind for kind, _ in kiln_log()] == ["down", "up"]
    assert kiln_log()[-1] == ("up", minute)


def test_control_kept_breakdowns_would_come_all_the_same(
    frail: None, give: Callable[..., JobCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_end_breakdowns", lambda clock, order: None)
    made(A, work=FIRING)
    minute = when_it_is_down()
    give(A, Command.ABORT, minute)
    tick(plant_slug=PLANT, now=at(1000))

    assert len(kiln_log()) > 2
    assert kiln_log()[1] != ("up", minute)


def test_the_rest_of_a_batch_goes_on_through_its_breakdowns(frail: None, give: Callable[..., JobCommand]) -> None:
    made(A, B, work=FIRING)
    give(A, Command.ABORT, when_it_is_down())
    assert [kind for kind, _ in kiln_log()] == ["down"]
    tick(plant_slug=PLANT, now=at(LONG))

    assert minute_of(B, Kind.FINISHED, "fire") > 300
    assert [kind for kind, _ in kiln_log()][:2] == ["down", "up"]


def test_a_piece_may_be_held_before_it_comes(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A)
    order = ProductionOrder.objects.get()
    command_job(order_id=order.pk, command=Command.REVOKE, actor=User.objects.get(), reason="", now=at(0))
    tick(plant_slug=PLANT, now=at(100))
    assert kinds(A) == ["revoked"]

    give(A, Command.START, 120)
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(A)[:5] == ["revoked", "allowed", "released", "queued", "started"]
    assert minute_of(A, Kind.STARTED, "form") == pytest.approx(120, abs=1e-3)
    assert kinds(A)[-1] == "completed"


TICKS = ([10, 33, 400], [1, 5, 10, 29, 30.5, 33, 33.5, 41, 50, 60, 400])


def test_the_log_stays_without_a_gap_and_ticks_may_fall_anywhere(plant: Plant, give: Callable[..., JobCommand]) -> None:
    logs = [_history(give, ticks) for ticks in TICKS]

    assert logs[0] == logs[1]
    assert [row[1] for row in logs[0]] == [*range(1, 11), *range(1, 9)]


def _history(give: Callable[..., JobCommand], ticks: Sequence[float]) -> list[Any]:
    """The log where a piece is paused at minute 10 and resumed at 33, ticked now and then; it is undone again."""
    with transaction.atomic():
        made(A, B)
        for minute in ticks:
            tick(plant_slug=PLANT, now=at(minute))
            if minute in {10, 33}:
                give(A, Command.PAUSE if minute == 10 else Command.RESUME, minute)
        log = event_log()
        transaction.set_rollback(True)
    return log


@pytest.mark.parametrize("command", [Command.START, Command.RESUME, Command.REVOKE])
def test_a_state_that_does_not_take_a_command_says_so_and_nothing_changes(
    plant: Plant, give: Callable[..., JobCommand], command: Command
) -> None:
    made(A)
    tick(plant_slug=PLANT, now=at(10))

    with samples.nothing_written(), pytest.raises(UnableToCommand, match="being made"):
        give(A, command, 10)


def test_what_is_done_takes_no_command(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A)
    tick(plant_slug=PLANT, now=at(LONG))
    for command in Command:
        with samples.nothing_written(), pytest.raises(UnableToCommand):
            give(A, command, LONG)


def test_aborting_needs_a_reason(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A)
    tick(plant_slug=PLANT, now=at(10))
    with samples.nothing_written(), pytest.raises(ReasonNeeded):
        give(A, Command.ABORT, 10, reason="")


def test_a_command_tells_the_promise_that_the_queue_is_another(plant: Plant, give: Callable[..., JobCommand]) -> None:
    made(A)
    tick(plant_slug=PLANT, now=at(10))
    before = FactoryClock.objects.get().revision
    give(A, Command.PAUSE, 10)

    assert FactoryClock.objects.get().revision == before + 1


@pytest.mark.parametrize("is_published", [True, False])
def test_a_held_piece_has_no_date_and_is_in_nobodys_way(
    plant: Plant, give: Callable[..., JobCommand], is_published: bool
) -> None:
    made(A, B, work=spec(step("press", "foil", 60), step("pack", "packing", 30)))
    for ref in (A, B):
        tick(plant_slug=PLANT, now=at(1))
        assert expectation(external_ref=ref, now=at(1)) is not None, "control: both have a date while they move"
    before = expectation(external_ref=B, now=at(1))
    give(A, Command.PAUSE, 10)
    if is_published:
        assert publish_queue(plant_slug=PLANT, waiting=list, waiting_mark="", review_minutes=0, now=at(10))

    held, other = expectation(external_ref=A, now=at(10)), expectation(external_ref=B, now=at(10))

    assert held is None
    assert before
    assert other
    # A ends what is on the press, and packs nothing before B does.
    assert abs(other.likely_at - before.likely_at) < timedelta(minutes=1)
    give(A, Command.RESUME, 11)
    if is_published:
        assert publish_queue(plant_slug=PLANT, waiting=list, waiting_mark="", review_minutes=0, now=at(11))
    assert expectation(external_ref=A, now=at(11)) is not None

"""A piece changed in the plant: what it becomes, what the log says, what it takes from the stores, what is too late."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from core.models import OutboxMessage
from factory_sim.commands import TooLate, command_job, withdraw_work
from factory_sim.contracts import ABORTED_TOPIC, MaterialSpec, Promise, WorkSpec
from factory_sim.late_change import UnableToChange, beginnings, change_work, move_promise
from factory_sim.models import (
    Command,
    FactoryClock,
    GivenPromise,
    JobCommand,
    JobStatus,
    MachineLogEntry,
    MaterialUse,
    Plant,
    ProductionOrder,
    WorkChange,
)
from factory_sim.publishing import give_promise
from factory_sim.selectors import making
from factory_sim.services import UnknownStation, load_plant, pause_clock, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED, at, kinds, spec, step

pytestmark = pytest.mark.django_db

A = "001-ABCDE"
LONG = 100_000
NAME = {"ko": "재료", "en": "A material"}


def sleeve(colour: str) -> MaterialSpec:
    return MaterialSpec(f"leather-{colour}", NAME, 2.0, "dm²", "sleeve")


def work(*, text: bool = False, colour: str = "tan", glaze: str = "pale") -> WorkSpec:
    operations = [
        step("form", "forming", 30),
        step("glaze", "glazing", 20, family=glaze),
        step("sleeve", "leather", 40, needs=("form",)),
        *([step("press", "foil", 10)] if text else []),
        step("assemble", "assembly", 10, needs=("glaze", "press" if text else "sleeve")),
    ]
    return WorkSpec(spec(*operations).title, tuple(operations), (sleeve(colour),))


@pytest.fixture
def piece(plant: Plant) -> ProductionOrder:
    return produce(plant_slug=PLANT, external_ref=A, spec=work(), now=at(0))


def change(to: WorkSpec, minute: float, consumed: Sequence[str] = (), **more: Any) -> WorkChange:
    """Tick to a minute and change the piece."""
    tick(plant_slug=PLANT, now=at(minute))
    return change_work(external_ref=A, spec=to, consumed=consumed, now=at(minute), **more)


def test_a_change_is_an_event_that_keeps_both_and_who_and_when(piece: ProductionOrder) -> None:
    before = FactoryClock.objects.get().revision
    due = at(0) + timedelta(days=3)
    written = change(work(text=True), 10, due_at=due)
    piece.refresh_from_db()

    assert kinds(A) == ["released", "queued", "started", "changed"]
    assert (written.seq, written.actor, written.at) == (4, None, at(10))
    assert WorkSpec.from_json(written.from_spec) == work()
    assert WorkSpec.from_json(written.to_spec) == WorkSpec.from_json(piece.work_spec) == work(text=True)
    assert (piece.next_seq, piece.due_at) == (5, due)
    assert FactoryClock.objects.get().revision > before, "whatever is derived from the queue is out of date"


def test_the_rest_is_made_as_it_was_changed_with_the_new_materials(piece: ProductionOrder) -> None:
    change(work(text=True, colour="ink"), 10)
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(A).count("started") == 5
    assert kinds(A)[-1] == "completed"
    assert [use.lot.material for use in MaterialUse.objects.all()] == ["leather-ink"]


def test_what_was_taken_already_stays_taken(piece: ProductionOrder) -> None:
    change(work(text=True), 40)
    tick(plant_slug=PLANT, now=at(LONG))

    assert [use.lot.material for use in MaterialUse.objects.all()] == ["leather-tan"]


@pytest.mark.parametrize(
    ("to", "consumed", "minute", "operation"),
    [
        (work(colour="ink"), ["sleeve"], 35, "sleeve"),
        (work(glaze="dark"), [], 35, "glaze"),
        (work(text=True), ["press", "assemble"], 75, "assemble"),
        (work(text=True), [], 75, "assemble"),
    ],
)
def test_what_has_begun_is_fixed_and_nothing_changes(
    piece: ProductionOrder, to: WorkSpec, consumed: list[str], minute: float, operation: str
) -> None:
    tick(plant_slug=PLANT, now=at(minute))
    with samples.nothing_written(), pytest.raises(TooLate, match="has begun") as refused:
        change(to, minute, consumed)

    assert refused.value.extra == {"operation": operation, "upto": ProductionOrder.objects.get().next_seq - 1}


def test_a_moment_before_it_is_not(piece: ProductionOrder) -> None:
    change(work(glaze="dark"), 29.9, ["glaze", "assemble"])
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(A)[-1] == "completed"


def test_what_the_clock_has_shown_beyond_the_log_has_not_happened(piece: ProductionOrder) -> None:
    tick(plant_slug=PLANT, now=at(10))
    change_work(external_ref=A, spec=work(glaze="dark"), consumed=["glaze"], now=at(200))
    tick(plant_slug=PLANT, now=at(200))

    assert kinds(A)[:4] == ["released", "queued", "started", "changed"]


@pytest.mark.parametrize("command", [Command.PAUSE, None])
def test_while_it_stands_still_it_can_be_changed(piece: ProductionOrder, command: Command | None) -> None:
    boss = samples.superuser()
    tick(plant_slug=PLANT, now=at(10))
    if command:
        command_job(order_id=piece.pk, command=command, actor=boss, reason="", now=at(10))
    else:
        pause_clock(plant_slug=PLANT, now=at(10))
    change_work(external_ref=A, spec=work(text=True), consumed=["press"], now=at(11))
    if command:
        command_job(order_id=piece.pk, command=Command.RESUME, actor=boss, reason="", now=at(12))
    else:
        run_clock(plant_slug=PLANT, speed=SPEED, now=at(10))
    tick(plant_slug=PLANT, now=at(LONG))

    assert kinds(A).count("started") == 5
    assert kinds(A)[-1] == "completed"


def test_a_piece_that_waits_on_a_machine_for_room_leaves_it_for_its_new_way() -> None:
    data = samples.toml("plants/mangwon.toml")
    for station in data["stations"]:
        station.pop("breakdowns", None)
        station["places"] = 0 if station["id"] == "assembly" else None
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    plain = spec(step("form", "forming", 5), step("assemble", "assembly", 900))
    for number in range(8):
        produce(plant_slug=PLANT, external_ref=f"{number}", spec=plain, now=at(0))
    tick(plant_slug=PLANT, now=at(60))
    stuck = MachineLogEntry.objects.filter(kind="blocked").latest("pk").external_ref

    polished = spec(step("form", "forming", 5), step("press", "foil", 10), step("assemble", "assembly", 900))
    change_work(external_ref=stuck, spec=polished, consumed=(), now=at(60))
    tick(plant_slug=PLANT, now=at(75))

    log = MachineLogEntry.objects.filter(external_ref=stuck).order_by("pk")
    assert list(log.values_list("kind", flat=True))[:2] == ["blocked", "unblocked"]
    assert kinds(stuck)[-4:] == ["changed", "queued", "started", "finished"]


def test_a_piece_that_is_made_or_is_not_going_to_be_cannot_be_changed(piece: ProductionOrder) -> None:
    tick(plant_slug=PLANT, now=at(LONG))
    with samples.nothing_written(), pytest.raises(UnableToChange, match="made"):
        change(work(text=True), LONG)
    other = produce(plant_slug=PLANT, external_ref="002", spec=work(), now=at(LONG))
    boss = samples.superuser()
    command_job(order_id=other.pk, command=Command.ABORT, actor=boss, reason="a crack", now=at(LONG))
    with samples.nothing_written(), pytest.raises(UnableToChange, match="stopped"):
        change_work(external_ref="002", spec=work(text=True), consumed=(), now=at(LONG))


def test_a_plant_that_cannot_do_it_says_so(piece: ProductionOrder) -> None:
    with samples.nothing_written(), pytest.raises(UnknownStation):
        change_work(external_ref=A, spec=spec(step("form", "forging", 5)), consumed=(), now=at(0))


# --- Cancelling ------------------------------------------------------------------------------------------


def test_a_piece_is_aborted_for_whoever_ordered_it_until_it_begins(plant: Plant) -> None:
    for number in range(3):
        produce(plant_slug=PLANT, external_ref=f"{number}", spec=work(), now=at(0))
    tick(plant_slug=PLANT, now=at(10))

    withdraw_work(external_ref="2", reason="changed her mind", now=at(10))

    assert kinds("2") == ["released", "queued", "aborted"], "two benches; the third piece waits"
    command = JobCommand.objects.get()
    assert (command.actor, command.reason, command.to_status) == (None, "changed her mind", JobStatus.ABORTED)
    assert [each.payload for each in OutboxMessage.objects.filter(topic=ABORTED_TOPIC)] == [
        {"external_ref": "2", "reason": "changed her mind"}
    ]


def test_a_piece_that_has_begun_is_not(piece: ProductionOrder) -> None:
    tick(plant_slug=PLANT, now=at(10))
    with samples.nothing_written(), pytest.raises(TooLate, match="too late to cancel"):
        withdraw_work(external_ref=A, reason="", now=at(10))


# --- Until when --------------------------------------------------------------------------------------------


def minutes(moment: Any) -> float | None:
    return None if moment is None else round((moment - MONDAY).total_seconds() / 60, 3)


def test_the_beginnings_of_a_piece(piece: ProductionOrder) -> None:
    tick(plant_slug=PLANT, now=at(32))
    found = beginnings(external_ref=A, now=at(33))

    assert {name: (minutes(each.began_at), minutes(each.not_before)) for name, each in found.items()} == {
        "form": (0.0, None),
        "glaze": (30.0, None),
        "sleeve": (30.0, None),
        "assemble": (None, 70.0),
    }


def test_nobody_knows_when_a_piece_that_is_held_goes_on(piece: ProductionOrder) -> None:
    boss = samples.superuser()
    tick(plant_slug=PLANT, now=at(32))
    command_job(order_id=piece.pk, command=Command.PAUSE, actor=boss, reason="", now=at(32))
    found = beginnings(external_ref=A, now=at(33))

    assert (found["assemble"].not_before, minutes(found["form"].began_at)) == (None, 0.0)
    assert beginnings(external_ref="nobody", now=at(33)) == {}


def test_a_promise_moves_with_what_was_changed(plant: Plant) -> None:
    given = Promise(at(0) + timedelta(days=1), at(0) + timedelta(days=2))
    give_promise(plant_slug=PLANT, external_ref=A, given=given, now=at(0))
    later = [date + timedelta(days=1) for date in (given.likely_at, given.safe_at)]
    move_promise(external_ref=A, likely_at=later[0], safe_at=later[1])

    row = GivenPromise.objects.get()
    assert [row.likely_at, row.safe_at] == later


def test_what_was_left_out_keeps_its_name_in_the_log(plant: Plant) -> None:
    produce(plant_slug=PLANT, external_ref=A, spec=work(text=True), now=at(0))
    # Somebody else is at the press.
    produce(plant_slug=PLANT, external_ref="other", spec=spec(step("press", "foil", 500)), now=at(0))
    change(work(), 71)
    made = making(external_ref=A)

    assert made is not None
    assert "press" not in {each.id for each in made.operations}
    (waited,) = (each for each in made.progress if each.operation == "press")
    assert (waited.kind, waited.operation_name["en"]) == ("queued", "the press")
    assert [each.kind for each in made.progress][-1] == "changed"

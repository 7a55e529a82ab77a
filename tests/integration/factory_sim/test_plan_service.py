"""Planning a plant that runs: what calls for a plan, when it is followed, and one worker at a time."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from factory_sim import plan_service, tasks
from factory_sim.commands import command_job
from factory_sim.contracts import Fault, Kind, MachineKind
from factory_sim.jobs import machines_down
from factory_sim.live.plan import NewOrder, new_order
from factory_sim.models import (
    Command,
    FactoryClock,
    MachineLogEntry,
    PlanRecord,
    Plant,
    PlanTrigger,
    ProductionEvent,
    ProductionOrder,
)
from factory_sim.plan_service import replan
from factory_sim.plant import read_plant
from factory_sim.services import load_plant, produce, run_clock, tick
from factory_sim.standing import UNPLANNED
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED, at, event_log, spec, step

pytestmark = pytest.mark.django_db

DEFINITION = samples.toml("plants/mangwon.toml") | {"planned": True}
LONG = spec(step("form", "forming", 60), step("press", "foil", 10))
MOVES = 2000
PIECES = 8
PATIENCE = 20


@pytest.fixture
def plant(db: None) -> Plant:
    """Open, empty and planned; one real second is one minute."""
    loaded = load_plant(data=DEFINITION, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    return loaded


def crowd(numbers: Iterable[int] = range(PIECES), minute: float = 0) -> None:
    """Pieces that come together; the last one is promised first."""
    for number in numbers:
        due = MONDAY + timedelta(minutes=101 + 40 * (PIECES - number))
        produce(plant_slug=PLANT, external_ref=f"{number:03}-CROWD", spec=LONG, now=at(minute), due_at=due)
    tick(plant_slug=PLANT, now=at(minute + 1))


def planned(minute: float = 1) -> PlanRecord | None:
    return replan(plant_slug=PLANT, now=at(minute), moves=MOVES)


def urgencies() -> list[int]:
    return list(ProductionOrder.objects.order_by("pk").values_list("urgency", flat=True))


def starts(operation: str = "form") -> list[str]:
    """The pieces in the order in which they began an operation."""
    events = ProductionEvent.objects.filter(kind=Kind.STARTED, operation=operation).order_by("minute", "pk")
    return [ref[:3] for ref in events.values_list("order__external_ref", flat=True)]


def pairs(refs: list[str]) -> list[set[str]]:
    return [set(refs[place : place + 2]) for place in range(0, len(refs), 2)]


def late() -> int:
    """How many pieces were made after their promise."""
    done = ProductionEvent.objects.filter(kind=Kind.COMPLETED).select_related("order")
    assert len(done) == PIECES
    return sum(event.at > event.order.due_at for event in done if event.order.due_at)


def test_the_queues_follow_a_plan_and_nobody_is_late(plant: Plant) -> None:
    crowd()
    told, revision = event_log(), FactoryClock.objects.get().revision

    record = planned()

    assert record
    assert (record.trigger, record.pieces, record.followed, record.worsened) == (PlanTrigger.ARRIVAL, PIECES, True, 0)
    assert (record.late_before, record.late_after) == (2, 0)
    assert record.cost_after < record.cost_before
    assert sorted(urgencies()) == list(range(1, PIECES + 1))
    assert event_log() == told, "nothing that has happened changes"
    assert FactoryClock.objects.get().revision == revision + 1
    tick(plant_slug=PLANT, now=at(2000))
    by_plan = [each.external_ref[:3] for each in ProductionOrder.objects.order_by("urgency")]
    assert pairs(starts()) == pairs(by_plan), "two benches begin in the same minute"
    assert late() == 0


def test_control_without_a_plan_the_first_to_come_is_first(plant: Plant) -> None:
    crowd()
    tick(plant_slug=PLANT, now=at(2000))

    assert starts() == [f"{number:03}" for number in range(PIECES)]
    assert late() == 2


def test_a_plant_is_planned_once_for_what_happened(plant: Plant) -> None:
    crowd()

    assert planned()
    assert planned() is None
    # Work goes on, and nothing calls for a plan.
    tick(plant_slug=PLANT, now=at(130))
    assert planned(130) is None
    assert PlanRecord.objects.count() == 1


def test_who_comes_after_a_plan_is_last_until_the_next(plant: Plant) -> None:
    crowd(range(PIECES - 1))
    planned()
    crowd([PIECES - 1], minute=10)
    assert urgencies()[-1] == UNPLANNED

    record = planned(11)

    assert record
    assert record.trigger == PlanTrigger.ARRIVAL
    assert record.followed
    assert sorted(urgencies()) == list(range(1, PIECES + 1))


def test_a_breakdown_a_command_and_a_piece_that_is_sent_back_call_for_a_plan(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_service, "new_order", better)
    crowd()
    planned()
    MachineLogEntry.objects.create(plant=plant, station="foil", machine=0, kind=MachineKind.DOWN, minute=1, at=MONDAY)
    machine = planned()
    order = ProductionOrder.objects.get(external_ref="003-CROWD")
    command_job(order_id=order.pk, command=Command.PUT_FIRST, actor=samples.superuser(), reason="", now=at(2))
    command = planned()
    ProductionEvent.objects.create(
        order=ProductionOrder.objects.get(external_ref="004-CROWD"), seq=99, kind=Kind.FAILED, minute=1, at=MONDAY
    )
    sent_back = planned()

    assert machine
    assert command
    assert sent_back
    assert [each.trigger for each in (machine, command, sent_back)] == [
        PlanTrigger.MACHINE,
        PlanTrigger.COMMAND,
        PlanTrigger.SENT_BACK,
    ]


def test_a_piece_that_the_staff_put_first_goes_before_the_plan(plant: Plant) -> None:
    crowd()
    planned()
    order = ProductionOrder.objects.get(external_ref="002-CROWD")
    command_job(order_id=order.pk, command=Command.PUT_FIRST, actor=samples.superuser(), reason="a gift", now=at(2))
    planned()
    tick(plant_slug=PLANT, now=at(2000))

    assert starts()[:4] == ["000", "001", "002", "007"]


def better(*args: Any, **options: Any) -> NewOrder:
    """A plan that is good enough whatever has been found."""
    order = new_order(*args, **options)
    return replace(order, before=replace(order.before, cost=2 * order.after.cost + 9))


def test_an_order_that_is_better_by_a_hairs_breadth_is_not_followed(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd()

    def hardly(*args: Any, **options: Any) -> NewOrder:
        order = new_order(*args, **options)
        return replace(order, after=replace(order.before, cost=order.before.cost - 0.9))

    monkeypatch.setattr(plan_service, "new_order", hardly)

    assert planned() is None
    assert not PlanRecord.objects.exists()
    assert set(urgencies()) == {UNPLANNED}


def breaking(*args: Any, **options: Any) -> NewOrder:
    return replace(better(*args, **options), broken=1)


def test_a_plan_that_breaks_a_promise_is_kept_and_not_followed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd()
    monkeypatch.setattr(plan_service, "new_order", breaking)

    record = planned()

    assert record
    assert (record.trigger, record.followed) == (PlanTrigger.ARRIVAL, False)
    assert set(urgencies()) == {UNPLANNED}


def test_control_after_a_breakdown_it_is_followed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd()
    MachineLogEntry.objects.create(plant=plant, station="foil", machine=0, kind=MachineKind.DOWN, minute=1, at=MONDAY)
    monkeypatch.setattr(plan_service, "new_order", breaking)

    record = planned()

    assert record
    assert (record.trigger, record.followed) == (PlanTrigger.MACHINE, True)
    assert sorted(urgencies()) == list(range(1, PIECES + 1))


def test_the_repairs_that_running_work_has_had_are_read_from_the_log(plant: Plant) -> None:
    crowd()
    since = FactoryClock.objects.get().horizon
    began = ProductionEvent.objects.filter(kind=Kind.STARTED).earliest("pk").minute
    told = [("forming", 0, "DOWN", 10), ("forming", 0, "UP", 14), ("forming", 1, "DOWN", 50), ("foil", 0, "DOWN", 5)]
    for station, machine, kind, after in told:
        MachineLogEntry.objects.create(
            plant=plant, station=station, machine=machine, kind=MachineKind[kind], minute=began + after, at=MONDAY
        )
    FactoryClock.objects.update(horizon=began + 57)

    shop = plan_service._shop(plant)

    assert shop
    assert shop.minute == pytest.approx(since + 56, abs=0.1)
    assert shop.repaired == pytest.approx({("forming", 0): 4, ("forming", 1): 7})
    assert shop.down == {("forming", 1), ("foil", 0)}


def command(ref: str, what: Command, minute: float = 2) -> None:
    order = ProductionOrder.objects.get(external_ref=ref)
    boss = User.objects.first() or samples.superuser()
    command_job(order_id=order.pk, command=what, actor=boss, reason="", now=at(minute))


def test_who_shall_take_its_turn_is_planned_anew(plant: Plant) -> None:
    """It had been numbered as the first of all."""
    crowd()
    command("002-CROWD", Command.PUT_FIRST)
    planned(3)
    first = ProductionOrder.objects.get(external_ref="002-CROWD")
    assert first.urgency == 1

    command("002-CROWD", Command.IN_TURN, 4)
    assert ProductionOrder.objects.get(pk=first.pk).urgency == UNPLANNED
    planned(5)
    tick(plant_slug=PLANT, now=at(2000))

    assert pairs(starts()[:4]) == [{"000", "001"}, {"006", "007"}]


def test_who_was_paused_comes_after_those_that_went_on(plant: Plant) -> None:
    crowd()
    planned()
    last = ProductionOrder.objects.order_by("urgency")[2]
    command(last.external_ref, Command.REVOKE)
    command(last.external_ref, Command.START, 3)
    tick(plant_slug=PLANT, now=at(2000))

    assert starts()[-1] == last.external_ref[:3]


def test_a_plan_that_is_switched_off_rules_no_longer(plant: Plant) -> None:
    crowd()
    planned()
    assert max(urgencies()) == PIECES

    load_plant(data=DEFINITION | {"planned": False}, now=at(2))
    tick(plant_slug=PLANT, now=at(2000))

    assert set(urgencies()) == {UNPLANNED}
    assert starts() == [f"{number:03}" for number in range(PIECES)]


def test_every_plant_is_looked_at_in_a_task_of_its_own(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    load_plant(data=DEFINITION | {"slug": "another"}, now=MONDAY)
    sent: list[str] = []

    def send(*, kwargs: dict[str, str], expires: float) -> None:
        sent.append(kwargs["plant_slug"])

    monkeypatch.setattr(tasks.replan_plant, "apply_async", send)
    tasks.replan()

    assert sent == [PLANT, "another"]


def test_what_goes_wrong_in_one_plant_is_told_and_leaves_the_others_their_plan(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd()
    with pytest.raises(Plant.DoesNotExist):
        tasks.replan_plant(plant_slug="nowhere")

    tasks.replan_plant(plant_slug=PLANT)

    assert sorted(urgencies()) == list(range(1, PIECES + 1))


def test_a_plant_that_is_not_planned_serves_first_come_first_served(db: None) -> None:
    load_plant(data=DEFINITION | {"planned": False}, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    crowd()

    assert planned() is None
    assert set(urgencies()) == {UNPLANNED}


def test_planning_can_be_switched_while_pieces_are_made(plant: Plant) -> None:
    crowd()

    changed = load_plant(data=DEFINITION | {"planned": False}, now=at(2))

    assert not read_plant(changed.definition).planned
    assert planned() is None


def test_a_tick_between_two_reads_leaves_it_to_the_next_look(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd()
    down = machines_down

    def down_meanwhile(of: Plant) -> Any:
        FactoryClock.objects.update(horizon=FactoryClock.objects.get().horizon + 1)
        return down(of)

    monkeypatch.setattr(plan_service, "machines_down", down_meanwhile)
    assert planned() is None
    monkeypatch.undo()

    assert planned(), "the arrival has not been lost"


def test_the_database_keeps_every_plan(plant: Plant) -> None:
    crowd()
    planned()

    for statement in (PlanRecord.objects.all().delete, lambda: PlanRecord.objects.update(worsened=5)):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
    assert PlanRecord.objects.count() == 1


HARD = spec(
    step("form", "forming", 20, 0.3),
    step("look", "inspection", 5, faults=(Fault("crack", 0.9, "form", {"ko": "금", "en": "A crack."}),)),
)


def test_a_real_inspection_that_sends_back_calls_for_a_plan(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_service, "new_order", better)
    for number in range(PIECES):
        due = MONDAY + timedelta(minutes=120)
        produce(plant_slug=PLANT, external_ref=f"{number:03}-HARD", spec=HARD, now=at(0), due_at=due)
    tick(plant_slug=PLANT, now=at(1))
    planned()
    tick(plant_slug=PLANT, now=at(60))

    record = planned(60)

    assert ProductionEvent.objects.filter(kind=Kind.FAILED).exists()
    assert record
    assert record.trigger == PlanTrigger.SENT_BACK


# --- One at a time ------------------------------------------------------------------------------------


class Planner(threading.Thread):
    """Plans once, on a connection of its own."""

    record: PlanRecord | None = None

    def run(self) -> None:
        try:
            self.record = planned()
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_plans_another_returns_at_once_and_a_tick_waits_for_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_plant(data=DEFINITION, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    crowd()
    planning, go_on = threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> Any:
        planning.set()
        assert go_on.wait(PATIENCE)
        return new_order(*args, **options)

    monkeypatch.setattr(plan_service, "new_order", slow)
    first, second = Planner(), Planner()
    first.start()
    assert planning.wait(PATIENCE)

    second.start()
    second.join(PATIENCE)
    assert not second.is_alive(), "it waited for the first one"
    assert tick(plant_slug=PLANT, now=at(65)) > 0
    go_on.set()
    first.join(PATIENCE)

    assert second.record is None
    assert first.record
    assert first.record.followed
    assert PlanRecord.objects.count() == 1

"""Customers who change or cancel their pieces while the plant moves on: nothing is changed after the operation that
consumes it has begun, nothing is cancelled after any has, and nothing is refused before.

A few schedules here; `DURE_SCHEDULES=2000 make test TESTS=tests/concurrency/test_late_change.py` are 10,000 wishes.
"""

import os
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from factory_sim import late_change, live
from factory_sim.commands import TooLate, withdraw_work
from factory_sim.contracts import Kind, WorkSpec
from factory_sim.late_change import UnableToChange, change_work
from factory_sim.live.rerouted import begun_already
from factory_sim.models import FactoryClock, ProductionEvent, ProductionOrder, WorkChange
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED, at, spec, step

pytestmark = pytest.mark.django_db(transaction=True)

SCHEDULES = int(os.environ.get("DURE_SCHEDULES", "24"))
CUSTOMERS = 5
TICKS = 8
PATIENCE = 60
A_DAY = 24 * 60.0
CANCELLED = 0.4
"""The share of the customers who cancel."""
CONSUMED_BY = {"glaze": {"glaze"}, "text": {"press"}, "cord": {"sleeve"}}
"""What a customer may change, and the operations that consume it."""
CANCEL = "cancel"
FIXED_BY = {
    **CONSUMED_BY,
    "text": {"press", "assemble", "pack"},
    CANCEL: {"form", "glaze", "fire", "sleeve", "press", "assemble", "pack"},
}
"""With what it is fixed: a text comes and goes with its own operation, so that what follows must not have begun."""


def design(glaze: str = "pale", text: bool = False, cord: float = 9) -> WorkSpec:
    """A route with two branches; a text is pressed into the sleeve."""
    rows = [
        step("form", "forming", 6, 0.3),
        step("glaze", "glazing", 5, 0.3, family=glaze),
        step("fire", "kiln", 9, 0.2),
        step("sleeve", "leather", cord, 0.3, needs=("form",)),
        *([step("press", "foil", 4, 0.3)] if text else []),
        step("assemble", "assembly", 5, 0.2, needs=("fire", "press" if text else "sleeve")),
        step("pack", "packing", 3),
    ]
    return spec(*rows)


@dataclass
class Answer:
    """What one customer asked for, and what she was told: the number of the event, or until when it was refused."""

    ref: str
    what: str
    wanted: WorkSpec
    accepted: int | None = None
    refused_upto: int | None = None
    error: str = ""


@dataclass
class Customer:
    """Changes one thing about one piece, or cancels it, decided by her luck."""

    ref: str
    luck: Random
    answers: list[Answer] = field(default_factory=list)

    def ask(self, minute: float) -> Answer:
        return self.cancel(minute) if self.luck.random() < CANCELLED else self.change(minute)

    def cancel(self, minute: float) -> Answer:
        answer = Answer(self.ref, CANCEL, design())
        try:
            answer.accepted = withdraw_work(external_ref=self.ref, reason="no longer wanted", now=at(minute)).seq
        except TooLate as problem:
            answer.refused_upto = problem.extra["upto"]
        except IntegrityError as error:
            answer.error = str(error)
        return answer

    def change(self, minute: float) -> Answer:
        now = design_of(ProductionOrder.objects.get(external_ref=self.ref).work_spec)
        what = self.luck.choice(list(CONSUMED_BY))
        others: dict[str, dict[str, Any]] = {
            "glaze": {"glaze": "dark" if now["glaze"] == "pale" else "pale"},
            "text": {"text": not now["text"]},
            "cord": {"cord": 8 if now["cord"] == 9 else 9},
        }
        answer = Answer(self.ref, what, design(**{**now, **others[what]}))
        try:
            written = change_work(external_ref=self.ref, spec=answer.wanted, consumed=CONSUMED_BY[what], now=at(minute))
        except TooLate as problem:
            answer.refused_upto = problem.extra["upto"]
        except UnableToChange:
            answer.refused_upto = ProductionOrder.objects.get(external_ref=self.ref).next_seq - 1
        except IntegrityError as error:
            answer.error = str(error)
        else:
            answer.accepted = written.seq
        return answer


def design_of(work_spec: dict[str, Any]) -> dict[str, Any]:
    """What a work specification was made from."""
    rows = {row["id"]: row for row in work_spec["operations"]}
    return {"glaze": rows["glaze"]["family"], "text": "press" in rows, "cord": rows["sleeve"]["minutes"]}


def violations(answers: list[Answer]) -> list[str]:
    """What the event log does not bear out. Changes are in the log where they happened, so it decides."""
    found = [f"{each.ref}: no answer ({each.error})" for each in answers if each.error]
    for ref in {each.ref for each in answers}:
        log = list(ProductionEvent.objects.filter(order__external_ref=ref).order_by("seq"))
        if [event.seq for event in log] != list(range(1, len(log) + 1)):
            found.append(f"{ref}: its log has a gap")
        starts: dict[str, int] = {}
        for event in log:
            if event.kind == Kind.STARTED:
                starts.setdefault(event.operation, event.seq)
        found += [why for each in answers if each.ref == ref for why in _against(each, log, starts)]
        last = WorkChange.objects.filter(order__external_ref=ref).order_by("seq").last()
        made = ProductionOrder.objects.get(external_ref=ref).work_spec
        if last and made != last.to_spec:
            found.append(f"{ref}: what was accepted last is not what is made")
    return found


def _against(answer: Answer, log: list[ProductionEvent], starts: dict[str, int]) -> list[str]:
    consumed = [starts[each] for each in FIXED_BY[answer.what] if each in starts]
    if answer.accepted is not None:
        kind = Kind.ABORTED if answer.what == CANCEL else Kind.CHANGED
        if not any((event.seq, event.kind) == (answer.accepted, kind) for event in log):
            return [f"{answer.ref}: the accepted {answer.what} {answer.accepted} is not in the log"]
        if any(seq < answer.accepted for seq in consumed):
            return [f"{answer.ref}: {answer.what} was accepted after it was fixed"]
        if kind == Kind.ABORTED and log[-1].seq != answer.accepted:
            return [f"{answer.ref}: something happened to it after it was cancelled"]
    if answer.refused_upto is not None and not any(seq <= answer.refused_upto for seq in consumed):
        return [f"{answer.ref}: {answer.what} was refused, and nothing that consumes it had begun"]
    return []


@pytest.fixture
def floor() -> None:
    data = samples.toml("plants/mangwon.toml")
    for station in data["stations"]:
        station.pop("breakdowns", None)
    load_plant(data=data, now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)


def in_thread(work: Any) -> Any:
    try:
        return work()
    finally:
        connection.close()


def run_schedule(number: int) -> list[Answer]:
    """So many customers, each with a piece and a moment of her own, while workers tick."""
    luck = Random(number)
    base = A_DAY * number
    customers = [Customer(f"{number}-{each}", Random(luck.random())) for each in range(CUSTOMERS)]
    for customer in customers:
        produce(plant_slug=PLANT, external_ref=customer.ref, spec=design(text=luck.random() < 0.5), now=at(base))
    moments = sorted(base + luck.uniform(0, 60) for _ in range(TICKS))
    begin = threading.Barrier(CUSTOMERS + 2)

    def move(share: list[float]) -> None:
        begin.wait(PATIENCE)
        for minute in share:
            tick(plant_slug=PLANT, now=at(minute))

    def ask(customer: Customer) -> Answer:
        wait = threading.Event()
        begin.wait(PATIENCE)
        wait.wait(customer.luck.uniform(0, 0.03))
        return customer.ask(base)

    with ThreadPoolExecutor(CUSTOMERS + 2) as pool:
        moving = [pool.submit(in_thread, partial(move, moments[first::2])) for first in range(2)]
        asking = [pool.submit(in_thread, partial(ask, customer)) for customer in customers]
        for each in moving:
            each.result(PATIENCE)
        return [each.result(PATIENCE) for each in asking]


def test_nothing_is_accepted_too_late_and_nothing_refused_too_early(floor: None) -> None:
    seen: Counter[str] = Counter()
    cancels: Counter[bool] = Counter()
    for number in range(SCHEDULES):
        answers = run_schedule(number)

        assert violations(answers) == [], f"schedule {number}"
        seen.update("accepted" if each.accepted else "refused" for each in answers)
        cancels.update(each.accepted is not None for each in answers if each.what == CANCEL)
    assert seen["accepted"] + seen["refused"] == SCHEDULES * CUSTOMERS
    assert min(seen["accepted"], seen["refused"]) > SCHEDULES * CUSTOMERS / 20, "control: both answers were given"
    assert min(cancels[True], cancels[False]) > 0, "control: also to those who cancel"


def test_two_browsers_that_change_one_piece_take_turns(floor: None) -> None:
    produce(plant_slug=PLANT, external_ref="twice", spec=design(), now=at(0))
    begin = threading.Barrier(2)
    wanted = [design(glaze="dark"), design(cord=8)]

    def ask(work: WorkSpec) -> int:
        begin.wait(PATIENCE)
        return change_work(external_ref="twice", spec=work, consumed=(), now=at(0)).seq

    with ThreadPoolExecutor(2) as pool:
        seqs = [each.result(PATIENCE) for each in [pool.submit(in_thread, partial(ask, work)) for work in wanted]]

    assert sorted(seqs) == [1, 2]
    first, second = WorkChange.objects.order_by("seq")
    assert second.from_spec == first.to_spec


# --- Controls: without the lock the log does not bear out what was said ----------------------------------


def race(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[str]:
    """A change that looks at the piece, then a whole tick, then the change goes on; what is wrong with its answer."""
    produce(plant_slug=PLANT, external_ref="raced", spec=design(), now=at(0))
    tick(plant_slug=PLANT, now=at(1))
    looked, go_on = threading.Event(), threading.Event()
    look = begun_already

    def slow_look(*args: Any) -> str:
        found = look(*args)
        looked.set()
        go_on.wait(3 if locked else PATIENCE)
        return found

    monkeypatch.setattr(late_change, "begun_already", slow_look)
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    customer = Customer("raced", Random(1))
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(in_thread, partial(customer.change, 1))
        assert looked.wait(PATIENCE)
        tick(plant_slug=PLANT, now=at(200))
        go_on.set()
        answers = [asking.result(PATIENCE)]
    tick(plant_slug=PLANT, now=at(400))
    return violations(answers)


def test_a_tick_that_meets_a_change_leaves_it_to_the_next_one(floor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(monkeypatch, locked=True) == []
    assert ProductionOrder.objects.get().status == "Ended"


def test_control_without_the_lock_a_change_is_not_answered_truly(floor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(monkeypatch, locked=False) != []


@pytest.mark.parametrize(
    ("what", "wrong"), [("change", "is not|not in the log"), ("cancel", ".")], ids=["a change", "a cancellation"]
)
def test_control_a_tick_that_began_before_undoes_it(
    floor: None, monkeypatch: pytest.MonkeyPatch, what: str, wrong: str
) -> None:
    produce(plant_slug=PLANT, external_ref="raced", spec=design(), now=at(0))
    live_run = live.run
    answers: list[Answer] = []

    def run_while_somebody_asks(*args: Any, **between: Any) -> Any:
        done = live_run(*args, **between)
        answers.append(getattr(Customer("raced", Random(1)), what)(0))
        return done

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(live, "run", run_while_somebody_asks)
    tick(plant_slug=PLANT, now=at(1))

    assert answers[0].accepted is not None
    assert any(re.search(wrong, each) for each in violations(answers))


def test_control_an_answer_that_the_log_does_not_bear_out_is_noticed(floor: None) -> None:
    produce(plant_slug=PLANT, external_ref="told", spec=design(), now=at(0))
    tick(plant_slug=PLANT, now=at(1))
    last = ProductionOrder.objects.get().next_seq - 1
    wrong = [
        Answer("told", "glaze", design(), accepted=last + 1),
        Answer("told", "glaze", design(), refused_upto=last),
    ]
    assert [len(violations([each])) for each in wrong] == [1, 1]
    assert FactoryClock.objects.count() == 1

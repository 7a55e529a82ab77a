"""The outbox: written with its cause, offered after the commit, run once, tried again, parked, revived."""

import importlib
import json
import pkgutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from celery import Celery
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from configurator.models import Product
from core import outbox, tasks
from core.clock import now as clock_now
from core.models import OutboxMessage
from dure.celery import app as celery_app
from tests import samples

pytestmark = pytest.mark.django_db

TOPIC = "tests.greet"


class Killed(BaseException):
    """Stands for `kill -9`: nothing in the worker gets the chance to handle it."""


class UnableToGreet(Exception):
    pass


@pytest.fixture
def greeted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gives TOPIC a handler; the names that it was called with."""
    names: list[str] = []

    def greet(name: str) -> None:
        names.append(name)

    monkeypatch.setitem(outbox._handlers, TOPIC, greet)
    return names


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Takes the broker's place; the messages that were offered to it."""
    ids: list[int] = []

    def send_task(name: str, *, kwargs: dict[str, int]) -> None:
        assert name == "core.deliver"
        ids.append(kwargs["message_id"])

    monkeypatch.setattr(celery_app, "send_task", send_task)
    return ids


def topics_named_in_the_code() -> set[str]:
    """The value of every constant called …_TOPIC in Dure's apps."""
    modules = [
        importlib.import_module(found.name)
        for app in samples.OWN_APPS
        for found in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}.")
        if not {"migrations", "management"} & set(found.name.split("."))
    ]
    return {value for each in modules for name, value in vars(each).items() if name.endswith("_TOPIC")}


def handle_with(monkeypatch: pytest.MonkeyPatch, handler: Callable[..., object]) -> None:
    monkeypatch.setitem(outbox._handlers, TOPIC, handler)


def write_and_fail(name: str) -> None:
    """A handler that changes the database before it finds out that it cannot go on."""
    Product.objects.create(slug=name)
    raise UnableToGreet(f"{name} is not at home")


# --- Writing and offering ------------------------------------------------------------------------


def test_a_message_is_written_with_its_cause_and_offered_only_after_the_commit(
    offered: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = outbox.enqueue(TOPIC, name="Mina")
        assert OutboxMessage.objects.get() == message
        assert offered == []

    assert offered == [message.pk]
    assert (message.topic, message.payload, message.attempts) == (TOPIC, {"name": "Mina"}, 0)
    assert message.processed_at is None


def test_a_message_vanishes_with_the_transaction_that_it_was_written_in(
    offered: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        outbox.enqueue(TOPIC, name="Mina")
        transaction.set_rollback(True)

    assert callbacks == []
    assert offered == []
    assert OutboxMessage.objects.count() == 0


def test_an_offered_message_reaches_the_queue_of_the_real_broker(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = outbox.enqueue(TOPIC, name="Mina")

    with celery_app.connection_for_read() as connection, connection.SimpleQueue("dure") as queue:
        sent = queue.get(timeout=5)
        sent.ack()
    assert sent.headers["task"] == "core.deliver"
    assert json.loads(sent.body or "")[:2] == [[], {"message_id": message.pk}]


def test_a_broker_that_is_down_costs_a_log_line_and_little_time(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    app = Celery("nobody", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url="redis+socket:///nowhere/valkey.sock")
    monkeypatch.setattr(outbox, "current_app", app)

    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        message = outbox.enqueue(TOPIC, name="Mina")

    assert time.monotonic() - started < 3
    assert [(line["event"], line["message_id"]) for line in log_lines()] == [("broker_unavailable", message.pk)]
    assert OutboxMessage.objects.open().get() == message


# --- Delivering ----------------------------------------------------------------------------------


def test_a_delivered_message_has_run_its_handler_once_and_is_done(greeted: list[str]) -> None:
    message = outbox.enqueue(TOPIC, name="Mina")

    assert outbox.deliver(message_id=message.pk) is True
    assert outbox.deliver(message_id=message.pk) is False

    message.refresh_from_db()
    assert greeted == ["Mina"]
    assert message.processed_at is not None
    assert (message.attempts, message.last_error, message.parked_at) == (1, "", None)


def test_a_handler_that_fails_leaves_none_of_its_writes_and_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    handle_with(monkeypatch, write_and_fail)
    message = outbox.enqueue(TOPIC, name="mina")

    with pytest.raises(UnableToGreet, match="mina is not at home"):
        outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert Product.objects.count() == 0
    assert message.last_error == "UnableToGreet: mina is not at home"
    assert (message.attempts, message.processed_at) == (1, None)


def test_what_a_handler_wrote_vanishes_when_the_message_cannot_be_marked_as_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handle_with(monkeypatch, lambda name: Product.objects.create(slug=name))
    save = OutboxMessage.save

    def save_unless_done(self: OutboxMessage, **options: Any) -> None:
        if "processed_at" in options.get("update_fields", ()):
            raise DatabaseError("connection lost")
        save(self, **options)

    message = outbox.enqueue(TOPIC, name="mina")
    monkeypatch.setattr(OutboxMessage, "save", save_unless_done)

    with pytest.raises(DatabaseError):
        outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert message.processed_at is None
    assert Product.objects.count() == 0


def test_a_message_that_failed_waits_longer_after_each_attempt(
    monkeypatch: pytest.MonkeyPatch, now: datetime, greeted: list[str]
) -> None:
    handle_with(monkeypatch, write_and_fail)
    with time_machine.travel(now, tick=False) as clock:
        message = outbox.enqueue(TOPIC, name="mina")
        waits = []
        for _ in range(3):
            with pytest.raises(UnableToGreet):
                outbox.deliver(message_id=message.pk)
            message.refresh_from_db()
            wait = message.due_at - clock_now()
            waits.append(wait)
            clock.shift(wait - timedelta(seconds=1))
            assert outbox.deliver(message_id=message.pk) is False
            clock.shift(timedelta(seconds=1))

    assert waits == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert message.attempts == 3


def test_a_topic_without_a_handler_is_an_error_that_is_kept() -> None:
    message = outbox.enqueue("tests.nobody")

    with pytest.raises(outbox.UnknownTopic, match=r"^tests\.nobody$"):
        outbox.deliver(message_id=message.pk)

    message.refresh_from_db()
    assert message.last_error == "UnknownTopic: tests.nobody"
    assert message.processed_at is None


def test_a_topic_has_one_handler(greeted: list[str]) -> None:
    first = outbox._handlers[TOPIC]

    with pytest.raises(ValueError, match=r"'tests.greet' has a handler already"):
        outbox.handler(TOPIC)(write_and_fail)

    assert outbox._handlers[TOPIC] is first
    assert outbox.handler(TOPIC)(first) is first, "a module that is imported again registers the same function"


# --- Sweeping, parking, trying again --------------------------------------------------------------


def test_a_worker_killed_in_the_middle_costs_one_attempt_and_the_message_comes_back_after_the_lease(
    monkeypatch: pytest.MonkeyPatch, now: datetime, offered: list[int], greeted: list[str]
) -> None:
    def write_and_die(name: str) -> None:
        Product.objects.create(slug=name)
        raise Killed

    with time_machine.travel(now, tick=False) as clock:
        message = outbox.enqueue(TOPIC, name="mina")
        with monkeypatch.context() as dying:
            dying.setitem(outbox._handlers, TOPIC, write_and_die)
            with pytest.raises(Killed):
                outbox.deliver(message_id=message.pk)

        clock.shift(outbox.LEASE - timedelta(seconds=1))
        assert outbox.deliver(message_id=message.pk) is False
        assert outbox.sweep(now=now + outbox.LEASE + outbox.SWEEP_GRACE - timedelta(seconds=1)) == 0
        clock.shift(timedelta(seconds=3))
        assert outbox.sweep(now=clock_now()) == 1
        assert offered == [message.pk]
        assert outbox.deliver(message_id=message.pk) is True

    message.refresh_from_db()
    assert greeted == ["mina"]
    assert message.attempts == 2
    assert Product.objects.count() == 0


def test_the_sweeper_leaves_what_is_fresh_done_or_parked(now: datetime, offered: list[int]) -> None:
    long_ago = now - timedelta(minutes=1)
    columns = {"topic": TOPIC, "created_at": long_ago}
    overdue = OutboxMessage.objects.create(**columns, due_at=long_ago)
    OutboxMessage.objects.create(**columns, due_at=now)
    OutboxMessage.objects.create(**columns, due_at=long_ago, processed_at=long_ago)
    OutboxMessage.objects.create(**columns, due_at=long_ago, parked_at=long_ago)

    assert outbox.sweep(now=now) == 1

    assert offered == [overdue.pk]


def test_a_sweep_offers_the_oldest_two_hundred(now: datetime, offered: list[int]) -> None:
    OutboxMessage.objects.bulk_create(
        OutboxMessage(topic=TOPIC, created_at=now, due_at=now - timedelta(minutes=number)) for number in range(1, 202)
    )

    assert outbox.sweep(now=now) == 200

    (newest,) = set(OutboxMessage.objects.values_list("pk", flat=True)) - set(offered)
    assert OutboxMessage.objects.get(pk=newest).due_at == now - timedelta(minutes=1)


def test_a_message_that_failed_eight_times_is_parked_and_revived_by_hand(
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
    offered: list[int],
    greeted: list[str],
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        message = outbox.enqueue(TOPIC, name="mina")
        with monkeypatch.context() as broken:
            broken.setitem(outbox._handlers, TOPIC, write_and_fail)
            for _ in range(outbox.MOST_ATTEMPTS):
                with pytest.raises(UnableToGreet):
                    outbox.deliver(message_id=message.pk)
                clock.shift(timedelta(minutes=10))
        assert outbox.deliver(message_id=message.pk) is False, "a ninth attempt"

        assert outbox.sweep(now=clock_now()) == 0
        assert OutboxMessage.objects.parked().get().attempts == 8
        assert [line["count"] for line in log_lines() if line["event"] == "outbox_parked"] == [1]
        assert outbox.deliver(message_id=message.pk) is False, "a parked message"

        assert outbox.retry(message_ids=[message.pk], now=clock_now()) == 1
        assert outbox.retry(message_ids=[message.pk], now=clock_now()) == 0
        message.refresh_from_db()
        assert (message.attempts, message.parked_at, message.last_error) == (0, None, "")
        assert outbox.deliver(message_id=message.pk) is True

    assert greeted == ["mina"]
    assert offered == []


def test_trying_again_touches_neither_open_nor_finished_messages(now: datetime) -> None:
    columns = {"topic": TOPIC, "created_at": now, "due_at": now, "attempts": 3}
    ids = [OutboxMessage.objects.create(**columns, processed_at=done).pk for done in (None, now)]

    assert outbox.retry(message_ids=ids, now=now) == 0

    assert list(OutboxMessage.objects.values_list("attempts", flat=True)) == [3, 3]


def test_only_messages_done_two_weeks_ago_are_forgotten(now: datetime) -> None:
    def message(name: str, **columns: datetime) -> OutboxMessage:
        moment = now - timedelta(days=30)
        return OutboxMessage.objects.create(topic=name, created_at=moment, due_at=moment, **columns)

    message("done long ago", processed_at=now - timedelta(days=14, seconds=1))
    message("done lately", processed_at=now - timedelta(days=13, hours=23))
    message("parked", parked_at=now - timedelta(days=20))
    message("open")

    with time_machine.travel(now, tick=False):
        tasks.forget_processed()

    assert set(OutboxMessage.objects.values_list("topic", flat=True)) == {"done lately", "parked", "open"}


# --- Tasks, topics, request ids -------------------------------------------------------------------


def test_the_tasks_carry_messages(greeted: list[str], offered: list[int], now: datetime) -> None:
    message = outbox.enqueue(TOPIC, name="Mina")

    with time_machine.travel(now + timedelta(seconds=10), tick=False):
        tasks.sweep_outbox()
        tasks.deliver(message_id=offered.pop())

    message.refresh_from_db()
    assert greeted == ["Mina"]
    assert message.processed_at == now + timedelta(seconds=10)


def test_a_worker_that_dies_gives_its_task_back_to_the_broker() -> None:
    assert tasks.deliver.acks_late is True
    assert tasks.deliver.reject_on_worker_lost is True


def test_a_worker_knows_the_handler_of_every_topic() -> None:
    celery_app.loader.import_default_modules()

    assert outbox.topics() == topics_named_in_the_code()
    assert outbox.topics() == {
        "configurator.appeal_decided",
        "configurator.compile_rules",
        "editions.line_moved",
        "factory.aborted",
        "factory.finished",
        "factory.job_order",
        "orders.capture_payment",
        "orders.notify",
        "orders.start_production",
        "orders.void_payment",
    }
    # Celery finds `tasks` modules of installed apps by itself; a handler elsewhere would be luck.
    homes = {handler.__module__ for handler in outbox._handlers.values()}
    assert homes <= {f"{app}.tasks" for app in django_settings.INSTALLED_APPS}


def test_a_worker_knows_every_scheduled_task() -> None:
    celery_app.loader.import_default_modules()

    scheduled = {row["task"] for row in django_settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled == {
        "factory_sim.replan",
        "factory_sim.tick",
        "core.sweep_outbox",
        "orders.settle_open_payments",
        "orders.publish_queues",
        "core.forget_processed",
        "core.forget_answers",
        "orders.remove_unused_artworks",
        "editions.advance_lobbies",
        "editions.forget_lobby_people",
        "editions.tend_lines",
        "editions.forget_waiting_people",
    }
    assert scheduled <= set(celery_app.tasks)


def test_a_handler_logs_under_the_request_that_caused_it_and_only_while_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    structlog.contextvars.clear_contextvars()
    seen: list[object] = []
    handle_with(monkeypatch, lambda: seen.append(structlog.contextvars.get_contextvars().get("request_id")))
    with structlog.contextvars.bound_contextvars(request_id="5f0e9b7c-0000-4000-8000-000000000001"):
        message = outbox.enqueue(TOPIC)

    assert outbox.deliver(message_id=message.pk) is True

    assert seen == ["5f0e9b7c-0000-4000-8000-000000000001"]
    assert "request_id" not in structlog.contextvars.get_contextvars(), "the next task would log under it"

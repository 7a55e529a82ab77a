"""Two workers and one message."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet

from configurator.models import Product
from core import outbox
from core.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)

TOPIC = "tests.slow"
PATIENCE = 20


class Worker(threading.Thread):
    """Delivers a message in a thread, and so on a connection, of its own."""

    def __init__(self, message_id: int) -> None:
        super().__init__()
        self.message_id = message_id
        self.delivered: bool | None = None

    def run(self) -> None:
        try:
            self.delivered = outbox.deliver(message_id=self.message_id)
        finally:
            connection.close()


class SlowHandler:
    """A handler that waits in the middle until it is let go."""

    def __init__(self) -> None:
        self.started, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> None:
        Product.objects.create(slug=f"run-{Product.objects.count() + 1}")
        self.started.set()
        assert self.go_on.wait(PATIENCE)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowHandler]:
    handler = SlowHandler()
    monkeypatch.setitem(outbox._handlers, TOPIC, handler)
    yield handler
    handler.go_on.set()


def message_of(now: datetime) -> OutboxMessage:
    return OutboxMessage.objects.create(topic=TOPIC, created_at=now, due_at=now)


def started(message: OutboxMessage) -> Worker:
    worker = Worker(message.pk)
    worker.start()
    return worker


def test_a_message_that_one_worker_runs_is_not_run_by_another(slow: SlowHandler, now: datetime) -> None:
    message = message_of(now)
    first = started(message)
    assert slow.started.wait(PATIENCE)

    assert outbox.deliver(message_id=message.pk) is False

    slow.go_on.set()
    first.join(PATIENCE)
    message.refresh_from_db()
    assert first.delivered is True
    assert Product.objects.count() == 1
    assert message.attempts == 1


def test_a_worker_that_outlives_its_lease_is_waited_for_and_the_handler_still_runs_once(
    slow: SlowHandler, now: datetime
) -> None:
    message = message_of(now)
    first = started(message)
    assert slow.started.wait(PATIENCE)

    with time_machine.travel(now + outbox.LEASE + timedelta(seconds=5)):
        second = started(message)
        second.join(0.3)
        assert second.is_alive(), "it waits for the row that the first worker has locked"
        slow.go_on.set()
        first.join(PATIENCE)
        second.join(PATIENCE)

    assert (first.delivered, second.delivered) == (True, False)
    assert Product.objects.count() == 1


def test_control_without_lease_and_lock_two_workers_run_the_handler_twice(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_claim", lambda message_id, now: OutboxMessage.objects.get(pk=message_id))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(outbox, "_record_failure", lambda message_id, error: None)
    both = threading.Barrier(2)
    runs: list[int] = []

    def meet() -> None:
        runs.append(1)
        both.wait(PATIENCE)

    monkeypatch.setitem(outbox._handlers, TOPIC, meet)
    message = message_of(now)

    workers = [started(message), started(message)]
    for worker in workers:
        worker.join(PATIENCE)

    assert len(runs) == 2

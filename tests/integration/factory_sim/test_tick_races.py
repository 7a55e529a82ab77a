"""Two workers that tick at once."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from core.models import OutboxMessage
from factory_sim import live
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SIMPLE, SPEED, at, kinds, reported_finished

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20
WHOLE = ["released", "queued", "started", "finished", "queued", "started", "finished", "completed"]


@pytest.fixture
def piece() -> str:
    """A piece that would be finished by now, had anybody ticked."""
    load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    return produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=MONDAY).external_ref


class Worker(threading.Thread):
    """Ticks once, on a connection of its own."""

    appended: int | None = None

    def run(self) -> None:
        try:
            self.appended = tick(plant_slug=PLANT, now=at(60))
        finally:
            connection.close()


def test_while_one_worker_ticks_another_returns_at_once_and_each_event_is_written_once(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking, go_on = threading.Event(), threading.Event()
    live_run = live.run

    def slow_run(*args: Any, **between: Any) -> Any:
        ticking.set()
        assert go_on.wait(PATIENCE)
        return live_run(*args, **between)

    monkeypatch.setattr(live, "run", slow_run)
    first, second = Worker(), Worker()
    first.start()
    assert ticking.wait(PATIENCE)

    second.start()
    second.join(PATIENCE)
    assert (second.appended, first.is_alive()) == (0, True)

    go_on.set()
    first.join(PATIENCE)
    assert first.appended == len(WHOLE)
    assert kinds(piece) == WHOLE
    assert reported_finished() == [piece]


def test_many_workers_that_start_together_write_one_log(piece: str) -> None:
    workers = [Worker() for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)

    assert sorted(worker.appended or 0 for worker in workers) == [0] * 5 + [len(WHOLE)]
    assert kinds(piece) == WHOLE
    assert reported_finished() == [piece]


def test_control_without_the_lock_the_piece_is_reported_twice(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)
    live_run = live.run

    def run_together(*args: Any, **between: Any) -> Any:
        both.wait(PATIENCE)
        return live_run(*args, **between)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(live, "run", run_together)
    workers = [Worker(), Worker()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)

    # The events themselves are still written once: their unique constraint is the last line.
    assert kinds(piece) == WHOLE
    assert reported_finished() == [piece, piece]
    assert OutboxMessage.objects.count() == 2

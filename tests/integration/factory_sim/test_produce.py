"""Taking a piece into production."""

import threading
from typing import Any

import pytest
from django.db import connection

from factory_sim import live
from factory_sim.draws import seed_of
from factory_sim.models import FactoryClock, Plant, ProductionOrder
from factory_sim.services import UnknownStation, load_plant, pause_clock, produce, run_clock, tick
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SIMPLE, SPEED, at, event_log, spec, step

PATIENCE = 20


@pytest.mark.django_db
def test_a_new_piece_waits_for_its_release_with_a_seed_of_its_own(plant: Plant) -> None:
    order = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(5))

    assert (order.status, order.phase, order.position) == ("AllowedToStart", "coming", 0)
    assert order.seed == seed_of(20261122, "001-ABCDE")
    assert order.work_spec == SIMPLE.as_json()


@pytest.mark.django_db
def test_the_same_reference_again_is_the_same_piece_and_writes_nothing(plant: Plant) -> None:
    first = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(5))

    with samples.nothing_written():
        other = spec(step("press", "foil", 99))
        again = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=other, now=at(50))

    assert again == first


@pytest.mark.django_db
def test_a_piece_that_the_plant_cannot_make_is_refused(plant: Plant) -> None:
    impossible = spec(step("form", "forming", 5), step("paint", "painting", 5), step("fly", "airport", 5))

    with samples.nothing_written(), pytest.raises(UnknownStation, match="mangwon has no station airport, painting"):
        produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=impossible, now=at(5))


@pytest.mark.django_db
def test_a_piece_is_released_when_it_comes(plant: Plant) -> None:
    start = FactoryClock.objects.get().horizon

    order = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(5))

    assert order.released_at == pytest.approx(start + 5)


@pytest.mark.django_db
@pytest.mark.parametrize("late", [0, 1, 30])
def test_a_piece_is_released_strictly_after_what_has_happened_already(plant: Plant, late: float) -> None:
    """Also when the process that takes it in has a clock that is slow."""
    tick(plant_slug=PLANT, now=at(40))
    horizon = FactoryClock.objects.get().horizon

    order = produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(40 - late))

    assert horizon < order.released_at < horizon + 0.001


@pytest.mark.django_db
def test_a_piece_that_comes_while_the_clock_stands_begins_when_it_runs_on(plant: Plant) -> None:
    tick(plant_slug=PLANT, now=at(10))
    pause_clock(plant_slug=PLANT, now=at(10))
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(500))
    assert tick(plant_slug=PLANT, now=at(500)) == 0

    run_clock(plant_slug=PLANT, speed=SPEED, now=at(500))

    assert tick(plant_slug=PLANT, now=at(501)) == 3


@pytest.mark.django_db
def test_a_new_piece_tells_readers_that_the_queue_has_changed(plant: Plant) -> None:
    before = FactoryClock.objects.get().revision

    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(5))

    assert FactoryClock.objects.get().revision == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_comes_during_a_tick_waits_for_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=MONDAY)
    ticking, go_on = threading.Event(), threading.Event()

    def slow_run(*args: Any, **between: Any) -> Any:
        ticking.set()
        assert go_on.wait(PATIENCE)
        return live_run(*args, **between)

    live_run = live.run
    monkeypatch.setattr(live, "run", slow_run)

    def in_thread(work: Any) -> threading.Thread:
        def run() -> None:
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    worker = in_thread(lambda: tick(plant_slug=PLANT, now=at(45)))
    assert ticking.wait(PATIENCE)
    newcomer = in_thread(lambda: produce(plant_slug=PLANT, external_ref="002-FGHJK", spec=SIMPLE, now=at(20)))
    newcomer.join(0.3)
    assert newcomer.is_alive(), "it waits for the clock's row"
    go_on.set()
    worker.join(PATIENCE)
    newcomer.join(PATIENCE)

    assert ProductionOrder.objects.get(external_ref="002-FGHJK").released_at > FactoryClock.objects.get().horizon
    assert {row[0] for row in event_log()} == {"001-ABCDE"}

"""What others may know of the factory."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from factory_sim import promise, selectors
from factory_sim.contracts import OrderedWork, WorkSpec
from factory_sim.models import Plant, ProductionOrder
from factory_sim.selectors import (
    expectation,
    factory_time,
    known_factory_time,
    last_seq,
    making,
    promise_for,
    station_ids,
    station_names,
)
from factory_sim.services import produce, tick
from tests import samples
from tests.integration.factory_sim.work import HARD, PLANT, SIMPLE, at, spec, step

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL)


def rounded(moment: datetime) -> datetime:
    """Without the microsecond by which a newcomer is released after the horizon."""
    return moment.replace(microsecond=0)


def ask(
    wanted: WorkSpec, *, now: datetime, waiting: tuple[WorkSpec, ...] = (), review_minutes: float = 0
) -> tuple[datetime, datetime]:
    ordered = [OrderedWork(each, in_review_since=None) for each in waiting]
    answer = promise_for(
        plant_slug=PLANT,
        work=OrderedWork(wanted, in_review_since=now),
        waiting=ordered,
        review_minutes=review_minutes,
        now=now,
    )
    return answer.likely_at, answer.safe_at


def enter(*refs: str, wanted: WorkSpec = SIMPLE, minute: float = 0) -> None:
    for ref in refs:
        produce(plant_slug=PLANT, external_ref=ref, spec=wanted, now=at(minute))


def tick_before(monkeypatch: pytest.MonkeyPatch, read: str, *, minute: float) -> None:
    """Let the factory move on just before the next time that a selector reads something."""
    reading = getattr(selectors, read)

    def tick_and_read(*args: Any) -> Any:
        tick(plant_slug=PLANT, now=at(minute))
        return reading(*args)

    monkeypatch.setattr(selectors, read, tick_and_read)


# --- A piece on its way ----------------------------------------------------------------------------


def test_a_piece_that_the_factory_does_not_know(plant: Plant) -> None:
    assert making(external_ref="nobody") is None
    assert last_seq(external_ref="nobody") == 0
    with pytest.raises(ProductionOrder.DoesNotExist):
        expectation(external_ref="nobody", now=at(0))


def test_a_piece_that_has_just_come(plant: Plant) -> None:
    enter("001")

    made = making(external_ref="001")

    assert made is not None
    assert (made.phase, made.status, made.current, made.progress) == ("coming", "AllowedToStart", "", ())
    assert [operation.id for operation in made.operations] == ["form", "press"]
    assert last_seq(external_ref="001") == 0


def test_a_piece_that_is_being_worked_on(plant: Plant) -> None:
    enter("001")
    tick(plant_slug=PLANT, now=at(35))

    made = making(external_ref="001")

    assert made is not None
    assert (made.phase, made.status, made.current) == ("working", "Running", "press")
    assert [event.kind for event in made.progress] == [
        *("released", "queued", "started", "finished"),
        *("queued", "started"),
    ]
    last = made.progress[-1]
    assert last.operation_name == {"ko": "press 공정", "en": "the press"}
    assert last.station_name == {"ko": "박 각인기", "en": "Foil press"}
    assert (last.seq, rounded(last.at), last.note) == (6, seoul(23, 9, 30), {})
    assert made.progress[0].station_name == {}
    assert last_seq(external_ref="001") == 6


def test_a_fault_is_told_in_the_words_of_the_product(plant: Plant) -> None:
    refs = [f"{number:03d}" for number in range(10)]
    enter(*refs, wanted=HARD)
    tick(plant_slug=PLANT, now=at(14 * 60))

    progress = [event for ref in refs for event in getattr(making(external_ref=ref), "progress", ())]
    notes = {event.kind: event.note for event in progress if event.kind in ("failed", "passed")}
    assert notes == {"failed": {"ko": "금이 갔습니다.", "en": "It is cracked."}, "passed": {}}


def test_a_piece_that_is_done(plant: Plant) -> None:
    enter("001")
    tick(plant_slug=PLANT, now=at(60))

    made = making(external_ref="001")

    assert made is not None
    assert (made.phase, made.status, made.current) == ("done", "Ended", "")
    assert last_seq(external_ref="001") == 8
    assert expectation(external_ref="001", now=at(60)) is None


# --- The plant -------------------------------------------------------------------------------------


def test_the_stations_of_a_plant(plant: Plant) -> None:
    assert station_ids(plant_slug=PLANT) == {
        *("forming", "glazing", "kiln", "wood", "leather"),
        *("foil", "assembly", "inspection", "packing", "printing"),
    }
    assert station_ids(plant_slug="atlantis") == set()


def test_the_names_of_its_stations(plant: Plant) -> None:
    names = station_names(plant_slug=PLANT)

    assert set(names) == station_ids(plant_slug=PLANT)
    assert names["foil"] == {"ko": "박 각인기", "en": "Foil press"}


def test_the_clock_of_a_plant_that_may_not_be_there(plant: Plant) -> None:
    assert known_factory_time(plant_slug=PLANT, now=at(5)) == factory_time(plant_slug=PLANT, now=at(5))
    assert known_factory_time(plant_slug="atlantis", now=at(5)) is None


# --- Promises --------------------------------------------------------------------------------------


def test_an_empty_plant_without_chance_promises_the_very_minute(plant: Plant) -> None:
    assert ask(SIMPLE, now=at(0)) == (seoul(23, 9, 40), seoul(23, 9, 40))
    assert ask(SIMPLE, now=at(30)) == (seoul(23, 10, 10), seoul(23, 10, 10))


def test_review_time_is_part_of_the_promise(plant: Plant) -> None:
    assert ask(SIMPLE, now=at(0), review_minutes=60) == (seoul(23, 10, 40), seoul(23, 10, 40))


def test_nights_and_sundays_are_not_working_time(plant: Plant) -> None:
    assert ask(SIMPLE, now=at(13 * 60 + 50)) == (seoul(24, 7, 30), seoul(24, 7, 30))
    saturday_night = at((5 * 24 + 13) * 60 + 50)
    assert ask(SIMPLE, now=saturday_night) == (seoul(30, 7, 30), seoul(30, 7, 30))


def test_the_promise_stands_behind_the_work_in_the_plant(plant: Plant) -> None:
    an_hour = spec(step("press", "foil", 60))
    enter("001", wanted=an_hour)
    tick(plant_slug=PLANT, now=at(20))

    likely, safe = ask(an_hour, now=at(20))

    assert (rounded(likely), rounded(safe)) == (seoul(23, 11), seoul(23, 11))


def test_the_promise_stands_behind_orders_that_the_factory_does_not_have_yet(plant: Plant) -> None:
    an_hour = spec(step("press", "foil", 60))

    assert ask(an_hour, now=at(0), waiting=(an_hour, an_hour)) == (seoul(23, 12), seoul(23, 12))
    assert ask(an_hour, now=at(0)) == (seoul(23, 10), seoul(23, 10)), "control: with nobody waiting"


def test_with_chance_the_safe_date_is_later_than_the_likely_one(plant: Plant, definition: ProductDefinition) -> None:
    tumbler = work_spec(definition, Configuration("on-dam/1", samples.PRESET, "지우"))

    likely, safe = ask(tumbler, now=at(0))

    assert seoul(23, 12) < likely < safe < seoul(24, 12)


def test_a_promise_does_not_flicker_and_writes_nothing(plant: Plant) -> None:
    enter("001", "002", wanted=HARD)

    with samples.nothing_written():
        promises = {ask(HARD, now=at(10)) for _ in range(3)}

    assert len(promises) == 1


def test_an_order_in_review_comes_before_a_new_one_when_both_are_through(plant: Plant) -> None:
    an_hour = spec(step("press", "foil", 60))

    def likely(in_review_since: datetime | None) -> datetime:
        ordered = [OrderedWork(an_hour, in_review_since)]
        return promise_for(
            plant_slug=PLANT, work=OrderedWork(an_hour, at(60)), waiting=ordered, review_minutes=120, now=at(60)
        ).likely_at.replace(microsecond=0)

    # Work begins at 09:00 and it is 10:00: a new piece is reviewed by 12:00, and made by 13:00 if it need not wait.
    assert likely(in_review_since=at(60)) == seoul(23, 14), "ordered just now: both come at 12:00"
    assert likely(in_review_since=at(30)) == seoul(23, 13, 30), "ordered at 09:30: it comes at 11:30"
    assert likely(in_review_since=None) == seoul(23, 13), "approved: it comes at once"


def test_a_promise_never_peeks_at_what_the_simulation_will_draw(plant: Plant) -> None:
    enter("001", "002", wanted=HARD)
    before = ask(HARD, now=at(10))

    ProductionOrder.objects.update(seed=1)
    cache.clear()

    assert ask(HARD, now=at(10)) == before


def test_the_queue_is_computed_once_until_something_happens(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[float] = []
    behind: Callable[..., promise.Queue] = promise.behind

    def counted(*args: Any) -> promise.Queue:
        computed.append(args[3])
        return behind(*args)

    monkeypatch.setattr(promise, "behind", counted)
    enter("001", wanted=spec(step("press", "foil", 60)))
    an_hour = spec(step("press", "foil", 60))

    alone = [ask(an_hour, now=at(minute)) for minute in (1, 2)]
    assert len(computed) == 1
    enter("002", wanted=an_hour, minute=3)
    behind_two = ask(an_hour, now=at(3))

    assert len(computed) == 2
    assert behind_two[0] > alone[0][0]


def test_what_is_expected_of_a_piece_follows_what_happens_to_it(plant: Plant) -> None:
    enter("001", "002", "003", wanted=spec(step("press", "foil", 60)))
    tick(plant_slug=PLANT, now=at(20))

    expected = [expectation(external_ref=ref, now=at(20)) for ref in ("001", "002", "003")]

    assert [rounded(each.likely_at) for each in expected if each] == [seoul(23, 10), seoul(23, 11), seoul(23, 12)]
    assert all(each and each.safe_at == each.likely_at for each in expected)


def test_nothing_is_expected_of_a_piece_that_a_tick_makes_ready_between_the_reads(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("001", "002")
    tick(plant_slug=PLANT, now=at(35))
    tick_before(monkeypatch, "_clock", minute=45)

    assert expectation(external_ref="001", now=at(45)) is None
    assert getattr(making(external_ref="001"), "phase", "") == "done"
    assert expectation(external_ref="002", now=at(45)) is not None, "control: the other one is still being made"

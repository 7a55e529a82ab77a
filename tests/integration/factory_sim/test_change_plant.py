"""A plant may change its definition as long as no piece, no product and no finished piece's page loses by it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from factory_sim import plant_change
from factory_sim.contracts import OrderedWork
from factory_sim.models import Plant
from factory_sim.plant import read_plant
from factory_sim.plant_change import PlantInUse
from factory_sim.selectors import expectation, factory_time, last_seq, making, promise_for
from factory_sim.services import load_plant, produce, run_clock, tick
from tests import samples
from tests.integration.factory_sim.work import PLANT, SIMPLE, SPEED, at, event_log, spec, step

pytestmark = pytest.mark.django_db

Data = dict[str, Any]
Change = Callable[[Data], object]

LATER = 60
"""The minute by which two pieces of SIMPLE are made."""
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
"""What the plant's clock shows then."""
CHANGES: dict[str, Change] = {
    "fewer machines": lambda data: data["stations"][0].update(machines=1),
    "more machines": lambda data: data["stations"][0].update(machines=7),
    "other hours": lambda data: data["opening"].update(closes="18:00"),
    "other days": lambda data: data["opening"].update(days=["mon", "tue"]),
    "another seed": lambda data: data.update(seed=1),
    "another order": lambda data: data["stations"].reverse(),
}


def changed(change: Change) -> Data:
    data = samples.toml("plants/mangwon.toml")
    change(data)
    return data


def without(station: str) -> Data:
    data = samples.toml("plants/mangwon.toml")
    return {**data, "stations": [each for each in data["stations"] if each["id"] != station]}


def with_a_loom(data: Data) -> None:
    data["stations"].append({"id": "loom", "name": {"ko": "베틀", "en": "Loom"}, "machines": 1})


def enter(*refs: str) -> None:
    for ref in refs:
        produce(plant_slug=PLANT, external_ref=ref, spec=SIMPLE, now=at(0))


@pytest.fixture
def at_work(plant: Plant) -> None:
    """Two pieces at the two machines of the first station."""
    enter("001", "002")
    tick(plant_slug=PLANT, now=at(5))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_while_pieces_are_being_made_the_plant_stays_as_it_was(at_work: None, change: Change) -> None:
    with samples.nothing_written(), pytest.raises(PlantInUse) as refused:
        load_plant(data=changed(change), now=at(6))

    assert (refused.value.code, refused.value.status) == ("plant_in_use", 409)
    assert refused.value.detail == (
        "The plant mangwon stays as it was: 2 pieces are being made, "
        "and until they are done only stations can be added."
    )
    assert tick(plant_slug=PLANT, now=at(LATER)) > 0


def test_control_without_the_guard_a_machine_that_goes_stops_the_factory(
    at_work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plant_change, "_refuse_what_hurts", lambda *definitions: None)
    load_plant(data=changed(CHANGES["fewer machines"]), now=at(6))

    with pytest.raises(KeyError, match="'forming', 1"):
        tick(plant_slug=PLANT, now=at(LATER))


def test_a_piece_that_has_not_begun_counts_as_well(plant: Plant) -> None:
    enter("001")

    with samples.nothing_written(), pytest.raises(PlantInUse, match="1 piece is being made, and until it is done"):
        load_plant(data=changed(CHANGES["fewer machines"]), now=at(0))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_plant_in_which_every_piece_is_made_may_change(at_work: None, change: Change) -> None:
    tick(plant_slug=PLANT, now=at(LATER))
    data = changed(change)

    plant = load_plant(data=data, now=at(LATER))

    assert read_plant(plant.definition) == read_plant(data)


def test_a_station_may_be_added_while_pieces_are_being_made(at_work: None) -> None:
    work = spec(step("weave", "loom", 20))
    ask = {"plant_slug": PLANT, "waiting": (), "review_minutes": 0, "now": at(7)}
    promise_for(work=OrderedWork(SIMPLE, in_review_since=None), **ask)  # keeps the old plant's queue in the cache

    load_plant(data=changed(with_a_loom), now=at(6))

    assert promise_for(work=OrderedWork(work, in_review_since=None), **ask)
    produce(plant_slug=PLANT, external_ref="003", spec=work, now=at(7))
    tick(plant_slug=PLANT, now=at(LATER))
    assert {ref: getattr(making(external_ref=ref), "phase", "") for ref in ("001", "002", "003")} == {
        "001": "done",
        "002": "done",
        "003": "done",
    }


def test_with_an_added_station_nothing_else_may_change(at_work: None) -> None:
    data = changed(with_a_loom)
    CHANGES["fewer machines"](data)

    with samples.nothing_written(), pytest.raises(PlantInUse):
        load_plant(data=data, now=at(6))


def test_a_station_never_goes_for_it_is_named_by_what_was_made_there(at_work: None) -> None:
    tick(plant_slug=PLANT, now=at(LATER))

    with samples.nothing_written(), pytest.raises(PlantInUse) as refused:
        load_plant(data=without("foil"), now=at(LATER))

    assert refused.value.detail == (
        "The plant mangwon stays as it was: products and finished pieces name its stations (foil)."
    )
    made = making(external_ref="001")
    assert made is not None
    assert made.progress[-2].station_name == {"ko": "박 각인기", "en": "Foil press"}


def test_control_without_the_guard_a_finished_piece_has_no_page(at_work: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tick(plant_slug=PLANT, now=at(LATER))
    monkeypatch.setattr(plant_change, "_refuse_what_hurts", lambda *definitions: None)
    load_plant(data=without("foil"), now=at(LATER))

    with pytest.raises(RuntimeError, match="StopIteration"):
        making(external_ref="001")


def test_with_shorter_hours_the_plant_works_on_from_the_same_moment(at_work: None) -> None:
    """Years of working minutes are fewer in shorter days: the end of the log must not come to lie in the future."""
    tick(plant_slug=PLANT, now=at(LATER))
    log = event_log()

    load_plant(data=changed(CHANGES["other hours"]), now=at(LATER))

    run_clock(plant_slug=PLANT, speed=SPEED, now=at(LATER))
    assert factory_time(plant_slug=PLANT, now=at(LATER)).at == TEN
    produce(plant_slug=PLANT, external_ref="003", spec=SIMPLE, now=at(LATER))
    expected = expectation(external_ref="003", now=at(LATER))
    assert expected is not None
    assert expected.safe_at.replace(microsecond=0) == TEN + timedelta(minutes=40)
    tick(plant_slug=PLANT, now=at(LATER + 45))
    assert last_seq(external_ref="003") == 8
    assert [row for row in event_log() if row[0] != "003"] == log

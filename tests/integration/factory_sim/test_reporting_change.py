"""A piece that is changed or withdrawn in a plant that reports: it stays within reach, and its log runs forwards."""

from datetime import datetime, timedelta

import pytest

from factory_sim.commands import TooLate, command_job, withdraw_work
from factory_sim.contracts import Cause, Kind, WorkSpec
from factory_sim.floor import plant_now
from factory_sim.late_change import beginnings, change_work
from factory_sim.models import Command, FactoryClock, ProductionEvent, ProductionOrder
from factory_sim.services import tick
from factory_sim.station import station_now
from factory_sim.whereabouts import whereabouts
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.reporting import REF, ROUND, ordered, reporting_plant, tell
from tests.integration.factory_sim.work import PLANT, at, kinds, spec, step

pytestmark = pytest.mark.django_db

PLAIN = spec(step("form", "forming", 30), step("join", "assembly", 5))
PRESSED = spec(step("form", "forming", 30), step("press", "foil", 10), step("join", "assembly", 5))
LATE = 14 * 60 + 30
"""Minutes after 09:00; the plant closes at 23:00."""


@pytest.fixture
def piece(db: None) -> ProductionOrder:
    """A piece that waits to be joined."""
    reporting_plant()
    (order,) = ordered(work=PLAIN)
    tell(Kind.STARTED, "form", minute=1)
    tell(Kind.FINISHED, "form", minute=2)
    return order


def change(to: WorkSpec, minute: float) -> None:
    change_work(external_ref=REF, spec=to, consumed=(), now=at(minute))


def waiting_at(station: str) -> list[str]:
    return [each.operation.id for each in station_now(plant_now(PLANT), station).waiting]


def moments() -> list[tuple[float, datetime]]:
    return list(ProductionEvent.objects.order_by("seq").values_list("minute", "at"))


def test_what_is_put_in_waits_at_its_station_and_is_reported_on(piece: ProductionOrder) -> None:
    change(PRESSED, 3)
    piece.refresh_from_db()

    assert kinds(REF)[-3:] == ["queued", "changed", "queued"]
    last = piece.events.latest("seq")
    assert (last.operation, last.station, last.at, piece.next_seq) == (
        "press",
        "foil",
        MONDAY + timedelta(minutes=3),
        8,
    )
    assert (waiting_at("foil"), waiting_at("assembly")) == (["press"], [])
    assert [(each.cause, each.operation) for each in whereabouts(external_ref=REF)] == [(Cause.WAITING, "press")]
    for minute, (kind, operation) in enumerate([*ROUND[2:4], (Kind.STARTED, "join"), (Kind.FINISHED, "join")], 4):
        tell(kind, operation, minute=minute)
    assert kinds(REF)[-1] == "completed"


def test_what_is_left_out_lets_the_next_wait_at_its_station(piece: ProductionOrder) -> None:
    change(PRESSED, 3)
    change(PLAIN, 4)

    assert kinds(REF)[-2:] == ["changed", "queued"]
    assert (waiting_at("foil"), waiting_at("assembly")) == ([], ["join"])
    assert ProductionOrder.objects.get().next_seq == ProductionEvent.objects.count() + 1


def test_who_waits_where_nothing_changes_stays_there(piece: ProductionOrder) -> None:
    change(spec(step("form", "forming", 30), step("join", "assembly", 25)), 3)

    assert kinds(REF)[-1] == "changed"
    assert waiting_at("assembly") == ["join"]


def test_an_operation_that_was_scrapped_while_it_waited_may_be_left_out(piece: ProductionOrder) -> None:
    change(PRESSED, 3)
    tell(Kind.SCRAPPED, "press", reason="It fell.", minute=4)
    change(PLAIN, 5)

    (scrapped,) = (each for each in whereabouts(external_ref=REF) if each.cause == Cause.SCRAPPED)
    assert (scrapped.operation, scrapped.operation_name["en"], scrapped.note) == ("press", "the press", {})
    assert scrapped.station_name["en"] == "Foil press"
    tell(Kind.STARTED, "form", minute=6)
    assert {each.cause for each in whereabouts(external_ref=REF)} == {Cause.WORK, Cause.SCRAPPED}


def test_its_beginnings_are_those_that_were_reported(piece: ProductionOrder) -> None:
    change(PRESSED, 3)
    tell(Kind.STARTED, "press", minute=4)
    found = beginnings(external_ref=REF, now=at(5))

    assert {name: each.began_at for name, each in found.items()} == {
        "form": MONDAY + timedelta(minutes=1),
        "press": MONDAY + timedelta(minutes=4),
        "join": None,
    }
    assert {each.not_before for each in found.values()} == {None}, "people may be as fast as they like"


def test_a_piece_is_withdrawn_until_somebody_begins_with_it(db: None) -> None:
    reporting_plant()
    ordered("001-A", "002-B", work=PLAIN)
    tell(Kind.STARTED, "form", ref="001-A")
    with samples.nothing_written(), pytest.raises(TooLate, match="too late to cancel"):
        withdraw_work(external_ref="001-A", reason="late", now=at(2))
    withdraw_work(external_ref="002-B", reason="changed her mind", now=at(2))

    assert kinds("002-B") == ["released", "queued", "aborted"]


def test_what_is_done_to_a_piece_is_in_the_log_when_it_was_done(piece: ProductionOrder) -> None:
    boss = samples.superuser()
    command_job(order_id=piece.pk, command=Command.PAUSE, actor=boss, reason="", now=at(40))
    command_job(order_id=piece.pk, command=Command.RESUME, actor=boss, reason="", now=at(50))
    change(PRESSED, 60)

    rows = [((when - MONDAY).total_seconds() / 60, minute) for minute, when in moments()[-4:]]
    assert [shown for shown, _ in rows] == [40, 50, 60, 60]
    assert [minute - rows[0][1] for _, minute in rows] == [0, 10, 20, 20]
    assert FactoryClock.objects.get().horizon == moments()[-1][0]


def test_the_log_does_not_run_backwards_after_closing_time(piece: ProductionOrder) -> None:
    """Work that people did at night is in the log at its own time, beyond the last working minute."""
    boss = samples.superuser()
    tell(Kind.STARTED, "join", minute=LATE)
    tick(plant_slug=PLANT, now=at(LATE + 1))
    command_job(order_id=piece.pk, command=Command.PAUSE, actor=boss, reason="", now=at(LATE + 2))
    # A clock that is set back does not set back what has happened.
    FactoryClock.objects.update(real_anchor=at(LATE + 2), factory_anchor=MONDAY)
    command_job(order_id=piece.pk, command=Command.RESUME, actor=boss, reason="", now=at(LATE + 2))

    assert moments() == sorted(moments())
    assert moments()[-1][1] == MONDAY + timedelta(minutes=LATE + 2)

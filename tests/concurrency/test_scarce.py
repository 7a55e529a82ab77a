"""Threads that want the last units, one person who wants too much, one key sent at once; each guard with a control."""

import threading
from collections import Counter
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from editions import locks, stock_service
from editions.models import Component, ComponentUnit, Hold, Piece, PieceState
from editions.person_limit import holder
from editions.services import Wish, hold_piece
from orders.services.quote import make_quote
from tests import samples
from tests.api.calls import API, JSON
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = {"glaze": "indigo", "stitch": "gold"}


def told(results: list[object]) -> Counter[object]:
    return Counter(result for result in results if isinstance(result, str))


def test_units_go_to_exactly_as_many_as_there_are(now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, size=20, cobalt=7, gold=20)
    offer = make_quote(edition=edition, data=samples.design(edition, **BOTH), now=now).offer

    results = at_once(12, lambda _: hold_piece(edition=samples.current(edition), offer=offer, now=now).piece.number)

    numbers = [each for each in results if isinstance(each, int)]
    # Three pieces take six of the seven; the seventh is not enough for a fourth.
    assert (len(numbers), len(set(numbers)), told(results)) == (3, 3, {"component_held": 9})
    held = ComponentUnit.objects.filter(state=PieceState.HELD)
    assert Counter(held.values_list("component__slug", flat=True)) == {"cobalt": 6, "gold-thread": 3}
    assert Piece.objects.filter(state=PieceState.HELD).count() == 3
    assert Hold.objects.count() == 3


def test_skip_locked_alone_calls_a_component_gone_that_is_not(now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, cobalt=1)
    offer = make_quote(edition=edition, data=samples.design(edition, glaze="indigo"), now=now).offer
    cobalt = Component.objects.get(slug="cobalt")
    locked, release = threading.Event(), threading.Event()

    def look_and_leave() -> None:
        try:
            with transaction.atomic():
                locks.lock_available_units({cobalt.pk: 1}, now)
                locked.set()
                release.wait(timeout=30)
        finally:
            connection.close()

    visitor = threading.Thread(target=look_and_leave)
    visitor.start()
    locked.wait(timeout=30)
    threading.Timer(0.3, release.set).start()

    with transaction.atomic():
        assert locks.lock_available_units({cobalt.pk: 1}, now) == {cobalt.pk: []}, "control: what the naive query finds"
    assert hold_piece(edition=samples.current(edition), offer=offer, now=now).units == {"cobalt": 1}
    visitor.join(timeout=30)


def test_control_without_the_units_locks_a_unit_is_taken_twice(
    now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, cobalt=1)
    offer = make_quote(edition=edition, data=samples.design(edition, glaze="indigo"), now=now).offer
    together = threading.Barrier(4)

    def unlocked(needs: dict[int, int], now: datetime) -> dict[int, list[int]]:
        ((component, count),) = needs.items()
        found = list(ComponentUnit.objects.available(now).filter(component_id=component)[:count])
        together.wait(timeout=30)
        return {component: [unit.pk for unit in found]}

    monkeypatch.setattr(locks, "lock_available_units", unlocked)

    at_once(4, lambda _: hold_piece(edition=samples.current(edition), offer=offer, now=now).piece.number)

    assert Hold.objects.count() == 4, "four were promised the one unit"


def test_control_units_locked_in_no_order_deadlock(now: datetime, tmp_path: Path) -> None:
    samples.scarce_edition(tmp_path, now=now, cobalt=1, gold=1)
    units = list(ComponentUnit.objects.values_list("pk", flat=True))
    first_locked = threading.Barrier(2)

    def take(number: int) -> str:
        try:
            with transaction.atomic():
                for place, unit in enumerate(units if number else units[::-1]):
                    ComponentUnit.objects.select_for_update().get(pk=unit)
                    if not place:
                        first_locked.wait(timeout=30)
        except OperationalError as error:
            return "deadlock" if "deadlock" in str(error) else str(error)
        return "taken"

    assert sorted(map(str, at_once(2, take))) == ["deadlock", "taken"]


def test_control_a_counter_that_is_read_and_written_back_loses_takers(now: datetime, tmp_path: Path) -> None:
    samples.scarce_edition(tmp_path, now=now, cobalt=6)
    all_have_read = threading.Barrier(3)

    def take(_: int) -> int:
        component = Component.objects.get(slug="cobalt")
        all_have_read.wait(timeout=30)
        component.units_ordered += 1
        component.save(update_fields=["units_ordered"])
        return component.units_ordered

    assert at_once(3, take) == [1, 1, 1]
    assert Component.objects.get(slug="cobalt").units_ordered == 1, "three took one each"


def limited_rush(now: datetime, tmp_path: Path) -> int:
    edition = samples.scarce_edition(tmp_path, now=now, per_person=2)
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    wish = Wish(holders=(holder("session", "mina"), holder("address", "mina@example.com")))
    at_once(8, lambda _: hold_piece(edition=samples.current(edition), offer=offer, now=now, wish=wish).piece.number)
    return Piece.objects.filter(state=PieceState.HELD).count()


def test_a_person_in_eight_tabs_gets_two_pieces(now: datetime, tmp_path: Path) -> None:
    assert limited_rush(now, tmp_path) == 2


def test_control_without_taking_turns_a_person_gets_more(
    now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_people", lambda *_: None)
    together = threading.Barrier(8)
    take_units = stock_service.take_units

    def all_were_counted(**given: object) -> list[int]:
        together.wait(timeout=30)
        return take_units(**given)  # type: ignore[arg-type]

    monkeypatch.setattr("editions.services.take_units", all_were_counted)

    assert limited_rush(now, tmp_path) > 2


def test_a_key_sent_six_times_at_once_is_one_hold(now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now)
    quote = make_quote(edition=edition, data=samples.design(edition), now=now).token
    body, key = {"edition": edition.slug, "quote": quote}, str(uuid4())

    def send(_: int) -> tuple[int, str]:
        answer = Client().post(f"{API}/holds", body, content_type=JSON, headers={"Idempotency-Key": key})
        return answer.status_code, str(answer.json().get("hold", answer.json().get("code")))

    answers = Counter(at_once(6, send))

    assert Hold.objects.count() == 1
    token = Hold.objects.get().token
    assert set(answers) <= {(201, token), (409, "request_in_progress")}
    assert answers[201, token] >= 1

"""The order's page while the piece is made: the drawing of its way, where it is and why, and its promise."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core import words
from editions.models import Edition
from factory_sim.contracts import Phase
from factory_sim.models import FactoryClock, ProductionOrder
from factory_sim.selectors import making
from factory_sim.services import run_clock, tick
from orders import replay
from orders.models import Order
from orders.services.cancel import cancel_order
from orders.services.produce import finish_production, start_production
from orders.services.review import approve_order
from orders.so_far import picture_so_far
from tests import samples

pytestmark = pytest.mark.django_db

PLANT = "mangwon"
SPEED = 60
"""One real second is one minute in the factory, which begins on a Monday at 09:00."""


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    """A tumbler that has just come to the plant."""
    run_clock(plant_slug=PLANT, speed=SPEED, now=now)
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.superuser(), now=now)
    start_production(order_id=order.pk, now=now)
    order.refresh_from_db()
    return order


def move_to(minute: float, now: datetime) -> None:
    """Everything happens up to a minute after 09:00, and the clock stands there."""
    tick(plant_slug=PLANT, now=now + timedelta(minutes=minute) / SPEED)


def page_of(order: Order, client: Client, language: str = "en", path: str = "") -> str:
    return client.get(f"/{language}/orders/{order.token}/{path}").content.decode()


def stops(html: str) -> dict[str, str]:
    found = re.findall(r'<g class="stop (\w+)" data-stop="([\w-]+)"', html)
    return {stop: state for state, stop in found}


def marks(html: str) -> list[str]:
    return re.findall(r'data-mark="([\w-]+)"', html)


def sentences(html: str) -> list[str]:
    (where,) = re.findall(r'data-part="where">(.*?)</ul>', html, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<li>(.*?)</li>", where, re.DOTALL)]


def test_before_it_is_made_the_way_is_drawn_without_a_mark(edition: Edition, now: datetime, client: Client) -> None:
    html = page_of(samples.order_in_review(edition, now=now), client)

    assert set(stops(html).values()) == {"coming"}
    assert marks(html) == []
    assert 'data-part="where"' not in html


@pytest.mark.parametrize(("language", "told"), [("en", "Throwing the body At Forming since "), ("ko", "몸체 빚기 ")])
def test_the_piece_stands_where_its_last_event_was(
    order: Order, now: datetime, client: Client, language: str, told: str
) -> None:
    move_to(5, now)

    html = page_of(order, client, language)

    assert stops(html)["form"] == "working"
    assert marks(html) == ["form"]
    (sentence,) = sentences(html)
    assert sentence.startswith(told)
    # The same in words, each step with its instruction.
    assert len(re.findall(r'<li class="stage-row', html)) == len(stops(html))


def test_in_branches_every_part_has_a_mark_and_a_sentence(order: Order, now: datetime, client: Client) -> None:
    minute = 20.0
    while len(marks(html := page_of(order, client, path="progress/?status=in_production"))) < 2:
        minute += 5
        move_to(minute, now)

    assert len(sentences(html)) == len(marks(html))
    assert "sleeve" in marks(html)
    made = making(external_ref=order.reference)
    assert made is not None
    assert {event.operation for event in made.progress} >= set(marks(html))
    assert 'class="line walked" data-from="form" data-to="sleeve"' in html


def test_the_page_says_how_the_promise_stands_and_what_cost_time(order: Order, now: datetime, client: Client) -> None:
    move_to(60, now)
    early = page_of(order, client)
    clock = FactoryClock.objects.select_related("plant").get(plant__slug=PLANT)
    Order.objects.filter(pk=order.pk).update(safe_at=clock.factory_anchor - timedelta(days=1))
    job = ProductionOrder.objects.get()
    queued = job.events.filter(kind="queued").order_by("seq")[1]
    job.events.create(
        seq=job.next_seq, kind="queued", minute=queued.minute - 90, at=queued.at, operation="pack", station="packing"
    )

    late = page_of(order, client)

    assert "As it looks now, it will be ready by the promised day." in early
    assert "Most time was lost" not in early
    assert "As it looks now, it will not be ready by the promised day." in late
    assert "Most time was lost waiting at Packing: " in late


@pytest.mark.parametrize(("language", "first"), [("en", "It came to the workshop."), ("ko", "공방에 들어왔습니다.")])
def test_the_replay_of_a_finished_piece_has_a_frame_for_every_event(
    order: Order, now: datetime, client: Client, language: str, first: str
) -> None:
    move_to(3 * 24 * 60, now)
    finish_production(external_ref=order.reference, now=now)
    made = making(external_ref=order.reference)
    assert made is not None
    assert made.phase == Phase.DONE

    html = page_of(order, client, language)

    (data,) = re.findall(r'<script id="replay-data" type="application/json">(.*?)</script>', html)
    frames = json.loads(data)
    assert [frame["time"] for frame in frames] == [words.minute(event.at, language) for event in made.progress]
    assert frames[0]["sentence"] == first
    assert set(frames[0]["states"]) == {"coming"}
    assert frames[0]["marks"] == []
    assert set(frames[-1]["states"]) == {"done"}
    assert [mark["stop"] for mark in frames[-1]["marks"]] == ["pack"]
    known: set[str] = set()
    for frame, event in zip(frames, made.progress, strict=True):
        known.add(event.operation)
        assert {mark["stop"] for mark in frame["marks"]} <= known, "no mark without an event behind it"


def test_the_replay_signs_a_picture_once_for_what_is_done(
    order: Order, now: datetime, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to(3 * 24 * 60, now)
    finish_production(external_ref=order.reference, now=now)
    asked: list[frozenset[str]] = []

    def told(found: Order, done: frozenset[str], language: str) -> dict[str, Any]:
        asked.append(done)
        return picture_so_far(found, done, language)

    monkeypatch.setattr(replay, "picture_so_far", told)
    html = page_of(order, client)

    (data,) = re.findall(r'<script id="replay-data" type="application/json">(.*?)</script>', html)
    pictures = [frame["picture"] for frame in json.loads(data)]
    assert len(asked) == len(set(asked)) < len(pictures)
    assert pictures[0] == picture_so_far(order, (), "en")["url"] != pictures[-1]


def test_only_a_page_that_moves_has_what_moves_it(order: Order, now: datetime, client: Client) -> None:
    made = page_of(order, client)
    cancel_order(order_id=order.pk, now=now)
    over = page_of(order, client)

    moving = re.compile(r'data-live=|islands/live[^"]*\.js|htmx[^"/]*\.js')
    assert len(set(moving.findall(made))) == 3
    assert moving.findall(over) == []


def test_a_piece_that_is_still_made_has_no_replay(order: Order, now: datetime, client: Client) -> None:
    move_to(60, now)

    assert "replay-data" not in page_of(order, client)


def test_a_piece_that_was_scrapped_by_hand_is_not_told_of_an_inspection(
    order: Order, now: datetime, client: Client
) -> None:
    move_to(5, now)
    job = ProductionOrder.objects.get()
    started = job.events.get(kind="started")
    job.events.create(
        seq=job.next_seq, kind="scrapped", minute=started.minute, at=started.at, operation="form", station="forming"
    )
    html = page_of(order, client)

    time = words.minute(started.at, "en")
    assert f"{time} · the workshop could not use it</span>" in html
    assert sentences(html)[-1].endswith(
        f"The workshop could not use it on {time}: it is made again, with the same number."
    )

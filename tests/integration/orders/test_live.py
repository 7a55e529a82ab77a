"""The live event stream of an order."""

from collections.abc import AsyncGenerator
from datetime import datetime

import pytest
from asgiref.sync import async_to_sync
from django.http import Http404, StreamingHttpResponse
from django.test import RequestFactory

from factory_sim.services import tick
from orders.live import live
from orders.models import Order
from orders.services.produce import finish_production, start_production
from orders.services.review import approve_order
from tests import samples

# The view gives its connection back after every look, so there is no transaction around these tests.
pytestmark = pytest.mark.django_db(transaction=True)


async def read(token: str, count: int) -> list[str]:
    """The first `count` messages of the stream."""
    response = await live(RequestFactory().get("/"), token)
    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Type"] == "text/event-stream"
    messages: list[str] = []
    stream = response.streaming_content
    assert isinstance(stream, AsyncGenerator)
    while len(messages) < count:
        messages.append((await stream.__anext__()).decode())
    await stream.aclose()
    return messages


def in_production(now: datetime) -> Order:
    edition = samples.open_edition(now=now)
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.superuser(), now=now)
    start_production(order_id=order.pk, now=now)
    return order


def test_the_stream_says_where_the_order_stands(now: datetime) -> None:
    order = samples.order_in_review(samples.open_edition(now=now), now=now)

    messages = async_to_sync(read)(order.token, 2)

    assert messages == ["retry: 2000\n\n", "event: progress\ndata: in_review 0\n\n"]


def test_the_stream_of_a_finished_piece_ends(now: datetime) -> None:
    order = in_production(now)
    finish_production(external_ref=order.reference, now=now)

    async def whole() -> list[str]:
        response = await live(RequestFactory().get("/"), order.token)
        return [part.decode() async for part in response.streaming_content]  # type: ignore[union-attr]

    assert async_to_sync(whole)() == ["retry: 2000\n\n", "event: progress\ndata: finished 0\n\n"]


def test_an_unknown_order_has_no_stream(db: None) -> None:
    with pytest.raises(Http404):
        async_to_sync(live)(RequestFactory().get("/"), "no-such-order")


def test_events_of_the_factory_move_the_stream(now: datetime) -> None:
    from datetime import timedelta

    from factory_sim.services import run_clock

    order = in_production(now)
    run_clock(plant_slug="mangwon", speed=60, now=now)
    before = async_to_sync(read)(order.token, 2)[1]

    assert tick(plant_slug="mangwon", now=now + timedelta(minutes=30)) > 0

    after = async_to_sync(read)(order.token, 2)[1]
    assert before == "event: progress\ndata: in_production 0\n\n"
    assert after != before

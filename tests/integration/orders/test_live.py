"""The live event stream of an order."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime

import pytest
from asgiref.sync import async_to_sync
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from factory_sim.services import tick
from orders import live, stream_slots
from orders.models import Order
from orders.services.produce import finish_production, start_production
from orders.services.review import approve_order
from tests import samples

# The view gives its connection back after every look, so there is no transaction around these tests.
pytestmark = pytest.mark.django_db(transaction=True)


async def read(token: str, count: int) -> list[str]:
    """The first `count` messages of the stream."""
    response = await live.live(RequestFactory().get("/"), token)
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
        response = await live.live(RequestFactory().get("/"), order.token)
        return [part.decode() async for part in response.streaming_content]  # type: ignore[union-attr]

    assert async_to_sync(whole)() == ["retry: 2000\n\n", "event: progress\ndata: finished 0\n\n"]


async def opened(token: str, address: str = "127.0.0.1") -> HttpResponse | StreamingHttpResponse:
    return await live.live(RequestFactory().get("/", REMOTE_ADDR=address), token)


async def follow(stream: HttpResponse | StreamingHttpResponse) -> None:
    """Read a stream for as long as it goes on, as a server does for a client; a client that leaves cancels this."""
    assert isinstance(stream, StreamingHttpResponse)
    async for _ in stream:
        pass


def test_an_address_has_so_many_streams_and_gets_them_back(now: datetime) -> None:
    order = samples.order_in_review(samples.open_edition(now=now), now=now)

    async def visit() -> None:
        streams = [await opened(order.token) for _ in range(live.STREAMS_PER_ADDRESS)]
        assert {stream.status_code for stream in streams} == {200}
        clients = [asyncio.create_task(follow(stream)) for stream in streams]
        refused = await opened(order.token)
        assert (refused.status_code, refused["Retry-After"]) == (429, "15")
        assert (await opened(order.token, "203.0.113.8")).status_code == 200

        clients[3].cancel()
        await asyncio.wait([clients[3]])
        assert [(await opened(order.token)).status_code for _ in range(2)] == [200, 429]
        for client in clients:
            client.cancel()
        await asyncio.wait(clients)

    async_to_sync(visit)()


def test_a_slot_lasts_as_long_as_its_stream_and_hardly_longer(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"STREAMS_PER_ADDRESS": 1, "LOOK_SECONDS": 0.2}.items():
        monkeypatch.setattr(live, name, value)
    monkeypatch.setattr(stream_slots, "SLOT_SECONDS", 3)
    order = samples.order_in_review(samples.open_edition(now=now), now=now)

    async def visit() -> None:
        client = asyncio.create_task(follow(await opened(order.token)))
        await asyncio.sleep(4)
        assert (await opened(order.token)).status_code == 429
        client.cancel()
        await asyncio.wait([client])

        # A server that was killed neither reads its stream nor closes it.
        await opened(order.token)
        assert (await opened(order.token)).status_code == 429
        await asyncio.sleep(3.2)
        assert (await opened(order.token)).status_code == 200

    async_to_sync(visit)()


def test_an_unknown_order_has_no_stream(db: None) -> None:
    with pytest.raises(Http404):
        async_to_sync(live.live)(RequestFactory().get("/"), "no-such-order")


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

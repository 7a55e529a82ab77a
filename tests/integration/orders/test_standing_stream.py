"""The live counters of an edition: one look for all who watch, true within a second, and an end to everything."""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override

from editions.contracts import Standing
from editions.models import Edition, Piece
from editions.pricing import PriceCard, Step
from editions.selectors import availability
from editions.services import sell_piece
from editions.standing import standing_of
from editions.waiting_service import tend_lines
from orders import lookout, standing_stream
from orders.standing_words import words_now
from tests import lines, samples

# Looks happen in threads with connections of their own, so there is no transaction around these tests.
pytestmark = pytest.mark.django_db(transaction=True)

Stream = AsyncGenerator[bytes, None]
SAME = b"event: same\ndata: \n\n"
NO_LADDERS: dict[str, Any] = {"ladders": {}, "units_left": {}}


async def opened(edition: Edition, address: str = "127.0.0.1", **headers: str) -> HttpResponse | StreamingHttpResponse:
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)
    return await standing_stream.stream(request, edition.slug)


async def events(edition: Edition, **headers: str) -> Stream:
    response = await opened(edition, **headers)
    assert isinstance(response, StreamingHttpResponse)
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/event-stream", "no-store")
    content = response.streaming_content
    assert isinstance(content, AsyncGenerator)
    assert (await anext(content)).startswith(b"retry: ")
    return content


def read(event: bytes) -> dict[str, Any]:
    """The data of a `standing` event, checked for its id."""
    number, name, data = event.decode().strip().split("\n")
    found: dict[str, Any] = json.loads(data.removeprefix("data: "))
    assert (number, name) == (f"id: {found['id']}", "event: standing")
    return found


async def first_standing(stream: Stream) -> bytes:
    """Its first standing. Whoever looks late hears first that there is no news."""
    while (event := await anext(stream)) == SAME:
        pass
    return event


def test_a_stream_says_how_the_edition_stands_and_says_every_change(now: datetime) -> None:
    edition = samples.open_edition(now=now)

    async def visit() -> None:
        stream = await events(edition)
        assert read(await anext(stream)) == await sync_to_async(words_now)(edition, "en", now)
        hold = await sync_to_async(samples.held)(edition, now=now)
        held = read(await anext(stream))
        assert (
            held["figures"]
            == {"size": 10, "available": 9, "held": 1, "sold": 0, "orders_placed": 0, "step": 0} | NO_LADDERS
        )
        assert held["texts"]["held"] == "1 is held at this moment and may come back."
        await sync_to_async(sell_piece)(hold=hold, now=now)
        sold = read(await anext(stream))
        assert (
            sold["figures"]
            == {"size": 10, "available": 9, "held": 0, "sold": 1, "orders_placed": 1, "step": 0} | NO_LADDERS
        )
        assert sold["texts"]["held"] == ""
        await stream.aclose()

    async_to_sync(visit)()


def test_what_is_said_is_complete_in_both_languages(now: datetime) -> None:
    edition = samples.open_edition(now=now)
    for _ in range(3):
        sell_piece(hold=samples.held(edition, now=now), now=now)
    edition.refresh_from_db()

    assert words_now(edition, "en", now)["texts"] == {
        "left": "7 / 10",
        "availability": "7 of 10 are left",
        "held": "",
        "waiting": "",
        "step": "Orders 4 to 7 of 10 pay ₩64,000 for the piece.",
        "next": "From order 8 on it is ₩72,000.",
        "from": "₩64,000",
    }
    with override("ko"):
        assert words_now(edition, "ko", now)["texts"]["availability"] == "10점 중 7점 남음"


def test_a_hold_that_runs_out_is_told_although_nothing_is_written(now: datetime) -> None:
    edition = samples.open_edition(now=now)
    hold = samples.held(edition, now=now)

    assert standing_of(edition, hold.expires_at - timedelta(seconds=1)).left.held == 1
    assert standing_of(edition, hold.expires_at).left.held == 0
    for moment in (now, hold.expires_at):
        assert standing_of(edition, moment).left == availability(edition, moment)


def test_what_is_kept_for_a_line_is_not_available_and_who_waits_is_told(now: datetime) -> None:
    edition, _ = lines.held_edition(now)
    lines.line(edition, ("mina", "jun"), now)

    async def visit() -> None:
        stream = await events(edition)
        first = read(await anext(stream))
        assert first["texts"]["waiting"] == "2 people wait in line."
        await sync_to_async(Piece.objects.update)(held_until=now)
        # Whether it is held or kept for the line: the public's figures are the same, so that there is no news.
        await sync_to_async(tend_lines)(now=now)
        offered = read(await anext(stream))
        assert (offered["texts"]["waiting"], offered["state"]) == ("", "all_held")
        for found in (first, offered):
            assert (found["figures"]["available"], found["figures"]["held"]) == (0, 2)
        await stream.aclose()

    async_to_sync(visit)()
    for moment in (now, now + lines.HOLD, now + lines.OFFER):
        assert standing_of(edition, moment).left == availability(edition, moment)


def test_a_scarce_component_moves_the_price_key(tmp_path: Any, now: datetime) -> None:
    edition = samples.scarce_edition(tmp_path, now=now)
    assert standing_of(edition, now).units_left == (("cobalt", 6), ("gold-thread", 6))
    sell_piece(hold=samples.held(edition, now=now, glaze="indigo"), now=now)
    assert standing_of(edition, now).units_left == (("cobalt", 5), ("gold-thread", 6))


def test_however_many_watch_the_database_is_asked_once_per_look(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = samples.open_edition(now=now)
    looks: list[Collection[int]] = []

    def look(edition_ids: Collection[int]) -> dict[int, Standing]:
        looks.append(edition_ids)
        return lookout.look(edition_ids)

    monkeypatch.setattr(lookout, "_lookout", None)

    async def visit() -> None:
        shared = lookout.Lookout(look)
        monkeypatch.setattr(standing_stream, "lookout", lambda: shared)
        streams = [await events(edition) for _ in range(20)]
        first = await asyncio.gather(*(anext(stream) for stream in streams))
        assert len(set(first)) == 1
        began, before = monotonic(), len(looks)
        while len(looks) < before + 2:
            await asyncio.sleep(lookout.LOOK_SECONDS / 10)
        assert set(map(tuple, looks)) == {(edition.pk,)}
        assert len(looks) - before <= (monotonic() - began) / lookout.LOOK_SECONDS + 1
        for stream in streams:
            await stream.aclose()
        # Nobody watches, nobody looks: at most one look was on its way.
        watched = len(looks)
        await asyncio.sleep(2.2 * lookout.LOOK_SECONDS)
        assert len(looks) <= watched + 1

    async_to_sync(visit)()


def test_whoever_comes_back_is_not_told_what_she_knows(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing_stream, "SILENCE_SECONDS", 0)
    monkeypatch.setattr(standing_stream, "TURN_SECONDS", 0.2)
    edition = samples.open_edition(now=now)

    async def visit() -> None:
        stream = await events(edition)
        known = read(await first_standing(stream))["id"]
        await stream.aclose()

        again = await events(edition, **{"Last-Event-ID": known})
        assert await anext(again) == SAME
        await sync_to_async(samples.held)(edition, now=now)
        assert read(await first_standing(again))["figures"]["held"] == 1
        await again.aclose()

    async_to_sync(visit)()


def test_a_stream_ends_with_its_edition(now: datetime) -> None:
    edition = samples.open_edition(now=now)
    Edition.objects.update(closes_at=now)

    async def visit() -> list[bytes]:
        return [event async for event in await events(edition)]

    assert async_to_sync(visit)()[1:] == [b"event: closed\ndata: \n\n"]


def test_while_the_database_is_away_every_stream_ends_and_later_ones_go_on(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = samples.open_edition(now=now)
    away = False

    def look(edition_ids: Collection[int]) -> dict[int, Standing]:
        if away:
            raise OperationalError("the database has gone")
        return lookout.look(edition_ids)

    async def visit() -> None:
        nonlocal away
        shared = lookout.Lookout(look)
        monkeypatch.setattr(standing_stream, "lookout", lambda: shared)
        stream, other = await events(edition), await events(edition)
        await anext(stream)
        await anext(other)
        away = True
        for each in (stream, other):
            with pytest.raises(StopAsyncIteration):
                await anext(each)
        away = False
        again = await events(edition)
        assert read(await anext(again))["figures"]["available"] == 10
        await again.aclose()

    async_to_sync(visit)()


def test_an_address_and_a_process_have_so_many_streams(now: datetime, settings: Any) -> None:
    settings.STREAMS_PER_ADDRESS, settings.STREAMS_PER_PROCESS = 2, 3
    edition = samples.open_edition(now=now)

    async def visit() -> None:
        mine = [await events(edition) for _ in range(2)]
        refused = await opened(edition)
        assert (refused.status_code, refused["Retry-After"]) == (429, "15")
        another = await opened(edition, "203.0.113.8")
        assert isinstance(another, StreamingHttpResponse)
        content = another.streaming_content
        assert isinstance(content, AsyncGenerator)
        await anext(content)
        full = await opened(edition, "203.0.113.9")
        assert (full.status_code, full["Retry-After"]) == (503, "15")
        for stream in (*mine, content):
            await stream.aclose()
        again = await events(edition)
        await again.aclose()

    async_to_sync(visit)()


def test_without_a_stream_the_same_is_one_answer(client: Client, now: datetime) -> None:
    edition = samples.open_edition(now=now)
    Piece.objects.filter(number=1).update(state="withdrawn")

    answer = client.get(f"/ko/editions/{edition.slug}/standing/")

    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["texts"]["availability"] == "10점 중 9점 남음"
    assert client.get("/ko/editions/none/standing/").status_code == 404


def test_an_unknown_edition_has_no_stream(db: None) -> None:
    with pytest.raises(Http404):
        async_to_sync(standing_stream.stream)(RequestFactory().get("/"), "no-such-edition")


def test_a_card_of_one_price_has_no_further_step(now: datetime) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 58_000), Step(10, 60_000))))

    assert words_now(edition, "en", now)["texts"]["next"] == "From order 10 on it is ₩60,000."
    Edition.objects.update(orders_placed=9)
    edition.refresh_from_db()
    texts = words_now(edition, "en", now)["texts"]
    assert texts["step"] == "Order 10 of 10 pays ₩60,000 for the piece."
    assert texts["next"] == "There is no further step."

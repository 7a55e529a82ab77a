"""What the pages claim while an edition is stormed, against what the tables held in the second before.

Buyers hold, buy, return and let lapse, one act after the other, so that every state there ever was is known with its
time; readers fetch pages and follow the stream all the while.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic, sleep

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory

from core.clock import now as read_clock
from editions.models import Edition, Hold, Piece
from editions.pricing import PriceCard, Step
from editions.services import free_piece, hold_piece, sell_piece
from orders import lookout, standing_stream
from orders.services.quote import make_offer
from tests import samples

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 5.0
PAUSE = 0.04
SIZE = 30
LADDER = PriceCard((Step(1, 58_000), Step(5, 61_000), Step(9, 64_000), Step(14, 69_000), Step(20, 75_000)))
# Its own SQL, so that a mistake in the selectors would show.
TRUTH = """
SELECT count(*) FILTER (WHERE state = 'free' OR (state = 'held' AND held_until <= now())),
       count(*) FILTER (WHERE state = 'held' AND held_until > now()),
       count(*) FILTER (WHERE state = 'sold'),
       (SELECT orders_placed FROM editions_edition)
FROM editions_piece
"""
Claim = dict[str, int]


@dataclass
class History:
    """Every state of the tables, each with the times between which it may have begun and ended."""

    states: list[tuple[float, float, Claim]] = field(default_factory=list)

    def act(self, work: Callable[[], object]) -> None:
        """Do something that changes the tables: its commit lies between the two times."""
        before = monotonic()
        work()
        after = monotonic()
        self.states[-1:] = [(self.states[-1][0], after, self.states[-1][2])] if self.states else []
        self.states.append((before, float("inf"), truth()))

    def allows(self, claim: Claim, asked: float, got: float) -> bool:
        """Whether some state between a second before `asked`, and `got`, says all that the claim says."""
        return any(
            claim.items() <= state.items() for begin, end, state in self.states if begin <= got and end >= asked - 1
        )


def truth() -> Claim:
    with connection.cursor() as cursor:
        cursor.execute(TRUTH)
        available, held, sold, placed = cursor.fetchone()
    price = LADDER.amount_at(placed)
    return {"available": available, "held": held, "sold": sold, "step": LADDER.step_at(placed), "price": price}


@dataclass
class Crawler:
    """What was claimed, where, and when it was asked for and seen."""

    edition: Edition
    seen: list[tuple[str, Claim, float, float]] = field(default_factory=list)

    def page(self, client: Client, path: str, read: Callable[[str], Claim]) -> None:
        asked = monotonic()
        text = client.get(path).content.decode()
        self.seen.append((path, read(text), asked, monotonic()))

    async def follow(self, until: float) -> None:
        """Read the stream as a browser does: what it said last is on the page until it says something else."""
        response = await standing_stream.stream(RequestFactory().get("/"), self.edition.slug)
        assert isinstance(response, StreamingHttpResponse)
        stream = response.streaming_content
        assert isinstance(stream, AsyncGenerator)
        shown: Claim | None = None
        async for event in stream:
            moment = monotonic()
            if shown is not None:
                self.seen.append(("stream, before the next", shown, moment, moment))
            if b"event: standing" in event:
                shown = read_event(event.decode())
                self.seen.append(("stream", shown, moment, moment))
            if moment > until:
                break
        await stream.aclose()

    def wrong(self, history: History) -> list[tuple[str, Claim]]:
        return [(where, claim) for where, claim, asked, got in self.seen if not history.allows(claim, asked, got)]


def read_event(event: str) -> Claim:
    data = json.loads(event.split("data: ")[1])
    figures = {name: data["figures"][name] for name in ("available", "held", "sold", "step")}
    assert read_sentences(data["texts"]) == {name: figures[name] for name in ("available", "held")}
    return {**figures, "price": won(data["texts"]["from"])}


def read_sentences(texts: dict[str, str]) -> Claim:
    """The numbers in what people read."""
    left = re.search(r"(\d+) of \d+ (?:is|are) left", texts["availability"])
    held = re.match(r"(\d+) (?:is|are) held at this moment", texts["held"])
    return {"available": int(left[1]) if left else 0, "held": int(held[1]) if held else 0}


def live_texts(text: str) -> dict[str, str]:
    return dict(re.findall(r'data-live="(\w+)">([^<]*)<', text))


def read_edition(text: str) -> Claim:
    texts = live_texts(text)
    left = re.match(r"(\d+) / \d+", texts["left"])
    step = re.search(r'data-step="(\d+)" data-ladder="" class="current"', text)
    assert step
    assert won(texts["step"]) == LADDER.steps[int(step[1])].amount
    held = read_sentences({"availability": "", **texts})["held"]
    return {"available": int(left[1]) if left else 0, "held": held, "step": int(step[1]), "price": won(texts["from"])}


def read_studio(text: str) -> Claim:
    """What is left and held; and price and step of the design, which are read at another moment of the request."""
    texts = live_texts(text)
    assert re.search(r'data-step="\d+" data-ladder="" class="current"', text)
    return read_sentences(texts)


def read_studio_price(text: str) -> Claim:
    total, step = re.search(r'<output data-part="total"[^>]*>([^<]*)', text), re.search(r"Price for orders (\d+)", text)
    assert total
    assert step
    return {"price": won(total[1]), "step": LADDER.step_at(int(step[1]) - 1)}


def won(text: str) -> int:
    found = re.search(r"₩([\d,]+)", text)
    assert found, text
    return int(found[1].replace(",", ""))


def storm(edition: Edition, history: History) -> None:
    """Holds, sales, a return and lapsed holds until the time is over."""
    until, turn = monotonic() + SECONDS, 0
    held: list[Hold] = []
    while monotonic() < until:
        turn += 1
        edition.refresh_from_db()
        if act := next_act(edition, held, turn, read_clock()):
            history.act(act)
        sleep(PAUSE)


def next_act(edition: Edition, held: list[Hold], turn: int, moment: datetime) -> Callable[[], object] | None:
    """Mostly a hold, every third time a sale, now and then a hold that lapses or a piece that comes back."""
    sold = Piece.objects.filter(edition=edition, state="sold")
    if turn % 7 == 0 and held:
        return partial(Piece.objects.filter(pk=held.pop(0).piece_id).update, held_until=moment)
    if turn % 11 == 0 and sold:
        return partial(free_piece, piece_id=sold[0].pk, now=moment)
    if turn % 3 == 0 and held and edition.orders_placed < SIZE - 2:
        return partial(sell_piece, hold=held.pop(0), now=moment)
    if not Piece.objects.available(moment).exists():
        return None
    offer = make_offer(edition=edition, data=samples.design(edition), now=moment)
    return lambda: held.append(hold_piece(edition=samples.current(edition), offer=offer, now=moment))


@contextmanager
def in_threads(*works: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Run works beside the block; whatever they raise is in the list."""
    failed: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (a thread's failure is the test's)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    yield failed
    for thread in threads:
        thread.join(timeout=60)


def crawl(now: datetime) -> tuple[Crawler, History]:
    edition = samples.open_edition(now=now, size=SIZE, card=LADDER)
    crawler, history = Crawler(edition), History()
    history.act(lambda: None)
    until = monotonic() + SECONDS

    def pages(path: str, *reads: Callable[[str], Claim]) -> None:
        client = Client()
        while monotonic() < until:
            for read in reads:
                crawler.page(client, f"/en/editions/{edition.slug}/{path}", read)

    with in_threads(
        lambda: storm(edition, history),
        lambda: pages("", read_edition),
        lambda: pages("studio/", read_studio, read_studio_price),
        lambda: asyncio.run(crawler.follow(until)),
    ) as failed:
        pass
    assert failed == []
    return crawler, history


@pytest.fixture(autouse=True)
def _streams_that_end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the storm a stream says soon that nothing is new, and whoever reads it can stop."""
    monkeypatch.setattr(standing_stream, "SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(standing_stream, "TURN_SECONDS", 0.5)


def test_every_claim_was_true_within_the_last_second(now: datetime, allow: Callable[[str, str], None]) -> None:
    allow("quote", "10000/min")
    crawler, history = crawl(now)

    assert crawler.wrong(history) == []
    places = {where.rpartition("/editions/")[2] for where, *_ in crawler.seen}
    assert places == {"first-firing/", "first-firing/studio/", "stream", "stream, before the next"}
    # It was a storm: the card moved, and the control below can tell one second from another.
    assert len({state["step"] for _, _, state in history.states}) >= 3
    assert len(history.states) > 30


def test_control_a_stream_that_looks_too_seldom_is_caught(
    now: datetime, monkeypatch: pytest.MonkeyPatch, allow: Callable[[str, str], None]
) -> None:
    allow("quote", "10000/min")
    monkeypatch.setattr(lookout, "LOOK_SECONDS", 2.5)

    crawler, history = crawl(now)

    assert {where for where, _ in crawler.wrong(history)} == {"stream, before the next"}

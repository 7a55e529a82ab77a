"""How requests share the threads of a web process: Dure's handler beside Django's own."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language, override
from pytest_django.fixtures import Settings

from dure.threads import ThreadedHandler

seen: list[tuple[str, int]] = []
running: list[int] = []
most_running: list[int] = []
ended = threading.Event()


def note(what: str) -> None:
    seen.append((what, threading.get_ident()))


def whole(request: HttpRequest) -> HttpResponse:
    note("view")
    return HttpResponse(request.body)


def slow(request: HttpRequest) -> HttpResponse:
    running.append(1)
    most_running.append(len(running))
    time.sleep(0.05)
    running.pop()
    return HttpResponse("")


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[str]:
        try:
            while True:
                yield get_language() or ""
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    with override("ko"):
        return StreamingHttpResponse(parts())


def broken(request: HttpRequest) -> HttpResponseBase:
    raise RuntimeError("broken")


urlpatterns = [path("whole", whole), path("slow", slow), path("stream", stream), path("broken", broken)]


@pytest.fixture(autouse=True)
def here(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    for kept in (seen, running, most_running):
        kept.clear()
    ended.clear()


async def ask(handler: ASGIHandler, route: str, body: bytes = b"", *, enough: int = 10**6) -> list[dict[str, Any]]:
    """What is sent for one request; whoever has `enough` of it goes away."""
    headers = [(b"host", b"here")]
    scope = {"type": "http", "method": "POST", "path": f"/{route}", "headers": headers, "query_string": b""}
    sent: list[dict[str, Any]] = []
    told, is_enough = iter([{"type": "http.request", "body": body}]), asyncio.Event()

    async def receive() -> dict[str, Any]:
        for message in told:
            return message
        await is_enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) >= enough:
            is_enough.set()

    await handler(scope, receive, send)
    return sent


def content(sent: list[dict[str, Any]]) -> bytes:
    return b"".join(each.get("body", b"") for each in sent)


@pytest.mark.parametrize(
    ("make", "threads"), [(lambda: ThreadedHandler(2), 1), (ASGIHandler, 2)], ids=["ours", "control: Django's"]
)
def test_a_request_stays_in_one_thread(make: Callable[[], ASGIHandler], threads: int) -> None:
    def begun(**_: Any) -> None:
        note("begun")

    def over(**_: Any) -> None:
        note("over")

    request_started.connect(begun)
    request_finished.connect(over)
    try:
        sent = asyncio.run(ask(make(), "whole", b"said"))
    finally:
        request_started.disconnect(begun)
        request_finished.disconnect(over)

    assert (sent[0]["status"], content(sent)) == (200, b"said")
    assert [what for what, _ in seen] == ["begun", "view", "over"]
    # Django's own may use one thread for a request, but a new one for each.
    again = {thread for _, thread in seen}
    asyncio.run(ask(make(), "whole"))
    assert len(again) == 1 or threads > 1


@pytest.mark.parametrize(
    ("make", "most"), [(lambda: ThreadedHandler(2), 2), (ASGIHandler, 12)], ids=["ours", "control: Django's"]
)
def test_no_more_requests_run_than_there_are_threads(make: Callable[[], ASGIHandler], most: int) -> None:
    async def crowd() -> list[list[dict[str, Any]]]:
        handler = make()
        return await asyncio.gather(*(ask(handler, "slow") for _ in range(12)))

    answers = asyncio.run(crowd())

    assert [sent[0]["status"] for sent in answers] == [200] * 12
    assert max(most_running) <= 2 if most == 2 else max(most_running) > 2


def test_a_stream_ends_when_nobody_listens() -> None:
    sent = asyncio.run(ask(ThreadedHandler(1), "stream", enough=4))

    assert sent[0]["status"] == 200
    assert ended.wait(1)


def test_a_view_that_fails_is_answered_and_leaves_its_thread_usable(caplog: pytest.LogCaptureFixture) -> None:
    handler = ThreadedHandler(1)

    async def both() -> tuple[int, int]:
        return (await ask(handler, "broken"))[0]["status"], (await ask(handler, "whole"))[0]["status"]

    assert asyncio.run(both()) == (500, 200)

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
from django.utils.translation import activate, get_language, override
from pytest_django.fixtures import Settings

from dure.threads import ThreadedHandler

seen: list[tuple[str, int]] = []
running: list[int] = []
most_running: list[int] = []
ended, arrived, let_go = threading.Event(), threading.Event(), threading.Event()


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

    return StreamingHttpResponse(parts())


def in_korean(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """As Django's own middleware does, it chooses a language and leaves it chosen."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        activate("ko")
        return get_response(request)

    return answer


def failing(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[str]:
        yield "first"
        raise RuntimeError("broken in the middle")

    return StreamingHttpResponse(parts())


def held_up(request: HttpRequest) -> HttpResponse:
    arrived.set()
    let_go.wait(10)
    return HttpResponse("")


def broken(request: HttpRequest) -> HttpResponseBase:
    raise RuntimeError("broken")


urlpatterns = [path(view.__name__.replace("_", "-"), view) for view in (whole, slow, stream, broken, failing, held_up)]


@pytest.fixture(autouse=True)
def here(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    for kept in (seen, running, most_running):
        kept.clear()
    for event in (ended, arrived, let_go):
        event.clear()


async def ask(
    handler: ASGIHandler, route: str, body: bytes = b"", *, method: str = "POST", enough: int = 10**6
) -> list[dict[str, Any]]:
    """What is sent for one request; whoever has `enough` of it goes away."""
    headers = [(b"host", b"here")]
    scope = {"type": "http", "method": method, "path": f"/{route}", "headers": headers, "query_string": b""}
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
    ("make", "threads"), [(lambda: ThreadedHandler(1), 1), (ASGIHandler, 2)], ids=["ours", "control: Django's"]
)
def test_requests_share_threads_each_from_its_beginning_to_its_end(
    make: Callable[[], ASGIHandler], threads: int
) -> None:
    def begun(**_: Any) -> None:
        note("begun")

    def over(**_: Any) -> None:
        note("over")

    async def two() -> list[dict[str, Any]]:
        handler = make()
        # Side by side, so that a thread that only one of them has is not there for the other.
        await asyncio.gather(ask(handler, "whole"), ask(handler, "whole"))
        seen.clear()
        answers = await asyncio.gather(ask(handler, "whole", b"said"), ask(handler, "slow"))
        return answers[0]

    request_started.connect(begun)
    request_finished.connect(over)
    try:
        sent = asyncio.run(two())
    finally:
        request_started.disconnect(begun)
        request_finished.disconnect(over)

    assert (sent[0]["status"], content(sent)) == (200, b"said")
    assert sorted(what for what, _ in seen) == ["begun", "begun", "over", "over", "view"]
    assert len({thread for _, thread in seen}) == threads


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
    assert ended.wait(10)


def test_a_stream_speaks_the_language_that_was_chosen_for_it(settings: Settings) -> None:
    settings.MIDDLEWARE = [f"{__name__}.in_korean"]
    with override("en"):
        sent = asyncio.run(ask(ThreadedHandler(1), "stream", enough=4))

    assert content(sent).startswith(b"ko")


def test_a_stream_that_fails_leaves_nothing_behind() -> None:
    over: list[bool] = []

    def note_over(**_: Any) -> None:
        over.append(True)

    async def listen() -> set[asyncio.Task[Any]]:
        with pytest.raises(RuntimeError, match="in the middle"):
            await ask(ThreadedHandler(1), "failing")
        return asyncio.all_tasks() - {asyncio.current_task()}

    request_finished.connect(note_over)
    try:
        assert asyncio.run(listen()) == set()
    finally:
        request_finished.disconnect(note_over)
    assert over == [True]


def test_whether_the_process_lives_is_answered_though_all_threads_are_busy() -> None:
    async def look() -> int:
        handler = ThreadedHandler(1)
        busy = asyncio.create_task(ask(handler, "held-up"))
        await asyncio.to_thread(arrived.wait, 10)
        try:
            sent = await asyncio.wait_for(ask(handler, "healthz", method="GET"), 5)
            assert not busy.done(), "control: the thread is busy"
        finally:
            let_go.set()
            await busy
        status: int = sent[0]["status"]
        return status

    assert asyncio.run(look()) == 200


def test_a_view_that_fails_is_answered_and_leaves_its_thread_usable(caplog: pytest.LogCaptureFixture) -> None:
    handler = ThreadedHandler(1)

    async def both() -> tuple[int, int]:
        return (await ask(handler, "broken"))[0]["status"], (await ask(handler, "whole"))[0]["status"]

    assert asyncio.run(both()) == (500, 200)

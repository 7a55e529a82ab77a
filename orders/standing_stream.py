"""How an edition stands, live: server-sent events for any number of viewers, and the same as one answer.

An event's id names the standing, so that a stream which is opened anew says nothing that the page knows already.
"""

import json
from collections.abc import AsyncIterator
from functools import lru_cache
from secrets import randbelow
from time import monotonic

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET, require_safe

from core.clock import now
from core.http import client_address, limited
from core.metrics import OPEN_STREAMS
from editions.contracts import Standing
from editions.models import Edition
from editions.selectors import public_editions
from orders.lookout import lookout
from orders.standing_words import Preset, preset_of, standing_words, words_now
from orders.stream_slots import free_slot, renew, too_many
from orders.throttles import StandingThrottle

KIND = "standing"
TURN_SECONDS = 4.0
"""A stream without news wakes up so often, to keep its slot."""
SILENCE_SECONDS = 15.0
LONGEST_SECONDS = 600.0
RETRY_MS = 2000

_open = 0


@require_safe
@limited(StandingThrottle, methods=("GET",))
def standing(request: HttpRequest, slug: str) -> JsonResponse:
    """How the edition stands now, in the page's language: for pages that have no stream."""
    edition = get_object_or_404(public_editions(now()), slug=slug)
    response = JsonResponse(words_now(edition, get_language() or "en", now()))
    response["Cache-Control"] = "no-store"
    return response


@require_GET
async def stream(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events: `standing`, with what `standing` answers as data, whenever it is another; `same` after
    15 seconds without; `closed` at the end.

    429 when the client address has too many streams open, 503 when the process has.
    """
    found = await sync_to_async(_found)(slug)
    if found is None:
        raise Http404
    if _open >= settings.STREAMS_PER_PROCESS:
        return HttpResponse(status=503, headers={"Retry-After": "15"})
    slot = await sync_to_async(free_slot)(KIND, client_address(request), settings.STREAMS_PER_ADDRESS)
    if slot is None:
        return too_many()
    events = _events(*found, get_language() or "en", request.headers.get("Last-Event-ID", ""), slot)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(edition: Edition, preset: Preset, language: str, seen: str, slot: str) -> AsyncIterator[str]:
    global _open  # noqa: PLW0603 (what this process serves)
    _open += 1
    OPEN_STREAMS.labels(KIND).inc()
    ends_at, said_at = monotonic() + LONGEST_SECONDS, monotonic()
    renewed_at = said_at
    news = lookout().follow(edition.pk, TURN_SECONDS)
    try:
        # All streams of a server that stops end at once; they shall not all come back at once.
        yield f"retry: {RETRY_MS + randbelow(RETRY_MS)}\n\n"
        async for found in news:
            moment = monotonic()
            if moment - renewed_at >= TURN_SECONDS:
                await sync_to_async(renew, thread_sensitive=False)(slot)
                renewed_at = moment
            event = _event(edition, preset, found, language) if found else ""
            if event and not (seen and f"id: {seen}\n" in event):
                yield event
                said_at = moment
            elif moment - said_at >= SILENCE_SECONDS:
                yield "event: same\ndata: \n\n"
                said_at = moment
            seen = ""
            if edition.closes_at and edition.closes_at <= now():
                yield "event: closed\ndata: \n\n"
                return
            if moment >= ends_at:
                return
    finally:
        _open -= 1
        OPEN_STREAMS.labels(KIND).dec()
        await news.aclose()  # type: ignore[attr-defined]  # an async generator
        await cache.adelete(slot)


@lru_cache(maxsize=256)
def _event(edition: Edition, preset: Preset, found: Standing, language: str) -> str:
    """The event, written once for all viewers of a language; what it takes from the edition never changes."""
    with override(language):
        words = standing_words(edition, preset, found, language)
    return f"id: {words['id']}\nevent: standing\ndata: {json.dumps(words, ensure_ascii=False)}\n\n"


def _found(slug: str) -> tuple[Edition, Preset] | None:
    """The edition with what its price is made from; no connection is held on to."""
    try:
        found = public_editions(now()).filter(slug=slug).first()
        return (found, preset_of(found)) if found else None
    finally:
        connection.close()

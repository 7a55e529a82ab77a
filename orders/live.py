"""The live event stream of an order: one async view, a look now and then, no database connection held in between.

A stream takes one of its client address's slots, and every look renews it.
"""

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from core.http import client_address
from factory_sim.selectors import last_seq
from orders.models import Order, OrderStatus
from orders.stream_slots import free_slot, renew, too_many

LOOK_SECONDS = 0.7
SILENCE_SECONDS = 15.0
LONGEST_SECONDS = 600.0
STREAMS_PER_ADDRESS = 20
LAST_STATUSES = (OrderStatus.FINISHED, OrderStatus.REJECTED, OrderStatus.CANCELLED)


@require_GET
async def live(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events: `progress`, with the state of the order as data, whenever something has happened.

    429 when the client address has too many streams open; the page then asks now and then instead.
    """
    if await sync_to_async(_state)(token) is None:
        raise Http404
    slot = await sync_to_async(free_slot)("live", client_address(request), STREAMS_PER_ADDRESS)
    if slot is None:
        return too_many()
    response = StreamingHttpResponse(_events(token, slot), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(token: str, slot: str) -> AsyncIterator[str]:
    shown: str | None = None
    silent_for = lived_for = 0.0
    try:
        yield "retry: 2000\n\n"
        while lived_for < LONGEST_SECONDS:
            state = await sync_to_async(_look)(token, slot)
            if state != shown:
                yield f"event: progress\ndata: {state}\n\n"
                shown, silent_for = state, 0.0
            elif silent_for >= SILENCE_SECONDS:
                yield ": still here\n\n"
                silent_for = 0.0
            if state is None or state.split(" ")[0] in LAST_STATUSES:
                return
            await asyncio.sleep(LOOK_SECONDS)
            silent_for += LOOK_SECONDS
            lived_for += LOOK_SECONDS
    finally:
        await cache.adelete(slot)


def _look(token: str, slot: str) -> str | None:
    renew(slot)
    return _state(token)


def _state(token: str) -> str | None:
    """The order's status and the number of its last event; the connection goes back to the pool at once."""
    try:
        row = Order.objects.filter(token=token).values_list("status", "reference").first()
        return f"{row[0]} {last_seq(external_ref=row[1])}" if row else None
    finally:
        connection.close()

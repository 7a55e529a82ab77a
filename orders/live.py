"""The live event stream of an order: one async view, one query now and then, no connection held in between."""

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from factory_sim.selectors import last_seq
from orders.models import Order, OrderStatus

LOOK_SECONDS = 0.7
SILENCE_SECONDS = 15.0
LONGEST_SECONDS = 600.0
LAST_STATUSES = (OrderStatus.FINISHED, OrderStatus.REJECTED, OrderStatus.CANCELLED)


@require_GET
async def live(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events: `progress`, with the state of the order as data, whenever something has happened."""
    if await sync_to_async(_state)(token) is None:
        raise Http404
    response = StreamingHttpResponse(_events(token), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(token: str) -> AsyncIterator[str]:
    shown: str | None = None
    silent_for = lived_for = 0.0
    yield "retry: 2000\n\n"
    while lived_for < LONGEST_SECONDS:
        state = await sync_to_async(_state)(token)
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


def _state(token: str) -> str | None:
    """The order's status and the number of its last event; the connection goes back to the pool at once."""
    try:
        row = Order.objects.filter(token=token).values_list("status", "reference").first()
        return f"{row[0]} {last_seq(external_ref=row[1])}" if row else None
    finally:
        connection.close()

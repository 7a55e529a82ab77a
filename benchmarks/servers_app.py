"""The Django project without a database that the servers of benchmarks.servers serve, in one file."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

BUSY_SECONDS = 0.005
EVENT_SECONDS = 0.5


def ask(request: HttpRequest) -> HttpResponse:
    """The process that answers, by next to no work in a thread, as Dure's pages are served."""
    return HttpResponse(str(os.getpid()))


async def occupy(request: HttpRequest) -> HttpResponse:
    """The same, but this process does nothing else meanwhile, so that the next connection goes to another one."""
    # Not asyncio.sleep: holding the event loop up is what this view is for.
    time.sleep(BUSY_SECONDS)
    return HttpResponse(str(os.getpid()))


async def events(request: HttpRequest) -> StreamingHttpResponse:
    """An event stream without end, like that of an order."""
    return StreamingHttpResponse(endless(), content_type="text/event-stream")


async def endless() -> AsyncIterator[str]:
    while True:
        yield f"data: {os.getpid()}\n\n"
        await asyncio.sleep(EVENT_SECONDS)


urlpatterns = [path("ask", ask), path("occupy", occupy), path("events", events)]

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="only-for-benchmarks")
application = get_asgi_application()

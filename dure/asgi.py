"""The ASGI application: pages, API and the live event stream. There are no websockets."""

import os
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import django
from django.conf import settings

from core.uploads import limited_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")

# WhiteNoise hands static files over synchronously; they are small, and browsers keep them for good.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

django.setup(set_prefix=False)

from dure.threads import ThreadedHandler  # noqa: E402 (Django must be set up)

_django = limited_body(ThreadedHandler(settings.WEB_THREADS), settings.LARGEST_BODY)


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Hand HTTP to Django and refuse a websocket, which Django would answer with a traceback in the log."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    await _django(scope, receive, send)

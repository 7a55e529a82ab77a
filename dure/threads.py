"""How the ASGI server runs Django: a request has one of a few threads, from its first signal to its last.

Django's own handler goes from the event loop to a thread and back several times for each request, because signals,
views and some middleware are synchronous, and starts threads without bound: at an opening they keep each other from
working. Here requests that find no thread wait for one, the first first. What streams is sent by the event loop.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from io import BytesIO
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils.translation import activate, get_language

from core.uploads import Receive, Send
from dure.health import ALIVE, healthz


class ThreadedHandler(ASGIHandler):
    """Answers as many requests at a time as it has threads."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] == ALIVE:
            # Whoever asks whether the process lives shall not wait for its threads: that may end it.
            request, refused = self.create_request(scope, BytesIO())
            response: Any = healthz(request) if request else refused
            await self.send_response(response, send)
            return
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        context = copy_context()
        answer = partial(context.run, self._answer, scope, body)
        response, language = await asyncio.get_running_loop().run_in_executor(self._threads, answer)
        if not response.streaming:
            await self.send_response(response, send)
            return
        # A stream is told in the log as its request is, and speaks the language that was chosen for it.
        for variable, value in context.items():
            if variable.get(None) is not value:
                variable.set(value)
        activate(language)
        async with ThreadSensitiveContext():
            await self._stream(response, receive, send)

    def _answer(self, scope: dict[str, Any], body: IO[bytes]) -> tuple[Any, str]:
        """In a thread: everything up to an answer that is whole, or is ready to be streamed; and its language."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        try:
            request, refused = self.create_request(scope, body)
            response: Any = self.get_response(request) if request else refused
            response._handler_class = self.__class__
            if not response.streaming:
                response.close()
            return response, get_language() or settings.LANGUAGE_CODE
        finally:
            # The thread goes on to another request: no connection stays with it.
            close_old_connections()

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send a stream until it ends or nobody listens any more."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.wait((sending, leaving))
            await sync_to_async(response.close)()
        if not sending.cancelled():
            sending.result()

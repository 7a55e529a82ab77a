"""How the ASGI server runs Django: a request has one of a few threads, from its first signal to its last.

Django's own handler goes from the event loop to a thread and back several times for each request, because signals,
views and some middleware are synchronous, and starts threads without bound: at an opening they keep each other from
working. Here requests that find no thread wait for one, the first first. What streams is sent by the event loop.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from core.uploads import Receive, Send


class ThreadedHandler(ASGIHandler):
    """Answers as many requests at a time as it has threads."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        context = copy_context()
        answer = partial(context.run, self._answer, scope, body)
        response = await asyncio.get_running_loop().run_in_executor(self._threads, answer)
        if not response.streaming:
            await self.send_response(response, send)
            return
        for variable, value in context.items():
            # A stream speaks the language that the middleware has chosen.
            if variable.get(None) is not value:
                variable.set(value)
        async with ThreadSensitiveContext():
            await self._stream(response, receive, send)

    def _answer(self, scope: dict[str, Any], body: IO[bytes]) -> Any:
        """In a thread: everything up to an answer that is whole, or is ready to be streamed."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        try:
            request, refused = self.create_request(scope, body)
            response: Any = self.get_response(request) if request else refused
            response._handler_class = self.__class__
            if not response.streaming:
                response.close()
            return response
        finally:
            # The thread goes on to another request: no connection stays with it.
            close_old_connections()

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send a stream until it ends or nobody listens any more."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (sending, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError, RequestAborted):
                    await task
            await sync_to_async(response.close)()

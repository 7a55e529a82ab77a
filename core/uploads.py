"""Files that are sent: what is larger than the limit is never kept, not in memory and not on disk."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]
TOO_LARGE = "This is larger than anything that can be sent here. 이 파일은 여기에 보낼 수 있는 크기를 넘었어요.\n"


class LimitedUpload(FileUploadHandler):
    """Ends an upload at `UPLOAD_BYTES`: the file does not come about, and the view says that there is none."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_BYTES:
            if self.request:
                self.request.META["dure.upload_too_large"] = True
            # The rest is read and dropped, so that the answer arrives.
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def limited_body(application: Application, most: int) -> Application:
    """An ASGI application that is never sent a body of more than `most` bytes: Django would write it to disk first."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif _announced(scope) > most:
            await _refuse(send)
        else:
            await application(scope, _counted(receive, most), send)

    return limited


def _announced(scope: dict[str, Any]) -> int:
    lengths = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    """A body that did not say how long it is ends, when it is too long, as if the client had gone."""
    got = 0

    async def counted() -> Any:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return {"type": "http.disconnect"} if got > most else message

    return counted


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE.encode()})

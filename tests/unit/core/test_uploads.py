"""Bodies beyond the limit never reach Django."""

import asyncio
from typing import Any

import pytest

from core.uploads import limited_body

MOST = 1000


def answered(headers: list[tuple[bytes, bytes]], *chunks: bytes, kind: str = "http") -> tuple[list[Any], list[Any]]:
    """What the application was handed, and what was sent to the client."""
    handed: list[Any] = []
    sent: list[Any] = []
    left = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        handed.append("called")
        handed.extend([await receive() for _each in chunks])

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(limited_body(application, MOST)({"type": kind, "headers": headers}, receive, send))
    return handed, sent


def test_a_body_that_says_it_is_too_long_is_refused_unread() -> None:
    handed, sent = answered([(b"content-length", b"1001")], b"x")

    assert handed == []
    assert sent[0]["status"] == 413
    assert "larger than anything" in sent[1]["body"].decode()


def test_a_body_that_only_turns_out_too_long_ends() -> None:
    handed, _ = answered([], b"x" * 600, b"x" * 600)

    assert [each["type"] for each in handed[1:]] == ["http.request", "http.disconnect"]


@pytest.mark.parametrize("headers", [[(b"content-length", b"1000")], [(b"content-length", b"nonsense")], []])
def test_others_pass_as_they_are(headers: list[tuple[bytes, bytes]]) -> None:
    handed, sent = answered(headers, b"x" * 500, b"x" * 500)

    assert [each.get("body") for each in handed[1:]] == [b"x" * 500, b"x" * 500]
    assert sent == []


def test_what_is_not_http_is_not_counted() -> None:
    assert answered([], b"x" * 5000, kind="lifespan")[0][1]["body"] == b"x" * 5000

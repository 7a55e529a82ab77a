"""Calls of the API as a client in another language makes them: JSON there, JSON back."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from editions.models import Edition
from tests import samples

API = "/api/v1"
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    media_type: str
    body: dict[str, Any]


class Caller:
    """A client with one language."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client, self.language = client, language

    def get(self, path: str) -> Answer:
        return self._send("GET", path, "", JSON)

    def post(self, path: str, data: Any, media_type: str = JSON) -> Answer:
        return self._send("POST", path, data, media_type)

    def _send(self, method: str, path: str, data: Any, media_type: str) -> Answer:
        headers = {"Accept-Language": self.language}
        if method == "GET":
            response = self.client.get(f"{API}{path}", headers=headers)
        else:
            response = self.client.post(f"{API}{path}", data, content_type=media_type, headers=headers)
        return Answer(response.status_code, response.headers["Content-Type"], response.json())


def send_picture(
    client: Client, edition: Edition, content: bytes | None, language: str = "en", **headers: str
) -> Answer:
    """The picture as a browser's form sends it."""
    fields: dict[str, Any] = {"edition": edition.slug}
    if content is not None:
        fields["picture"] = SimpleUploadedFile("a lie.gif", content, content_type="text/html")
    response = client.post(f"{API}/artworks", fields, headers={"Accept-Language": language, **headers})
    return Answer(response.status_code, response.headers["Content-Type"], response.json())


def quote_request(edition: Edition, engraving: str = "", **choices: str) -> dict[str, Any]:
    return {"edition": edition.slug, "configuration": samples.design(edition, engraving, **choices)}


def quote_token(caller: Caller, edition: Edition, engraving: str = "", **choices: str) -> str:
    answer = caller.post("/quotes", quote_request(edition, engraving, **choices))
    assert answer.status == 200
    return str(answer.body["quote"])


def hold_token(caller: Caller, edition: Edition) -> str:
    answer = caller.post("/holds", {"edition": edition.slug, "quote": quote_token(caller, edition)})
    assert answer.status == 201
    return str(answer.body["hold"])


def order_request(hold: str, /, **changes: Any) -> dict[str, Any]:
    return {"hold": hold, "email": "mina@example.com", "note": "", "made_for_me": True} | changes


def expect_problem(answer: Answer, status: int, code: str, detail: str = "") -> dict[str, Any]:
    """Check that an answer is a problem of a kind; what it says beside the four fixed members."""
    found = (answer.status, answer.media_type, answer.body["type"], answer.body["status"], answer.body["code"])
    assert found == (status, PROBLEM, "about:blank", status, code)
    if detail:
        assert answer.body["detail"] == detail
    return {name: value for name, value in answer.body.items() if name not in ("type", "status", "code", "detail")}

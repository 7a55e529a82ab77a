"""What people and programs are told while the database or the cache does not answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from asgiref.sync import async_to_sync
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from core.models import OutboxMessage
from editions.models import Edition
from tests import samples

SENTENCES = {
    "en": "A server behind this page does not answer at the moment. Nothing is lost; please try again shortly.",
    "ko": "지금 서버가 응답하지 않습니다. 잃은 것은 없으니 잠시 뒤 다시 시도해 주세요.",
}
PAGES = ["/", "/editions/first-firing/", "/editions/first-firing/studio/", "/orders/a-secret/", "/holds/a-secret/"]
NOWHERE = "unix:///nowhere/valkey.sock"


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query fails as it does when PostgreSQL is stopped; rendering an error page must not make one."""

    def refuse(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)


@pytest.fixture
def no_cache(settings: Settings) -> None:
    """Valkey is stopped."""
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_so_in_one_sentence(no_database: None, client: Client, page: str, language: str) -> None:
    response = client.get(f"/{language}{page}")

    text = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert SENTENCES[language] in text
    assert f'<html lang="{language}">' in text
    assert "connection refused" not in text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_api_says_so_as_a_problem(no_database: None, client: Client, language: str) -> None:
    response = client.get("/api/v1/editions/first-firing", headers={"Accept-Language": language})

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "code": "unavailable",
        "status": 503,
        "detail": SENTENCES[language],
    }


def test_the_live_stream_says_so_too(no_database: None) -> None:
    response = async_to_sync(AsyncClient().get)("/ko/orders/a-secret/live/")

    assert response.status_code == 503


def test_a_person_who_is_signed_in_is_told_the_same(no_database: None, client: Client) -> None:
    client.cookies["dure_session"] = "a-session"

    assert client.get("/en/pieces/").status_code == 503


@pytest.mark.django_db
def test_a_stopped_cache_is_told_likewise_and_nothing_is_written(
    edition: Edition, no_cache: None, client: Client
) -> None:
    body = {"edition": edition.slug, "configuration": samples.design(edition)}

    with samples.nothing_written():
        api = client.post("/api/v1/quotes", body, content_type="application/json")
        page = client.post(f"/en/editions/{edition.slug}/hold/", {"quote": "x"})

    assert (api.status_code, api.json()["code"]) == (503, "unavailable")
    assert page.status_code == 503
    assert SENTENCES["en"] in page.content.decode()


@pytest.mark.parametrize(
    "error",
    [OperationalError("gone"), InterfaceError("closed"), redis.ConnectionError("gone"), redis.TimeoutError("slow")],
)
def test_each_way_of_not_answering_counts(client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(now: object) -> None:
        raise error

    monkeypatch.setattr("orders.views.shop.open_editions", fail)

    assert client.get("/en/").status_code == 503


def test_a_bug_is_still_a_bug(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("orders.views.shop.open_editions", fail)
    client.raise_request_exception = False

    assert client.get("/en/").status_code == 500


@pytest.mark.parametrize("status", [503, 500])
def test_the_log_says_why_in_one_line_and_never_names_a_secret_address(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    log_lines: Callable[[], list[dict[str, Any]]],
    status: int,
) -> None:
    error = OperationalError("connection refused\nIs the server running?") if status == 503 else ZeroDivisionError()

    def fail(token: str) -> None:
        raise error

    monkeypatch.setattr("orders.selectors.order_with_token", fail)
    client.raise_request_exception = False

    response = client.get("/en/orders/a-very-secret-token/")

    assert response.status_code == status
    assert "a-very-secret-token" not in caplog.text
    reasons = [line["error"] for line in log_lines() if line["event"] == "server_unavailable"]
    assert reasons == (["connection refused"] if status == 503 else [])


# --- /healthz and /readyz -------------------------------------------------------------------------


def test_the_process_answers_without_database_and_cache(no_database: None, no_cache: None, client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_means_that_database_and_broker_answer(client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "broker": "ok"})
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_not_ready_without_a_broker(no_cache: None, client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "ok", "broker": "down"})


def test_not_ready_without_a_database(no_database: None, client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"database": "down", "broker": "ok"})


def test_health_is_only_for_reading(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405

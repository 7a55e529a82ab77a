"""One line for each request, with an id that follows its work to the worker."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import structlog
from django.test import Client

from accounts.models import User
from core import outbox
from core.models import OutboxMessage
from dure.celery import app as celery_app
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db

Lines = Callable[[], list[dict[str, Any]]]


def requests(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines() if line["event"] == "request"]


def test_every_answer_carries_the_id_under_which_it_was_logged(client: Client, log_lines: Lines) -> None:
    first, second = client.get("/en/privacy/"), client.get("/en/privacy/")

    ids = [first["X-Request-Id"], second["X-Request-Id"]]
    assert [line["request_id"] for line in requests(log_lines)] == ids
    assert str(uuid.UUID(ids[0])) == ids[0]
    assert ids[0] != ids[1]


def test_an_id_sent_by_a_stranger_is_not_taken_over(client: Client) -> None:
    response = client.get("/en/privacy/", headers={"X-Request-Id": "forged\nline"})

    assert str(uuid.UUID(response["X-Request-Id"])) == response["X-Request-Id"]


def test_the_line_names_method_route_status_and_time_but_never_a_secret_address(
    client: Client, edition: Edition, now: datetime, caplog: pytest.LogCaptureFixture, log_lines: Lines
) -> None:
    order, held = samples.unpaid_order(edition, now=now), samples.held(edition, now=now)

    for address in (f"/ko/orders/{order.token}/", f"/ko/holds/{held.token}/", f"/api/v1/orders/{order.token}"):
        assert client.get(address).status_code == 200
        assert client.get(f"{address}x").status_code == 404

    lines = requests(log_lines)
    assert [(line["method"], line["status"]) for line in lines] == [("GET", 200), ("GET", 404)] * 3
    assert lines[4]["route"] == "api/v1/orders/<slug:token>"
    assert lines[0]["route"] == "ko/orders/<slug:token>/"
    assert all(line["milliseconds"] > 0 for line in lines)
    assert order.token not in caplog.text
    assert held.token not in caplog.text


def test_a_refused_form_is_logged_without_its_secret_address(
    edition: Edition, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    held = samples.held(edition, now=now)

    assert Client(enforce_csrf_checks=True).post(f"/ko/holds/{held.token}/").status_code == 403

    assert "Forbidden (CSRF cookie not set.): ko/holds/<slug:token>/" in caplog.text
    assert held.token not in caplog.text


def test_health_checks_do_not_fill_the_log(client: Client, log_lines: Lines) -> None:
    client.get("/healthz")
    client.get("/readyz")

    assert requests(log_lines) == []


def test_the_id_follows_the_work_from_the_request_to_the_handler(
    client: Client, edition: Edition, reviewer: User, now: datetime
) -> None:
    celery_app.loader.import_default_modules()
    order = samples.order_in_review(edition, now=now)
    client.force_login(reviewer)

    response = client.post(f"/admin/orders/order/{order.pk}/decide/", {"approve": "", "reason": ""})

    assert response.status_code == 302
    capture = OutboxMessage.objects.get(topic="orders.capture_payment")
    assert capture.request_id == response["X-Request-Id"]
    structlog.contextvars.clear_contextvars()
    outbox.deliver(message_id=capture.pk)
    # The handler's own message carries it on to the next one.
    start = OutboxMessage.objects.get(topic="orders.start_production")
    assert start.request_id == response["X-Request-Id"]

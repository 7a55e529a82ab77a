"""The whole journey through the API, from the edition to the finished piece."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from core import outbox
from core.models import OutboxMessage
from dure.celery import app as celery_app
from editions.models import Edition, Hold, Piece
from factory_sim.services import run_clock, tick
from orders.models import Order
from orders.services.review import approve_order
from tests import samples
from tests.api.calls import JSON, Caller, order_request, quote_request

pytestmark = pytest.mark.django_db


def do_outbox() -> None:
    """What the worker does, until nothing is left."""
    while messages := list(OutboxMessage.objects.open().order_by("pk")):
        for message in messages:
            outbox.deliver(message_id=message.pk)


def test_from_the_edition_to_the_finished_piece(
    api: Caller, client: Client, edition: Edition, reviewer: User, now: datetime
) -> None:
    celery_app.loader.import_default_modules()
    shown = api.get(f"/editions/{edition.slug}").body
    design = {"version": shown["version"], "choices": {**shown["preset"], "glaze": "indigo"}, "engraving": "Mina"}

    quoted = api.post("/quotes", {"edition": shown["slug"], "configuration": design})
    assert (quoted.status, quoted.media_type) == (200, JSON)
    held = api.post("/holds", {"edition": shown["slug"], "quote": quoted.body["quote"]})
    assert (held.status, held.body["number"], held.body["size"]) == (201, 1, 10)
    assert held.body["price"] == quoted.body["price"]
    ordered = api.post("/orders", order_request(held.body["hold"]))
    assert (ordered.status, ordered.body["status"]) == (201, "awaiting_payment")
    assert ordered.body["price"] == quoted.body["price"]
    for name in ("likely_at", "safe_at"):
        dates = (datetime.fromisoformat(answer.body["promise"][name]) for answer in (quoted, ordered))
        assert len(set(dates)) == 1

    client.post(ordered.body["payment_page"], {"decision": "authorise"}, follow=True)
    order = Order.objects.get()
    assert api.get(f"/orders/{order.token}").body["status"] == "in_review"
    approve_order(order_id=order.pk, actor=reviewer, now=now)
    do_outbox()
    assert api.get(f"/orders/{order.token}").body["status"] == "in_production"

    run_clock(plant_slug="mangwon", speed=720, now=now)
    with time_machine.travel(now + timedelta(minutes=4)):
        tick(plant_slug="mangwon", now=now + timedelta(minutes=4))
        do_outbox()
    finished = api.get(f"/orders/{order.token}").body
    assert (finished["status"], finished["payment_page"]) == ("finished", "")
    events = finished["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["kind"], events[-1]["kind"]) == ("released", "completed")
    assert {event["operation"] for event in events if event["kind"] == "started"} >= {"Firing", "Pressing the name"}
    page = client.get(finished["page"])
    assert page.status_code == 200
    assert "Your piece is finished" in page.content.decode()


def test_the_same_answers_in_korean(korean_api: Caller, edition: Edition) -> None:
    shown = korean_api.get(f"/editions/{edition.slug}").body
    quoted = korean_api.post("/quotes", quote_request(edition, "지우", glaze="indigo")).body

    assert shown["name"] == "온담 첫 불"
    assert [group["name"] for group in shown["groups"]][:4] == ["몸체 유약", "굽의 흙", "고무 띠", "뚜껑"]
    assert [line["name"] for line in quoted["price"]["lines"]] == ["온담 텀블러", "몸체 유약: 쪽빛", "이름 새기기"]
    assert quoted["price"]["total_text"] == "₩68,000"
    assert quoted["availability_text"] == "10점 중 10점 남음"
    assert quoted["picture"]["alt"].startswith("온담 텀블러: 몸체 유약 쪽빛, ")
    assert urlsplit(quoted["picture"]["url"]).path.startswith("/pictures/")


def test_holding_again_keeps_the_number(api: Caller, edition: Edition) -> None:
    first_quote, second_quote = (
        api.post("/quotes", quote_request(edition, glaze=glaze)).body["quote"] for glaze in ("celadon", "indigo")
    )
    first = api.post("/holds", {"edition": edition.slug, "quote": first_quote}).body

    second = api.post("/holds", {"edition": edition.slug, "quote": second_quote, "replaces": first["hold"]}).body

    assert (first["number"], second["number"]) == (1, 1)
    assert first["hold"] != second["hold"]
    assert Piece.objects.filter(state="held").count() == 1
    assert Hold.objects.get(token=second["hold"]).total == 63_000


def test_a_signed_in_customer_s_order_is_hers(client: Client, api: Caller, edition: Edition) -> None:
    mina = User.objects.create_user("mina@example.com", "a long pass phrase")
    quote = api.post("/quotes", quote_request(edition)).body["quote"]
    held = api.post("/holds", {"edition": edition.slug, "quote": quote}).body["hold"]
    client.force_login(mina)

    answer = api.post("/orders", order_request(held))

    assert answer.status == 201
    assert Order.objects.get().customer == mina


def test_another_site_cannot_order_in_a_customer_s_name(edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("mina@example.com", "a long pass phrase"))

    with samples.nothing_written():
        answer = Caller(client).post("/orders", order_request(held.token))

    assert (answer.status, answer.body["code"]) == (403, "permission_denied")

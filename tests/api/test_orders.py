"""`POST /orders` and `GET /orders/{token}`: an order from a hold, found by its secret name alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from editions.models import Edition
from orders import api_urls
from orders.models import Order, Payment
from tests import samples
from tests.api.calls import API, Caller, expect_problem, order_request

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_an_order_freezes_design_price_and_promise_and_waits_for_its_payment(
    korean_api: Caller, edition: Edition, now: datetime
) -> None:
    held = samples.held(edition, now=now)

    answer = korean_api.post("/orders", order_request(held.token, note="선물이에요"))

    order = Order.objects.get()
    assert (answer.status, answer.body["order"], answer.body["reference"]) == (201, order.token, order.reference)
    assert (answer.body["status"], answer.body["number"], answer.body["events"]) == ("awaiting_payment", 1, [])
    assert answer.body["page"] == f"/ko/orders/{order.token}/"
    assert answer.body["payment_page"] == f"/ko/orders/{order.token}/pay/"
    assert (order.email, order.language, order.note, order.customer) == ("mina@example.com", "ko", "선물이에요", None)
    assert (order.configuration_json, order.breakdown) == (held.configuration, held.breakdown)
    assert (order.likely_at, order.safe_at, order.hold) == (held.likely_at, held.safe_at, held)
    payment = Payment.objects.get()
    assert (payment.order, payment.total, payment.currency, payment.status) == (order, 63_000, "KRW", "waiting")


def test_sending_an_order_twice_is_one_order(api: Caller, korean_api: Caller, edition: Edition, now: datetime) -> None:
    request = order_request(samples.held(edition, now=now).token)
    first = api.post("/orders", request)
    assert first.status == 201

    with samples.nothing_written():
        again, in_korean = api.post("/orders", request), korean_api.post("/orders", request)

    extra = expect_problem(again, 409, "already_ordered", "This piece is ordered already; nothing was ordered twice.")
    assert extra == {"order": first.body["order"]}
    expect_problem(in_korean, 409, "already_ordered", "이미 주문된 작품입니다. 두 번 주문되지 않았습니다.")
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_an_expired_hold(api: Caller, korean_api: Caller, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        request = order_request(samples.held(edition, now=NOON).token)
        clock.shift(timedelta(minutes=10))
        with samples.nothing_written():
            answers = api.post("/orders", request), korean_api.post("/orders", request)

    expect_problem(answers[0], 410, "hold_expired", "The ten minutes are over and piece No. 1 is free again.")
    expect_problem(answers[1], 410, "hold_expired", "10분이 지나 1번 작품이 다시 풀렸습니다.")


def test_control_a_hold_is_good_to_its_last_second(api: Caller, edition: Edition) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        request = order_request(samples.held(edition, now=NOON).token)
        clock.shift(timedelta(minutes=9, seconds=59))
        assert api.post("/orders", request).status == 201


def test_a_hold_that_does_not_exist(api: Caller, korean_api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        answers = [caller.post("/orders", order_request("nobody")) for caller in (api, korean_api)]

    english = "This hold does not exist any more. Please choose a piece again."
    expect_problem(answers[0], 410, "hold_expired", english)
    expect_problem(answers[1], 410, "hold_expired", "더는 없는 예약입니다. 작품을 다시 골라 주세요.")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": f"mina@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.example.com"}, "email"),
        ({"made_for_me": None}, "made_for_me"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"hold": ""}, "hold"),
        ({"hold": "x" * 41}, "hold"),
        ({"hold": ["a"]}, "hold"),
    ],
)
def test_a_request_of_another_shape_names_the_field(
    api: Caller, edition: Edition, now: datetime, change: dict[str, Any], field: str
) -> None:
    request = order_request(samples.held(edition, now=now).token, **change)

    with samples.nothing_written():
        answer = api.post("/orders", request)

    assert set(expect_problem(answer, 400, "invalid", "Some fields are not right.")["errors"]) == {field}


@pytest.mark.parametrize("field", ["hold", "email"])
def test_what_is_needed_cannot_be_left_out(api: Caller, edition: Edition, now: datetime, field: str) -> None:
    request = order_request(samples.held(edition, now=now).token)
    del request[field]

    with samples.nothing_written():
        answer = api.post("/orders", request)

    assert set(expect_problem(answer, 400, "invalid")["errors"]) == {field}


def test_a_personal_piece_is_not_ordered_without_consent(
    api: Caller, korean_api: Caller, edition: Edition, now: datetime
) -> None:
    request = order_request(samples.held(edition, now=now).token, made_for_me=False)
    silent = {name: value for name, value in request.items() if name != "made_for_me"}

    with samples.nothing_written():
        answers = [api.post("/orders", request), api.post("/orders", silent), korean_api.post("/orders", request)]

    english = "Please confirm this; the piece is made for you alone."
    for answer in answers[:2]:
        assert expect_problem(answer, 422, "consent_missing", english) == {"field": "made_for_me"}
    expect_problem(answers[2], 422, "consent_missing", "한 분만을 위해 만드는 작품이라 확인이 필요합니다.")
    assert api.post("/orders", {**request, "made_for_me": True}).status == 201
    assert Order.objects.get().personal_accepted_at is not None


def test_a_piece_of_options_alone_needs_no_consent_and_keeps_none(api: Caller, edition: Edition, now: datetime) -> None:
    held = samples.held(edition, now=now, engraving="")

    assert api.post("/orders", order_request(held.token, made_for_me=False)).status == 201

    assert Order.objects.get().personal_accepted_at is None


# --- Finding an order -----------------------------------------------------------------------------


def test_an_order_is_found_by_its_token_whoever_asks(client: Client, edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    client.force_login(User.objects.create_user("mina@example.com", "a long pass phrase"))

    for caller in (Client(), client):
        answer = Caller(caller).get(f"/orders/{order.token}")
        assert (answer.status, answer.body["reference"], answer.body["status"]) == (200, order.reference, "in_review")
        assert answer.body["payment_page"] == ""


def test_an_order_is_found_by_nothing_else(api: Caller, korean_api: Caller, edition: Edition, now: datetime) -> None:
    mina = User.objects.create_user("mina@example.com", "a long pass phrase")
    order = samples.order_in_review(edition, now=now, account=mina)
    samples.order_in_review(edition, now=now)
    api.client.force_login(mina)
    names = [order.reference, order.pk, order.hold.token, order.token[:-1], order.token.swapcase(), "x"]

    for name in names:
        expect_problem(api.get(f"/orders/{name}"), 404, "not_found", "That is not to be had here.")
        expect_problem(korean_api.get(f"/orders/{name}"), 404, "not_found", "여기에서는 찾을 수 없습니다.")


@pytest.mark.parametrize("name", ["%00", "a%00b", "mina@example.com", "a b", "%F0%9F%90%88", "..%2F..%2Fadmin"])
@pytest.mark.parametrize("place", ["/api/v1/orders/", "/ko/orders/", "/en/holds/"])
def test_what_cannot_be_a_token_is_not_even_looked_up(
    client: Client, edition: Edition, django_assert_num_queries: DjangoAssertNumQueries, place: str, name: str
) -> None:
    ending = "" if place.startswith("/api/") else "/"

    with django_assert_num_queries(0):
        assert client.get(f"{place}{name}{ending}").status_code == 404


def test_an_answer_names_neither_the_buyer_nor_her_hold(api: Caller, edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    text = str(api.get(f"/orders/{order.token}").body)

    assert order.email not in text
    assert order.note not in text
    assert order.hold.token not in text


@pytest.mark.parametrize("who", ["a stranger", "a customer", "the maker"])
def test_nobody_gets_a_list_of_orders(client: Client, edition: Edition, now: datetime, who: str) -> None:
    order = samples.order_in_review(edition, now=now)
    if who != "a stranger":
        client.force_login(samples.superuser() if who == "the maker" else User.objects.create_user("m@example.com"))

    answer = client.get(f"{API}/orders")

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert order.token not in answer.content.decode()
    assert client.get(f"{API}/orders/").status_code == 404


def test_an_order_cannot_be_changed_or_removed_by_its_token(client: Client, edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    with samples.nothing_written():
        statuses = [
            getattr(client, method)(
                f"{API}/orders/{order.token}", {"status": "finished"}, content_type="application/json"
            )
            for method in ("put", "patch", "delete", "post")
        ]

    assert [response.status_code for response in statuses] == [405] * 4


def test_every_address_that_only_reads_needs_a_name() -> None:
    """A new endpoint that lists anything has to be thought about here."""
    readable = {
        str(route.pattern)
        for route in api_urls.urlpatterns
        if hasattr(getattr(route.callback, "view_class", None), "get")
    }
    assert readable == {"editions/<slug:slug>", "orders/<slug:token>"}

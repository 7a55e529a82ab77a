"""The API's `destination`: accepted by quotes, holds and orders, returned by each, refused outside the zones."""

from datetime import datetime

import pytest
from django.test import Client

from editions.models import Edition, Hold
from tests import samples
from tests.api.calls import Caller, expect_problem, order_request, quote_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(now: datetime) -> Edition:
    return samples.open_edition(now=now, shipping=samples.ZONES)


def test_a_quote_a_hold_and_an_order_go_to_the_same_country(api: Caller, shipped: Edition) -> None:
    quote = api.post("/quotes", {**quote_request(shipped), "destination": "JP"}).body
    hold = api.post("/holds", {"edition": shipped.slug, "quote": quote["quote"], "destination": "JP"}).body
    order = api.post("/orders", order_request(hold["hold"], destination="JP")).body

    assert [each["destination"] for each in (quote, hold, order)] == ["JP"] * 3
    for each in (quote, hold, order):
        assert each["price"]["total"] == "72000"
        assert each["price"]["tax"] == "0"
        assert each["price"]["shipping"] == {
            "destination": "JP",
            "name": "Japan",
            "zone": "asia",
            "zone_name": "Asia",
            "amount": "14000",
            "amount_text": "₩14,000",
            "text": "with shipping to Japan",
        }
        assert each["price"]["lines"][-1] == {
            "name": "Shipping to Japan",
            "amount": "14000",
            "amount_text": "₩14,000",
        }


def test_without_one_it_is_the_editions_own(api: Caller, shipped: Edition) -> None:
    body = api.post("/quotes", quote_request(shipped)).body

    assert (body["destination"], body["price"]["total"], body["price"]["tax"]) == ("KR", "61500", "5591")


def test_two_countries_of_one_zone_cost_the_same_and_a_design_changes_nothing_of_it(
    api: Caller, shipped: Edition
) -> None:
    prices = {
        country: api.post("/quotes", {**quote_request(shipped, "Mina"), "destination": country}).body["price"]
        for country in ("JP", "TW", "US")
    }

    assert prices["JP"]["total"] == prices["TW"]["total"]
    pieces = [price["lines"][:-1] for price in prices.values()]
    assert pieces == [pieces[0]] * 3


def test_outside_the_zones_it_is_refused_with_those_there_are(api: Caller, shipped: Edition) -> None:
    answer = api.post("/quotes", {**quote_request(shipped), "destination": "BR"})

    more = expect_problem(answer, 422, "not_delivered_there")
    assert more == {"field": "destination", "countries": ["KR", "JP", "TW", "US", "DE"]}


@pytest.mark.parametrize("country", ["jp", "Japan", "J", 7])
def test_what_is_no_country_is_refused(api: Caller, shipped: Edition, country: object) -> None:
    expect_problem(api.post("/quotes", {**quote_request(shipped), "destination": country}), 400, "invalid")


def test_a_hold_for_another_country_than_the_quotes_is_refused(api: Caller, shipped: Edition) -> None:
    quote = api.post("/quotes", quote_request(shipped)).body["quote"]

    answer = api.post("/holds", {"edition": shipped.slug, "quote": quote, "destination": "JP"})

    expect_problem(answer, 409, "destination_changed")
    assert Hold.objects.count() == 0


def test_an_order_for_another_country_than_the_holds_is_refused(api: Caller, shipped: Edition, now: datetime) -> None:
    hold = samples.held(shipped, now=now)

    with samples.nothing_written():
        answer = api.post("/orders", order_request(hold.token, destination="JP"))
    expect_problem(answer, 409, "destination_changed")


def test_only_a_change_of_the_country_is_remembered(client: Client, shipped: Edition) -> None:
    api, studio = Caller(client), f"/en/editions/{shipped.slug}/studio/"

    api.post("/quotes", {**quote_request(shipped), "destination": "JP"})
    assert 'value="KR" selected' in client.get(studio).content.decode()
    api.post("/quotes", {**quote_request(shipped), "destination": "JP", "changed": "destination"})
    assert 'value="JP" selected' in client.get(studio).content.decode()


def test_an_edition_lists_its_zones(api: Caller, shipped: Edition) -> None:
    body = api.get(f"/editions/{shipped.slug}").body

    assert body["archived"] is False
    assert body["shipping"][1] == {
        "id": "asia",
        "name": "Asia",
        "countries": ["JP", "TW"],
        "amount": "14000",
        "tax_percent": "0",
    }


def test_a_refused_combination_is_mended_with_shipping_in_its_price(api: Caller, shipped: Edition) -> None:
    request = {**quote_request(shipped, sleeve="ink", stitch="black"), "destination": "JP", "changed": "stitch"}
    home = {**request, "destination": "KR"}

    repairs = [
        expect_problem(api.post("/quotes", each), 422, "forbidden_combination")["repair"] for each in (request, home)
    ]

    assert int(repairs[0]["total"]) - int(repairs[1]["total"]) == 14_000 - 3_500

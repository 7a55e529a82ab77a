"""An edition in a currency with cents: every amount on the whole way, to the cent."""

import json
import re
from datetime import datetime
from decimal import Decimal
from html import unescape

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from payments import PaymentStatus
from pytest_django.fixtures import Settings

from core.clock import now as read_clock
from editions.models import Edition, LedgerEntry
from editions.pricing import PriceCard, Step
from orders.models import Order
from orders.services.notify import send_letter
from orders.services.pay import settle_payment
from tests import samples
from tests.journeys.forms import GOOD, form_of

pytestmark = pytest.mark.django_db

CARD = PriceCard((Step(1, 5_805), Step(2, 6_450), Step(3, 7_299)))
HOME = "/en/editions/first-firing"


@pytest.fixture
def edition(now: datetime, settings: Settings) -> Edition:
    settings.TAX_PERCENT = {"EUR": Decimal(19)}
    return samples.open_edition(now=now, size=3, card=CARD, currency="EUR")


def amounts(page: str, sign: str = "€") -> set[str]:
    """Every amount that a page says, as it says it, without scripts' data; fails at one in another currency."""
    text = re.sub(r"<script.*?</script>", "", unescape(page), flags=re.DOTALL)
    # A token may have any letters in it.
    assert not re.search(r"₩|(?<![\w:-])KRW(?![\w:-])", text)
    found = set(re.findall(rf"{sign}[\d,.]*\d", text))
    for each in found:
        assert re.fullmatch(rf"{sign}\d+(,\d\d\d)*\.\d\d", each), each
    return found


def test_every_page_and_letter_says_cents(edition: Edition, client: Client, now: datetime) -> None:
    page = client.get(f"{HOME}/").content.decode()
    assert amounts(page) == {"€58.05", "€64.50", "€72.99"}
    assert "VAT and shipping are included" in page

    studio = client.get(f"{HOME}/studio/", {"glaze": "indigo", "engraving": "Mina"}).content.decode()
    # Options cost what the definition says, in the edition's smallest unit: 5,000 cents each here.
    assert {"€158.05", "€58.05", "€50.00", "€25.23", "€64.50"} <= amounts(studio)
    assert "including €25.23 VAT and shipping" in unescape(studio)

    checkout = client.post(f"{HOME}/hold/", form_of(studio))["Location"]
    assert amounts(client.get(checkout).content.decode()) == {"€158.05", "€58.05", "€50.00", "€25.23"}
    pay = client.post(checkout, GOOD)["Location"]
    assert amounts(client.get(pay).content.decode()) == {"€158.05"}

    order = Order.objects.get()
    payment = order.payments.get()
    assert (order.total, payment.total, payment.currency) == (15_805, Decimal("158.05"), "EUR")
    payment.change_status(PaymentStatus.PREAUTH)
    settle_payment(order_id=order.pk, now=read_clock())
    assert amounts(client.get(order.get_absolute_url()).content.decode()) == {"€158.05", "€58.05", "€50.00", "€25.23"}
    send_letter(order_id=order.pk, status="in_review")
    assert "₩" not in str(mail.outbox[-1].message())

    ledger = client.get(f"{HOME}/ledger/").content.decode()
    assert {"€158.05"} <= amounts(ledger)
    assert (LedgerEntry.objects.get(kind="sale").total, LedgerEntry.objects.get(kind="sale").currency) == (
        15_805,
        "EUR",
    )
    call_command("verify_ledger", edition.slug, verbosity=0)


def test_korean_readers_see_the_same_cents(edition: Edition, client: Client) -> None:
    page = client.get("/ko/editions/first-firing/studio/", {"glaze": "indigo"}).content.decode()

    assert {"€108.05", "€58.05", "€50.00"} <= amounts(page)


def test_the_api_says_decimals(edition: Edition, client: Client) -> None:
    request = {"edition": edition.slug, "configuration": samples.design(edition, glaze="indigo")}
    body = client.post("/api/v1/quotes", json.dumps(request), content_type="application/json").json()

    price = body["price"]
    assert (price["currency"], price["total"], price["tax"]) == ("EUR", "108.05", "17.25")
    assert price["next_step"] == {"from_order": 2, "price": "64.50"}
    assert [line["amount"] for line in price["lines"]] == ["58.05", "50.00"]
    card = client.get(f"/api/v1/editions/{edition.slug}").json()["card"]
    assert [row["price"] for row in card] == ["58.05", "64.50", "72.99"]


def test_staff_see_cents_too(edition: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    client.force_login(samples.superuser())

    page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    assert {"€108.05", "€58.05", "€50.00"} <= amounts(page)


def test_where_no_rate_is_set_no_tax_is_claimed(client: Client, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=3, card=CARD, currency="USD")

    page = unescape(client.get(f"/en/editions/{edition.slug}/").content.decode())
    studio = unescape(client.get(f"/en/editions/{edition.slug}/studio/").content.decode())

    assert "no VAT is charged" in page
    assert "including shipping; no VAT is charged" in studio
    assert "$58.05" in amounts(studio, r"\$")


def test_a_limit_is_read_to_the_cent(edition: Edition, client: Client) -> None:
    studio = client.get(f"{HOME}/studio/", {"budget": "100.50", "glaze": "indigo"}).content.decode()

    assert "€7.55" in amounts(studio)

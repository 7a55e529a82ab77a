"""Where a piece goes, as pages: said beside the total, chosen without scripts, remembered, the same to the order."""

import re
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from editions.models import Edition, Hold
from orders.models import Order
from orders.services.pay import settle_payment
from tests import samples
from tests.journeys.forms import form_of
from tests.journeys.test_ledger import FILE, body, run_script

pytestmark = pytest.mark.django_db

HOME = "/en/editions/first-firing"
STUDIO, HOLD = f"{HOME}/studio/", f"{HOME}/hold/"


@pytest.fixture(autouse=True)
def shipped(now: datetime) -> Edition:
    return samples.open_edition(now=now, shipping=samples.ZONES)


def told(answer: Any) -> str:
    """A page's words without its scripts' data."""
    return re.sub(r"<script.*?</script>", "", unescape(answer.content.decode()), flags=re.DOTALL)


def chosen(page: str) -> str:
    """The country that stands in the select."""
    found = re.findall(r'<option value="(\w+)" selected>', page)
    assert len(found) == 1
    return str(found[0])


def total(page: str) -> str:
    found = re.search(r'<output data-part="total" name="total">([^<]*)</output>', page)
    assert found
    return found[1]


def test_the_total_comes_first_with_shipping_home_and_says_so(client: Client) -> None:
    page = told(client.get(STUDIO))

    assert (total(page), chosen(page)) == ("₩61,500", "KR")
    assert "including ₩5,591 VAT and shipping to South Korea" in page
    for told_zone in ("Korea · ₩3,500", "Asia · ₩14,000", "Rest of the world · ₩26,000"):
        assert f'<optgroup label="{told_zone}">' in page
    assert "₩63,000" not in page, "a preset or an option without shipping"


def test_a_country_is_chosen_without_scripts_and_remembered(client: Client) -> None:
    first = told(client.get(STUDIO, {"destination": "JP"}))
    again = told(client.get(STUDIO, {"glaze": "indigo"}))
    back = told(client.get(STUDIO, {"destination": "KR"}))

    assert (total(first), chosen(first)) == ("₩72,000", "JP")
    assert "including shipping to Japan; no VAT is charged, import charges there are not included" in first
    assert (total(again), chosen(again)) == ("₩77,000", "JP")
    assert (total(back), chosen(back)) == ("₩61,500", "KR")
    assert chosen(told(client.get(STUDIO))) == "KR"


def test_somebody_who_says_nothing_gets_no_session(client: Client) -> None:
    client.get(STUDIO)
    client.get(STUDIO, {"destination": "KR"})
    assert "dure_session" not in client.cookies

    client.get(STUDIO, {"destination": "JP"})
    assert "dure_session" in client.cookies, "control"


@pytest.mark.parametrize("country", ["ZZ", "BR", "<b>", "KR'"])
def test_a_country_outside_all_zones_is_said_before_anything_is_held(client: Client, country: str) -> None:
    answer = client.get(STUDIO, {"destination": country, "engraving": "Mina"})
    page = told(answer)

    assert answer.status_code == 422
    assert "This edition is not delivered there. It goes to: Korea, Asia, Rest of the world." in page
    assert (total(page), chosen(page)) == ("—", "ZZ")
    assert 'value="Mina"' in page
    assert '<input type="hidden" name="quote" value=""' in page
    assert chosen(told(client.get(STUDIO))) == "KR", "it is not remembered"


def test_another_country_in_the_form_than_in_the_price_is_asked_again(client: Client) -> None:
    form = form_of(client.get(STUDIO).content.decode())

    answer = client.post(HOLD, {**form, "destination": "US", "engraving": ""})

    page = told(answer)
    assert answer.status_code == 409
    assert "The destination has changed since this price was shown." in page
    assert (total(page), chosen(page), Hold.objects.count()) == ("₩84,000", "US", 0)
    confirmed = client.post(HOLD, {**form_of(answer.content.decode()), "destination": "US"})
    assert (confirmed.status_code, Hold.objects.get().total) == (302, 84_000)


def test_the_form_without_the_select_holds_what_was_quoted(client: Client) -> None:
    client.post(HOLD, form_of(client.get(STUDIO, {"destination": "JP"}).content.decode()))

    assert (Hold.objects.get().destination, Hold.objects.get().total) == ("JP", 72_000)


def test_from_the_hold_to_the_ledger_shipping_is_its_own_line(
    client: Client, shipped: Edition, now: datetime, tmp_path: Path
) -> None:
    form = form_of(client.get(STUDIO, {"destination": "JP"}).content.decode())
    checkout = client.post(HOLD, form)["Location"]
    page = told(client.get(checkout))
    assert "Shipping to Japan" in page
    assert "Goes to Japan." in page
    assert re.search(rf'href="{re.escape(STUDIO)}[^"]*#delivery">Change the country', page)

    pay = client.post(checkout, {"email": "mina@example.com", "note": ""})["Location"]
    page = told(client.get(pay))
    assert [each in page for each in ("The piece", "₩58,000", "Shipping to Japan", "₩14,000", "₩72,000")] == [True] * 5

    order = Order.objects.get()
    order.payments.get().change_status("preauth")
    settle_payment(order_id=order.pk, now=now)
    page = told(client.get(order.get_absolute_url().replace("/ko/", "/en/")))
    assert re.search(r"<dt>Shipping to Japan</dt><dd>₩14,000</dd>", page)
    ledger = told(client.get(f"{HOME}/ledger/"))
    assert "₩14,000 of it shipping, Asia" in ledger
    assert "Japan" not in ledger

    lines = body(client.get(FILE))
    assert run_script(tmp_path, lines).stdout.startswith("1 orders, 72000 charged and kept")
    for wrong in (b'"amount":14000,"key":"asia"', b'"key":"asia","kind":"shipping"'):
        forged = lines.replace(wrong, wrong.replace(b"14000", b"13000").replace(b"asia", b"kr"))
        assert forged != lines
        assert run_script(tmp_path, forged).returncode == 1


def test_why_this_price_and_the_editions_page_have_the_zones(client: Client) -> None:
    for address in (STUDIO, f"{HOME}/"):
        page = told(client.get(address))
        for zone in ("Korea", "Asia", "Rest of the world"):
            assert re.search(rf"<td>{zone}<", page), (address, zone)
        assert "10 % included" in page
        assert "Japan, Taiwan" in page


def test_the_shop_window_says_where_the_price_leads(client: Client) -> None:
    client.get(STUDIO, {"destination": "JP"})

    for address in ("/en/", f"{HOME}/"):
        page = told(client.get(address))
        assert "₩61,500" in page
        assert "including shipping to South Korea" in page


def test_suggestions_keep_the_country(client: Client) -> None:
    form = form_of(client.get(STUDIO).content.decode())

    answer = client.post(f"{HOME}/suggest/", {**form, "destination": "JP", "kind": "fit", "budget": "72000"})
    too_little = client.post(f"{HOME}/suggest/", {**form, "destination": "US", "kind": "fit", "budget": "72000"})

    assert chosen(told(client.get(answer["Location"]))) == "US", "the latest one that was sent"
    assert (answer.status_code, too_little.status_code) == (302, 422)
    assert "costs at least ₩84,000" in told(too_little)


def test_korean_readers_choose_in_korean(client: Client) -> None:
    page = told(client.get("/ko/editions/first-firing/studio/", {"destination": "JP"}))

    assert '<optgroup label="아시아 · ₩14,000">' in page
    assert ">일본</option>" in page


def test_an_edition_without_zones_does_not_ask(client: Client, now: datetime) -> None:
    samples.open_edition(now=now, slug="old-firing")

    page = told(client.get("/en/editions/old-firing/studio/", {"destination": "JP"}))

    assert 'name="destination"' not in page
    assert total(page) == "₩58,000"
    assert "VAT and shipping" in page

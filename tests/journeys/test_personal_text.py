"""A person's text on a piece, as forms over HTTP: asked for, shown, and agreed that it cannot be returned."""

import re
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from configurator.appeals import allow_text, decline_text
from configurator.models import ScreeningAppeal
from core.clock import now as read_clock
from editions.models import Edition
from orders.models import Order
from tests import samples
from tests.journeys.forms import GOOD, HOLD, STUDIO, form_of, held, studio_form

pytestmark = pytest.mark.django_db


# --- The engraved text ------------------------------------------------------------------------------

ASK = "/ko/editions/first-firing/text/"


def asking_form(client: Client, *, answer_to: str = "", **changed: str) -> dict[str, str]:
    """The form of the question: the design, as an address carries it, and where the answer goes."""
    design = {**studio_form(client, engraving="Dick & Jane"), "engraving": "Dick & Jane", **changed}
    return {"design": urlencode(design), "answer_to": answer_to}


def test_the_maker_is_asked_for_a_text_without_javascript(edition: Edition, client: Client, reviewer: User) -> None:
    refused = client.get(STUDIO, {"engraving": "Dick & Jane", "glaze": "indigo", "font": "sans-ko"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert re.search(r'<button[^>]*data-part="ask-button" form="ask">', page)

    form = asking_form(client, glaze="indigo", font="sans-ko", answer_to="mina@example.com")
    asked = client.post(ASK, form, follow=True)

    appeal = ScreeningAppeal.objects.get()
    assert (appeal.text, appeal.email, appeal.language) == ("Dick & Jane", "mina@example.com", "ko")
    # Back in the studio with the same design.
    back = form_of(asked.content.decode())
    assert (back["glaze"], back["font"], back["engraving"]) == ("indigo", "sans-ko", "Dick &amp; Jane")

    allow_text(appeal_id=appeal.pk, actor=reviewer, now=read_clock())
    allowed = client.get(appeal.page)
    assert allowed.status_code == 200
    quote = form_of(allowed.content.decode())["quote"]
    assert client.post(HOLD, {**dict(parse_qsl(form["design"])), "quote": quote}).status_code == 302


def test_an_address_with_a_mistake_is_asked_again_and_nothing_is_lost(edition: Edition, client: Client) -> None:
    answer = client.post(ASK, asking_form(client, glaze="indigo", answer_to="mina@"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="mina@"' in page
    assert form_of(page)["glaze"] == "indigo"
    assert not ScreeningAppeal.objects.exists()


LONG_ADDRESS = f"mina@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.example.com"


def test_an_address_longer_than_any_is_said_and_not_an_error_of_ours(edition: Edition, client: Client) -> None:
    assert client.post(ASK, asking_form(client, answer_to=LONG_ADDRESS)).status_code == 422
    assert client.post(held(client), {**GOOD, "email": LONG_ADDRESS}).status_code == 422
    assert not ScreeningAppeal.objects.exists()
    assert not Order.objects.exists()


def test_the_address_for_the_answer_is_sent_by_a_form_of_its_own(edition: Edition, client: Client) -> None:
    """The studio's form is also sent as an address, which stands in logs and in the browser's history."""
    page = client.get(STUDIO, {"engraving": "Dick & Jane", "glaze": "indigo"}).content.decode()
    studio, _, own = page.partition(f'<form id="ask" method="post" action="{ASK}"')

    email = re.findall(r'<input type="email"[^>]*>', page)
    assert len(email) == 1
    assert 'form="ask"' in email[0]
    assert email[0] in studio, "it is seen beside the text"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', own.partition("</form>")[0]))
    answer = client.post(
        ASK, {**{name: unescape(value) for name, value in hidden.items()}, "answer_to": "mina@example.com"}
    )
    appeal = ScreeningAppeal.objects.get()
    assert (answer.status_code, appeal.text, appeal.email) == (302, "Dick & Jane", "mina@example.com")
    assert "glaze=indigo" in answer["Location"]
    assert "mina" not in answer["Location"]


def test_asking_for_a_text_that_was_mended_shows_its_price(edition: Edition, client: Client) -> None:
    answer = client.post(ASK, asking_form(client, engraving="Mina"), follow=True)

    assert answer.status_code == 200
    assert form_of(answer.content.decode())["quote"]
    assert not ScreeningAppeal.objects.exists()


def test_a_text_that_cannot_be_cut_is_not_asked_for(edition: Edition, client: Client) -> None:
    answer = client.post(ASK, asking_form(client, engraving="Dick 🐳"))

    assert answer.status_code == 422
    assert "🐳" in form_of(answer.content.decode())["engraving"]
    assert not ScreeningAppeal.objects.exists()


def test_the_questions_address_leads_back_to_the_studio_when_it_is_opened(edition: Edition, client: Client) -> None:
    assert client.get(ASK)["Location"] == STUDIO


def test_a_text_that_was_declined_cannot_be_asked_for_again(edition: Edition, client: Client, reviewer: User) -> None:
    client.post(ASK, asking_form(client))
    decline_text(appeal_id=ScreeningAppeal.objects.get().pk, actor=reviewer, now=read_clock(), reason="No.")

    page = client.get(STUDIO, {"engraving": "Dick & Jane"}).content.decode()
    assert re.search(r'<div class="ask" data-part="ask" hidden>', page)
    with samples.nothing_written():
        assert client.post(ASK, asking_form(client)).status_code == 409


def test_only_a_published_editions_texts_are_asked_for(edition: Edition, client: Client) -> None:
    form = asking_form(client)
    with time_machine.travel(edition.announced_at - timedelta(seconds=1)), samples.nothing_written():
        assert client.post(ASK, form).status_code == 404


def test_the_studio_shows_the_text_as_it_will_be_cut(edition: Edition, client: Client) -> None:
    page = client.get(STUDIO, {"engraving": "지우", "font": "sans-ko"}).content.decode()

    (address,) = re.findall(r'data-part="cut"><img src="([^"]+)"', page)
    mask = client.get(address.replace("&amp;", "&"))
    assert (mask.status_code, mask["Content-Type"]) == (200, "image/png")
    assert "&amp;font=sans-ko" in address
    assert 'data-part="returns">' in page
    # A design of options alone has no cut and nothing to warn of.
    plain = client.get(STUDIO).content.decode()
    assert 'data-part="cut"></div>' in plain
    assert 'data-part="returns" hidden>' in plain


# --- What cannot be returned ------------------------------------------------------------------------


def test_a_personal_piece_is_ordered_only_with_consent_which_is_kept(edition: Edition, client: Client) -> None:
    checkout = held(client)
    page = client.get(checkout).content.decode()
    box = re.search(r'<input type="checkbox" name="made_for_me"[^>]*>', page)
    assert box
    assert "checked" not in box[0]
    assert "required" in box[0]

    with samples.nothing_written():
        refused = client.post(checkout, {"email": "mina@example.com", "note": "선물"})
    assert refused.status_code == 422
    assert "한 분만을 위해 만드는 작품이라 확인이 필요합니다." in refused.content.decode()

    before = read_clock()
    client.post(checkout, GOOD)
    accepted = Order.objects.get().personal_accepted_at
    assert accepted is not None
    assert before <= accepted <= read_clock()


def test_a_piece_of_options_alone_asks_for_no_consent(edition: Edition, client: Client) -> None:
    checkout = str(client.post(HOLD, studio_form(client))["Location"])

    assert "made_for_me" not in client.get(checkout).content.decode()
    assert client.post(checkout, {"email": "mina@example.com"}).status_code == 302
    assert Order.objects.get().personal_accepted_at is None


def test_a_design_that_became_personal_at_the_checkout_asks_for_consent_again(edition: Edition, client: Client) -> None:
    client.post(HOLD, studio_form(client))

    assert "made_for_me" in client.get(held(client)).content.decode()


def test_staff_see_when_it_was_agreed_and_the_typeface(edition: Edition, now: datetime, client: Client) -> None:
    form = studio_form(client, engraving="지우", font="sans-ko")
    client.post(str(client.post(HOLD, form)["Location"]), GOOD)
    order = Order.objects.get()
    client.force_login(samples.superuser())

    page = client.get(f"/admin/orders/order/{order.pk}/change/", headers={"Accept-Language": "en"}).content.decode()

    assert "Agreed to " in page
    assert "지우 (Sans serif)" in page
    assert f"/engravings/{edition.version_id}.png?text=%EC%A7%80%EC%9A%B0&amp;font=sans-ko" in page

"""The waiting list over HTTP and by letter: joining, confirming, an offer that becomes an order, and the way out."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from payments import PaymentStatus

from accounts.models import User
from core import outbox
from core.models import OutboxMessage
from dure.celery import app as celery_app
from editions.contracts import LINE_TOPIC
from editions.models import Edition, Hold, LedgerEntry, Piece, WaitingPlace
from editions.services import free_piece
from editions.waiting_service import tend_lines
from orders.models import Order
from orders.services.pay import settle_payment
from orders.services.waiting_letters import send_waiting_letter
from tests import lines, samples
from tests.journeys.forms import GOOD, form_of

pytestmark = pytest.mark.django_db

PAGE, JOIN, STUDIO, HOLD = (f"/en/editions/first-firing/{part}" for part in ("", "waiting/", "studio/", "hold/"))
MINA = "mina@example.com"


@pytest.fixture
def sold(now: datetime) -> Edition:
    return lines.sold_edition(now)


def letters() -> list[mail.EmailMultiAlternatives]:
    """What the worker sends now, each once."""
    celery_app.loader.import_default_modules()
    before = len(mail.outbox)
    for message in OutboxMessage.objects.open().filter(topic=LINE_TOPIC).order_by("pk"):
        assert outbox.deliver(message_id=message.pk)
        assert not outbox.deliver(message_id=message.pk)
    return [each for each in mail.outbox[before:] if isinstance(each, mail.EmailMultiAlternatives)]


def address_in(letter: mail.EmailMultiAlternatives) -> str:
    found = re.search(r"https?://[^/\s]+(/\w\w/waiting/\S+)", str(letter.body))
    assert found
    return found[1]


def told(page: str) -> str:
    body = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


# --- The whole way -----------------------------------------------------------------------------------


DESIGN = {"glaze": "indigo", "engraving": "지우"}


def ask(client: Client) -> str:
    """Mina asks for a place with a design; the address in the letter."""
    client.post(JOIN, {"email": MINA, **DESIGN})
    (letter,) = letters()
    return address_in(letter)


def test_a_sold_edition_leads_to_a_place_in_line(sold: Edition, client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert 'id="waiting" class="lobby waiting" data-part="waiting">' in page
    assert f'href="{JOIN}"' in page
    assert "You leave an address" in told(client.get(JOIN, DESIGN).content.decode())

    answer = client.post(JOIN, {"email": MINA, **DESIGN}, follow=True)

    assert f"We have written to {MINA}." in told(answer.content.decode())
    (letter,) = letters()
    assert (letter.to, letter.subject) == ([MINA], "Confirm your place in line for ON:DAM First Firing")
    mine = address_in(letter)
    assert "You do not stand in line yet." in told(client.get(mine).content.decode())
    assert WaitingPlace.objects.get().ticket is None, "a mail program that looks ahead confirms nothing"
    page = told(client.post(mine, {"act": "confirm"}, follow=True).content.decode())
    assert "You are the first in line" in page
    assert "1 person waits in line." in told(client.get(PAGE).content.decode())


def test_what_comes_back_is_offered_by_letter_and_becomes_an_order(
    sold: Edition, now: datetime, client: Client
) -> None:
    mine = ask(client)
    client.post(mine, {"act": "confirm"})
    free_piece(piece_id=Piece.objects.get(number=2).pk, now=now)
    refused = client.post(HOLD, form_of(client.get(STUDIO).content.decode()))
    assert "Whatever comes back now is offered" in told(refused.content.decode())
    tend_lines(now=now)
    (offer,) = letters()
    assert offer.subject == "A piece of ON:DAM First Firing is kept for you"
    assert "Piece No. 2 of ON:DAM First Firing is kept for you until" in str(offer.body)
    assert "you pay ₩58,000" in str(offer.body)
    (html,) = offer.alternatives
    assert mine in str(html[0])
    assert "Piece No. 2 is kept for you until" in told(client.get(mine).content.decode())

    studio = client.post(mine, {"act": "design"}, follow=True).content.decode()
    assert "Piece No. 2 is kept for you until" in told(studio)
    form = form_of(studio)
    assert {name: form[name] for name in DESIGN} == DESIGN
    checkout = client.post(HOLD, form)
    assert checkout.status_code == 302
    held = Hold.objects.latest("pk")
    assert (held.piece.number, held.expires_at) == (2, WaitingPlace.objects.get().offer_ends_at)
    assert "Piece No. 2 is kept" not in told(client.get(STUDIO).content.decode())
    assert "This piece is kept for you until" in told(client.get(checkout["Location"]).content.decode())
    assert client.post(checkout["Location"], GOOD).status_code == 302
    order = Order.objects.latest("pk")
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    assert settle_payment(order_id=order.pk, now=now).status == "in_review"
    assert "You have taken the piece" in told(client.get(mine).content.decode())


def test_the_design_can_be_changed_after_the_offer_is_taken(sold: Edition, now: datetime, client: Client) -> None:
    place = lines.joined(sold, "mina", now)
    free_piece(piece_id=Piece.objects.get(number=1).pk, now=now)
    tend_lines(now=now)
    client.post(f"/en/waiting/{place.token}/", {"act": "design"})
    for glaze in ("celadon", "indigo"):
        answer = client.post(HOLD, form_of(client.get(STUDIO, {"glaze": glaze}).content.decode()))
        assert answer.status_code == 302
        held = Hold.objects.latest("pk")
        assert (held.piece.number, held.configuration["choices"]["glaze"]) == (1, glaze)
        assert held.expires_at == now + lines.OFFER


def test_an_offer_that_ran_out_is_said_so_and_leads_back(sold: Edition, now: datetime, client: Client) -> None:
    place = lines.joined(sold, "mina", now)
    free_piece(piece_id=Piece.objects.get(number=1).pk, now=now)
    tend_lines(now=now)
    letters()
    with at(now + lines.OFFER):
        mine = f"/en/waiting/{place.token}/"
        assert client.post(mine, {"act": "design"})["Location"] == mine
        assert "The time is over" in told(client.get(mine).content.decode())
        tend_lines(now=now + lines.OFFER)
        (lapsed,) = letters()
    assert lapsed.subject == "The piece of ON:DAM First Firing is not kept for you any more"
    assert JOIN in str(lapsed.body)


def test_a_letter_that_is_not_true_any_more_is_not_sent(sold: Edition, now: datetime) -> None:
    place = lines.joined(sold, "mina", now)
    free_piece(piece_id=Piece.objects.get(number=1).pk, now=now)
    tend_lines(now=now)
    for moment, sent in ((now + lines.OFFER, 0), (now, 1)):
        mail.outbox.clear()
        send_waiting_letter(place_id=place.pk, news="offer", now=moment)
        assert len(mail.outbox) == sent
    mail.outbox.clear()
    send_waiting_letter(place_id=10**9, news="offer", now=now)
    assert mail.outbox == []


# --- Joining -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("email", "sentence"), [("", "Please enter the address"), ("mina@", "valid email")])
def test_a_bad_address_keeps_what_was_typed_and_the_design(
    sold: Edition, client: Client, email: str, sentence: str
) -> None:
    with samples.nothing_written():
        answer = client.post(JOIN, {"email": email, "glaze": "indigo", "engraving": "지우"})

    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert '<input type="hidden" name="glaze" value="indigo">' in page
    assert '<input type="hidden" name="engraving" value="지우">' in page
    assert f'value="{email}"' in page or not email


def test_where_a_piece_is_free_nobody_waits(edition: Edition, client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert 'data-part="waiting" hidden' in page
    assert "you can hold it without waiting" in told(client.get(JOIN).content.decode())
    with samples.nothing_written():
        answer = client.post(JOIN, {"email": MINA})
    assert answer.status_code == 409
    assert "without waiting" in answer.content.decode()


def test_a_closed_edition_has_no_line(sold: Edition, now: datetime, client: Client) -> None:
    Edition.objects.update(closes_at=now - timedelta(minutes=1))
    assert 'data-part="waiting"' not in client.get(PAGE).content.decode()
    assert "not open at the moment" in client.get(JOIN).content.decode()
    assert client.post(JOIN, {"email": MINA}).status_code == 409


def test_the_answer_does_not_say_who_waits(sold: Edition, now: datetime, client: Client) -> None:
    lines.joined(sold, "mina", now)
    letters()
    answers = [
        told(client.post(JOIN, {"email": email}, follow=True).content.decode()).replace(email, "…")
        for email in (MINA, "stranger@example.com")
    ]
    assert answers[0] == answers[1]
    again, confirm = letters()
    assert again.subject == "Your place in line for ON:DAM First Firing"
    assert confirm.subject.startswith("Confirm")


def test_a_letter_box_is_not_filled_and_neither_is_the_line(
    sold: Edition, client: Client, allow: Callable[[str, str], None]
) -> None:
    allow("waiting_letter", "2/1h")
    assert [client.post(JOIN, {"email": each}).status_code for each in (MINA, "MINA@example.com", MINA)] == [
        302,
        302,
        429,
    ]
    assert client.post(JOIN, {"email": "jun@example.com"}).status_code == 302
    allow("waiting", "5/10min")
    assert client.post(JOIN, {"email": "sora@example.com"}).status_code == 302
    with samples.nothing_written():
        assert client.post(JOIN, {"email": "teo@example.com"}).status_code == 429


def test_forms_need_a_token_but_for_the_mail_programs_button(sold: Edition, now: datetime) -> None:
    place = lines.joined(sold, "mina", now)
    strict = Client(enforce_csrf_checks=True)
    with samples.nothing_written():
        assert strict.post(JOIN, {"email": MINA}).status_code == 403
        assert strict.post(f"/en/waiting/{place.token}/", {"act": "leave"}).status_code == 403
        assert strict.get(f"/en/waiting/{place.token}/leave/").status_code == 405
        assert strict.post("/en/waiting/nobodys-token/leave/").status_code == 404

    tend_lines(now=now)
    (letter, *_) = letters()
    header = letter.extra_headers["List-Unsubscribe"]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.sub(r"^<https?://[^/]+|>$", "", header)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 204
    place.refresh_from_db()
    assert place.ending == "left"


# --- One's place -------------------------------------------------------------------------------------


def test_a_place_is_honest_and_left_by_one_click(sold: Edition, now: datetime, client: Client) -> None:
    first, second, third = lines.line(sold, ("mina", "jun", "sora"), now)
    mine = f"/en/waiting/{third.token}/"
    assert "2 people are before you." in told(client.get(mine).content.decode())
    client.post(f"/en/waiting/{first.token}/", {"act": "leave"})
    assert "1 person is before you." in told(client.get(mine).content.decode())
    assert "first in line" in told(client.get(f"/en/waiting/{second.token}/").content.decode())

    page = told(client.post(mine, {"act": "leave"}, follow=True).content.decode())

    assert "You have left the line." in page
    assert "Leave" not in page.replace("You have left the line.", "")
    answer = client.get(mine)
    assert (answer["Cache-Control"].split(",")[-1].strip(), 'content="noindex"' in answer.content.decode()) == (
        "private",
        True,
    )
    assert client.post(mine, {"act": "jump"}).status_code == 404
    assert client.get("/en/waiting/nobodys-token/").status_code == 404
    assert client.post(mine, {"act": "confirm"}).status_code == 410


def test_one_browser_confirms_one_place(sold: Edition, now: datetime, client: Client) -> None:
    places = [lines.asked(sold, name, now) for name in ("mina", "mina.two")]
    pages = [client.post(f"/en/waiting/{each.token}/", {"act": "confirm"}, follow=True) for each in places]
    assert [page.status_code for page in pages] == [200, 409]
    assert "One place each." in pages[1].content.decode()


def test_the_live_counters_say_who_waits(sold: Edition, now: datetime, client: Client) -> None:
    lines.line(sold, ("mina", "jun"), now)
    found = client.get(f"{PAGE}standing/").json()
    assert (found["texts"]["waiting"], found["state"]) == ("2 people wait in line.", "sold_out")
    free_piece(piece_id=Piece.objects.get(number=1).pk, now=now)
    found = client.get(f"{PAGE}standing/").json()
    assert (found["state"], found["figures"]["available"], found["figures"]["held"]) == ("all_held", 0, 1)


# --- Staff -------------------------------------------------------------------------------------------

DESK = "/admin/editions/"


def test_staff_see_the_line_without_addresses(sold: Edition, now: datetime, client: Client) -> None:
    place = lines.joined(sold, "mina", now)
    client.force_login(samples.maker())
    for path in ("waitingplace/", f"waitingplace/{place.pk}/change/", "edition/", f"edition/{sold.pk}/change/"):
        answer = client.get(DESK + path)
        assert answer.status_code == 200, path
        for secret in (MINA, place.token, *place.holders):
            assert secret not in answer.content.decode()


def test_a_maker_withdraws_pieces_and_the_public_pages_say_so(edition: Edition, client: Client) -> None:
    client.force_login(samples.maker())
    desk = f"{DESK}edition/{edition.pk}/withdraw/"
    assert desk in client.get(f"{DESK}edition/{edition.pk}/change/").content.decode()
    assert "What is withdrawn never comes back." in client.get(desk).content.decode()
    for form, sentence in (
        ({}, "Say how many pieces, or which ones."),
        ({"count": 2, "numbers": "3"}, "Say how many pieces, or which ones."),
        ({"numbers": "three"}, "Numbers of pieces, separated by commas."),
        ({"count": 11}, "10 pieces can be withdrawn at this moment"),
        ({"numbers": "3, 12"}, "do not exist: 12."),
    ):
        with samples.nothing_written():
            refused = client.post(desk, form)
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True), form

    assert "Withdrawn: 9, 10." in client.post(desk, {"count": 2}, follow=True).content.decode()
    assert "Withdrawn: 3." in client.post(desk, {"numbers": "3"}, follow=True).content.decode()

    page = told(client.get(PAGE).content.decode())
    assert "Edition of 7" in page
    assert "10 were announced; the others are withdrawn for good." in page
    ledger = told(client.get(f"{PAGE}ledger/").content.decode())
    assert "Withdrawn for good: the edition has 8 pieces" in ledger
    assert "No. 9, 10" in ledger
    assert "Withdrawn for good" not in told(client.get(f"{PAGE}ledger/?by=piece").content.decode())


def test_a_reviewer_does_not(edition: Edition, client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    entries = LedgerEntry.objects.count()
    for path in (f"edition/{edition.pk}/withdraw/", "waitingplace/"):
        assert client.get(DESK + path).status_code == 403
    assert client.post(f"{DESK}edition/{edition.pk}/withdraw/", {"count": 1}).status_code == 403
    assert LedgerEntry.objects.count() == entries

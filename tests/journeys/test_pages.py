"""The pages as forms over HTTP: what happens when something is wrong, and that nothing typed is lost."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from payments import PaymentStatus
from PIL import Image

from accounts.models import User
from configurator.picture_address import picture_address
from core import words
from core.clock import now as read_clock
from editions.models import Edition, Hold
from editions.pricing import PriceCard, Step
from editions.services import sell_piece
from insights.models import Act, BehaviourEvent
from orders.models import Order, OrderStatus
from orders.services.quote import make_quote
from orders.services.review import approve_order
from tests import samples
from tests.journeys.forms import GOOD, HOLD, STUDIO, form_of, held, studio_form

pytestmark = pytest.mark.django_db


def test_home_shows_the_open_edition_with_picture_pieces_left_price_and_date(now: datetime, client: Client) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 58_000), Step(2, 64_000))))
    sell_piece(hold=samples.held(edition, now=now), now=now)
    samples.held(edition, now=now)
    edition.refresh_from_db()
    quote = make_quote(edition=edition, data=samples.design(edition), now=now)

    page = client.get("/ko/").content.decode()

    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert facts == {
        "남은 작품": "8 / 10",
        "시작 가격": "₩64,000",
        "완성 예정": words.day(quote.offer.safe_at, "ko"),
    }
    (address,) = re.findall(r'<img class="photo" src="([^"]+)"', page)
    picture = client.get(address)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.size == (800, 800)
    assert address == picture_address(quote.offer.configuration, "hero", 800, "jpeg")


def test_home_leads_with_the_newest_edition_and_shows_the_others_below(now: datetime, client: Client) -> None:
    samples.open_edition(now=now - timedelta(minutes=1))
    samples.open_edition(now=now, slug="second-firing")

    page = client.get("/en/").content.decode()

    headings = re.findall(r"<(h[123])[^>]*>\s*([^<]+?)\s*</h", page)
    assert headings[:3] == [("h1", "ON:DAM First Firing"), ("h2", "Also open"), ("h3", "ON:DAM First Firing")]
    assert re.findall(r'href="(/en/editions/[^"]+/studio/)"', page) == [
        "/en/editions/second-firing/studio/",
        "/en/editions/first-firing/studio/",
    ]
    pictures = re.findall(r'<img class="photo"[^>]*>', page)
    assert [("loading" in each, "fetchpriority" in each) for each in pictures] == [(False, True), (True, False)]


def test_home_announces_what_opens_next_with_its_moment(now: datetime, client: Client) -> None:
    samples.open_edition(now=now)
    later = samples.open_edition(now=now + timedelta(hours=5), slug="later-firing")
    sooner = samples.open_edition(now=now + timedelta(hours=3), slug="sooner-firing")

    page = client.get("/en/").content.decode()

    headings = re.findall(r"<(h[12])[^>]*>\s*([^<]+?)\s*</h", page)
    assert headings[:2] == [("h1", "ON:DAM First Firing"), ("h2", "Opening soon")]
    assert re.findall(r'<time datetime="[^"]+">([^<]+)</time>', page) == [
        words.minute(each.opens_at, "en") for each in (sooner, later)
    ]
    assert re.findall(r'href="(/en/editions/[^"]+-firing/)"', page)[1:] == [
        "/en/editions/sooner-firing/",
        "/en/editions/later-firing/",
    ]
    # Nobody designs what cannot be taken yet from here; the edition's own page says more.
    assert re.findall(r'href="(/en/editions/[^"]+/studio/)"', page) == ["/en/editions/first-firing/studio/"]


def test_home_without_an_open_edition_still_says_what_opens_next(now: datetime, client: Client) -> None:
    samples.open_edition(now=now + timedelta(hours=3))

    page = client.get("/en/").content.decode()

    assert "No edition is open at the moment." in page
    assert 'href="/en/editions/first-firing/"' in page


def test_the_studio_shows_what_the_address_says(edition: Edition, client: Client) -> None:
    form = studio_form(client, glaze="indigo", engraving="지우")

    assert (form["glaze"], form["lid"], form["engraving"]) == ("indigo", "bamboo", "지우")
    page = client.get(STUDIO, {"glaze": "indigo", "engraving": "지우"}).content.decode()
    assert "₩68,000" in page
    assert "먹참나무</strong> — 쪽빛 유약은" in page


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ({"glaze": "plaid"}, 422, "‘몸체 유약’에는 ‘plaid’ 선택지가 없습니다."),
        ({"sleeve": "ink", "stitch": "black"}, 422, "먹색 가죽에는 검정 실을 쓰지 않습니다."),
        ({"version": "on-dam/99"}, 409, "디자인한 뒤에 제품이 개정되었습니다."),
        ({"engraving": "가" * 10_000}, 422, "글이 너무 깁니다."),
        ({"engraving": "🐳"}, 422, "새길 수 없는 글자입니다: 🐳"),
        ({"engraving": "<script>alert(1)</script>"}, 422, "글이 너무 깁니다."),
    ],
)
def test_a_design_that_cannot_be_made_says_why_and_keeps_every_choice(
    edition: Edition, client: Client, query: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.get(STUDIO, query)

    page = answer.content.decode()
    assert answer.status_code == status
    assert sentence in page
    form = form_of(page)
    assert form["quote"] == ""
    for name, value in query.items():
        if name in samples.PRESET and value != "plaid":
            assert form[name] == value
    assert "<script>alert" not in page
    assert Hold.objects.count() == 0


def test_holding_without_a_price_shows_the_price_first(edition: Edition, client: Client) -> None:
    form = studio_form(client)

    answer = client.post(HOLD, {**form, "glaze": "indigo", "quote": ""})

    assert answer.status_code == 409
    assert "이 디자인의 가격입니다. 확인해 주세요." in answer.content.decode()
    assert "₩63,000" in answer.content.decode()
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("change", [{"glaze": "indigo"}, {"engraving": "하늘"}, {"version": "on-dam/0"}])
def test_another_design_than_the_priced_one_is_not_held(
    edition: Edition, client: Client, change: dict[str, str]
) -> None:
    answer = client.post(HOLD, {**studio_form(client), **change})

    assert answer.status_code == 409
    assert Hold.objects.count() == 0


def test_a_forged_price_is_refused_and_the_true_one_shown(edition: Edition, client: Client) -> None:
    form = studio_form(client)

    answer = client.post(HOLD, {**form, "quote": form["quote"][:-1] + "!"})

    assert answer.status_code == 400
    assert "이 가게에서 안내한 가격이 아닙니다." in answer.content.decode()
    assert form_of(answer.content.decode())["quote"]
    assert Hold.objects.count() == 0


def test_an_expired_price_is_refused_and_renewed(edition: Edition, client: Client) -> None:
    with time_machine.travel(read_clock() - timedelta(minutes=11)):
        stale = make_quote(edition=edition, data=samples.design(edition), now=read_clock()).token

    answer = client.post(HOLD, {**studio_form(client), "quote": stale})

    assert answer.status_code == 410
    assert "유효 시간 10분이 지났습니다" in answer.content.decode()
    assert form_of(answer.content.decode())["quote"] not in ("", stale)
    assert Hold.objects.count() == 0


def test_a_price_that_rose_asks_for_consent_again(now: datetime, client: Client) -> None:
    edition = samples.open_edition(now=now, card=PriceCard((Step(1, 58_000), Step(2, 64_000))))
    form = studio_form(client)
    sell_piece(hold=samples.held(edition, now=now), now=now)

    refused = client.post(HOLD, form)

    assert refused.status_code == 409
    page = refused.content.decode()
    assert "₩64,000으로 올랐습니다" in page
    accepted = client.post(HOLD, form_of(page))
    assert accepted.status_code == 302
    assert Hold.objects.latest("pk").total == 64_000


def test_a_sold_out_edition_says_so_everywhere(now: datetime, client: Client) -> None:
    edition = samples.open_edition(now=now, size=1)
    form = studio_form(client)
    sell_piece(hold=samples.held(edition, now=now), now=now)

    assert "1점 모두 주인이 생겼습니다" in client.get("/ko/").content.decode()
    refused = client.post(HOLD, form)
    assert refused.status_code == 410
    assert "이 에디션의 모든 작품에 주인이 생겼습니다." in refused.content.decode()


def test_changing_the_design_keeps_the_number(edition: Edition, client: Client) -> None:
    held(client)
    answer = client.post(HOLD, studio_form(client, glaze="indigo"))

    assert answer.status_code == 302
    assert list(Hold.objects.order_by("pk").values_list("piece__number", flat=True)) == [1, 1]


def test_a_checkout_with_mistakes_keeps_what_was_typed(edition: Edition, client: Client) -> None:
    checkout = held(client)

    answer = client.post(checkout, {"email": "mina@", "note": "선물이에요 <b>"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="mina@"' in page
    assert "선물이에요 &lt;b&gt;" in page
    assert "한 분만을 위해 만드는 작품이라 확인이 필요합니다." in page
    assert Order.objects.count() == 0


def test_the_same_form_sent_twice_leads_to_the_same_order(edition: Edition, client: Client) -> None:
    checkout = held(client)

    first = client.post(checkout, GOOD)
    second = client.post(checkout, GOOD, follow=True)

    order = Order.objects.get()
    assert first["Location"] == f"/ko/orders/{order.token}/pay/"
    assert second.redirect_chain[0][0] == f"/ko/orders/{order.token}/"
    assert "이미 주문된 작품입니다. 두 번 주문되지 않았습니다." in second.content.decode()


def test_a_lapsed_hold_orders_nothing_and_leads_back_to_the_design(edition: Edition, client: Client) -> None:
    checkout = held(client)

    with time_machine.travel(read_clock() + timedelta(minutes=10, seconds=1)):
        answer = client.post(checkout, GOOD)

    page = answer.content.decode()
    assert answer.status_code == 410
    assert "10분이 지나 1번 작품이 다시 풀렸습니다." in page
    assert f"{STUDIO}?clay=buff" in page
    assert "glaze=celadon" in page
    assert "engraving=%EC%A7%80%EC%9A%B0" in page
    assert Order.objects.count() == 0


def test_a_payment_that_fails_can_be_tried_again(edition: Edition, client: Client) -> None:
    client.post(held(client), GOOD)
    order = Order.objects.get()
    pay = f"/ko/orders/{order.token}/pay/"

    declined = client.post(pay, {"decision": "decline"}, follow=True)
    assert "결제가 이루어지지 않았고 청구된 금액은 없습니다." in declined.content.decode()
    client.post(pay, {"decision": "authorise"}, follow=True)

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_REVIEW
    assert sorted(order.payments.values_list("status", flat=True)) == [PaymentStatus.PREAUTH, PaymentStatus.REJECTED]


def test_a_payment_cannot_be_decided_by_its_providers_address(edition: Edition, now: datetime, client: Client) -> None:
    order = samples.unpaid_order(edition, now=now)
    payment = order.payments.get()

    client.get(payment.get_process_url(), {"verification_result": "confirmed"})

    payment.refresh_from_db()
    order.refresh_from_db()
    assert payment.status == PaymentStatus.WAITING
    assert order.status == OrderStatus.AWAITING_PAYMENT


def test_an_order_is_found_by_its_secret_name_only(edition: Edition, now: datetime, client: Client) -> None:
    order = samples.order_in_review(edition, now=now)

    assert client.get(f"/ko/orders/{order.token}/").status_code == 200
    for guess in (order.reference, str(order.pk), order.token[:-1] + "x", order.hold.token):
        for page in ("", "pay/", "paid/", "progress/"):
            assert client.get(f"/ko/orders/{guess}/{page}").status_code == 404


def test_my_pieces_are_mine(edition: Edition, now: datetime, client: Client) -> None:
    mine, theirs = (User.objects.create_user(f"{name}@example.com") for name in ("mina", "jiu"))
    order = samples.order_in_review(edition, now=now, account=mine)
    other = samples.order_in_review(edition, now=now, account=theirs)

    assert client.get("/ko/pieces/").status_code == 302
    client.force_login(mine)
    page = client.get("/ko/pieces/").content.decode()

    assert order.token in page
    assert other.token not in page


def test_the_progress_of_a_piece_says_when_the_page_is_out_of_date(
    edition: Edition, now: datetime, client: Client, reviewer: User
) -> None:
    order = samples.order_in_review(edition, now=now)
    address = f"/ko/orders/{order.token}/progress/"

    assert "HX-Refresh" not in client.get(address, {"status": "in_review"})
    approve_order(order_id=order.pk, actor=reviewer, now=now)
    assert client.get(address, {"status": "in_review"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("agreed", [True, False])
def test_what_a_visitor_does_is_recorded_only_with_her_consent(edition: Edition, client: Client, agreed: bool) -> None:
    client.post("/ko/consent/", {"granted": "yes" if agreed else "no", "next": "/ko/"})

    client.get("/ko/editions/first-firing/")
    client.post(held(client), GOOD)
    client.post(f"/ko/orders/{Order.objects.get().token}/pay/", {"decision": "authorise"}, follow=True)

    acts = list(BehaviourEvent.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ([Act.VIEW, Act.QUOTE, Act.HOLD, Act.ORDER] if agreed else [])
    assert len(set(BehaviourEvent.objects.values_list("visitor", flat=True))) == int(agreed)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "path",
    ["", "editions/first-firing/", "editions/first-firing/studio/", "privacy/", "account/login/", "account/signup/"],
)
def test_every_page_speaks_the_language_of_its_address(
    edition: Edition, client: Client, language: str, path: str
) -> None:
    page = client.get(f"/{language}/{path}").content.decode()

    assert f'<html lang="{language}">' in page
    main = re.sub(r"<script.*?</script>", "", page.partition("<main")[2], flags=re.DOTALL)
    has_hangul = bool(re.search("[가-힣]", main))
    assert has_hangul == (language == "ko")


def test_the_first_visit_is_in_the_browsers_language(edition: Edition, client: Client) -> None:
    languages: dict[str, Any] = {"ko-KR,ko;q=0.9": "/ko/", "en-GB": "/en/", "fr": "/en/"}
    for accepted, address in languages.items():
        assert client.get("/", headers={"accept-language": accepted})["Location"] == address


def test_the_clock_of_a_demo_is_labelled(edition: Edition, client: Client) -> None:
    from factory_sim.services import run_clock

    assert "데모: 공장 시각" not in client.get("/ko/").content.decode()
    run_clock(plant_slug="mangwon", speed=720, now=datetime.now(tz=UTC))
    assert "720배 빠름" in client.get("/ko/").content.decode()


# --- Ways off the path ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Mina  Kim", "김　지우", "\u110c\u1175\u110b\u116e"])
def test_a_name_is_held_however_it_was_typed(edition: Edition, client: Client, name: str) -> None:
    form = {**studio_form(client, engraving=name), "engraving": name}

    assert client.post(HOLD, form).status_code == 302


def test_a_refusals_address_leads_back_to_the_studio_when_it_is_opened(edition: Edition, client: Client) -> None:
    for language in ("ko", "en"):
        answer = client.get(f"/{language}/editions/first-firing/hold/")
        assert (answer.status_code, answer["Location"]) == (302, f"/{language}/editions/first-firing/studio/")


def test_an_address_is_recorded_only_once_it_was_checked(edition: Edition, client: Client) -> None:
    client.post("/ko/consent/", {"granted": "yes"})

    for query in ({"glaze": "\0"}, {"glaze": "x" * 5000}, {"engraving": "가" * 5000}):
        assert client.get(STUDIO, query).status_code == 422
    assert not BehaviourEvent.objects.exists()

    # The control: what can be made is recorded.
    assert client.get(STUDIO, {"glaze": "indigo"}).status_code == 200
    assert [event.act for event in BehaviourEvent.objects.all()] == [Act.QUOTE]


def test_back_from_the_order_the_held_page_leads_to_it(edition: Edition, client: Client) -> None:
    checkout = held(client)
    paying = client.post(checkout, {"email": "mina@example.com", "made_for_me": "on"})["Location"]

    assert client.get(checkout)["Location"] == paying.removesuffix("pay/")


def test_paying_twice_leads_to_the_order_that_was_paid_once(edition: Edition, client: Client) -> None:
    checkout = held(client)
    paying = client.post(checkout, {"email": "mina@example.com", "made_for_me": "on"})["Location"]

    answers = [client.post(paying, {"decision": "authorise"}) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [paying.replace("/pay/", "/paid/")] * 2
    assert Order.objects.get().payments.count() == 1


def test_a_provider_that_nobody_has_is_not_an_error_of_ours(edition: Edition, client: Client) -> None:
    assert client.post("/payments/process/demo/").status_code == 404
    assert client.post("/payments/process/nobody/").status_code == 400


def test_the_workshop_answers_404_to_what_is_no_order_and_to_no_decision(
    edition: Edition, now: datetime, client: Client
) -> None:
    order = samples.order_in_review(edition, now=now)
    client.force_login(samples.superuser())

    assert client.get("/admin/orders/order/abc/change/").status_code == 404
    with samples.nothing_written():
        for form in ({}, {"approve": "1", "reject": "1"}, {"reason": "why"}):
            assert client.post(f"/admin/orders/order/{order.pk}/decide/", form).status_code == 404


def test_an_edition_is_not_public_before_its_price_card_is(edition: Edition, client: Client) -> None:
    with time_machine.travel(edition.announced_at - timedelta(seconds=1)):
        for address in (STUDIO, "/ko/editions/first-firing/", "/api/v1/editions/first-firing"):
            assert client.get(address).status_code == 404

    # The control.
    for address in (STUDIO, "/ko/editions/first-firing/", "/api/v1/editions/first-firing"):
        assert client.get(address).status_code == 200


def test_the_code_to_scan_is_shown_where_a_second_factor_is_set_up_and_nowhere_else(client: Client) -> None:
    client.force_login(samples.superuser())
    page = client.post(
        "/en/account/reauthenticate/?next=/en/account/2fa/totp/activate/",
        {"password": "a long pass phrase"},
        follow=True,
    )

    assert 'src="data:image/svg+xml' in page.content.decode()
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    # The control.
    assert "data:" not in client.get("/en/account/2fa/")["Content-Security-Policy"]

"""The holder of an order changes its design, or cancels it; others only see it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from editions.models import Edition
from factory_sim.services import tick
from orders.models import Order, OrderRevision, OrderStatus
from orders.services.pay import settle_payment
from tests import samples
from tests.conftest import MONDAY
from tests.integration.orders.changing import in_production as put_in_production
from tests.journeys.forms import GOOD

pytestmark = pytest.mark.django_db

PLANT = "mangwon"


@pytest.fixture
def now() -> Iterator[datetime]:
    """The workshop is open, and no time passes."""
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.fixture
def order(edition: Edition, client: Client, now: datetime) -> Order:
    """A paid order that this browser has placed."""
    hold = samples.held(edition, now=now)
    assert client.post(f"/en/holds/{hold.token}/", GOOD).status_code == 302
    order = Order.objects.get()
    order.payments.get().change_status("preauth")
    return settle_payment(order_id=order.pk, now=now)


@pytest.fixture
def in_production(order: Order, now: datetime) -> Order:
    return put_in_production(order, now)


def page_of(client: Client, order: Order, path: str = "", language: str = "en") -> str:
    answer = client.get(f"/{language}/orders/{order.token}/{path}")
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", page))


def look(client: Client, order: Order, **changed: str) -> Any:
    text = changed.pop("engraving", order.configuration.engraving)
    form = {**order.configuration.choices, **changed, "engraving": text, "act": "look"}
    return client.post(f"/en/orders/{order.token}/change/", form)


def confirm(client: Client, order: Order, page: str, **more: str) -> Any:
    """What a browser sends from the page that asks for confirmation."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    hidden.pop("csrfmiddlewaretoken", None)
    return client.post(f"/en/orders/{order.token}/change/", {**map_text(hidden), **more, "act": "confirm"})


def map_text(fields: dict[str, str]) -> dict[str, str]:
    return {name: unescape(value) for name, value in fields.items()}


def test_a_change_is_shown_then_confirmed_then_on_the_page(client: Client, order: Order) -> None:
    assert "Everything, until the workshop begins." in page_of(client, order)

    shown = look(client, order, glaze="porcelain", engraving="민아")
    page = words(shown.content.decode())
    assert shown.status_code == 200
    assert "Body glaze: Celadon → White porcelain" in page
    assert "“지우” → “민아”" in page
    assert "₩63,000, as you paid" in page
    assert "as promised" in page
    assert not OrderRevision.objects.exists(), "only shown"

    done = confirm(client, order, shown.content.decode())
    assert (done.status_code, done["Location"]) == (302, f"/en/orders/{order.token}/")
    order.refresh_from_db()
    assert (order.configuration.choices["glaze"], order.configuration.engraving) == ("porcelain", "민아")
    page = page_of(client, order)
    assert "Your design is changed." in page
    assert "Body glaze: Celadon → White porcelain" in page


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"lid": "walnut"}, 409, "This design costs ₩6,000 more than what you paid."),
        ({"engraving": ""}, 409, "This design costs ₩5,000 less than what you paid."),
        ({"engraving": "Dick & Jane"}, 422, "is not cut without asking"),
        ({"stitch": "gold", "metal": "steel"}, 422, "Gold"),
        ({}, 422, "This is the design that your order has."),
        ({"glaze": "plaid"}, 422, "has no option"),
    ],
)
def test_what_cannot_be_says_why_and_keeps_what_was_chosen(
    client: Client, order: Order, changed: dict[str, str], status: int, sentence: str
) -> None:
    with samples.nothing_written():
        answer = look(client, order, sleeve="pine" if changed else "chestnut", **changed)

    page = words(answer.content.decode())
    assert (answer.status_code, sentence in page) == (status, True)
    if changed:
        assert re.search(r'name="sleeve" value="pine"[^>]* checked', page)
    if "engraving" in changed:
        assert f'value="{changed["engraving"]}"' in page


def test_one_may_go_back_with_everything_that_was_chosen(client: Client, order: Order) -> None:
    shown = look(client, order, glaze="porcelain").content.decode()
    hidden = map_text(dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown)))
    hidden.pop("csrfmiddlewaretoken", None)
    page = client.post(f"/en/orders/{order.token}/change/", {**hidden, "act": "edit"}).content.decode()

    assert re.search(r'name="glaze" value="porcelain"[^>]* checked', page)


def test_what_waits_for_nothing_but_its_turn_may_begin_at_any_moment(client: Client, in_production: Order) -> None:
    page = page_of(client, in_production)

    assert "open, but the work on it may begin at any moment" in page
    assert "for another 0 minutes" not in page


def test_what_has_begun_is_fixed_on_the_page_and_in_the_form(
    client: Client, in_production: Order, now: datetime
) -> None:
    early = look(client, in_production, clay="grey").content.decode()
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        page = page_of(client, in_production)
        form = page_of(client, in_production, "change/")
        late = look(client, in_production, clay="grey")
        with samples.nothing_written():
            refused = confirm(client, in_production, early)

    assert re.search(r"Clay of the foot</dt> <dd>fixed since Mon, Nov 23, 09:00: Throwing the body has begun", page)
    assert re.search(r"Body glaze[^<]*</dt> <dd>for another 11 minutes at least, until Mon, Nov 23, 09:16", page)
    assert 'name="clay"' not in form
    assert 'name="glaze"' in form
    assert late.status_code == refused.status_code == 409
    assert "has begun: this cannot be changed any more." in words(refused.content.decode())


def test_the_moving_part_says_it_too(client: Client, in_production: Order, now: datetime) -> None:
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        page = page_of(client, in_production, "progress/?status=in_production")

    assert "has begun</dd>" in page
    assert f"/en/orders/{in_production.token}/change/" in page


def test_the_page_says_until_when_the_order_can_be_cancelled(
    client: Client, in_production: Order, now: datetime
) -> None:
    link = f'href="/en/orders/{in_production.token}/cancel/"'
    before = page_of(client, in_production)
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        after = [page_of(client, in_production, path) for path in ("", "progress/?status=in_production")]

    assert link in before
    assert re.search(r"<dt>Cancelling the order</dt> <dd>(?!no longer)", before)
    for page in after:
        assert "<dt>Cancelling the order</dt> <dd>no longer possible: Throwing the body has begun</dd>" in page
        assert link not in page
        assert "Change the design</a>" in page, "some of it is open"


def test_of_a_piece_that_is_all_fixed_nothing_is_offered(client: Client, in_production: Order, now: datetime) -> None:
    rows = r"<div data-open><dt>(.*?)</dt>"
    assert re.findall(rows, page_of(client, in_production)), "control"
    late = now + timedelta(days=2)
    tick(plant_slug=PLANT, now=late)
    with time_machine.travel(late, tick=False):
        page = page_of(client, in_production)

    assert re.findall(rows, page) == []
    assert "Change the design</a>" not in page


def test_of_changes_from_two_pages_the_first_counts(client: Client, order: Order) -> None:
    pages = [look(client, order, **changed).content.decode() for changed in ({"glaze": "porcelain"}, {"sleeve": "ink"})]
    assert confirm(client, order, pages[0]).status_code == 302
    with samples.nothing_written():
        again = confirm(client, order, pages[1])

    assert again.status_code == 409
    assert "has been changed since this page was opened" in words(again.content.decode())
    order.refresh_from_db()
    assert (order.configuration.choices["glaze"], order.configuration.choices["sleeve"]) == ("porcelain", "chestnut")
    assert OrderRevision.objects.count() == 1


def test_a_form_that_is_sent_twice_changes_once(client: Client, order: Order) -> None:
    page = look(client, order, glaze="porcelain").content.decode()
    answers = [confirm(client, order, page, csrfmiddlewaretoken="a" * 64) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert OrderRevision.objects.count() == 1


@pytest.mark.parametrize("path", ["change/", "cancel/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_only_has_the_address_can_do_nothing(order: Order, path: str, method: str) -> None:
    stranger = Client()
    with samples.nothing_written():
        answer = getattr(stranger, method)(f"/en/orders/{order.token}/{path}", {"act": "confirm"})

    assert answer.status_code == 403
    assert "Only whoever ordered can do this" in answer.content.decode()
    assert "Change the design" not in page_of(stranger, order)
    assert getattr(stranger, method)(f"/en/orders/unknown/{path}").status_code == 404


@pytest.mark.parametrize(("verified", "status"), [(True, 200), (False, 403)])
def test_the_owner_of_the_verified_address_may(order: Order, verified: bool, status: int) -> None:
    mina = User.objects.create_user(order.email, "a long pass phrase")
    EmailAddress.objects.create(user=mina, email=order.email, verified=verified, primary=True)
    browser = Client()
    browser.force_login(mina)

    assert browser.get(f"/en/orders/{order.token}/change/").status_code == status


def test_the_account_that_ordered_may(edition: Edition, now: datetime) -> None:
    mina = User.objects.create_user("m@example.com", "a long pass phrase")
    order = samples.order_in_review(edition, now=now, account=mina)
    browser = Client()
    browser.force_login(mina)

    assert browser.get(f"/en/orders/{order.token}/cancel/").status_code == 200


def test_changes_are_limited(client: Client, order: Order, allow: Any) -> None:
    allow("change", "2/min")
    assert [look(client, order, glaze="porcelain").status_code for _ in range(3)] == [200, 200, 429]


def test_a_form_from_elsewhere_is_refused(order: Order) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("change/", "cancel/"):
        with samples.nothing_written():
            assert strict.post(f"/en/orders/{order.token}/{path}", {"act": "confirm"}).status_code == 403


def test_cancelling_says_what_it_means_and_does_it(client: Client, order: Order) -> None:
    assert "Cancel the order" in page_of(client, order)
    assert "will be free for others again" in page_of(client, order, "cancel/")
    answer = client.post(f"/en/orders/{order.token}/cancel/")

    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{order.token}/")
    page = page_of(client, order)
    assert "This order was cancelled" in page
    assert "Nothing was charged; the reserved amount was let go." in page
    assert client.get(f"/en/orders/{order.token}/change/").status_code == 302, "nothing is left to change"


def test_a_piece_that_has_begun_says_why_not(client: Client, in_production: Order, now: datetime) -> None:
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        page = page_of(client, in_production, "cancel/")
        with samples.nothing_written():
            refused = client.post(f"/en/orders/{in_production.token}/cancel/")

    assert "It carries your own text or picture: nobody else could have it." in page
    assert "<form" not in page.partition("<main")[2]
    assert refused.status_code == 409


@pytest.mark.parametrize(("button", "status"), [("approve", OrderStatus.APPROVED), ("reject", OrderStatus.REJECTED)])
def test_staff_see_what_was_changed_and_decide_only_on_what_they_saw(
    client: Client, order: Order, button: str, status: OrderStatus
) -> None:
    staff = Client()
    staff.force_login(samples.reviewer())
    desk = f"/admin/orders/order/{order.pk}/"
    before = staff.get(f"{desk}change/").content.decode()
    seen = before.partition('name="seen" value="')[2].partition('"')[0]
    confirm(client, order, look(client, order, glaze="porcelain").content.decode())

    with samples.nothing_written():
        refused = staff.post(f"{desk}decide/", {button: "1", "reason": "The text is not readable.", "seen": seen})
    assert refused.status_code == 409
    assert "The customer has changed the design meanwhile." in refused.content.decode()
    assert "The text is not readable." in refused.content.decode()
    after = words(staff.get(f"{desk}change/").content.decode())
    assert "Body glaze: Celadon → White porcelain" in after
    assert "1 time" in staff.get("/admin/orders/order/").content.decode()

    order.refresh_from_db()
    decision = {button: "1", "reason": "The text is not readable.", "seen": order.fingerprint}
    assert staff.post(f"{desk}decide/", decision).status_code == 302
    order.refresh_from_db()
    assert order.status == status


def test_a_text_changed_after_the_approval_is_marked_in_the_list(client: Client, in_production: Order) -> None:
    staff = Client()
    staff.force_login(samples.reviewer())
    confirm(client, in_production, look(client, in_production, glaze="porcelain").content.decode())
    in_production.refresh_from_db()
    listed = "/admin/orders/order/?status=all"
    assert "new text since the approval" not in staff.get(listed).content.decode()

    confirm(client, in_production, look(client, in_production, engraving="민아").content.decode())

    assert "2 times · new text since the approval" in staff.get(listed).content.decode()


@pytest.mark.parametrize(("path", "heading"), [("change/", "디자인 바꾸기"), ("cancel/", "주문 취소")])
def test_the_pages_are_korean_for_koreans(client: Client, order: Order, path: str, heading: str) -> None:
    page = page_of(client, order, path, "ko")

    assert '<html lang="ko"' in page
    assert re.findall(r"<h1>(.*?)</h1>", page) == [heading]
    assert f"<title>{heading} · " in page

"""The whole journey, from the shop window to the finished piece, with a real worker making it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orders.live import STREAMS_PER_ADDRESS
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

NAMES = {"en": "Mina", "ko": "지우"}
FINISHED = {"en": "Your piece is finished", "ko": "작품이 완성되었습니다"}
IN_REVIEW = {"en": "A person is looking at your design", "ko": "사람이 디자인을 살펴보고 있습니다"}
MAKING = 120_000


def sign_in_as_staff(visitor: Callable[..., Visitor], site: Site) -> Visitor:
    staff = visitor("en", 1280)
    page = staff.go("/admin/")
    page.fill("#id_login", site.staff_email)
    page.fill("#id_password", site.staff_password)
    page.click("main form .button")
    page.wait_for_url("**/admin/")
    return staff


def approve(staff: Visitor, number: str) -> None:
    """Find the order by its piece's number in the review queue and approve it."""
    page = staff.go(f"/admin/orders/order/?q={number}-")
    page.locator("#result_list tbody tr th a, #result_list tbody tr td a").first.click()
    expect(page.locator(".review img").first).to_be_visible()
    assert page.evaluate("() => window.cspViolations") == []
    page.click("button[name=approve]")
    expect(page.locator(".messagelist .success")).to_be_visible()


def choose(page: Page, group: str, option: str) -> None:
    """Click an option as a person does: on its card."""
    page.locator(f"label.option:has(input[name={group}][value={option}])").click()


def wait_for_price(page: Page, price: str) -> None:
    expect(page.locator("[data-part=total]")).to_have_text(price)
    expect(page.locator("[data-part=bar]")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ko", 390)])
def test_from_the_shop_window_to_the_finished_piece(
    visitor: Callable[..., Visitor], site: Site, language: str, width: int
) -> None:
    customer = visitor(language, width)
    browse(customer, language)
    total = design(customer, NAMES[language])
    number = take_and_pay(customer, total)
    page = customer.page
    expect(page.get_by_text(IN_REVIEW[language])).to_be_visible()
    customer.check_page("order in review")

    # Staff approve; the page follows by itself until the piece is finished.
    approve(sign_in_as_staff(visitor, site), number)

    expect(page.get_by_text(FINISHED[language])).to_be_visible(timeout=MAKING)
    customer.check_page("finished piece")
    assert number in page.locator(".number").inner_text()
    assert page.locator(".stages li").count() >= 10
    assert NAMES[language] in page.locator(".choices").inner_text()


def browse(customer: Visitor, language: str) -> None:
    page = customer.go("/")
    assert page.url.endswith(f"/{language}/")
    customer.check_page("home")
    page.click(".consent button[value=yes]")
    page.click(".actions a[href$='/editions/first-firing/']")
    customer.check_page("edition")
    page.click(".opening .button")


def design(customer: Visitor, name: str) -> str:
    """Choose and engrave: picture, price and date follow without a new page. The price shown at the end."""
    page = customer.page
    expect(page.locator("canvas[data-ready]")).to_be_visible()
    document = page.evaluate("() => (window.sameDocument = Math.random())")
    customer.check_page("studio")
    before = page.locator("[data-part=total]").inner_text()
    choose(page, "glaze", "indigo")
    choose(page, "sleeve", "ink")
    choose(page, "stitch", "gold")
    page.fill("#engraving", name)
    expect(page.locator("[data-part=total]")).not_to_have_text(before)
    expect(page.locator("[data-part=bar]")).to_have_attribute("aria-busy", "false")
    expect(page.locator("[data-part=safe]")).not_to_be_empty()
    assert page.evaluate("() => window.sameDocument") == document
    total = page.locator("[data-part=total]").inner_text()
    assert re.fullmatch(r"₩[\d,]+", total)
    return total


def take_and_pay(customer: Visitor, total: str) -> str:
    """Take a number, order, pay: the price stays the one that was shown. The number."""
    page = customer.page
    page.click("[data-part=hold]")
    page.wait_for_url("**/holds/**")
    customer.check_page("checkout")
    number = page.locator(".number").inner_text().split(" ")[1]
    assert total in page.locator(".total").inner_text()
    page.fill("#id_email", "mina@example.com")
    page.fill("#id_note", "선물이에요")
    page.check("#id_made_for_me")
    page.click("main form .button")
    page.wait_for_url("**/pay/")
    customer.check_page("payment")
    assert total in page.locator("main").inner_text()
    page.click("button[value=authorise]")
    return number


def test_the_order_page_is_live_by_events(visitor: Callable[..., Visitor], site: Site) -> None:
    customer = visitor("en", 1280)
    number = order_a_piece(customer)
    approve(sign_in_as_staff(visitor, site), number)

    expect(customer.page.locator("[data-live]")).to_have_attribute("data-channel", "events")
    expect(customer.page.get_by_text(FINISHED["en"])).to_be_visible(timeout=MAKING)


@pytest.mark.parametrize("refused", [False, True])
def test_the_order_page_falls_back_to_polling_without_events(
    visitor: Callable[..., Visitor], site: Site, refused: bool
) -> None:
    customer = visitor("en", 1280, "" if refused else "delete window.EventSource;")
    if refused:
        customer.page.route("**/live/", lambda route: route.fulfill(status=429, headers={"Retry-After": "15"}))
    number = order_a_piece(customer)
    expect(customer.page.locator("[data-live]")).to_have_attribute("data-channel", "polling")
    approve(sign_in_as_staff(visitor, site), number)

    expect(customer.page.get_by_text(FINISHED["en"])).to_be_visible(timeout=MAKING)
    customer.expect_refusals(429)


def test_a_page_that_is_left_gives_its_stream_back(visitor: Callable[..., Visitor]) -> None:
    customer = visitor("en", 1280)
    order_a_piece(customer)
    for _ in range(STREAMS_PER_ADDRESS + 5):
        customer.page.reload()
        expect(customer.page.locator("[data-live]")).to_have_attribute("data-channel", "events")


def test_a_declined_order_shows_its_reason(visitor: Callable[..., Visitor], site: Site) -> None:
    customer = visitor("ko", 390)
    number = order_a_piece(customer, "ko")
    staff = sign_in_as_staff(visitor, site)
    page = staff.go(f"/admin/orders/order/?q={number}-")
    page.locator("#result_list tbody tr th a, #result_list tbody tr td a").first.click()
    page.click("button[name=reject]")
    expect(page.locator(".errorlist")).to_have_text("Please give a reason; the customer will read it.")
    staff.expect_refusals(422)
    page.fill("#id_reason", "상표가 들어 있어요.")
    page.click("button[name=reject]")

    expect(customer.page.get_by_text("상표가 들어 있어요.")).to_be_visible()
    customer.check_page("declined order")


def test_pieces_ordered_with_an_account_are_found_again(visitor: Callable[..., Visitor]) -> None:
    customer = visitor("en", 1280)
    page = customer.go("/en/account/signup/")
    customer.check_page("sign-up")
    page.fill("#id_email", "jiu@example.com")
    for field in ("#id_password1", "#id_password2"):
        page.fill(field, "a pass phrase of some length")
    page.click("main form .button")
    page.wait_for_url("**/pieces/")
    customer.check_page("no pieces yet")

    number = order_a_piece(customer)

    page.get_by_role("link", name="My pieces").click()
    customer.check_page("my pieces")
    page.get_by_text(f"No. {number}").click()
    expect(page.get_by_text(IN_REVIEW["en"])).to_be_visible()


def order_a_piece(customer: Visitor, language: str = "en") -> str:
    """Order and pay the preset; the number of the piece."""
    page = customer.go(f"/{language}/editions/first-firing/studio/")
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "false")
    page.click("[data-part=hold]")
    page.wait_for_url("**/holds/**")
    number = page.locator(".number").inner_text().split(" ")[1]
    if not page.input_value("#id_email"):
        page.fill("#id_email", "mina@example.com")
    # A design of options alone can be returned: there is nothing to agree to.
    expect(page.locator("#id_made_for_me")).to_have_count(0)
    page.click("main form .button")
    page.click("button[value=authorise]")
    page.wait_for_url(re.compile(r"/orders/[^/]+/$"))
    return number

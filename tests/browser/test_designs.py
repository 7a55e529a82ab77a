"""Saved designs in a browser: saved, shared, named, compared, in both languages and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import choose, wait_for_price

pytestmark = pytest.mark.browser


def save_design(person: Visitor, language: str, glaze: str) -> str:
    """Choose a glaze in the studio, save, and end on the design's page; its code."""
    page = person.go(f"/{language}/editions/first-firing/studio/")
    page.wait_for_selector("canvas[data-ready], [data-part=still]:not([hidden])")
    choose(page, "glaze", glaze)
    wait_for_price(page, {"indigo": "₩63,000", "porcelain": "₩58,000"}[glaze])
    page.locator("button[formaction$='/designs/']").first.click()
    page.wait_for_url(f"**/{language}/d/*/")
    return page.url.split("/")[-2]


def address_field(page: Page) -> str:
    return page.locator("[data-share] input").input_value()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ko", 390)])
def test_designs_are_saved_named_listed_and_compared(
    visitor: Callable[..., Visitor], language: str, width: int
) -> None:
    person = visitor(language, width)
    page = person.page
    first = save_design(person, language, "indigo")
    person.check_page("a saved design")
    page.fill("#name", "겨울 Winter")
    page.locator("form[action$='/name/'] button").click()
    expect(page.locator("h1")).to_have_text("겨울 Winter")

    second = save_design(person, language, "porcelain")
    page.locator("header nav a").first.click()
    person.check_page("my designs")
    assert page.locator(".design").count() == 2
    for tick in page.locator("input[name=pick]").all():
        tick.check()
    page.locator("#compare button").click()

    page.wait_for_url(f"**/compare/?a={second}&b={first}")
    person.check_page("two designs side by side")
    boxes = [each.bounding_box() for each in page.locator(".pair img").all()]
    assert boxes[0]
    assert boxes[1]
    side_by_side = boxes[0]["y"] == boxes[1]["y"]
    assert side_by_side == (width == 1280)
    page.locator(".pair .button").first.click()
    page.wait_for_url(re.compile(r"/studio/\?.*glaze=porcelain"))
    assert page.locator("input[name=parent]").input_value() == second


def test_the_address_is_copied_and_opens_for_others(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en", permissions=["clipboard-read", "clipboard-write"])
    code = save_design(person, "en", "indigo")
    page = person.page
    assert address_field(page).endswith(f"/d/{code}")

    page.get_by_role("button", name="Copy").click()

    expect(page.locator("[data-part=status]")).to_have_text("The address is copied.")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == address_field(page)
    friend = visitor("ko", 390)
    friend.page.goto(copied)
    assert friend.page.url.endswith(f"/ko/d/{code}/")
    friend.check_page("a design of somebody else")


def test_where_nothing_can_be_copied_the_address_is_selected(visitor: Callable[..., Visitor]) -> None:
    refuse = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
    person = visitor("en", script=refuse)
    save_design(person, "en", "indigo")
    page = person.page

    page.get_by_role("button", name="Copy").click()

    expect(page.locator("[data-part=status]")).to_contain_text("The address is selected")
    selected = page.evaluate("() => document.activeElement.value.slice(0, document.activeElement.selectionEnd)")
    assert selected == address_field(page)


def test_without_javascript_a_design_is_saved_and_its_address_can_be_selected(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en", 390, java_script_enabled=False)
    page = person.go("/en/editions/first-firing/studio/?glaze=indigo")

    page.locator("button[formaction$='/designs/']").first.click()

    page.wait_for_url("**/en/d/*/")
    assert address_field(page).endswith(page.url.split("/")[-2])
    assert page.get_by_role("button", name="Copy").count() == 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_new_account_keeps_the_browsers_designs_and_the_head_stays_one_line(
    visitor: Callable[..., Visitor], language: str
) -> None:
    person = visitor(language, 390)
    code = save_design(person, language, "indigo")
    page = person.go(f"/{language}/account/signup/")
    page.fill("#id_email", f"{code.lower()}@example.com")
    for field in ("#id_password1", "#id_password2"):
        page.fill(field, "a long pass phrase")
    page.locator("main form button").first.click()
    page.wait_for_url(f"**/{language}/pieces/")

    page.locator("header nav a").first.click()

    page.wait_for_url(f"**/{language}/designs/")
    expect(page.locator(".design")).to_have_count(1)
    person.check_page("the designs of an account")
    tops = {round(link.bounding_box()["y"]) for link in page.locator("header nav a").all()}  # type: ignore[index]
    assert page.locator("header nav a").count() == 4
    assert len(tops) == 1

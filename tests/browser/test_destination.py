"""The country that a piece goes to, chosen in a browser: with scripts the total follows, without them by a button."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

STUDIO = "/en/editions/first-firing/studio/"


def total(page: Page, amount: str) -> None:
    expect(page.locator("[data-part=total]")).to_have_text(amount)
    expect(page.locator("[data-part=bar]")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_total_follows_the_country_and_the_session_keeps_it(visitor: Callable[..., Visitor], width: int) -> None:
    person = visitor(width=width)
    page = person.go(STUDIO)
    total(page, "₩58,000")
    expect(page.locator("[data-part=tax]")).to_have_text("including ₩5,273 VAT and shipping to South Korea")
    assert page.locator("[data-part=tax]").is_visible() == (width > 800)
    assert page.get_by_text("with shipping to South Korea").is_visible() == (width < 800), (
        "a phone says so in fewer words"
    )

    page.get_by_label("Where it goes").select_option("JP")

    total(page, "₩72,000")
    expect(page.locator("[data-part=tax]")).to_contain_text("including shipping to Japan; no VAT is charged")
    expect(page.locator("[data-part=lines]")).to_contain_text("Shipping to Japan₩14,000")
    expect(page.locator("[role=status][data-part=status]")).to_have_text(re.compile("^₩72,000. Ready by"))
    assert "destination" not in page.url
    person.check_page("studio with a country")
    page.reload()
    total(page, "₩72,000")
    page.get_by_role("button", name="Hold a piece").click()
    expect(page.get_by_text("Goes to Japan.")).to_be_visible()
    person.check_page("checkout with a country")
    page.get_by_role("link", name="Change the country").click()
    expect(page.get_by_label("Where it goes")).to_be_in_viewport()


def test_a_country_outside_the_zones_has_no_price_and_another_one_has(visitor: Callable[..., Visitor]) -> None:
    person = visitor()
    page = person.go(STUDIO)
    page.get_by_label("Where it goes").select_option("Another country")

    expect(page.get_by_role("alert")).to_contain_text("This edition is not delivered there.")
    expect(page.get_by_role("button", name="Hold a piece")).to_have_attribute("aria-disabled", "true")
    person.expect_refusals(422)
    page.get_by_label("Where it goes").select_option("US")
    total(page, "₩84,000")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_scripts_a_button_asks(visitor: Callable[..., Visitor]) -> None:
    person = visitor(java_script_enabled=False)
    page = person.go(STUDIO)
    page.get_by_label("Where it goes").select_option("DE")
    page.get_by_role("button", name="Update the total").click()

    expect(page.locator("[data-part=total]")).to_have_text("₩84,000")
    expect(page.get_by_label("Where it goes")).to_have_value("DE")

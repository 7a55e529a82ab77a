"""The way of a piece in a real browser: it moves when something happens, and is played again when it is finished."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visitor
from tests.browser.test_journey import FINISHED, MAKING, approve, order_a_piece, sign_in_as_staff

pytestmark = pytest.mark.browser

# How often a mark has travelled, and between how many places, over the reloads of a page.
COUNT_TRAVELS = """
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
      if (this.dataset.mark) sessionStorage.travels = Number(sessionStorage.travels ?? 0) + 1;
      return animate.call(this, frames, options);
    };
"""


def travels(page: Page) -> int:
    return int(page.evaluate("() => Number(sessionStorage.travels ?? 0)"))


def finished(visitor: Callable[..., Visitor], site: Site, language: str, width: int, **options: str) -> Visitor:
    """A customer on the page of her piece, which was made while she looked on."""
    customer = visitor(language, width, COUNT_TRAVELS, **options)
    number = order_a_piece(customer, language)
    expect(customer.page.locator(".way .stop.coming").first).to_be_visible()
    customer.check_page("the way before")
    approve(sign_in_as_staff(visitor, site), number)
    expect(customer.page.get_by_text(FINISHED[language])).to_be_visible(timeout=MAKING)
    return customer


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("ko", 390, "dark")])
def test_the_piece_moves_as_it_is_made_and_again_in_the_replay(
    visitor: Callable[..., Visitor], site: Site, language: str, width: int, scheme: str
) -> None:
    customer = finished(visitor, site, language, width, color_scheme=scheme)
    page = customer.page
    assert travels(page) > 0
    expect(page.locator(".way .stop:not(.done)")).to_have_count(0)
    customer.check_page("the way after")

    slider, told = page.locator("#replay-at"), page.locator("[data-part=told]")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".way .stop:not(.coming)")).to_have_count(0)
    first, before = told.inner_text(), travels(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".way .stop.done")).to_have_count(1)
    expect(told).not_to_have_text(first)
    assert slider.get_attribute("aria-valuetext")
    assert travels(page) > before
    customer.check_page("the replay")


def test_the_replay_plays_and_pauses_by_keyboard(visitor: Callable[..., Visitor], site: Site) -> None:
    page = finished(visitor, site, "en", 1280).page
    play = page.get_by_role("button", name="Play the making")
    play.focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    expect(page.locator(".way .stop.working")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(play).to_be_focused()
    at = page.locator("#replay-at").input_value()
    page.wait_for_timeout(1500)
    assert page.locator("#replay-at").input_value() == at
    assert 0 < int(at) < int(page.locator("#replay-at").get_attribute("max") or 0)


def test_who_wants_no_motion_sees_steps(visitor: Callable[..., Visitor], site: Site) -> None:
    page = finished(visitor, site, "en", 1280, reduced_motion="reduce").page

    page.locator("#replay-at").focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")

    expect(page.locator(".way .stop.done")).to_have_count(1)
    assert travels(page) == 0


def test_without_scripts_the_drawing_and_the_list_are_there(visitor: Callable[..., Visitor], site: Site) -> None:
    address = finished(visitor, site, "en", 1280).page.url
    page = visitor("en", 390, java_script_enabled=False).page
    page.goto(address)

    expect(page.locator(".way .stop.done").first).to_be_visible()
    expect(page.locator("#replay-at")).to_be_hidden()
    expect(page.locator(".stages li").first).to_be_visible()

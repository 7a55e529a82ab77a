"""The way of a piece in a real browser: it moves when something happens, and is played again when it is finished."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visitor
from tests.browser.test_journey import FINISHED, MAKING, approve, order_a_piece, sign_in_as_staff

pytestmark = pytest.mark.browser

# How often a mark has travelled over the reloads of a page, and whether the steps in words were open then.
COUNT_TRAVELS = """
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (frames, options) {
      if (this.dataset.mark) {
        sessionStorage.travels = Number(sessionStorage.travels ?? 0) + 1;
        sessionStorage.open = document.querySelector("[data-part=steps]")?.open;
      }
      return animate.call(this, frames, options);
    };
"""


def travels(page: Page) -> int:
    return int(page.evaluate("() => Number(sessionStorage.travels ?? 0)"))


def swap(page: Page) -> None:
    """The moving part of the page is asked for again, and there."""
    page.locator("[data-part=steps]").evaluate("(steps) => (steps.dataset.old = 'yes')")
    page.evaluate("window.htmx.trigger(document.querySelector('[data-live]'), 'progress')")
    expect(page.locator("[data-part=steps]:not([data-old])")).to_be_attached()


def travels_when_shown_again(page: Page) -> int:
    """How many marks travel when what is shown is drawn once more."""
    before = travels(page)
    page.locator("#replay-at").dispatch_event("input")
    return travels(page) - before


def ordered(visitor: Callable[..., Visitor], site: Site, language: str, width: int, **options: str) -> Visitor:
    """A customer on the page of her piece, which staff have just approved."""
    customer = visitor(language, width, COUNT_TRAVELS, **options)
    number = order_a_piece(customer, language)
    approve(sign_in_as_staff(visitor, site), number)
    return customer


def finished(visitor: Callable[..., Visitor], site: Site, language: str, width: int, **options: str) -> Visitor:
    customer = ordered(visitor, site, language, width, **options)
    expect(customer.page.get_by_text(FINISHED[language])).to_be_visible(timeout=MAKING)
    return customer


def go_on(page: Page) -> None:
    """To the beginning of the replay and on until the first operation is done, by keyboard."""
    at = page.locator("#replay-at")
    at.focus()
    page.keyboard.press("Home")
    expect(page.locator(".way .stop:not(.coming)")).to_have_count(0)
    for _ in range(int(at.get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
        if page.locator(".way .stop.done").count():
            break
    expect(page.locator(".way .stop.done")).to_have_count(1)


def test_the_keyboard_stays_where_it_is_when_the_page_moves(visitor: Callable[..., Visitor]) -> None:
    customer = visitor("en", 1280)
    order_a_piece(customer, "en")
    page = customer.page
    ids = page.locator("[data-live] :is(a, summary)").evaluate_all("(found) => found.map((each) => each.id)")
    assert {"steps-summary", "change-link", "cancel-link"} <= set(ids)

    for name in ids:
        page.locator(f"#{name}").focus()
        swap(page)
        expect(page.locator(f"#{name}")).to_be_focused()


@pytest.mark.usefixtures("unhurried")
def test_the_piece_moves_when_something_happens(visitor: Callable[..., Visitor], site: Site) -> None:
    customer = ordered(visitor, site, "en", 1280)
    page = customer.page
    # A piece that is made has another page than one that is approved, and a finished one again another.
    expect(page.locator("[data-state^=in_production]")).to_be_visible()
    page.locator("[data-part=steps] summary").click()

    page.wait_for_function("() => sessionStorage.open === 'true'", timeout=MAKING)

    assert travels(page) > 0
    customer.check_page("the way")


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("ko", 390, "dark")])
def test_the_making_of_a_finished_piece_is_played_again_by_keyboard(
    visitor: Callable[..., Visitor], site: Site, language: str, width: int, scheme: str
) -> None:
    customer = finished(visitor, site, language, width, color_scheme=scheme)
    page = customer.page
    expect(page.locator(".way .stop:not(.done)")).to_have_count(0)
    customer.check_page("the way after")
    assert page.locator("[data-mark]").count() > 0
    assert travels_when_shown_again(page) == 0, "what stands still does not travel"
    told, before = page.locator("[data-part=told]").inner_text(), travels(page)

    go_on(page)
    expect(page.locator("[data-part=told]")).not_to_have_text(told)
    assert travels(page) > before
    customer.check_page("the replay")

    play, at = page.locator("[data-part=play]"), page.locator("#replay-at")
    begun = int(at.input_value())
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("(begun) => document.querySelector('#replay-at').value >= begun + 2", arg=begun)
    page.keyboard.press("Enter")
    stopped = at.input_value()
    page.wait_for_timeout(1500)
    assert at.input_value() == stopped
    expect(play).to_be_focused()


def test_who_wants_no_motion_sees_steps_and_without_scripts_there_is_the_list(
    visitor: Callable[..., Visitor], site: Site
) -> None:
    page = finished(visitor, site, "en", 1280, reduced_motion="reduce").page
    go_on(page)
    assert travels(page) == 0

    plain = visitor("en", 390, java_script_enabled=False).page
    plain.goto(page.url)

    expect(plain.locator(".way .stop.done").first).to_be_visible()
    expect(plain.locator("#replay-at")).to_be_hidden()
    expect(plain.locator(".stages li").first).to_be_visible()

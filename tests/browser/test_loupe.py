"""A closer look at the picture: by mouse, by touch, by keyboard, and as a link without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_studio import STUDIO, open_studio

pytestmark = pytest.mark.browser

LARGE = re.compile(r"/pictures/.+-1200\.jpeg$")


def large_ones(page: Page) -> list[str]:
    """The large pictures that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if LARGE.search(request.url) else None)
    return asked


def middle(page: Page, part: str) -> tuple[float, float]:
    box = page.locator(part).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def enlargement(page: Page) -> float:
    """The side of the enlarged picture over that of the whole picture at rest."""
    found: float = page.evaluate(
        """() => {
          const stage = document.querySelector("[data-part=stage]");
          const side = document.querySelector(".glass img").getBoundingClientRect().width;
          return side / Math.max(stage.clientWidth, stage.clientHeight);
        }"""
    )
    return found


def place(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "() => { const at = document.querySelector('.glass img').getBoundingClientRect(); return [at.x, at.y]; }"
    )
    return found


def until_it_is_at(page: Page, x: float, y: float) -> None:
    """The glass comes to where the mouse is moved to. A busy browser tells of some moves late, so it is moved on."""
    for step in range(20):
        page.mouse.move(x + step % 2, y)
        if middle(page, ".glass") == pytest.approx((x, y), abs=2):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"The glass is at {middle(page, '.glass')}, not at {(x, y)}.")


def test_by_mouse_and_by_keyboard(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    asked = large_ones(person.page)
    page = open_studio(person)
    expect(page.locator("canvas[data-ready]")).to_be_visible()
    glass = page.locator(".glass")
    assert asked == []

    # Held down: a round glass, which follows.
    x, y = middle(page, "[data-part=stage]")
    page.mouse.move(x, y)
    page.mouse.down()
    expect(glass).to_be_visible()
    until_it_is_at(page, x + 80, y + 40)
    assert enlargement(page) == pytest.approx(2.5, abs=0.01)
    page.mouse.up()
    expect(glass).to_be_hidden()
    assert len(asked) == 1

    button = page.get_by_role("button", name="Zoom")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[role=status][data-part=status]")).to_have_text("Enlarged 2.5 times.")
    before = place(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert place(page) == pytest.approx([before[0] - 60, before[1] - 60], abs=1)
    page.keyboard.press("-")
    assert enlargement(page) == pytest.approx(2, abs=0.01)
    expect(page.locator("[role=status][data-part=status]")).to_have_text("Enlarged 2.0 times.")
    person.check_page("studio, enlarged")
    page.keyboard.press("Escape")
    expect(glass).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    assert len(asked) == 1


def test_by_touch(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("ko", 390, has_touch=True), "/ko/editions/first-firing/studio/")
    expect(page.locator("canvas[data-ready]")).to_be_visible()
    x, y = middle(page, "[data-part=stage]")

    page.touchscreen.tap(x, y)

    expect(page.locator(".glass")).to_be_visible()
    before = place(page)
    # A tap brings what is there to the middle: nobody has to drag.
    page.touchscreen.tap(x + 70, y + 50)
    assert place(page) == pytest.approx([before[0] - 70, before[1] - 50], abs=2)
    button = page.locator("[data-part=zoom]")
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    button.tap()
    expect(page.locator(".glass")).to_be_hidden()


def test_a_saved_designs_picture_is_enlarged_and_a_link_without_a_script(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    page.get_by_role("button", name="Save this design").click()
    page.wait_for_url("**/d/**")
    page.get_by_role("button", name="Zoom").click()
    expect(page.locator(".zoomable .glass")).to_be_visible()
    person.check_page("design, enlarged")

    plain = visitor("en", java_script_enabled=False).page
    plain.goto(page.url)
    link = plain.locator(".zoomable a")
    assert LARGE.search(link.get_attribute("href") or "")
    expect(plain.get_by_role("button", name="Zoom")).to_be_hidden()
    plain.goto(person.site.address + STUDIO)
    assert LARGE.search(plain.get_by_role("link", name="Zoom").get_attribute("href") or "")

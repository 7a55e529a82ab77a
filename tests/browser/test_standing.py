"""The live counters on the page of an edition and in the studio: true at once, quiet, and honest when they are not."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visitor
from tests.browser.test_studio import open_studio

pytestmark = pytest.mark.browser

EDITION = "/en/editions/first-firing/"
STREAM = "**/standing/live/"
LEFT = re.compile(r"^(\d+) / 100$")


def hold_one(site: Site) -> None:
    """Somebody else takes a piece."""
    api = f"{site.address}/api/v1"
    edition = requests.get(f"{api}/editions/first-firing", timeout=10).json()
    design = {"version": edition["version"], "choices": edition["preset"]}
    quote = requests.post(f"{api}/quotes", json={"edition": "first-firing", "configuration": design}, timeout=10).json()
    held = requests.post(f"{api}/holds", json={"edition": "first-firing", "quote": quote["quote"]}, timeout=10)
    assert held.status_code == 201


def standing(site: Site, **figures: Any) -> dict[str, Any]:
    """How the edition stands, but for some figures."""
    found: dict[str, Any] = requests.get(f"{site.address}{EDITION}standing/", timeout=10).json()
    found["figures"] |= figures
    return {**found, "id": "made-up", "price": "another"}


def say(page: Page, found: dict[str, Any]) -> None:
    """A stream that says one thing and is not opened again."""
    body = f"retry: 600000\n\nid: {found['id']}\nevent: standing\ndata: {json.dumps(found)}\n\n"
    page.route(STREAM, lambda route: route.fulfill(content_type="text/event-stream", body=body))


def count_left(page: Page) -> int:
    found = LEFT.match(page.locator("[data-live=left]").inner_text())
    assert found
    return int(found[1])


def test_what_others_take_is_seen_at_once_and_not_announced(visitor: Callable[..., Visitor], site: Site) -> None:
    page, studio = visitor("en", 390).go(EDITION), open_studio(visitor("ko"))
    # Whatever other tests hold, one more is held now.
    page.wait_for_timeout(1000)
    left, words = count_left(page), studio.locator("[data-live=availability]").inner_text()

    hold_one(site)

    # Three seconds for a loaded machine; tests/concurrency has the second.
    expect(page.locator("[data-live=left]")).to_have_text(f"{left - 1} / 100", timeout=3000)
    expect(page.locator("[data-live=held]")).to_have_text(re.compile(r"^\d+ (is|are) held at this moment"))
    expect(studio.locator("[data-live=availability]")).not_to_have_text(words, timeout=3000)
    assert page.locator("[data-part=spoken]").inner_text() == ""


def test_a_new_step_moves_the_card_is_spoken_and_asks_for_the_price_anew(
    visitor: Callable[..., Visitor], site: Site
) -> None:
    found = standing(site, step=1)
    found["texts"] |= {"step": "Orders 41 to 70 of 100 pay ₩64,000 for the piece.", "next": "From order 71 on …"}
    page = visitor("en").page
    say(page, found)
    page.goto(site.address + EDITION)

    expect(page.locator("[data-part=spoken]")).to_have_text(f"{found['texts']['step']} From order 71 on …")
    current = page.locator("tr[aria-current=true]")
    expect(current).to_have_count(1)
    expect(current).to_contain_text("41–70 · now")

    person = visitor("en")
    say(person.page, found)
    with person.page.expect_response("**/api/v1/quotes"):
        open_studio(person)
    expect(person.page.locator("[data-part=status]")).to_contain_text("Orders 41 to 70")


def test_without_a_stream_the_page_asks_now_and_then_and_says_what_it_does_not_know(
    visitor: Callable[..., Visitor], site: Site
) -> None:
    person = visitor("en", script="Math.random = () => 0;")
    page = person.page
    page.route(STREAM, lambda route: route.fulfill(status=429, body="too many"))
    page.goto(site.address + EDITION)
    left = count_left(page)
    hold_one(site)

    expect(page.locator("[data-part=as-of]")).to_contain_text("Not counted anew since", timeout=8000)
    expect(page.locator("[data-live=left]")).to_have_text(f"{left - 1} / 100", timeout=12_000)
    page.unroute(STREAM)
    expect(page.locator("[data-part=as-of]")).to_be_hidden(timeout=12_000)
    person.expect_refusals(429)

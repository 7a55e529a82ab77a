"""The islands when answers are late, lost or held back, devices sleep, and nobody looks at the screen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site, Visitor
from tests.browser.test_journey import MAKING, approve, choose, order_a_piece, sign_in_as_staff, wait_for_price
from tests.browser.test_studio import STUDIO, open_studio

pytestmark = pytest.mark.browser

# A stream that says once that something has happened, and is not opened again.
NEWS = "retry: 600000\n\nevent: progress\ndata: in_production 1\n\n"
REMEMBER_STATUS = """
    new MutationObserver(() => {
      const sentence = document.querySelector("[data-part=status]")?.textContent;
      const said = JSON.parse(sessionStorage.said ?? "[]");
      if (sentence && sentence !== said.at(-1)) sessionStorage.said = JSON.stringify([...said, sentence]);
    }).observe(document, { childList: true, subtree: true, characterData: true });
"""
STAGE = re.compile(r"^[A-Z].+: (At|Next|Waiting|On its way|Done|Everything|Standing|The inspection) .+$")


def picture(page: Page) -> str:
    return str(page.locator("[data-part=canvas]").evaluate("(canvas) => canvas.toDataURL('image/png')"))


def hold_back(page: Page, pattern: str) -> list[Route]:
    """Let no request that matches through; those that were made."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def first_of(page: Page, held: list[Route]) -> Route:
    """The first that is held back. A browser tells of its request before the request is here."""
    for _ in range(600):
        if held:
            return held[0]
        page.wait_for_timeout(50)
    pytest.fail("The page asked for nothing that is held back.")


def test_a_design_changed_after_a_refused_hold_has_the_studios_address(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    page.evaluate("() => { document.querySelector('[name=quote]').value = ''; }")
    page.evaluate("() => document.querySelector('[data-studio]').submit()")
    page.wait_for_url("**/hold/")
    expect(page.get_by_role("alert")).to_contain_text("This is the price of your design")

    choose(page, "glaze", "indigo")

    page.wait_for_url(f"**{STUDIO}?*glaze=indigo*")
    page.reload()
    expect(page.locator("input[name=glaze][value=indigo]")).to_be_checked()
    person.expect_refusals(409)


@pytest.mark.parametrize(
    ("what", "price"),
    [("an option", "₩63,000"), ("a name", "₩63,000"), ("control: nothing", "₩58,000")],
)
def test_what_is_chosen_before_the_script_has_come_is_asked_when_it_has(
    visitor: Callable[..., Visitor], what: str, price: str
) -> None:
    person = visitor("en")
    script = hold_back(person.page, "**/islands/studio*.js")
    with person.page.expect_request("**/islands/studio*.js"):
        page = person.go(STUDIO)
    expect(page.locator("[data-part=history]")).to_be_hidden()
    if what == "an option":
        page.locator("input[name=glaze][value=indigo]").check(force=True)
    if what == "a name":
        page.fill("#engraving", "Mina")
    first_of(page, script).continue_()

    expect(page.locator("[data-part=history]")).to_be_visible()
    wait_for_price(page, price)


@pytest.mark.parametrize(
    ("written", "limit", "problem"),
    [
        ("61,000", "₩61,000", ""),
        ("much", "no limit", "Please write an amount in digits, 60000 for example."),
        ("", "no limit", ""),
    ],
    ids=["an amount", "no amount", "control: nothing"],
)
def test_a_limit_written_before_the_script_has_come_is_kept(
    visitor: Callable[..., Visitor], written: str, limit: str, problem: str
) -> None:
    person = visitor("en")
    script = hold_back(person.page, "**/islands/studio*.js")
    with person.page.expect_request("**/islands/studio*.js"):
        page = person.go(STUDIO)
    page.locator("summary", has_text="My limit").click()
    page.fill("#budget", written)
    first_of(page, script).continue_()

    expect(page.get_by_role("slider", name="At most")).to_have_attribute("aria-valuetext", limit)
    expect(page.locator("#budget-problem")).to_have_text(problem)
    assert ("budget=61000" in page.url) == (limit == "₩61,000")


def test_a_still_that_does_not_come_does_not_keep_the_studio_waiting(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = person.page
    stills = hold_back(page, "**/pictures/**")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    with page.expect_request("**/pictures/**"):
        page.goto(person.site.address + STUDIO, wait_until="domcontentloaded")
    page.clock.run_for(1000)
    expect(page.locator("[data-part=history]")).to_be_hidden()

    page.clock.resume()

    expect(page.locator("[data-part=history]")).to_be_visible()
    first_of(page, stills)


def test_a_name_typed_before_the_plates_have_come_is_engraved(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    plates = hold_back(person.page, "**/plates-0*.webp")
    page = open_studio(person)

    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩63,000")
    first_of(page, plates).continue_()

    expect(page.locator("canvas[data-ready]")).to_be_visible()
    named = picture(page)
    page.fill("#engraving", "")
    wait_for_price(page, "₩58,000")
    page.wait_for_function("(named) => document.querySelector('canvas').toDataURL('image/png') !== named", arg=named)


def test_a_mask_that_comes_late_does_not_replace_a_newer_one(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    late = hold_back(person.page, "**/engravings/*.png?text=Mina")
    page = open_studio(person)
    expect(page.locator("canvas[data-ready]")).to_be_visible()
    bare = picture(page)

    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩63,000")
    with page.expect_response("**/engravings/*.png?text=Juno"):
        page.fill("#engraving", "Juno")
    wait_for_price(page, "₩63,000")
    page.wait_for_function("(bare) => document.querySelector('canvas').toDataURL('image/png') !== bare", arg=bare)
    shown = picture(page)
    waiting = first_of(page, late)
    with page.expect_response("**/engravings/*.png?text=Mina"):
        waiting.continue_()
    page.wait_for_timeout(500)

    assert picture(page) == shown


def test_progress_that_could_not_be_fetched_is_fetched_again(visitor: Callable[..., Visitor]) -> None:
    customer = visitor("en")
    answers: list[int] = []

    def answer(route: Route) -> None:
        answers.append(503 if not answers else 200)
        route.fulfill(status=answers[-1], body="<p>The newest step</p>", content_type="text/html")

    customer.page.route("**/progress/*", answer)
    customer.page.route("**/live/", lambda route: route.fulfill(body=NEWS, content_type="text/event-stream"))
    order_a_piece(customer)

    expect(customer.page.locator("[data-live]")).to_have_text("The newest step")
    # What has been shown is not asked for again.
    customer.page.wait_for_timeout(3500)
    assert answers == [503, 200]
    assert all("503" in trouble for trouble in customer.troubles), customer.troubles
    customer.troubles.clear()


def test_a_stream_that_is_held_back_on_its_way_gives_way_to_polling(visitor: Callable[..., Visitor]) -> None:
    customer = visitor("en")
    held = hold_back(customer.page, "**/live/")
    customer.page.clock.install()
    order_a_piece(customer)
    panel = customer.page.locator("[data-live]")

    customer.page.clock.fast_forward(5_000)
    stream = first_of(customer.page, held)
    expect(panel).not_to_have_attribute("data-channel", "polling")
    with customer.page.expect_response("**/progress/*"):
        customer.page.clock.fast_forward(5_000)
        customer.page.clock.fast_forward(3_000)

    expect(panel).to_have_attribute("data-channel", "polling")
    stream.abort()


def test_a_hold_that_ended_while_the_device_slept_is_over_at_once(visitor: Callable[..., Visitor]) -> None:
    # While a device sleeps its timers and performance.now() stand still, and the clock goes on.
    page = open_studio(visitor("en", script="window.setInterval = () => 0;"))
    page.click("[data-part=hold]")
    page.wait_for_url("**/holds/**")
    over = page.get_by_role("status")
    expect(page.locator("[data-part=left]")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    expect(over).to_have_count(1)
    expect(over).to_have_text("", use_inner_text=True)

    page.evaluate("() => { const now = Date.now(); Date.now = () => now + 601000; }")
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    expect(over).to_contain_text("The ten minutes are over")
    expect(page.locator("[data-part=over]")).to_be_visible()
    expect(page.locator("[data-seconds-left]")).to_be_hidden()


@pytest.mark.usefixtures("unhurried")
def test_a_screen_reader_hears_each_stage(visitor: Callable[..., Visitor], site: Site) -> None:
    customer = visitor("en", script=REMEMBER_STATUS)
    number = order_a_piece(customer)
    page = customer.page
    page.reload()
    expect(page.get_by_role("status")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("")
    approve(sign_in_as_staff(visitor, site), number)

    page.wait_for_function("() => JSON.parse(sessionStorage.said ?? '[]').length > 2", timeout=MAKING)
    said = page.evaluate("() => JSON.parse(sessionStorage.said)")
    assert [sentence for sentence in said if not STAGE.match(sentence)] == []

"""The engraved text in a browser: typed with an input method, checked, measured, shown as it will be cut, asked for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import wait_for_price
from tests.browser.test_studio import open_studio

pytestmark = pytest.mark.browser


def quotes_of(page: Page) -> list[dict[str, Any]]:
    """The configurations that the page asks a price for, from now on."""
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/v1/quotes"):
            body: Any = request.post_data_json
            asked.append(body["configuration"])

    page.on("request", note)
    return asked


def test_nothing_is_asked_while_a_syllable_is_put_together(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("ko"), "/ko/editions/first-firing/studio/")
    asked = quotes_of(page)
    page.focus("#engraving")
    keyboard = page.context.new_cdp_session(page)

    for composed in ("ㅈ", "지"):
        keyboard.send("Input.imeSetComposition", {"text": composed, "selectionStart": 1, "selectionEnd": 1})
        page.wait_for_timeout(400)
    assert page.input_value("#engraving") == "지"
    assert asked == []

    keyboard.send("Input.insertText", {"text": "지우"})
    wait_for_price(page, "₩63,000")
    assert [each["engraving"] for each in asked] == ["지우"]


def test_a_text_that_comes_in_pieces_is_put_together(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("ko"), "/ko/editions/first-firing/studio/")
    page.focus("#engraving")

    # A Mac pastes Hangul as single letters that only look like syllables.
    page.evaluate("() => document.execCommand('insertText', false, '\\u110c\\u1175\\u110b\\u116e')")

    wait_for_price(page, "₩63,000")
    assert page.input_value("#engraving") == "지우"


def test_a_text_is_measured_and_shown_as_it_will_be_cut(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    expect(page.locator("[data-part=cut] img")).to_have_count(0)
    expect(page.locator("[data-part=returns]")).to_be_hidden()

    page.fill("#engraving", "Mina ♥")
    wait_for_price(page, "₩63,000")

    expect(page.locator("[data-part=measures]")).to_have_text(
        re.compile(r"^\d+(\.\d)? mm of 42 mm · letters \d+(\.\d)? mm high$")
    )
    cut = page.locator("[data-part=cut] img")
    expect(cut).to_have_attribute("alt", "The text as it will be cut: Mina ♥")
    assert cut.evaluate("(picture) => picture.decode().then(() => picture.naturalWidth)") == 368
    expect(page.locator("[data-part=returns]")).to_have_text(re.compile("^Made for you: .* cannot be returned"))
    person.check_page("studio with a text")

    page.fill("#engraving", "")
    wait_for_price(page, "₩58,000")
    expect(cut).to_have_count(0)
    expect(page.locator("[data-part=returns]")).to_be_hidden()


def test_the_typeface_is_chosen_by_keyboard_and_cut_and_kept_in_the_address(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩63,000")
    serif = page.locator("[data-part=cut] img").get_attribute("src") or ""

    page.focus("input[name=font]:checked")
    page.keyboard.press("ArrowRight")

    cut = page.locator("[data-part=cut] img")
    expect(cut).to_have_attribute("src", f"{serif}&font=sans-ko")
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "false")
    page.reload()
    expect(page.locator("input[name=font][value=sans-ko]")).to_be_checked()
    expect(cut).to_have_attribute("src", f"{serif}&font=sans-ko")


def test_a_character_that_is_not_cut_is_named_before_the_server_is_asked(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    page.route("**/api/v1/quotes", lambda route: None)

    page.fill("#engraving", "Mina 漢 @")

    expect(page.locator("#engraving-problem")).to_have_text("These characters are not cut on this piece: 漢 @")
    expect(page.locator("#engraving")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "true")
    page.fill("#engraving", "Mina ♥ “온담” …")
    expect(page.locator("#engraving-problem")).to_be_hidden()
    page.unroute("**/api/v1/quotes")


def test_the_picture_keeps_the_last_text_that_could_be_cut(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    expect(page.locator("canvas[data-ready]")).to_be_visible()
    drawn = "(canvas) => canvas.toDataURL()"
    bare = page.locator("[data-part=canvas]").evaluate(drawn)
    changed = "(before) => document.querySelector('canvas').toDataURL() !== before"
    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩63,000")
    page.wait_for_function(changed, arg=bare)
    before = page.locator("[data-part=canvas]").evaluate(drawn)

    page.fill("#engraving", "Mina 🐳")
    expect(page.locator("#engraving-problem")).to_contain_text("🐳")
    page.wait_for_load_state("networkidle")

    assert page.locator("[data-part=canvas]").evaluate(drawn) == before
    expect(page.locator("[data-part=cut] img")).to_have_attribute("alt", "The text as it will be cut: Mina")
    # The control: another text is another picture.
    page.fill("#engraving", "Jiu")
    wait_for_price(page, "₩63,000")
    expect(page.locator("[data-part=cut] img")).to_have_attribute("alt", "The text as it will be cut: Jiu")
    page.wait_for_function(changed, arg=before)
    person.expect_refusals(422)


def test_a_text_that_is_held_back_says_why_and_the_maker_is_asked(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    expect(page.get_by_role("button", name="Ask the maker")).to_be_hidden()

    page.fill("#engraving", "Dick & Doe")

    expect(page.locator("#engraving-problem")).to_contain_text("“Dick” is not cut without asking")
    person.check_page("studio with a text that is held back")
    page.fill("#id_answer_to", "mina@")
    page.get_by_role("button", name="Ask the maker").click()
    expect(page.locator("[data-part=asked]")).to_contain_text("valid email")
    page.fill("#id_answer_to", "mina@example.com")
    page.get_by_role("button", name="Ask the maker").click()
    expect(page.locator("[data-part=asked]")).to_contain_text("The maker has been asked.")
    expect(page.locator("#engraving")).to_have_value("Dick & Doe")

    page.fill("#engraving", "Mina & Doe")
    expect(page.get_by_role("button", name="Ask the maker")).to_be_hidden()
    expect(page.locator("[data-part=asked]")).to_be_hidden()
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "false")
    person.expect_refusals(422, 400)


def test_the_maker_is_asked_without_javascript(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en", 390, java_script_enabled=False)
    page = person.go("/en/editions/first-firing/studio/?engraving=Dick+%26+Roe&glaze=indigo")

    page.get_by_role("button", name="Ask the maker").click()

    expect(page.get_by_text("The maker has been asked.")).to_be_visible()
    expect(page.locator("#engraving")).to_have_value("Dick & Roe")
    expect(page.locator("input[name=glaze][value=indigo]")).to_be_checked()
    person.expect_refusals(422)


def test_enter_in_the_text_asks_nobody(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩63,000")
    sent.clear()
    page.press("#engraving", "Enter")
    page.wait_for_timeout(500)

    # Nobody is asked, and no piece is taken from anybody else by a key that ends a line.
    assert sent == []
    assert "/studio/" in page.url

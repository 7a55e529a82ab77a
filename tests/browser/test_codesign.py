"""The co-design page: steps, presets, proposals, the limit, repairs, parts that come and go."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.codesign import INPUT, checked, status, want
from tests.browser.conftest import Visitor
from tests.browser.test_islands import first_of, hold_back
from tests.browser.test_journey import choose, wait_for_price
from tests.browser.test_studio import STUDIO, focused, open_studio

pytestmark = pytest.mark.browser


# --- At once ----------------------------------------------------------------------------------------


def test_a_choice_shows_at_once_and_nothing_is_held_at_it_before_the_answer(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    held = hold_back(page, "**/api/v1/quotes")

    shown = page.evaluate(
        """() => new Promise((done) => {
          document.querySelector("input[name=glaze][value=indigo]").click();
          requestAnimationFrame(() => done(
            ["total", "safe"].map((name) => document.querySelector(`[data-part=${name}]`).textContent)
              .concat(document.querySelector("#group-glaze [data-part=chosen]").textContent)));
        })"""
    )

    assert shown == ["₩63,000", "Checking …", "Indigo"]
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "true")
    first_of(page, held)
    page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].continue_()
    wait_for_price(page, "₩63,000")
    expect(page.locator("[data-part=safe]")).to_have_text(re.compile("^Ready by "))


def test_every_option_says_its_difference_and_from_what_price_on(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    lid = page.locator("#group-lid")

    assert lid.get_by_role("radio").all_inner_texts() == ["", "", ""]
    for name in ("Bamboo from ₩58,000", "Walnut +₩6,000 from ₩64,000", "Bog oak +₩9,000 from ₩67,000"):
        expect(lid.get_by_role("radio", name=name, exact=True)).to_have_count(1)
    choose(page, "lid", "walnut")
    wait_for_price(page, "₩64,000")
    expect(lid.get_by_role("radio", name="Bamboo −₩6,000 from ₩58,000", exact=True)).to_have_count(1)


def test_a_pick_faster_than_the_answer_before_it_is_taken_back_and_repaired(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    held: list[Route] = []
    page.route("**/api/v1/quotes", lambda route: route.continue_() if held else held.append(route))
    choose(page, "sleeve", "ink")
    page.wait_for_timeout(150)
    assert len(held) == 1

    # Nothing is known yet of what ink leather forbids.
    choose(page, "stitch", "black")

    repair = page.get_by_role("group", name="Black thread does not go with your design.")
    expect(repair).to_contain_text("Leather sleeve: Ink → Chestnut")
    checked(page, "sleeve", "ink")
    checked(page, "stitch", "ivory")
    wait_for_price(page, "₩58,000")
    held[0].abort()
    repair.get_by_role("button", name="Change it").click()
    checked(page, "stitch", "black")
    checked(page, "sleeve", "chestnut")
    wait_for_price(page, "₩58,000")
    person.expect_refusals(422)
    person.troubles = [each for each in person.troubles if "net::ERR_FAILED" not in each]


# --- Repairs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 390])
def test_a_blocked_option_says_why_and_is_repaired_in_one_tap(visitor: Callable[..., Visitor], width: int) -> None:
    person = visitor("en", width)
    page = open_studio(person, f"{STUDIO}?glaze=indigo")

    want(page, "lid", "bog-oak")

    repair = page.get_by_role("group", name="Bog oak does not go with your design.")
    expect(repair).to_be_in_viewport()
    expect(repair).to_contain_text("a bog-oak lid no longer fits")
    expect(repair.get_by_role("listitem")).to_have_text(
        ["Body glaze: Indigo → Celadon", "Bamboo finish: Clear oil → no longer needed"]
    )
    expect(repair.locator(".repair-price")).to_have_text("₩67,000 +₩4,000")
    checked(page, "lid", "bamboo")
    status(page, re.compile("^Bog oak does not go with your design. Indigo is fired hotter .*₩67,000 \\+₩4,000$"))
    person.check_page("a blocked option")

    repair.get_by_role("button", name="Keep as it is").click()
    expect(repair).to_be_hidden()
    assert focused(page) == "lid=bamboo"
    want(page, "lid", "bog-oak")
    repair.get_by_role("button", name="Change it").click()
    checked(page, "lid", "bog-oak")
    checked(page, "glaze", "celadon")
    wait_for_price(page, "₩67,000")


def test_escape_keeps_the_design(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"), f"{STUDIO}?glaze=indigo")
    want(page, "lid", "bog-oak")
    expect(page.locator("[data-part=repair]")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("[data-part=repair]")).to_be_hidden()
    checked(page, "lid", "bamboo")
    assert focused(page) == "lid=bamboo"


def test_a_design_that_came_broken_is_mended_by_any_choice(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = person.go(f"{STUDIO}?sleeve=ink&stitch=black")
    expect(page.get_by_role("alert")).to_contain_text("No black thread on ink leather")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    person.check_page("choices that do not go together")

    choose(page, "stitch", "scarlet")

    wait_for_price(page, "₩58,000")
    expect(page.locator("[data-part=page-problem]")).to_be_hidden()
    checked(page, "sleeve", "ink")
    person.expect_refusals(422)


# --- Groups that come and go ------------------------------------------------------------------------


def test_a_group_goes_and_comes_with_what_it_depends_on(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person)
    finish = page.get_by_role("group", name=re.compile("^Bamboo finish"))
    link = page.get_by_role("link", name="Bamboo finish")
    expect(finish).to_be_visible()

    choose(page, "lid", "walnut")

    expect(finish).to_be_hidden()
    expect(link).to_be_hidden()
    expect(page.locator("[data-absent=lid-finish]")).to_contain_text("Only bamboo is smoked")
    status(page, re.compile(r"^Lid: Walnut\. No longer to choose: Bamboo finish\. ₩64,000\. Ready by .+"))
    assert "lid-finish" not in page.url
    person.check_page("a group less")

    choose(page, "lid", "bamboo")
    expect(finish).to_be_visible()
    expect(page.locator("[data-absent=lid-finish]")).to_be_hidden()
    checked(page, "lid-finish", "clear")
    status(page, re.compile(r"^Lid: Bamboo\. New to choose: Bamboo finish\. ₩58,000\."))
    choose(page, "lid-finish", "smoked")
    wait_for_price(page, "₩62,000")


# --- Steps ------------------------------------------------------------------------------------------


def test_steps_are_undone_and_done_again_by_buttons_and_keys(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    undo, redo = (page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    expect(undo).to_have_attribute("aria-disabled", "true")

    choose(page, "glaze", "indigo")
    wait_for_price(page, "₩63,000")
    choose(page, "lid", "walnut")
    wait_for_price(page, "₩69,000")
    page.fill("#engraving", "Mina")
    wait_for_price(page, "₩74,000")

    undo.click()
    expect(page.locator("#engraving")).to_have_value("")
    wait_for_price(page, "₩69,000")
    status(page, re.compile(r"^Undone: your text\. ₩69,000\."))
    page.locator(INPUT.format("metal", "brass")).focus()
    page.keyboard.press("Control+z")
    checked(page, "lid", "bamboo")
    status(page, re.compile(r"^Undone: Lid: Walnut\. New to choose: Bamboo finish\. ₩63,000\."))
    page.keyboard.press("Control+Shift+z")
    checked(page, "lid", "walnut")
    page.keyboard.press("Control+y")
    expect(page.locator("#engraving")).to_have_value("Mina")
    wait_for_price(page, "₩74,000")
    status(page, re.compile(r"^Done again: your text\."))
    expect(redo).to_have_attribute("aria-disabled", "true")


def test_steps_outlive_a_reload_and_a_new_choice_ends_what_was_undone(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    choose(page, "glaze", "indigo")
    choose(page, "sleeve", "ink")
    wait_for_price(page, "₩63,000")

    page.reload()
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "false")
    page.get_by_role("button", name="Undo").click()
    checked(page, "sleeve", "chestnut")
    checked(page, "glaze", "indigo")
    wait_for_price(page, "₩63,000")
    choose(page, "metal", "steel")
    expect(page.get_by_role("button", name="Redo")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    checked(page, "glaze", "celadon")
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")


def test_fifty_steps_are_kept(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    page.evaluate(
        """() => {
          for (let step = 0; step < 55; step += 1) {
            document.querySelector(`input[name=gasket][value=${step % 2 ? "oat" : "moss"}]`).click();
          }
        }"""
    )
    undo = page.get_by_role("button", name="Undo")

    undone = 0
    while undo.get_attribute("aria-disabled") == "false":
        undo.click()
        undone += 1
        assert undone <= 55
    assert undone == 50


def test_while_typing_undo_is_the_fields_own(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    choose(page, "glaze", "indigo")
    wait_for_price(page, "₩63,000")
    page.locator("#engraving").focus()
    page.keyboard.type("Mi")

    page.keyboard.press("Control+z")

    checked(page, "glaze", "indigo")
    expect(page.locator("#engraving")).not_to_have_value("Mi")


# --- Presets, proposals, the limit ------------------------------------------------------------------


def test_a_preset_is_one_tap_and_keeps_what_is_personal(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"), f"{STUDIO}?engraving=Mina")
    document = page.evaluate("() => (window.sameDocument = Math.random())")

    page.get_by_role("link", name="Winter night").click()

    wait_for_price(page, "₩74,000")
    checked(page, "sleeve", "ink")
    expect(page.locator("#engraving")).to_have_value("Mina")
    expect(page.get_by_role("link", name="Winter night")).to_have_attribute("aria-current", "true")
    assert page.evaluate("() => window.sameDocument") == document
    status(page, re.compile(r"^Design started from: Winter night\."))
    choose(page, "metal", "brass")
    expect(page.get_by_role("link", name="Winter night")).not_to_have_attribute("aria-current", "true")


def test_a_surprise_keeps_own_choices_and_can_be_undone(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    choose(page, "sleeve", "pine")
    wait_for_price(page, "₩58,000")
    before = page.url

    page.get_by_role("button", name="Surprise me").click()

    expect(page.locator("[data-part=proposed]")).to_contain_text("→")
    expect(page.locator("[data-part=bar]")).to_have_attribute("aria-busy", "false")
    status(page, re.compile(r"^A surprise design\. .+→.+ Ready by "))
    assert page.url != before
    checked(page, "sleeve", "pine")
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(before)


def test_the_rest_can_be_finished(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"), f"{STUDIO}?gasket=moss")
    choose(page, "metal", "copper")
    wait_for_price(page, "₩62,000")

    page.get_by_role("button", name="Finish the rest for me").click()

    checked(page, "gasket", "oat")
    checked(page, "metal", "copper")


def test_a_limit_marks_what_does_not_fit_and_the_design_is_fitted_in_one_tap(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person, f"{STUDIO}?glaze=indigo&clay=red")
    page.locator("summary", has_text="My limit").click()
    slider = page.get_by_role("slider", name="At most")
    expect(slider).to_have_attribute("aria-valuetext", "no limit")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")

    expect(slider).to_have_attribute("aria-valuetext", "₩61,000")
    expect(page.get_by_text("This design costs ₩4,000 more.")).to_be_visible()
    bog_oak, walnut, white = (
        page.locator(f"label.option:has(input[value={name}])") for name in ("bog-oak", "walnut", "white")
    )
    expect(bog_oak).to_contain_text("never within your limit")
    expect(walnut).to_contain_text("never within your limit")
    expect(white).to_contain_text("over your limit now")
    assert "budget=61000" in page.url
    person.check_page("a limit")

    page.get_by_role("button", name="Fit to my limit").click()
    checked(page, "glaze", "celadon")
    checked(page, "clay", "red")
    wait_for_price(page, "₩60,000")
    expect(page.get_by_text("This design costs")).to_be_hidden()
    expect(page.locator("[data-part=proposed]")).to_have_text("Body glaze: Indigo → Celadon")
    page.get_by_role("button", name="No limit").click()
    expect(bog_oak.locator("[data-part=over]")).to_be_hidden()
    assert "budget" not in page.url


def test_a_limit_below_every_design_is_said(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    page = open_studio(person, f"{STUDIO}?budget=58000&engraving=Mina")

    page.get_by_role("button", name="Fit to my limit").click()

    expect(page.get_by_role("alert")).to_contain_text("Every design costs at least ₩63,000.")
    person.expect_refusals(422)

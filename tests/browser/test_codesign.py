"""The co-design page: steps, presets, proposals, the limit, repairs, parts that come and go, the camera, sound."""

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.test_islands import hold_back
from tests.browser.test_journey import choose, wait_for_price
from tests.browser.test_studio import STUDIO, focused, open_studio

pytestmark = pytest.mark.browser

MOST_SCRIPT = 60_000
INPUT = "input[name={}][value={}]"
# In the hidden, something else lies over its middle: the picture, the row of parts or the bar.
HIDDEN_FOCUS = """() => {
  const at = document.activeElement;
  const shown = at.closest("label") ?? at;
  const box = shown.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const under = () => `${at.outerHTML.slice(0, 80)} under ${top?.outerHTML.slice(0, 80)}`;
  return shown === top || shown.contains(top) ? "" : under();
}"""
COUNT_SOUNDS = """
  window.sounds = 0;
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...rest) {
    window.sounds += 1;
    return start.apply(this, rest);
  };
  const stop = AudioScheduledSourceNode.prototype.stop;
  window.longest = 0;
  AudioScheduledSourceNode.prototype.stop = function (at) {
    window.longest = Math.max(window.longest, at - this.context.currentTime);
    return stop.call(this, at);
  };
"""
WATCH_SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


def checked(page: Page, group: str, option: str) -> None:
    expect(page.locator(INPUT.format(group, option))).to_be_checked()


def want(page: Page, group: str, option: str) -> None:
    """Click an option that says that it cannot be had as it is: a person can, and so can this."""
    page.locator(f"label.option:has({INPUT.format(group, option)})").click(force=True)


def status(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.locator("[role=status][data-part=status]")).to_have_text(sentence)


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


# --- The picture and sound --------------------------------------------------------------------------


def turned(page: Page) -> str:
    return str(page.locator("[data-part=view]").evaluate("(view) => view.style.transform"))


def test_the_picture_turns_to_the_part_being_chosen_and_back(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en"))
    assert turned(page) in ("", "none")

    choose(page, "lid", "walnut")
    page.wait_for_selector("[data-part=stage][data-turned=lid]")
    lid = turned(page)
    assert lid.endswith("scale(1.55)")
    choose(page, "clay", "red")
    page.wait_for_selector("[data-part=stage][data-turned=clay]")
    assert turned(page) not in ("none", lid)
    page.get_by_role("button", name="Undo").focus()
    page.mouse.move(200, 300)
    page.wait_for_selector("[data-part=stage][data-turned='']")
    assert turned(page) == "none"


def is_covered(page: Page) -> bool:
    """Whether the picture, turned or not, reaches every edge of the stage."""
    covers = """() => {
      const [stage, view] = ["stage", "view"].map((name) =>
        document.querySelector(`[data-part=${name}]`).getBoundingClientRect());
      return view.left <= stage.left + 1 && view.right >= stage.right - 1
        && view.top <= stage.top + 1 && view.bottom >= stage.bottom - 1;
    }"""
    return bool(page.evaluate(covers))


@pytest.mark.parametrize("width", [1280, 390])
def test_wherever_the_picture_turns_no_edge_of_the_stage_is_bare(visitor: Callable[..., Visitor], width: int) -> None:
    page = open_studio(visitor("en", width=width))

    for group, option in (("lid", "walnut"), ("clay", "red")):
        choose(page, group, option)
        page.wait_for_selector(f"[data-part=stage][data-turned={group}]")
        page.wait_for_timeout(1000)
        assert is_covered(page)


def test_without_motion_the_picture_stands_still(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en", reduced_motion="reduce"))

    choose(page, "lid", "walnut")
    wait_for_price(page, "₩64,000")
    page.wait_for_timeout(400)

    assert turned(page) in ("", "none")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
          const style = getComputedStyle(each);
          return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
    expect(page.get_by_role("group", name=re.compile("^Bamboo finish"))).to_be_hidden()


def test_sound_is_off_until_it_is_wanted_and_then_remembered(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en", script=COUNT_SOUNDS))
    toggle = page.get_by_role("button", name="Sound")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    choose(page, "lid", "walnut")
    wait_for_price(page, "₩64,000")
    assert page.evaluate("() => window.sounds") == 0
    expect(page.get_by_role("button", name="Listen")).to_have_count(0)

    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    heard = page.evaluate("() => window.sounds")
    assert heard > 0
    choose(page, "metal", "steel")
    assert page.evaluate("() => window.sounds") > heard
    heard = page.evaluate("() => window.sounds")
    page.locator("#group-sleeve").get_by_role("button", name="Listen").click()
    assert page.evaluate("() => window.sounds") > heard
    assert page.evaluate("() => window.longest") <= 0.31
    # What has no sound has no button for it.
    expect(page.locator("#group-clay").get_by_role("button", name="Listen")).to_have_count(0)

    page.reload()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("() => window.sounds") == 0


# --- For everybody ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_is_built_of_native_groups_with_one_status(visitor: Callable[..., Visitor], language: str) -> None:
    page = open_studio(visitor(language), f"/{language}/editions/first-firing/studio/")

    found = page.evaluate(
        """() => {
          const form = document.querySelector("[data-studio]");
          const groups = [...form.querySelectorAll("fieldset")];
          const radios = [...form.querySelectorAll("input[type=radio]")];
          return {
            legends: groups.every((group) => group.firstElementChild.tagName === "LEGEND"),
            loose: radios.filter((radio) => !radio.closest("fieldset")).length,
            nameless: radios.filter((radio) => !radio.labels.length).length,
            polite: document.querySelectorAll("[role=status]:not([hidden]), [aria-live=polite]").length,
            assertive: document.querySelectorAll("[aria-live=assertive]").length,
            small: [...form.querySelectorAll("button, a, summary, label.option, input[type=range]")]
              .filter((each) => each.checkVisibility() && !each.closest("p"))
              .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
              .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([name]) => name),
          };
        }"""
    )

    assert found == {"legends": True, "loose": 0, "nameless": 0, "polite": 1, "assertive": 0, "small": []}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("size", [(640, 400), (320, 256), (390, 844), (1280, 800)])
def test_nothing_that_has_the_focus_is_hidden_at_any_zoom(
    visitor: Callable[..., Visitor], language: str, size: tuple[int, int]
) -> None:
    # 200 % and 400 % of a window of 1280 px, a phone, and a window as it is.
    person = visitor(language, reduced_motion="reduce")
    page = person.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_studio(person, f"/{language}/editions/first-firing/studio/?budget=70000&glaze=indigo")
    want(page, "lid", "bog-oak")
    expect(page.locator("[data-part=repair]")).to_be_visible()
    person.check_page(f"studio in {size}")
    page.evaluate("() => { scrollTo(0, 0); document.querySelector('.skip').focus(); }")

    hidden, seen = [], set()
    for _ in range(70):
        page.keyboard.press("Tab")
        seen.add(focused(page))
        if trouble := page.evaluate(HIDDEN_FOCUS):
            hidden.append(trouble)
        if focused(page) == "hold":
            break
    assert hidden == []
    assert {"undo", "fit", "repair-accept", "repair-keep", "engraving", "metal=brass", "hold"} <= seen


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_bar_is_one_line_on_a_phone(visitor: Callable[..., Visitor], language: str) -> None:
    page = open_studio(visitor(language, 390), f"/{language}/editions/first-firing/studio/")

    boxes = page.evaluate(
        """() => ["total", "safe", "hold"].map((name) => {
          const box = document.querySelector(`[data-part=${name}]`).getBoundingClientRect();
          return [box.left, box.right, box.top + box.height / 2, box.height];
        })"""
    )

    assert boxes[0][1] <= boxes[1][0]
    assert boxes[1][1] <= boxes[2][0]
    middles = [box[2] for box in boxes]
    assert max(middles) - min(middles) < 6
    assert boxes[0][3] < 30
    assert boxes[1][3] < 24


def test_the_row_of_parts_marks_where_one_is(visitor: Callable[..., Visitor]) -> None:
    page = open_studio(visitor("en", reduced_motion="reduce"))
    row = page.get_by_role("navigation", name="Choices")

    row.get_by_role("link", name="Leather sleeve").click()

    expect(row.locator("[aria-current]")).to_have_text("Leather sleeve")
    expect(page.locator("#group-sleeve")).to_be_in_viewport()
    assert focused(page) == "sleeve=chestnut"
    page.keyboard.press("ArrowRight")
    checked(page, "sleeve", "ink")


def test_the_scripts_are_small(visitor: Callable[..., Visitor]) -> None:
    person = visitor("en")
    scripts: list[str] = []
    person.page.on(
        "response", lambda answer: scripts.append(answer.url) if answer.request.resource_type == "script" else None
    )
    page = open_studio(person)
    page.wait_for_load_state("networkidle")

    sizes = {url.rpartition("/")[2]: len(gzip.compress(page.request.get(url).body())) for url in scripts}

    assert any(name.startswith("studio.") for name in sizes)
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_while_the_page_comes_up(visitor: Callable[..., Visitor], width: int) -> None:
    person = visitor("ko", width, script=WATCH_SHIFTS)
    page = open_studio(person, "/ko/editions/first-firing/studio/")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("() => window.shifts") < 0.02

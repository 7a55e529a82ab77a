"""The co-design page for everybody: the camera, sound, structure, focus at any zoom, weight, calm."""

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.codesign import checked, want
from tests.browser.conftest import Visitor
from tests.browser.test_journey import choose, wait_for_price
from tests.browser.test_studio import focused, open_studio

pytestmark = pytest.mark.browser

MOST_SCRIPT = 60_000
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
    price, day, button = (box[2] for box in boxes)
    assert abs(price - day) < 6
    # The button stands in the middle of this line and the fine one below it, which says where it goes.
    assert 0 <= button - price < 12
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

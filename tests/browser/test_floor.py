"""The staff's floor in a real browser: on a phone, a tablet and a desk, in both languages, light and dark, live."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_desk import sign_in

pytestmark = pytest.mark.browser

FLOOR = "/admin/factory_sim/plant/mangwon/floor/"
PAGES = ["", "stations/", "stations/forming/", "outlook/", "timetable/", "what-if/", "figures/"]


@pytest.mark.parametrize(
    ("width", "language", "scheme"), [(1280, "ko", "light"), (1024, "en", "dark"), (390, "ko", "dark")]
)
def test_every_page_is_accessible_and_as_wide_as_the_screen(
    visitor: Callable[..., Visitor], width: int, language: str, scheme: str
) -> None:
    person = visitor(language, width, color_scheme=scheme)
    sign_in(person)
    for path in PAGES:
        page = person.go(FLOOR + path)
        if not path:
            expect(page.locator("#outlook #late")).to_be_visible()
        person.check_page(path or "floor")


def test_the_floor_moves_by_itself_and_leaves_a_form_alone(visitor: Callable[..., Visitor]) -> None:
    """A factory day passes in two seconds; the page asks every two."""
    person = visitor("en", 1280)
    sign_in(person)
    page = person.go(FLOOR)
    page.fill("#id_run-speed", "43200.5")
    clock = page.locator("#now strong")
    shown = clock.inner_text()

    expect(clock).not_to_have_text(shown)

    expect(page.locator("#id_run-speed")).to_have_value("43200.5")
    expect(page.locator("#id_run-speed")).to_be_focused()

"""The maker's desk in a real browser: on a phone and a desk, in both languages, light and dark, without a script."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

PAGES = {
    "edit": "",
    "texts": "texts/",
    "group": "groups/lid-finish/",
    "option": "groups/stitch/options/gold/",
    "rule": "rules/gold-needs-brass/",
    "start": "start/",
    "report": "report/",
    "preview": "preview/?glaze=indigo&engraving=지우",
    "publish": "publish/",
    "changes": "changes/",
    "file": "file/",
}
VIEWS = ("hero", "back", "detail")


def sign_in(person: Visitor) -> Page:
    page = person.go("/admin/")
    page.fill("#id_login", person.site.staff_email)
    page.fill("#id_password", person.site.staff_password)
    page.click("main form .button")
    page.wait_for_url("**/admin/")
    return page


def begin(person: Visitor) -> str:
    """A draft from the demo's version, begun with the button; its address."""
    page = person.go("/admin/configurator/product/")
    page.click("#result_list tbody tr:has-text('on-dam') a")
    page.locator(".desk td button").last.click()
    page.wait_for_url(re.compile(r"/draft/\d+/$"))
    return page.url.removeprefix(person.site.address)


def keep_picture(page: Page, name: str) -> None:
    """A picture of the page for people, where DESK_PICTURES names a folder."""
    folder = os.environ.get("DESK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "scheme", "width"), [("ko", "light", 390), ("en", "dark", 1280)])
def test_every_page_is_accessible_and_as_wide_as_the_screen(
    visitor: Callable[..., Visitor], width: int, language: str, scheme: str
) -> None:
    person = visitor(language, width, color_scheme=scheme)
    page = sign_in(person)
    draft = begin(person)
    page.goto(f"{person.site.address}{draft}groups/stitch/options/gold/")
    page.fill("#id_price", "9000")
    page.click(".desk-actions button")
    for name, path in PAGES.items():
        person.go(draft + path)
        keep_picture(page, f"{name}-{width}-{language}-{scheme}")
        person.check_page(name)


def test_a_draft_is_written_and_published_without_any_script(visitor: Callable[..., Visitor], site: Site) -> None:
    person = visitor("en", 1280, java_script_enabled=False)
    page = sign_in(person)
    draft = begin(person)
    page.goto(f"{site.address}{draft}groups/gasket/options/add/")
    page.fill("#id_id", "sky")
    for name, words in {"name": "Sky", "story": "The colour of noon."}.items():
        page.fill(f"#id_{name}_en", words)
        page.fill(f"#id_{name}_ko", "하늘색")
    page.fill("#id_swatch", "#7fa7c9")
    page.fill("#id_colour_gasket", "#7fa7c9")
    page.click(".desk-actions button")
    page.click(".desk-nav a >> text=Preview")
    page.click(".desk-choices a >> text=Sky")
    for view in VIEWS:
        expect(page.locator(f".desk-preview img[src*='/{view}.webp']")).to_have_js_property("naturalWidth", 800)
    page.click(".desk-nav a >> text=Publish")
    expect(page.locator(".desk-table")).to_contain_text("Gasket › Sky")
    page.click(".desk-actions button")
    expect(page.locator(".messagelist .success")).to_contain_text("Published on-dam/")
    page.screenshot()

"""What an option does to the date, as a person sees it; and the page that says how dates were kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

# Of twenty pieces one was late, by a third of the time; the rest were ready more or less before their safe date.
DUE = """
from datetime import timedelta
from factory_sim.models import FactoryClock, GivenPromise
GivenPromise.objects.filter(external_ref__startswith="seen-").delete()
clock = FactoryClock.objects.get(plant__slug="mangwon")
for number in range(300):
    given = clock.factory_anchor - timedelta(days=60, minutes=-60 * number)
    part = [*(0.6 + 0.0222 * step for step in range(19)), 1.3][number % 20]
    GivenPromise.objects.create(
        plant=clock.plant, external_ref=f"seen-{number}", likely_stretch=1, safe_stretch=1, given_at=given,
        likely_at=given + timedelta(days=8), safe_at=given + timedelta(days=10),
        ready_at=given + part * timedelta(days=10))
"""
AGE = """
from core.clock import now
from factory_sim.models import QueuePublication
print((now() - QueuePublication.objects.earliest("published_at").published_at).total_seconds())
"""
WORDS = {"en": ("+2 days", "3 days sooner"), "ko": ("+2일", "3일 빨리")}


def days(page: Page, option: str) -> Any:
    return page.locator(f"label.option:has(input[value={option}]) .days")


def answer_with_days(page: Page, language: str) -> None:
    """From now on the server says that gold thread takes two days more, and bog oak three less."""
    later, sooner = WORDS[language]

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        for group in body["groups"]:
            for option in group["options"]:
                option["days_text"] = {"gold": later, "bog-oak": sooner}.get(option["id"], "")
        route.fulfill(response=response, json=body)

    page.route("**/api/v1/quotes", answer)


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "dark"), ("ko", 390, "light")])
def test_an_option_shows_what_it_does_to_the_date(
    visitor: Callable[..., Visitor], language: str, width: int, scheme: str
) -> None:
    person = visitor(language=language, width=width, color_scheme=scheme)
    page = person.go(f"/{language}/editions/first-firing/studio/")
    expect(page.locator("[data-part=hold]")).to_have_attribute("aria-disabled", "false")
    answer_with_days(page, language)

    page.locator("label.option:has(input[value=indigo])").click()

    later, sooner = WORDS[language]
    expect(days(page, "gold")).to_contain_text(later)
    expect(days(page, "gold")).to_be_visible()
    expect(days(page, "bog-oak")).to_contain_text(sooner)
    expect(days(page, "ivory")).to_be_hidden()
    expect(page.get_by_role("radio", name=later)).to_have_count(1)
    page.locator("#group-stitch").scroll_into_view_if_needed()
    person.check_page(f"studio with days, {language}, {width}, {scheme}")


def test_the_worker_publishes_the_queues(site: Site) -> None:
    age = site.stack.manage("shell", "-v0", "-c", AGE).strip().splitlines()[-1]

    assert float(age) < 25, "each second, when something has changed, and else every twenty"


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("ko", 390, "dark")])
def test_the_page_of_kept_promises(
    site: Site, visitor: Callable[..., Visitor], language: str, width: int, scheme: str
) -> None:
    site.stack.manage("shell", "-v0", "-c", DUE)
    person = visitor(language=language, width=width, color_scheme=scheme)
    page = person.go(f"/{language}/editions/first-firing/studio/")
    page.locator(".why summary").click()
    page.locator(".why").locator(f"a[href='/{language}/promises/']").click()

    expect(page).to_have_url(f"{site.address}/{language}/promises/")
    # Pieces that other tests have ordered count as well, and some of them are late.
    expect(page.locator("dd").first).to_have_text(re.compile(r"^(8\d|9[0-6])%$"))
    expect(page.get_by_role("img").first).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(6)
    person.check_page(f"kept promises, {language}, {width}, {scheme}")

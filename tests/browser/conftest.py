"""A real browser against everything that `make run` starts, in a world of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.browser import installed
from tests.stack.running import ROOT, Stack, everything

FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RECORD_VIOLATIONS = """
    window.cspViolations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.cspViolations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# Milliseconds until something that is expected to come is given up: the live picture comes after the whole page.
expect.set_options(timeout=20_000)
# A person's mouse moves; the live picture waits for that.
MOVE_THE_MOUSE = """
    // A mouse that moves only once may have done so before anybody listens.
    setInterval(() => document.body?.dispatchEvent(new PointerEvent("pointermove", {bubbles: true})), 200);
"""
# A factory day in two seconds.
SPEED = "43200"


@dataclass
class Site:
    """Where the shop answers, and who may enter the workshop."""

    address: str
    staff_email: str
    staff_password: str
    stack: Stack


@dataclass
class Visitor:
    """A page of one person's browser, and everything that went wrong on it."""

    page: Page
    site: Site
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        return self.page

    def expect_refusals(self, *statuses: int) -> None:
        """Forget the browser's lines about answers that a test provoked; everything else stays a trouble."""
        meant = tuple(f"status of {status} " for status in statuses)
        self.troubles = [each for each in self.troubles if not any(part in each for part in meant)]

    def check_page(self, name: str) -> None:
        """No accessibility fault, no blocked resource, nothing wider than the screen."""
        page = self.page
        page.wait_for_load_state("load")
        page.evaluate(AXE)
        found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", AXE_RULES)
        faults = [
            f"{each['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]
        assert faults == [], f"{name}: {faults}"
        assert page.evaluate("() => window.cspViolations") == [], name
        widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{name} is {widths[0]} px wide on a screen of {widths[1]}"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Everything that `make run` starts, on a free port; it ends with the tests."""
    with everything(FACTORY_SPEED=SPEED, REVIEW_WORKING_MINUTES="60", RATE_HOLD="1000/min") as (stack, address):
        login = re.search(r"Staff login: (\S+)  password: (\S+)", stack.log.read_text(encoding="utf-8"))
        assert login
        yield Site(address, login[1], login[2], stack)


# A piece that is begun in the morning is finished before the workshop closes, for the night or for a holiday.
NEXT_MORNING = """
from django.utils.timezone import localdate

from accounts.models import User
from core.clock import now
from factory_sim.clock_service import jump
from factory_sim.selectors import factory_time, plant_slugs

staff = User.objects.filter(is_superuser=True).first()
for slug in plant_slugs():
    evening = localdate(factory_time(plant_slug=slug, now=now()).at)
    while localdate(factory_time(plant_slug=slug, now=now()).at) == evening:
        jump(plant_slug=slug, minutes=30, actor=staff, now=now())
"""


@pytest.fixture
def unhurried(site: Site) -> Iterator[None]:
    """From a morning on, a factory day in two minutes: each look of the stream then finds another stage."""
    site.stack.manage("factory_clock", "pause")
    site.stack.manage("shell", "-v0", "-c", NEXT_MORNING)
    site.stack.manage("factory_clock", "run", "--speed", "720")
    yield
    site.stack.manage("factory_clock", "run", "--speed", SPEED)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser for a person; at the end nothing may have gone wrong in any of them."""
    people: list[tuple[BrowserContext, Visitor]] = []

    def open_browser(language: str = "en", width: int = 1280, script: str = "", **options: Any) -> Visitor:
        height = 800 if width > 600 else 844
        context = browser.new_context(locale=language, viewport={"width": width, "height": height}, **options)
        context.add_init_script(RECORD_VIOLATIONS + MOVE_THE_MOUSE + script)
        person = Visitor(context.new_page(), site)
        person.page.set_default_timeout(30_000)
        person.page.on("pageerror", lambda error: person.troubles.append(str(error)))
        person.page.on("console", lambda line: person.troubles.append(line.text) if line.type == "error" else None)
        people.append((context, person))
        return person

    yield open_browser
    troubles = [trouble for _, person in people for trouble in person.troubles]
    for context, _ in people:
        context.close()
    assert troubles == []

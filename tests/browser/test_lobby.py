"""Opening day in a real browser: the lobby's part moves by itself, under the strict policy, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

COMING = """
from datetime import timedelta
from core.clock import now
from editions.lobby_service import NewLobby, open_lobby
from editions.models import Edition
from editions.pricing import PriceCard, Step
from editions.services import NewEdition, announce_edition
at = now()
edition = announce_edition(NewEdition(
    slug="opening-day", name_ko="여는 날", name_en="Opening Day", version=Edition.objects.earliest("pk").version,
    size=3, currency="KRW", card=PriceCard((Step(1, 58_000),)),
    announced_at=at - timedelta(days=2), opens_at=at + timedelta(hours=1)))
open_lobby(new=NewLobby(edition, at + timedelta(milliseconds=1), at + timedelta(minutes=50), 30), now=at)
"""
OTHERS = """
from core.clock import now
from editions.lobby_service import enter_lobby
from editions.models import Lobby
from editions.person_limit import holder
lobby = Lobby.objects.get(edition__slug="opening-day")
for name in ("jun", "sora", "teo"):
    enter_lobby(lobby=lobby, holders=(holder("session", name),), now=now())
"""


def test_the_lobby_counts_by_itself_and_lets_a_phone_in(site: Site, visitor: Callable[..., Visitor]) -> None:
    site.stack.manage("shell", "-v0", "-c", COMING)
    mina = visitor(width=390)
    page = mina.go("/en/editions/opening-day/")
    lobby = page.locator("#lobby")
    expect(lobby).to_contain_text("The lobby is open.")
    mina.check_page("the lobby before she enters")
    lobby.get_by_role("button", name="Enter the lobby").press("Enter")
    expect(lobby).to_contain_text("You are in the lobby.")
    expect(lobby).to_contain_text("1 person is in the lobby, for 3 pieces.")
    mina.check_page("the lobby")

    site.stack.manage("shell", "-v0", "-c", OTHERS)

    # Nobody reloads the page.
    expect(lobby).to_contain_text("4 people are in the lobby, for 3 pieces. The odds of getting one are 75 %")
    lobby.get_by_role("link", name="The draw").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The draw")
    mina.check_page("the draw")

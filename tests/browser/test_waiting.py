"""The waiting list in a real browser: it appears when the last piece goes, and every page of it is for everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

FEW = """
from datetime import timedelta
from core.clock import now
from editions.models import Edition
from editions.pricing import PriceCard, Step
from editions.services import NewEdition, announce_edition
at = now()
announce_edition(NewEdition(
    slug="few", name_ko="두 점", name_en="Only Two", version=Edition.objects.earliest("pk").version,
    size=2, currency="KRW", card=PriceCard((Step(1, 58_000),)),
    announced_at=at - timedelta(days=2), opens_at=at - timedelta(hours=1)))
"""
GONE = """
from configurator.selectors import definition_of
from core.clock import now
from editions.models import Edition
from editions.services import hold_piece
from orders.services.quote import make_offer
edition = Edition.objects.get(slug="few")
data = {"version": edition.version.key, "choices": definition_of(edition.version).started(), "engraving": ""}
offer = make_offer(edition=edition, data=data, now=now())
for _ in range(2):
    hold_piece(edition=edition, offer=offer, now=now())
"""
TOKEN = """
from editions.models import WaitingPlace
print(WaitingPlace.objects.get(edition__slug="few", email="mina@example.com").token)
"""
LAPSE = """
from core.clock import now
from editions.models import Piece
Piece.objects.filter(edition__slug="few", number=1).update(held_until=now())
"""


def test_who_finds_nothing_left_joins_waits_and_gets_a_piece(site: Site, visitor: Callable[..., Visitor]) -> None:
    site.stack.manage("shell", "-v0", "-c", FEW)
    mina = visitor(width=390)
    page = mina.go("/en/editions/few/")
    line = page.locator("#waiting")
    expect(page.get_by_role("heading", level=1)).to_have_text("Only Two")
    expect(line).to_be_hidden()

    site.stack.manage("shell", "-v0", "-c", GONE)

    # Nobody reloads the page.
    expect(line).to_be_visible()
    mina.check_page("an edition with nothing left")
    page = mina.go("/en/editions/few/studio/")
    mina.check_page("a studio with nothing left")
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_text("Your design is kept with your place.")).to_be_visible()
    mina.check_page("joining")
    page.get_by_label("E-mail address").fill("mina@example.com")
    page.get_by_role("button", name="Ask for a place").click()
    expect(page.get_by_text("We have written to mina@example.com.")).to_be_visible()
    token = site.stack.manage("shell", "-v0", "-c", TOKEN).strip().splitlines()[-1]
    page = mina.go(f"/en/waiting/{token}/")
    mina.check_page("a place to confirm")
    page.get_by_role("button", name="Confirm").press("Enter")
    expect(page.get_by_text("You are the first in line")).to_be_visible()
    mina.check_page("a place in line")

    site.stack.manage("shell", "-v0", "-c", LAPSE)

    page.wait_for_timeout(6_000)
    page.reload()
    expect(page.get_by_text("Piece No. 1 is kept for you until")).to_be_visible()
    mina.check_page("an offer")
    page.get_by_role("button", name="Design this piece").press("Enter")
    expect(page.locator("[data-part=offer]")).to_contain_text("Piece No. 1 is kept for you until")
    mina.check_page("a studio with an offer")
    page.get_by_role("button", name="Hold a piece").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("No. 001")

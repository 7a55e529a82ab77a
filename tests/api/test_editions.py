"""`GET /editions/{slug}`: an edition as it stands."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from editions.models import Edition
from editions.pricing import ComponentLadder, PriceCard, Step
from editions.services import sell_piece
from tests import samples
from tests.api.calls import Caller, expect_problem

pytestmark = pytest.mark.django_db


def test_an_edition_shows_what_is_left_its_card_and_every_option(api: Caller, edition: Edition, now: datetime) -> None:
    for _ in range(4):
        sell_piece(hold=samples.held(edition, now=now), now=now)
    samples.held(edition, now=now)

    body = api.get(f"/editions/{edition.slug}").body

    assert {name: body[name] for name in ("slug", "name", "version", "currency", "engraving_longest")} == {
        "slug": "first-firing",
        "name": "ON:DAM First Firing",
        "version": "on-dam/1",
        "currency": "KRW",
        "engraving_longest": 24,
    }
    assert (body["size"], body["available"], body["held"], body["sold"], body["state"]) == (10, 5, 1, 4, "available")
    assert body["card"] == [
        {"from_order": 1, "to_order": 3, "price": "58000", "current": False},
        {"from_order": 4, "to_order": 7, "price": "64000", "current": True},
        {"from_order": 8, "to_order": 10, "price": "72000", "current": False},
    ]
    assert (body["orders_placed"], body["components"]) == (4, [])
    assert body["preset"] == samples.PRESET
    assert [group["id"] for group in body["groups"]] == list(samples.PRESET)
    assert body["groups"][0]["options"][3] == {
        "id": "indigo",
        "name": "Indigo",
        "story": "A deep night sea, fired hotter than the others.",
        "price": "5000",
    }
    assert datetime.fromisoformat(body["opens_at"]) == edition.opens_at


def test_an_edition_shows_the_ladders_of_its_scarce_components(api: Caller, tmp_path: Path, now: datetime) -> None:
    ladder = ComponentLadder("cobalt", 6, (Step(1, 2_000), Step(3, 4_500)))
    edition = samples.scarce_edition(tmp_path, now=now, card=PriceCard((Step(1, 58_000),), (ladder,)))
    for _ in range(2):
        sell_piece(hold=samples.held(edition, now=now, glaze="indigo"), now=now)

    assert api.get(f"/editions/{edition.slug}").body["components"] == [
        {
            "id": "cobalt",
            "name": "Cobalt glaze",
            "stock": 6,
            "card": [
                {"from_unit": 1, "to_unit": 2, "price": "2000", "current": False},
                {"from_unit": 3, "to_unit": 6, "price": "4500", "current": True},
            ],
        }
    ]
    page = api.client.get(f"/en/editions/{edition.slug}/studio/").content.decode()
    assert "<caption>Cobalt glaze <span" in page
    assert re.findall(r'data-ladder="cobalt"[^>]*aria-current="true">\s*<td>([^<]+)', page) == ["3–6"]


def test_held_pieces_come_back_by_themselves(api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    samples.held(edition, now=now - timedelta(minutes=9))
    assert api.get(f"/editions/{edition.slug}").body["state"] == "all_held"

    edition.pieces.update(held_until=now)

    assert api.get(f"/editions/{edition.slug}").body["state"] == "available"


def test_an_edition_without_free_pieces_says_so(api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    sell_piece(hold=samples.held(edition, now=now), now=now)

    body = api.get(f"/editions/{edition.slug}").body

    assert (body["available"], body["sold"], body["state"]) == (0, 1, "sold_out")


@pytest.mark.parametrize("slug", ["second-firing", "FIRST-FIRING", "0"])
def test_an_edition_that_does_not_exist(api: Caller, korean_api: Caller, edition: Edition, slug: str) -> None:
    expect_problem(api.get(f"/editions/{slug}"), 404, "not_found", "That is not to be had here.")
    expect_problem(korean_api.get(f"/editions/{slug}"), 404, "not_found", "여기에서는 찾을 수 없습니다.")


def test_looking_writes_nothing(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        api.get(f"/editions/{edition.slug}")

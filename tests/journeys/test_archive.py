"""An edition that is over is archived by staff: off the home page, still at its address, with its ledger."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from editions.archive_service import StillSelling, archive_edition
from editions.models import Edition
from editions.services import EditionClosed, free_piece
from tests import samples

pytestmark = pytest.mark.django_db

HOME = "/en/editions/first-firing"
LIST = "/admin/editions/edition/"


@pytest.fixture
def sold_out(now: datetime) -> Edition:
    edition = samples.open_edition(now=now, size=1)
    samples.order_in_review(edition, now=now)
    edition.refresh_from_db()
    return edition


def archive(client: Client, edition: Edition) -> str:
    data = {"action": "archive", "_selected_action": [edition.pk]}
    return client.post(LIST, data, follow=True, headers={"Accept-Language": "en"}).content.decode()


def test_a_maker_archives_a_sold_out_edition(client: Client, sold_out: Edition) -> None:
    assert HOME in client.get("/en/").content.decode()
    client.force_login(samples.maker())

    assert "ON:DAM First Firing is archived." in archive(client, sold_out)

    client.logout()
    assert HOME not in client.get("/en/").content.decode()
    page = client.get(f"{HOME}/").content.decode()
    assert "This edition is archived" in page
    assert "Design yours" not in page
    assert "₩63,000" in client.get(f"{HOME}/ledger/").content.decode()
    assert client.get("/ledgers/first-firing.jsonl").status_code == 200
    assert client.get(f"/api/v1/editions/{sold_out.slug}").json()["archived"] is True


def test_a_closed_edition_is_archived_once(sold_out: Edition, now: datetime) -> None:
    Edition.objects.update(closes_at=now)

    assert archive_edition(edition_id=sold_out.pk, now=now) is True
    assert archive_edition(edition_id=sold_out.pk, now=now + timedelta(days=1)) is False
    assert Edition.objects.get().archived_at == now


@pytest.mark.parametrize("hours", [0, -2], ids=["open", "not yet open"])
def test_what_still_sells_is_not_archived(edition: Edition, now: datetime, hours: int) -> None:
    with samples.nothing_written(), pytest.raises(StillSelling):
        archive_edition(edition_id=edition.pk, now=now + timedelta(hours=hours))


def test_an_edition_whose_last_piece_is_only_held_still_sells(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    samples.held(edition, now=now)

    with pytest.raises(StillSelling):
        archive_edition(edition_id=edition.pk, now=now)


def test_a_piece_that_comes_back_afterwards_is_not_sold(sold_out: Edition, now: datetime) -> None:
    archive_edition(edition_id=sold_out.pk, now=now)
    free_piece(piece_id=sold_out.pieces.get().pk, now=now)

    with pytest.raises(EditionClosed):
        samples.held(sold_out, now=now)


def test_the_admin_says_why_not(client: Client, edition: Edition) -> None:
    client.force_login(samples.superuser())

    assert "ON:DAM First Firing still sells" in archive(client, edition)
    assert Edition.objects.get().archived_at is None


def test_who_may_only_look_is_not_offered_it(client: Client, sold_out: Edition) -> None:
    client.force_login(samples.reviewer())

    assert client.post(LIST, {"action": "archive", "_selected_action": [sold_out.pk]}).status_code == 403
    assert Edition.objects.get().archived_at is None

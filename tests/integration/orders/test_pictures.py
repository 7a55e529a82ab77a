"""The piece in pictures: with its number once it has one, on every page, in the workshop and inside letters."""

import io
import re
from datetime import datetime
from email.message import EmailMessage as Parsed
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core import mail
from django.test import Client
from PIL import Image

from accounts.models import User
from configurator.picture_address import picture_address, picture_sources, subject_of
from configurator.picture_service import plates_of_view
from configurator.selectors import artwork_file, definition_of
from editions.models import Edition
from factory_sim.models import ProductionOrder
from orders import tasks
from orders.models import Order, OrderStatus
from orders.services.produce import start_production
from orders.services.review import approve_order
from tests import samples

pytestmark = pytest.mark.django_db

NUMBERING = """[numbering]
panel = "body"
width_mm = 62
height_mm = 46
letter_mm = 12
font = "sans-ko"
colour_part = "foot"

[artwork]
"""


@pytest.fixture
def numbered(edition: Edition, tmp_path: Path, now: datetime) -> Edition:
    """An edition of ten whose pieces carry their number."""
    return samples.revised_edition(tmp_path, {"[artwork]\n": NUMBERING}, now=now)


def pixels(client: Client, address: str) -> Any:
    return np.asarray(Image.open(io.BytesIO(client.get(address).content))).astype(int)


def shown(page: str) -> list[str]:
    return re.findall(r'<img class="photo" src="([^"]+)"', page)


def number_in(address: str) -> str:
    return subject_of(address.split("/")[2]).number


def test_the_number_is_drawn_on_its_panel_and_nowhere_else(numbered: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(numbered, now=now)
    plain, first, second = (
        pixels(client, picture_address(order.configuration, "hero", 800, "png", number))
        for number in ("", "01/10", "02/10")
    )
    view = plates_of_view(definition_of(numbered.version), "hero", 800)
    inside = np.zeros((800, 800), bool)
    rows, columns = np.divmod(view.panels["body"].places, view.width)
    inside[rows + view.y, columns + view.x] = True

    for other in (first, second):
        differs = (plain != other).any(axis=2)
        assert differs.sum() > 100
        assert not differs[~inside].any()
    assert (first != second).any()


def test_a_piece_has_its_number_from_the_hold_on(numbered: Edition, client: Client, now: datetime) -> None:
    studio = client.get(f"/en/editions/{numbered.slug}/studio/").content.decode()
    held = samples.held(numbered, now=now)
    checkout = client.get(f"/en/holds/{held.token}/").content.decode()
    order = samples.order_in_review(numbered, now=now)
    page = client.get(f"/en/orders/{order.token}/").content.decode()

    (still,) = re.findall(r'data-part="still" src="([^"]+)"', studio)
    assert number_in(still) == "", "control: nobody has a piece yet"
    assert [number_in(address) for address in shown(checkout)] == ["01/10"]
    assert [number_in(address) for address in shown(page)] == ["02/10"]


def test_a_product_without_a_place_for_it_has_no_number(edition: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    (address,) = shown(client.get(f"/en/orders/{order.token}/").content.decode())

    assert address == picture_address(order.configuration, "hero", 800, "jpeg")


def test_a_page_offers_small_formats_in_every_size(edition: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    page = client.get(f"/en/orders/{order.token}/").content.decode()

    sources = re.findall(r'<source type="([^"]+)" srcset="([^"]+)"', page)
    assert [{"type": kind, "srcset": srcset} for kind, srcset in sources] == picture_sources(
        order.configuration, "hero"
    )
    assert [kind for kind, _ in sources] == ["image/avif", "image/webp"]
    for kind, srcset in sources:
        places = [entry.split() for entry in srcset.split(", ")]
        assert [width for _, width in places] == ["400w", "800w", "1200w"]
        answer = client.get(places[0][0])
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert Image.open(io.BytesIO(answer.content)).size == (400, 400)


def test_a_reviewer_sees_every_side_and_a_proof_without_loss(
    edition: Edition, client: Client, reviewer: User, now: datetime
) -> None:
    order = samples.order_in_review(edition, now=now)
    client.force_login(reviewer)

    page = client.get(f"/admin/orders/order/{order.pk}/change/", follow=True).content.decode()

    sides = re.findall(r'<a href="([^"]+-1200\.png)"><img src="([^"]+)" alt="([^"]+)"', page)
    assert len(sides) == len(definition_of(edition.version).views)
    for proof, address, alt in sides:
        assert client.get(proof)["Content-Type"] == "image/png"
        assert client.get(address).status_code == 200
        assert alt


def test_the_workshop_sees_the_piece_that_it_makes(edition: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.reviewer(), now=now, reason="")
    start_production(order_id=order.pk, now=now)
    job = ProductionOrder.objects.get(external_ref=order.reference)
    foreign = ProductionOrder.objects.get(pk=job.pk)
    foreign.pk, foreign.external_ref = None, "FOREIGN-1"
    foreign.save()
    client.force_login(samples.superuser())

    page, other = (
        client.get(f"/admin/factory_sim/productionorder/{each.pk}/change/").content.decode() for each in (job, foreign)
    )

    assert page.count('<figure class="side">') == len(definition_of(edition.version).views)
    assert other.count('<figure class="side">') == 0, "a job of another shop has no picture here"


# --- Letters ------------------------------------------------------------------------------------------


def letter_about(order: Order) -> Parsed:
    tasks.send_letter(order_id=order.pk, status=OrderStatus.IN_REVIEW)
    return mail.outbox[-1].message()


def content_of(part: Any) -> bytes:
    return bytes(part.get_payload(decode=True))


def test_a_letter_carries_its_picture_inside(edition: Edition, client: Client, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    letter = letter_about(order)

    assert letter.get_content_type() == "multipart/related"
    kinds = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/jpeg"]
    plain, html, picture = (part for part in letter.walk() if not part.is_multipart())
    assert picture["Content-ID"] == "<piece>"
    assert picture["Content-Disposition"].startswith("inline")
    words = content_of(html).decode()
    assert 'src="cid:piece"' in words
    assert 'src="http' not in words, "nothing is fetched when it is read"
    assert f"/ko/orders/{order.token}/" in words
    assert order.token in content_of(plain).decode()
    address = picture_address(order.configuration, "hero", 400, "jpeg")
    assert content_of(picture) == client.get(address).content


def test_a_letter_about_a_picture_that_is_gone_has_words_alone(
    edition: Edition, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    order = samples.order_in_review(edition, now=now)
    gone = {"artwork": "f" * 64, "x_mm": 0, "y_mm": 0, "width_mm": 30, "degrees": 0}
    Order.objects.filter(pk=order.pk).update(configuration_json={**order.configuration_json, "artwork": gone})
    assert not artwork_file("f" * 64).exists()

    letter = letter_about(order)

    assert [part.get_content_type() for part in letter.walk()] == ["text/plain"]
    assert "goes without a picture" in caplog.text

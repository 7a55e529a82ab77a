"""A print through an order: what the customer, the reviewer and the factory are told of it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from payments import PaymentStatus

from configurator.artwork_service import keep_artwork
from configurator.artwork_session import Uploader
from configurator.compile import work_spec
from configurator.selectors import definition_of
from editions.models import Edition
from editions.services import hold_piece
from orders.models import Order
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.quote import make_quote
from tests import samples
from tests.unit.configurator.hostile_pictures import picture, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    """A paid order of a piece with a picture of 600 by 400 pixels, 50 mm wide, turned."""
    kept = keep_artwork(content=saved("PNG", picture((600, 400))), account=None, now=now)
    placement: dict[str, Any] = {"artwork": kept.sha256, "x_mm": 2.5, "y_mm": -1, "width_mm": 120, "degrees": 15}
    data = {**samples.design(edition), "artwork": placement}
    quote = make_quote(edition=edition, data=data, now=now, uploader=Uploader(frozenset({kept.sha256})))
    held = hold_piece(edition=samples.current(edition), offer=quote.offer, now=now)
    placed = place_order(
        hold_token=held.token, buyer=Buyer(email="mina@example.com", language="ko", accepts_no_return=True), now=now
    )
    placed.payments.get().change_status(PaymentStatus.PREAUTH)
    return settle_payment(order_id=placed.pk, now=now)


def test_the_customer_s_page_lists_the_print_and_its_price(client: Client, order: Order) -> None:
    page = client.get(f"/en/orders/{order.token}/").content.decode()

    assert "Your own picture" in page
    assert "120 mm · → 2.5 mm · ↓ -1 mm · 15°" in page
    assert "₩12,000" in page


def test_the_reviewer_sees_the_picture_its_place_and_its_sharpness(client: Client, order: Order) -> None:
    client.force_login(samples.reviewer())

    page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    assert "/artworks/" in page
    for sentence in (
        "120 × 80 mm on a panel of 62 × 46 mm",
        "2.50 mm right, -1 mm down",
        "15°",
        "127 dpi: a little soft",
    ):
        assert sentence in page


def test_the_factory_prints_and_fires_once_more(order: Order) -> None:
    definition = definition_of(order.edition.version)
    printed = work_spec(definition, order.configuration)
    plain = work_spec(definition, samples_configuration(order))

    extra = {each.id for each in printed.operations} - {each.id for each in plain.operations}
    assert extra == {"print", "decor-fire"}
    assert {each.id for each in printed.materials} - {each.id for each in plain.materials} == {"transfer"}
    assert "torn-transfer" in {fault.id for each in printed.operations for fault in each.faults}


def samples_configuration(order: Order) -> Any:
    from configurator.configuration import Configuration

    return Configuration.from_json({**order.configuration_json, "artwork": None})

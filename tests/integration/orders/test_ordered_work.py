"""What the factory is told of an ordered piece: its work, its number, its design and its picture."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from editions.models import Edition
from factory_sim.contracts import WorkSpec
from factory_sim.models import ProductionOrder
from factory_sim.services import run_clock, tick
from orders.services.produce import finish_production, ordered_work, start_production
from orders.services.review import approve_order
from tests import samples

pytestmark = pytest.mark.django_db


def test_the_factory_knows_the_very_piece(edition: Edition, now: datetime, client: Client) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.reviewer(), now=now)
    start_production(order_id=order.pk, now=now)
    spec = WorkSpec.from_json(ProductionOrder.objects.get().work_spec)
    told = {each.id: (each.name["en"], each.value["en"]) for each in spec.particulars}

    assert spec == ordered_work(order)
    assert told["number"] == ("Number", order.piece.engraved_number)
    assert told["glaze"] == ("Body glaze", "Celadon")
    assert {each.id: each.value["ko"] for each in spec.particulars}["glaze"] == "청자"
    assert client.get(spec.picture)["Content-Type"] == "image/jpeg"


def test_its_owner_sees_what_was_measured(edition: Edition, now: datetime, client: Client) -> None:
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.reviewer(), now=now)
    start_production(order_id=order.pk, now=now)
    run_clock(plant_slug="mangwon", speed=720, now=now)
    assert "What was measured" not in client.get(order.get_absolute_url()).content.decode()
    tick(plant_slug="mangwon", now=now + timedelta(days=30))
    finish_production(external_ref=order.reference, now=now)
    page = client.get(order.get_absolute_url())
    colours = {each.colour for each in page.context["readings"] if each.unit == "ΔE"}

    assert "What was measured" in page.content.decode()
    assert "Highest temperature" in page.content.decode()
    assert '<polyline points="0.0,' in page.content.decode()
    assert colours == {ordered_work(order).colour}


def test_its_engraving_is_told_too_and_work_of_before_is_readable(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    order.configuration_json = {**order.configuration_json, "engraving": "지우"}
    told = {each.id: each.value for each in ordered_work(order).particulars}
    before = ordered_work(order).as_json()
    del before["particulars"], before["picture"]

    assert told["engraving"] == {"ko": "지우", "en": "지우"}
    assert (WorkSpec.from_json(before).particulars, WorkSpec.from_json(before).picture) == ((), "")

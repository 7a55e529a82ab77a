"""What staff read of the factory in the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.functional import Promise

from factory_sim.contracts import Kind, Phase
from factory_sim.models import KINDS, PHASES, Plant, ProductionEvent, ProductionOrder
from factory_sim.services import produce, tick
from tests.integration.factory_sim.work import PLANT, SIMPLE, at


def test_every_phase_and_every_kind_has_words_that_can_be_translated() -> None:
    assert [value for value, _ in PHASES] == list(Phase)
    assert [value for value, _ in KINDS] == list(Kind)
    assert all(isinstance(label, Promise) for _, label in [*PHASES, *KINDS])


@pytest.mark.django_db
def test_phases_and_kinds_are_shown_in_words(plant: Plant, admin_client: Client) -> None:
    produce(plant_slug=PLANT, external_ref="001-ABCDE", spec=SIMPLE, now=at(0))
    tick(plant_slug=PLANT, now=at(5))

    order = ProductionOrder.objects.get()

    assert order.get_phase_display() == "being worked on"
    assert [event.get_kind_display() for event in ProductionEvent.objects.order_by("seq")] == [
        *("entered the plant", "joined a queue", "work started"),
    ]
    for page in ("admin:factory_sim_productionorder_changelist", "admin:factory_sim_productionorder_change"):
        args = [order.pk] if page.endswith("change") else []
        assert "being worked on" in admin_client.get(reverse(page, args=args)).content.decode()

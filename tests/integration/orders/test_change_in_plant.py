"""A piece is changed while the plant has it: each part until the operation that consumes it begins."""

from datetime import datetime, timedelta

import pytest

from configurator.configuration import Configuration
from editions.models import Edition
from factory_sim.commands import TooLate
from factory_sim.models import ProductionEvent, ProductionOrder, WorkChange
from factory_sim.services import tick
from orders.models import Order, OrderStatus
from tests import samples
from tests.conftest import MONDAY
from tests.integration.orders.changing import change, in_production, ordered

pytestmark = pytest.mark.django_db

PLANT = "mangwon"
SEED = 1
"""Of the draws for a piece that would else have its own for its random reference."""


@pytest.fixture
def now() -> datetime:
    """The workshop is open."""
    return MONDAY


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    return ordered(edition, now)


def test_production_begins_with_the_newest_design(order: Order, now: datetime) -> None:
    change(order, now, glaze="porcelain")
    in_production(order, now)

    glaze = next(row for row in ProductionOrder.objects.get().work_spec["operations"] if row["id"] == "glaze")
    assert glaze["family"] == "pale"
    assert not WorkChange.objects.exists()


def test_a_piece_in_the_plant_is_changed_there_too(edition: Edition, now: datetime) -> None:
    order = in_production(ordered(edition, now, glaze="iron-black"), now)
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    change(order, now + timedelta(minutes=5), glaze="indigo")
    job = ProductionOrder.objects.get()

    fire = next(row for row in job.work_spec["operations"] if row["id"] == "fire")
    assert fire["minutes"] == 170
    order.refresh_from_db()
    assert job.due_at == order.safe_at
    assert list(ProductionEvent.objects.values_list("kind", flat=True))[-1] == "changed"


@pytest.mark.parametrize(
    ("changed", "minutes", "is_late"),
    [
        ({"clay": "grey"}, 0, False),
        ({"clay": "grey"}, 5, True),
        ({"glaze": "porcelain"}, 5, False),
        ({"glaze": "porcelain"}, 120, True),
        ({"engraving": "민아"}, 20, False),
        ({"engraving": "민아"}, 240, True),
        ({"sleeve": "ink"}, 5, False),
        ({"sleeve": "ink"}, 120, True),
        ({"gasket": "moss"}, 120, False),
    ],
)
def test_each_part_is_fixed_when_its_own_operation_begins(
    order: Order, now: datetime, changed: dict[str, str], minutes: float, is_late: bool
) -> None:
    in_production(order, now)
    ProductionOrder.objects.update(seed=SEED)
    moment = now + timedelta(minutes=minutes)
    tick(plant_slug=PLANT, now=moment)
    if is_late:
        with samples.nothing_written(), pytest.raises(TooLate):
            change(order, moment, **changed)
    else:
        assert change(order, moment, **changed).status == OrderStatus.IN_PRODUCTION


def test_what_the_work_does_not_show_is_fixed_all_the_same(order: Order, now: datetime) -> None:
    """Clay of another colour is the same work: only the definition says that forming consumes it."""
    in_production(order, now)
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    begun = ProductionEvent.objects.filter(kind="started")
    assert list(begun.values_list("operation", flat=True)) == ["form"]
    with pytest.raises(TooLate, match="begun"):
        change(order, now + timedelta(minutes=5), clay="grey")
    assert Configuration.from_json(order.configuration_json).choices["clay"] == "buff"

"""Orders and letters while workers are killed and the broker forgets: nothing is lost, nothing is done twice."""

from collections.abc import Iterator

import pytest

from tests.stack.running import Stack, kill_with_children, stack, wait_for

pytestmark = pytest.mark.stack

PIECES = 8
# Counted from the first event: the plant's clock starts on this week's Monday, and a week may end between two runs.
EVENTS = """
    SELECT o.external_ref, e.seq, e.kind, e.operation, e.station, e.machine, e.fault,
        round((e.minute - min(e.minute) OVER ())::numeric, 6), e.at - min(e.at) OVER ()
    FROM factory_sim_productionevent e JOIN factory_sim_productionorder o ON o.id = e.order_id
    ORDER BY o.external_ref, e.seq
"""
# Orders with fixed references: what happens to a piece depends on its reference and the plant's seed alone.
PLACE_ORDERS = """
from core.clock import now
from editions.models import Edition
from orders.models import Order
from tests import samples
edition = Edition.objects.select_related("version__product").get(slug="first-firing")
for number in range({first}, {first} + {count}):
    order = samples.order_in_review(edition, now=now())
    Order.objects.filter(pk=order.pk).update(reference=f"piece-{{number:02d}}")
"""
START_ALL = """
from core.clock import now
from orders.models import Order, OrderStatus
from orders.services.produce import start_production
for order in Order.objects.order_by("reference"):
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.APPROVED)
    start_production(order_id=order.pk, now=now())
"""
APPROVE_ALL = """
from core.clock import now
from orders.selectors import review_queue
from orders.services.review import approve_order
from tests import samples
for order in review_queue():
    approve_order(order_id=order.pk, actor=samples.superuser(f"{order.pk}@dure.example"), now=now())
"""


@pytest.fixture
def factory() -> Iterator[Stack]:
    with stack(TICK_SECONDS="0.2") as running:
        yield running


def count(running: Stack, table: str, condition: str = "true") -> int:
    number: int = running.query(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]
    return number


def test_orders_approved_while_workers_die_are_all_produced_exactly_once(factory: Stack) -> None:
    factory.manage("shell", "-v0", "-c", PLACE_ORDERS.format(first=1, count=PIECES))
    # Approved while no worker runs at all: the broker has the messages, or the outbox has them.
    factory.manage("shell", "-v0", "-c", APPROVE_ALL)
    factory.start_beat()
    worker = factory.start_worker()
    wait_for(lambda: count(factory, "core_outboxmessage", "attempts > 0") > 0, "the first attempt")
    kill_with_children(worker)
    factory.start_worker()

    wait_for(lambda: count(factory, "orders_order", "status = 'in_production'") == PIECES, "production of all", 120)

    assert count(factory, "factory_sim_productionorder") == PIECES
    assert count(factory, "orders_payment", "status = 'confirmed'") == PIECES
    # Letters too, one of which the killed worker may have had in hand.
    wait_for(lambda: count(factory, "core_outboxmessage", "processed_at IS NULL") == 0, "an empty outbox", 60)


def test_a_broker_that_forgets_everything_loses_no_order(factory: Stack) -> None:
    factory.manage("shell", "-v0", "-c", PLACE_ORDERS.format(first=1, count=2))
    factory.manage("shell", "-v0", "-c", APPROVE_ALL)
    factory.manage("shell", "-v0", "-c", "from django.core.cache import cache; cache._cache.get_client().flushall()")
    factory.start_beat()
    factory.start_worker()

    wait_for(lambda: count(factory, "orders_order", "status = 'in_production'") == 2, "production after the loss", 60)
    assert count(factory, "factory_sim_productionorder") == 2

"""What the worker does for orders: the handlers of the outbox's topics, and a sweeper."""

from typing import Any

from celery import shared_task

from core import outbox
from core.availability import UNAVAILABLE
from core.clock import now
from editions.contracts import LINE_TOPIC
from factory_sim.contracts import ABORTED_TOPIC, FINISHED_TOPIC
from orders.services import artwork, cancel, notify, pay, produce, publish, waiting_letters


@outbox.handler(pay.CAPTURE_TOPIC)
def capture_payment(*, order_id: int, **_: Any) -> None:
    """Take the money of an approved order, then start production."""
    if pay.capture_payment(order_id=order_id):
        outbox.enqueue(produce.START_TOPIC, order_id=order_id)


@outbox.handler(pay.VOID_TOPIC)
def void_payment(*, order_id: int, **_: Any) -> None:
    """Let go of the money of an order that did not come about."""
    pay.void_payment(order_id=order_id)


@outbox.handler(produce.START_TOPIC)
def start_production(*, order_id: int, **_: Any) -> None:
    """Hand an order to the factory."""
    produce.start_production(order_id=order_id, now=now())


@outbox.handler(FINISHED_TOPIC)
def finish_production(*, external_ref: str, **_: Any) -> None:
    """Close an order whose piece is made."""
    produce.finish_production(external_ref=external_ref, now=now())


@outbox.handler(ABORTED_TOPIC)
def give_up_production(*, external_ref: str, reason: str, **_: Any) -> None:
    """End an order whose piece is not going to be made."""
    cancel.give_up_production(external_ref=external_ref, reason=reason, now=now())


@outbox.handler(notify.NOTIFY_TOPIC)
def send_letter(*, order_id: int, status: str, **_: Any) -> None:
    """Write to the customer where the order stands."""
    notify.send_letter(order_id=order_id, status=status)


@outbox.handler(LINE_TOPIC)
def send_waiting_letter(*, place_id: int, news: str, **_: Any) -> None:
    """Write to somebody in a waiting list."""
    waiting_letters.send_waiting_letter(place_id=place_id, news=news, now=now())


@shared_task(name="orders.settle_open_payments", throws=UNAVAILABLE, expires=60, soft_time_limit=50, time_limit=60)
def settle_open_payments(**_: Any) -> None:
    """Settle payments whose customer never came back, and give up orders that were never paid."""
    pay.settle_open_payments(now=now())


@shared_task(name="orders.publish_queues", throws=UNAVAILABLE, expires=2, soft_time_limit=20, time_limit=30)
def publish_queues(**_: Any) -> None:
    """Publish the queues that have changed, from which the shop promises."""
    publish.publish_queues(now=now())


@shared_task(name="orders.remove_unused_artworks", throws=UNAVAILABLE, soft_time_limit=300, time_limit=330)
def remove_unused_artworks(**_: Any) -> None:
    """Remove customers' pictures that nobody uses."""
    artwork.remove_unused_artworks(now=now())

"""Publishing, for every plant, the queue behind all that is ordered: what the shop promises from."""

from datetime import datetime
from functools import partial

from django.conf import settings

from factory_sim.contracts import OrderedWork
from factory_sim.publishing import publish_queue
from factory_sim.selectors import plant_slugs
from orders.work_ahead import all_waiting, waiting_mark


def publish_queues(*, now: datetime) -> int:
    """Publish the queues of plants where something has changed; count them. Idempotent."""
    mark = waiting_mark()
    return sum(
        publish_queue(
            plant_slug=slug,
            waiting=partial(_waiting, slug, now),
            waiting_mark=mark,
            review_minutes=settings.REVIEW_WORKING_MINUTES,
            now=now,
        )
        for slug in plant_slugs()
    )


def _waiting(plant: str, now: datetime) -> list[OrderedWork]:
    return all_waiting(now)[plant]

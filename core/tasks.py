"""Celery tasks of the outbox."""

from datetime import timedelta
from typing import Any

from celery import shared_task

from core import idempotency, outbox
from core.availability import UNAVAILABLE
from core.clock import now

KEEP_PROCESSED = timedelta(days=14)


@shared_task(
    name=outbox.DELIVER_TASK,
    acks_late=True,
    reject_on_worker_lost=True,
    throws=UNAVAILABLE,
    soft_time_limit=60,
    time_limit=90,
)
def deliver(*, message_id: int, **_: Any) -> None:
    """Run one message of the outbox."""
    outbox.deliver(message_id=message_id)


@shared_task(name="core.sweep_outbox", throws=UNAVAILABLE, expires=10, soft_time_limit=20, time_limit=30)
def sweep_outbox(**_: Any) -> None:
    """Offer what the broker lost again."""
    outbox.sweep(now=now())


@shared_task(name="core.forget_processed", throws=UNAVAILABLE, soft_time_limit=300, time_limit=330)
def forget_processed(**_: Any) -> None:
    """Remove messages that were done two weeks ago."""
    outbox.forget_processed(before=now() - KEEP_PROCESSED)


@shared_task(name="core.forget_answers", throws=UNAVAILABLE, soft_time_limit=300, time_limit=330)
def forget_answers(**_: Any) -> None:
    """Remove kept answers that nobody may ask for any more."""
    idempotency.forget_answers(now=now())

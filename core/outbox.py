"""Work after commit. The row in the database is the truth, the broker only the fast path.

A service calls `enqueue` inside its transaction. After the commit the message is offered to the broker;
if that fails, or the broker loses it, the sweeper offers it again. A worker claims the message (attempt
counted, lease taken, committed), then runs its handler and marks it done in one transaction: whatever
the handler writes to the database happens exactly once. A handler that has to wait for another gives the message
back. After MOST_ATTEMPTS the message is parked, and staff see it in the admin.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError as BrokerUnavailable

from core.clock import now as read_clock
from core.models import OutboxMessage

Handler = Callable[..., object]

MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=20)
SWEEP_GRACE = timedelta(seconds=2)
SWEEP_SIZE = 200
DELIVER_TASK = "core.deliver"

log = structlog.get_logger()
_handlers: dict[str, Handler] = {}


class NotNow(Exception):
    """A handler has to wait for another and has done nothing: no attempt is counted, and it is offered again."""


class UnknownTopic(Exception):
    """No handler is registered for a topic."""


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register a function as the handler of a topic. It gets the payload as keywords and must be idempotent."""

    def register(function: Handler) -> Handler:
        if topic in _handlers and _handlers[topic] is not function:
            raise ValueError(f"topic {topic!r} has a handler already")
        _handlers[topic] = function
        return function

    return register


def topics() -> frozenset[str]:
    """The topics that have a handler in this process."""
    return frozenset(_handlers)


def enqueue(topic: str, /, **payload: Any) -> OutboxMessage:
    """Write a message in the caller's transaction and offer it to the broker after the commit."""
    written_at = read_clock()
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    message = OutboxMessage.objects.create(
        topic=topic, payload=payload, request_id=request_id, created_at=written_at, due_at=written_at
    )
    transaction.on_commit(lambda: _offer(message.pk), robust=True)
    return message


def enqueue_once(topic: str, /, **payload: Any) -> OutboxMessage | None:
    """Like `enqueue`, unless the same message is still to be done (or parked for a person to look at)."""
    if OutboxMessage.objects.filter(topic=topic, payload=payload, processed_at=None).exists():
        return None
    return enqueue(topic, **payload)


def deliver(*, message_id: int) -> bool:
    """Run a message's handler if it is still to be done; say whether it was. Errors are recorded and raised."""
    message = _claim(message_id, read_clock())
    if message is None:
        return False
    with structlog.contextvars.bound_contextvars(request_id=message.request_id):
        try:
            return _handle(message.pk)
        except NotNow:
            _give_back(message.pk)
            return False
        except Exception as error:
            _record_failure(message.pk, error)
            raise


def sweep(*, now: datetime) -> int:
    """Offer every overdue message to the broker again and park those that failed too often; count the offers."""
    overdue = OutboxMessage.objects.open().filter(due_at__lte=now - SWEEP_GRACE)
    parked = overdue.filter(attempts__gte=MOST_ATTEMPTS).update(parked_at=now)
    if parked:
        log.error("outbox_parked", count=parked)
    pending = list(overdue.order_by("due_at").values_list("pk", flat=True)[:SWEEP_SIZE])
    return sum(_offer(message_id) for message_id in pending)


def retry(*, message_ids: list[int], now: datetime) -> int:
    """Give parked messages a new set of attempts; count them."""
    parked = OutboxMessage.objects.parked().filter(pk__in=message_ids)
    return parked.update(parked_at=None, attempts=0, due_at=now, last_error="")


def forget_processed(*, before: datetime) -> int:
    """Delete messages that were done before a time; count them."""
    return OutboxMessage.objects.filter(processed_at__lt=before).delete()[0]


def _claim(message_id: int, now: datetime) -> OutboxMessage | None:
    """Take the lease of a message, so that two workers never run it at once and a crash costs one attempt."""
    claimable = OutboxMessage.objects.open().filter(pk=message_id, due_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    if not claimable.update(attempts=F("attempts") + 1, due_at=now + LEASE):
        return None
    return OutboxMessage.objects.get(pk=message_id)


@transaction.atomic
def _handle(message_id: int) -> bool:
    locked = OutboxMessage.objects.open().select_for_update(skip_locked=True).filter(pk=message_id).first()
    if locked is None:
        return False
    _handler_of(locked.topic)(**locked.payload)
    locked.processed_at = read_clock()
    locked.save(update_fields=["processed_at"])
    return True


def _give_back(message_id: int) -> None:
    OutboxMessage.objects.filter(pk=message_id).update(attempts=F("attempts") - 1, due_at=read_clock())


def _record_failure(message_id: int, error: Exception) -> None:
    message = OutboxMessage.objects.get(pk=message_id)
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    message.due_at = read_clock() + timedelta(seconds=2**message.attempts)
    message.save(update_fields=["last_error", "due_at"])


def _handler_of(topic: str) -> Handler:
    try:
        return _handlers[topic]
    except KeyError:
        raise UnknownTopic(topic) from None


def _offer(message_id: int) -> bool:
    """Send the message to the broker; a broker that does not answer costs a log line, never the request."""
    try:
        current_app.send_task(DELIVER_TASK, kwargs={"message_id": message_id})
    except BrokerUnavailable as error:
        log.warning("broker_unavailable", message_id=message_id, error=str(error))
        return False
    return True

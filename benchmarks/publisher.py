"""The worker's part beside a web server: it publishes the queue each second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection

from core.clock import now
from orders.services.publish import publish_queues

EVERY_SECONDS = 1.0


@contextmanager
def publishing() -> Iterator[None]:
    """Within, the queues of the bench database are published as a worker does it; the first ones before it begins."""
    ended = Event()
    publish_queues(now=now())

    def work() -> None:
        while not ended.wait(EVERY_SECONDS):
            publish_queues(now=now())
        connection.close()

    worker = Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()

"""What the worker does for editions."""

from typing import Any

from celery import shared_task

from core.availability import UNAVAILABLE
from core.clock import now
from editions import lobby_service, waiting_service


@shared_task(name="editions.advance_lobbies", throws=UNAVAILABLE, expires=10, soft_time_limit=50, time_limit=60)
def advance_lobbies(**_: Any) -> None:
    """Close the lists of lobbies and hold their draws when it is time."""
    lobby_service.advance_lobbies(now=now())


@shared_task(name="editions.forget_lobby_people", throws=UNAVAILABLE, soft_time_limit=50, time_limit=60)
def forget_lobby_people(**_: Any) -> None:
    """Forget by what people were known in lobbies that are over."""
    lobby_service.forget_people(now=now())


@shared_task(name="editions.tend_lines", throws=UNAVAILABLE, expires=10, soft_time_limit=50, time_limit=60)
def tend_lines(**_: Any) -> None:
    """Offer what came back to those who are first in line."""
    waiting_service.tend_lines(now=now())


@shared_task(name="editions.forget_waiting_people", throws=UNAVAILABLE, soft_time_limit=50, time_limit=60)
def forget_waiting_people(**_: Any) -> None:
    """Forget who waited, a while after it is over."""
    waiting_service.forget_waiting_people(now=now())

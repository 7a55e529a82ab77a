"""The one place that reads the real clock. Edges call `now()` and pass it on; services and cores never read it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current time, aware, in UTC."""
    return timezone.now()

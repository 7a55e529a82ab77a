"""Settings, addresses, Celery, ASGI and the local services: the place where the apps meet. No domain logic."""

from .celery import app as celery_app

__all__ = ["celery_app"]

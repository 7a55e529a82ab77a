"""The Celery application. The schedule and every option stand in settings."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
# Said at every start to whoever runs a demo as root; production runs as an unprivileged user (deploy/).
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("dure")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_django_logging(**_: Any) -> None:
    """Celery leaves logging alone when this signal has a receiver; Django's set-up stays."""

"""Deployment checks: `manage.py check --deploy` must be clean before Dure meets customers."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

NAMED = ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "SITE_HOST", "EMAIL_URL")


@register(Tags.security, deploy=True)
def production_names_its_servers(**_: Any) -> list[CheckMessage]:
    """The embedded database and broker are for one developer's machine, and its letters go to a folder."""
    return [
        Error(f"{name} is not set: production needs its own.", id=f"dure.E{number:03d}")
        for number, name in enumerate(NAMED, start=1)
        if not os.environ.get(name)
    ]


@register(Tags.security, deploy=True)
def money_moves(**_: Any) -> list[CheckMessage]:
    """The demo's payment lets every customer authorise her own order: it must be asked for by name."""
    if settings.PAYMENT_VARIANT not in settings.PAYMENT_VARIANTS:
        known = ", ".join(settings.PAYMENT_VARIANTS)
        return [Error(f"PAYMENT_VARIANT must be one of PAYMENT_VARIANTS ({known}).", id="dure.E010")]
    return []

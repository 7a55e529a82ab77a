"""Deployment checks: `manage.py check --deploy` must be clean before Dure meets customers."""

import os
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def production_names_its_servers(**_: Any) -> list[CheckMessage]:
    """The embedded database and broker are for one developer's machine."""
    return [
        Error(f"{name} is not set: production needs a server of its own.", id=f"dure.E{number:03d}")
        for number, name in enumerate(("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "SITE_HOST"), start=1)
        if not os.environ.get(name)
    ]

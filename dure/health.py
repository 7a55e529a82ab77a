"""`/healthz`: the process answers. `/readyz`: its database and broker do too. `/metrics`: dure.metrics_page."""

from collections.abc import Callable

import redis
import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dure.metrics_page import metrics

ALIVE = "/healthz"

log = structlog.get_logger("health")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Always 200 while the process can answer."""
    return JsonResponse({"status": "ok"})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for it on pages that name no icon, such as the admin's."""
    return HttpResponseRedirect(static("mark.svg"))


class ProbeMiddleware:
    """Answers probes before anything looks at the host: an orchestrator asks by address, which ALLOWED_HOSTS lacks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = {ALIVE: healthz, "/readyz": readyz, "/metrics": metrics}.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer, else 503 naming which does not."""
    found = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(
        {name: "ok" if up else "down" for name, up in found.items()}, status=200 if all(found.values()) else 503
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("database_down", error=str(error).splitlines()[0])
        return False
    return True


def _broker_answers() -> bool:
    try:
        cache.get("readyz")
    except redis.RedisError as error:
        log.warning("broker_down", error=str(error))
        return False
    return True

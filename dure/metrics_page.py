"""`/metrics`, for Prometheus: what all processes of this machine have counted, and how the tables stand.

Whoever asks shows METRICS_TOKEN as a bearer token; without such a setting there is no such page. See docs/metrics.md.
"""

import os
from collections.abc import Iterator
from secrets import compare_digest

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from core.availability import DATABASE_DOWN
from core.clock import now
from editions.contracts import Standing
from editions.selectors import open_editions
from editions.standing import standings

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

log = structlog.get_logger("metrics")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics as text; 404 without a token in the settings, 401 without that token in the request."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    said = request.headers.get("Authorization", "")
    if not compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(counted() + generate_latest(tables()), content_type=CONTENT_TYPE_LATEST)


def counted() -> bytes:
    """What the processes have counted; of this process alone where they have no folder in common."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def tables() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(OpenEditions())
    return registry


class OpenEditions(Collector):
    """The pieces of each open edition as they stand in the tables: the same figures from every process."""

    def collect(self) -> Iterator[Metric]:
        answers = GaugeMetricFamily("dure_database_answers", "Whether the database answered just now.")
        try:
            found = _open_standings()
        except DATABASE_DOWN as error:
            log.warning("database_down", error=str(error).splitlines()[0])
            answers.add_metric([], 0)
            yield answers
            return
        answers.add_metric([], 1)
        yield answers
        pieces = GaugeMetricFamily("dure_pieces", "Pieces of an open edition, by state.", labels=["edition", "state"])
        orders = GaugeMetricFamily("dure_orders_placed", "Orders of an open edition so far.", labels=["edition"])
        for slug, standing in found.items():
            for state in ("available", "held", "sold"):
                pieces.add_metric([slug, state], getattr(standing.left, state))
            orders.add_metric([slug], standing.orders_placed)
        yield pieces
        yield orders


def _open_standings() -> dict[str, Standing]:
    moment = now()
    slugs = dict(open_editions(moment).values_list("pk", "slug"))
    return {slugs[key]: standing for key, standing in standings(slugs, moment).items()}

"""What monitoring counts: what was held and sold, what was refused and why, and how many streams are open.

Every process counts for itself; `dure.metrics_page` adds up what all processes of a machine wrote to
PROMETHEUS_MULTIPROC_DIR. There is no person in a label, and every label has few values.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction
from prometheus_client import Counter, Gauge

from core.problems import Problem

DONE = Counter("dure_done", "What was done and committed, by kind.", ["what"])
REFUSED = Counter("dure_refused", "What was refused, by kind and by the reason's code.", ["what", "code"])
OPEN_STREAMS = Gauge(
    "dure_open_streams", "Event streams that are open, by kind.", ["kind"], multiprocess_mode="livesum"
)

P = ParamSpec("P")
R = TypeVar("R")


def counted(what: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a service: it counts in DONE once it is committed, and in REFUSED when it raises a Problem."""

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                result = service(*args, **kwargs)
            except Problem as problem:
                REFUSED.labels(what, problem.code).inc()
                raise
            transaction.on_commit(DONE.labels(what).inc)
            return result

        return measured

    return decorate

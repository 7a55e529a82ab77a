"""Structured logs: one event a line, with the request id that the outbox carries on to the worker."""

import logging
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
QUIET = (
    "celery.worker.strategy",
    "celery.worker.request",
    "celery.beat",
    "kombu",
    "asyncio",
    "PIL",
    "fontTools",
)


class DropSuccesses(logging.Filter):
    """Leaves out Celery's line for each task that went well: the tick alone would fill the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "succeeded in" not in str(record.msg)


class RouteInsteadOfPath(logging.Filter):
    """Addresses of orders and holds are secrets: Django's lines about failed requests name the route instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if isinstance(record.args, tuple) and len(record.args) == 2:
            record.args = (record.args[0], match.route if match else "-")
        return True


def logging_settings(*, json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything, Django's and Celery's own lines too, in one shape on standard error."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    exceptions = [structlog.processors.format_exc_info] if json else []
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *exceptions, renderer],
                "foreign_pre_chain": SHARED,
            }
        },
        "filters": {"without_successes": {"()": DropSuccesses}, "route": {"()": RouteInsteadOfPath}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"level": "WARNING"} for name in QUIET},
            "celery.app.trace": {"filters": ["without_successes"]},
            # Django's own request lines would name secret addresses; core.http writes one that does not.
            "django.request": {"level": "ERROR", "filters": ["route"]},
            "django.security.csrf": {"filters": ["route"]},
            "django.server": {"level": "ERROR"},
            "uvicorn.access": {"level": "ERROR"},
        },
    }

"""Middleware and helpers of the HTTP edge: request ids, unavailable servers, rate limits."""

import time
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from core.availability import UNAVAILABLE

log = structlog.get_logger("http")
View = Callable[..., HttpResponseBase]

RETRY_SECONDS = 5
COMPRESSED = frozenset({"text/html", "text/plain", "application/json", "application/problem+json", "image/svg+xml"})
SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}


class RequestLogMiddleware:
    """Gives every request an id, binds it to all log lines, and writes one line when it is answered.

    The line names the route, not the path: addresses of orders and holds are secrets.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()))
        response = self.get_response(request)
        match = request.resolver_match
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log.info(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            milliseconds=milliseconds,
        )
        response["X-Request-Id"] = structlog.contextvars.get_contextvars()["request_id"]
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and JSON; pictures are compressed already, and what streams must leave as it comes.

    Django pads each answer with random bytes against BREACH (https://ieeexplore.ieee.org/document/9754554).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in COMPRESSED:
            return response
        return super().process_response(request, response)


class UnavailableMiddleware:
    """Answers 503 with one sentence while the database or the cache does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except UNAVAILABLE as error:
            return unavailable(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request, error) if isinstance(error, UNAVAILABLE) else None


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The 503 answer, in the form that the client asked for; it needs no database."""
    log.error("server_unavailable", error=str(error).splitlines()[0] if str(error) else type(error).__name__)
    detail = _("A server behind this page does not answer at the moment. Nothing is lost; please try again shortly.")
    response: HttpResponse
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "code": "unavailable", "status": 503, "detail": detail}
        response = JsonResponse(body, status=503, content_type="application/problem+json")
    else:
        response = render(None, "503.html", {"detail": detail}, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class AddressThrottle(SimpleRateThrottle):
    """A limit per client address; the rate of each scope stands in settings, as 20/min or 20/10min."""

    def parse_rate(self, rate: str) -> tuple[int, int]:  # type: ignore[override]
        count, period = rate.split("/")
        unit = period.lstrip("0123456789")
        return int(count), int(period.removesuffix(unit) or 1) * SECONDS_OF[unit[0]]

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def client_address(request: Any) -> str:
    """What limits count by: the address that the outermost of our own proxies saw."""
    return str(BaseThrottle().get_ident(request))


def limited(throttle_class: type[AddressThrottle], methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Apply an API throttle to a page: beyond the limit it answers 429 with the reason.

    Where GET is limited so is HEAD, which does the same work.
    """
    counted = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def limited_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            throttle = throttle_class()
            if request.method in counted and not throttle.allow_request(request, None):  # type: ignore[arg-type]
                wait = int(throttle.wait() or 1)
                response = render(request, "429.html", {"seconds": wait}, status=429)
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **kwargs)

        return limited_view

    return decorate

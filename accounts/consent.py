"""Consent to record behaviour: asked once, kept in a signed cookie, free to change at any time.

Without consent nothing is recorded and no key exists. With it, events carry a pseudonymous key that is
derived from a random seed in the visitor's own cookie and changes every month.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from core.clock import now as read_clock

COOKIE = "dure_consent"
SALT = "accounts.consent"
KEEP_FOR = timedelta(days=180)


@dataclass(frozen=True)
class Consent:
    """What a visitor answered; `granted` is None until she did. `visitor` is her pseudonymous key."""

    granted: bool | None = None
    visitor: str = ""


def read_consent(request: HttpRequest, *, now: datetime) -> Consent:
    """The consent that a request carries. A browser that asks not to be tracked counts as a refusal."""
    if request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1":
        return Consent(granted=False)
    try:
        data = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEEP_FOR)
    except signing.BadSignature:
        return Consent()
    if not data["granted"]:
        return Consent(granted=False)
    return Consent(granted=True, visitor=_key_of_month(data["seed"], now))


def write_consent(response: HttpResponseBase, *, granted: bool, secure: bool) -> None:
    """Keep an answer in the visitor's browser."""
    data = {"granted": granted, "seed": secrets.token_urlsafe(16) if granted else ""}
    response.set_cookie(
        COOKIE, signing.dumps(data, salt=SALT), max_age=KEEP_FOR, secure=secure, httponly=True, samesite="Lax"
    )


def _key_of_month(seed: str, now: datetime) -> str:
    return salted_hmac(SALT, f"{seed}{now:%Y-%m}").hexdigest()[:24]


class ConsentMiddleware:
    """Puts `request.consent` on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.consent = read_consent(request, now=read_clock())  # type: ignore[attr-defined]
        return self.get_response(request)

"""The stylesheet: a file of its own, but inside the page for who comes for the first time.

She then sees the page one journey to the server earlier. The page's policy allows exactly this text, by its hash.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

FILE = "css/dure.css"
MARK = "stylesheet_is_inside"


@dataclass(frozen=True)
class Stylesheet:
    """Its text, and what a Content-Security-Policy calls it."""

    text: str
    source: str


@cache
def stylesheet() -> Stylesheet:
    """The built stylesheet; raises OSError before the first build."""
    text = (Path(settings.STATIC_ROOT) / FILE).read_text(encoding="utf-8")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Stylesheet(text, f"'sha256-{digest}'")


class StylesheetMiddleware:
    """Allows the stylesheet inside the pages that have it there; the tag `stylesheet` marks their requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if hasattr(request, MARK):
            update = {**getattr(response, "_csp_update", {})}
            update["style-src"] = [*update.get("style-src", []), stylesheet().source]
            response._csp_update = update  # type: ignore[attr-defined]
        return response

"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.clock import now
from factory_sim.contracts import FactoryTime
from factory_sim.selectors import known_factory_time


def site(request: HttpRequest) -> dict[str, Any]:
    """The factory's clock, asked for only where it is shown, and the same page in the other languages."""
    languages: list[dict[str, str]] = [
        {"code": code, "name": str(name), "address": translate_url(request.get_full_path(), code)}
        for code, name in settings.LANGUAGES
    ]
    return {
        "factory_clock": SimpleLazyObject(_factory_clock),
        "other_languages": [each for each in languages if each["code"] != get_language()],
        "alternates": [{**each, "address": request.build_absolute_uri(each["address"])} for each in languages],
        # The first form sets this cookie, and nobody comes that far without fonts and stylesheet.
        "first_page": settings.CSRF_COOKIE_NAME not in request.COOKIES,
        "demo_payment": settings.PAYMENT_VARIANT == "demo",
    }


def _factory_clock() -> FactoryTime | None:
    return known_factory_time(plant_slug=settings.PLANT, now=now())

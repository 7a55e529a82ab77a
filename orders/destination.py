"""The country that a visitor wants her piece to go to: said in a form or an address, and kept in the session."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from editions.models import Edition
from editions.pricing import zone_of
from editions.shipping import home_delivery

KEY = "destination"


def destination_of(request: HttpRequest | Any, named: Mapping[str, Any], edition: Edition) -> str:
    """What was said, else what is remembered, else the edition's own country."""
    said: str = named.get(KEY, "") or request.session.get(KEY, "")
    return said or home_delivery(edition).country


def remember_destination(request: HttpRequest | Any, edition: Edition, country: str) -> None:
    """Keep a country to which the edition goes; a session that says nothing means the edition's own."""
    if zone_of(edition.zones, country) is None or country == request.session.get(KEY):
        return
    if country != home_delivery(edition).country or KEY in request.session:
        request.session[KEY] = country

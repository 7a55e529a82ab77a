"""The same design costs the same, whoever asks, from wherever, whatever is written on it."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db

STRANGERS: dict[str, dict[str, Any]] = {
    "a phone": {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X)"},
    "another country": {"REMOTE_ADDR": "203.0.113.8"},
    "another referrer": {"HTTP_REFERER": "https://luxury.example/"},
    "somebody with consent": {"HTTP_COOKIE": "dure_consent=yes"},
}


def price_for(client: Client, edition: Edition, engraving: str = "Mina", **extra: Any) -> dict[str, Any]:
    request = {"edition": edition.slug, "configuration": samples.design(edition, engraving, glaze="indigo")}
    answer = client.post("/api/v1/quotes", json.dumps(request), content_type="application/json", **extra)
    assert answer.status_code == 200
    price: dict[str, Any] = answer.json()["price"]
    return price


def test_everybody_gets_the_same_price_and_the_same_reasons(edition: Edition, django_user_model: type[User]) -> None:
    expected = price_for(Client(), edition)
    assert expected["total"] == "68000"

    for name, extra in STRANGERS.items():
        assert price_for(Client(), edition, **extra) == expected, name
    for user in (samples.superuser(), django_user_model.objects.create_user("mina@example.com", "a long pass phrase")):
        client = Client()
        client.force_login(user)
        assert price_for(client, edition) == expected
    returning = Client()
    assert [price_for(returning, edition) for _ in range(3)] == [expected] * 3
    assert price_for(Client(), edition, engraving="지우") == expected

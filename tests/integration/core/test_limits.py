"""Rate limits per client address: a clear answer, nothing written, and no way round them by a header."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from core.http import AddressThrottle
from dure import settings as dure_settings
from editions.models import Edition, Hold
from orders.services.quote import make_quote
from orders.throttles import HoldThrottle
from tests import samples

pytestmark = pytest.mark.django_db

Allow = Callable[[str, str], None]


def hold_by_api(client: Client, edition: Edition, **headers: str) -> tuple[int, dict[str, object], str]:
    quote = make_quote(edition=edition, data=samples.design(edition), now=datetime.now().astimezone()).token
    body = {"edition": edition.slug, "quote": quote}
    response = client.post("/api/v1/holds", body, content_type="application/json", headers=headers)
    return response.status_code, response.json(), response.headers.get("Retry-After", "")


def test_the_rates_are_those_of_the_settings() -> None:
    assert dure_settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] == AddressThrottle.THROTTLE_RATES
    rates = {"quote", "hold", "order", "picture", "design", "lookup", "appeal", "upload", "model", "lab", "ledger"}
    rates |= {"standing", "promises", "lobby", "waiting", "waiting_letter", "what_if", "plant", "change"}
    assert set(AddressThrottle.THROTTLE_RATES) == rates


def test_the_api_refuses_what_is_too_fast_with_a_problem(client: Client, edition: Edition, allow: Allow) -> None:
    allow("hold", "2/min")
    assert [hold_by_api(client, edition)[0] for _ in range(2)] == [201, 201]

    with samples.nothing_written():
        status, body, wait = hold_by_api(client, edition)

    assert status == 429
    assert (body["code"], body["status"]) == ("throttled", 429)
    assert 55 <= int(wait) <= 60


def test_the_problem_is_in_korean_for_koreans(client: Client, edition: Edition, allow: Allow) -> None:
    allow("hold", "1/min")
    hold_by_api(client, edition)

    detail = str(hold_by_api(client, edition, **{"Accept-Language": "ko"})[1]["detail"])

    assert detail.startswith("요청이 제한되었습니다.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Too many requests came from your connection. Please wait a moment and try again."),
        ("ko", "짧은 시간에 요청이 너무 많았습니다. 잠시 기다렸다가 다시 시도해 주세요."),
    ],
)
def test_a_page_explains_itself(client: Client, edition: Edition, allow: Allow, language: str, sentence: str) -> None:
    allow("hold", "1/min")
    quote = make_quote(edition=edition, data=samples.design(edition), now=datetime.now().astimezone()).token
    form = {**samples.PRESET, "quote": quote, "version": edition.version.key}
    assert client.post(f"/{language}/editions/{edition.slug}/hold/", form).status_code == 302

    with samples.nothing_written():
        response = client.post(f"/{language}/editions/{edition.slug}/hold/", form)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert sentence in response.content.decode()
    assert Hold.objects.count() == 1


def test_page_and_api_share_one_limit(client: Client, edition: Edition, allow: Allow) -> None:
    allow("hold", "1/min")
    assert hold_by_api(client, edition)[0] == 201

    assert client.post(f"/en/editions/{edition.slug}/hold/", {"quote": "x"}).status_code == 429


def test_reading_a_page_is_not_counted_as_sending_its_form(client: Client, edition: Edition, allow: Allow) -> None:
    allow("order", "1/min")
    held = samples.held(edition, now=datetime.now().astimezone())

    assert [client.get(f"/en/holds/{held.token}/").status_code for _ in range(3)] == [200] * 3


def test_after_the_wait_it_goes_on(client: Client, edition: Edition, allow: Allow, now: datetime) -> None:
    allow("hold", "1/min")
    with time_machine.travel(now, tick=False) as clock:
        assert hold_by_api(client, edition)[0] == 201
        clock.shift(timedelta(seconds=59))
        assert hold_by_api(client, edition)[0] == 429
        clock.shift(timedelta(seconds=2))
        assert hold_by_api(client, edition)[0] == 201


def test_a_forwarded_address_does_not_evade_the_limit(client: Client, edition: Edition, allow: Allow) -> None:
    allow("hold", "1/min")
    assert hold_by_api(client, edition)[0] == 201

    assert hold_by_api(client, edition, **{"X-Forwarded-For": "203.0.113.7"})[0] == 429


def test_another_address_has_a_limit_of_its_own(client: Client, edition: Edition, allow: Allow) -> None:
    allow("hold", "1/min")
    assert hold_by_api(client, edition)[0] == 201

    assert hold_by_api(Client(REMOTE_ADDR="203.0.113.8"), edition)[0] == 201


def test_quotes_orders_and_pictures_are_limited_as_well(client: Client, edition: Edition, allow: Allow) -> None:
    for scope in ("quote", "order", "picture"):
        allow(scope, "1/min")

    def twice(method: str, address: str) -> int:
        call = getattr(client, method)
        options = {"data": {}, "content_type": "application/json"} if method == "post" else {}
        return int([call(address, **options).status_code for _ in range(2)][1])

    assert twice("post", "/api/v1/quotes") == 429
    assert twice("post", "/api/v1/orders") == 429
    assert twice("post", "/en/holds/a-secret/") == 429
    assert twice("get", "/pictures/x/hero-800.webp") == 429
    assert twice("get", f"/engravings/{edition.version_id}.png") == 429


@pytest.mark.parametrize(
    ("rate", "parsed"), [("20/min", (20, 60)), ("20/10min", (20, 600)), ("5/s", (5, 1)), ("3/2day", (3, 172800))]
)
def test_a_rate_may_name_several_units(rate: str, parsed: tuple[int, int]) -> None:
    assert HoldThrottle().parse_rate(rate) == parsed

"""The committed OpenAPI file: valid, whole, and true of every address that it names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client, override_settings
from drf_spectacular.validation import validate_schema
from jsonschema import Draft4Validator, ValidationError  # type: ignore[import-untyped]

from configurator.selectors import definition_of
from editions.models import Edition
from factory_sim.services import run_clock, tick
from orders.models import Order
from orders.services.produce import start_production
from orders.services.review import approve_order
from tests import samples
from tests.api.calls import (
    JSON,
    PROBLEM,
    Answer,
    Caller,
    order_request,
    quote_request,
    quote_token,
    send_picture,
)
from tests.integration.factory_sim.fake_plant import SECRET, headers_of, job_response
from tests.integration.factory_sim.reporting import REF, ordered, reporting_plant
from tests.unit.configurator.hostile_pictures import picture, saved

pytestmark = pytest.mark.django_db

DOCUMENT: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
DOCUMENTED = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]

Call = Callable[[Caller, Edition, datetime], Answer]


def order_being_made(edition: Edition, now: datetime) -> Order:
    """An order with events, so that the answer about it is not empty anywhere."""
    order = samples.order_in_review(edition, now=now)
    approve_order(order_id=order.pk, actor=samples.reviewer(), now=now)
    start_production(order_id=order.pk, now=now)
    run_clock(plant_slug=definition_of(edition.version).plant, speed=720, now=now)
    tick(plant_slug="mangwon", now=now.replace(year=now.year + 1))
    return order


def sent_picture(api: Caller, edition: Edition) -> Answer:
    return send_picture(api.client, edition, saved("PNG", picture((600, 400))))


def palette(api: Caller, edition: Edition, artwork: str) -> Answer:
    return api.post("/palette", {"edition": edition.slug, "artwork": artwork})


def reported_work(api: Caller, now: datetime) -> Answer:
    """A report that is signed, to the demo's plant while it reports."""
    reporting_plant(speed=1, now=now)
    ordered()
    body = job_response(REF, "Started", "form")
    address, signed = "/api/v1/plants/mangwon/reports", headers_of(body, message_id="1", timestamp=now.timestamp())
    with override_settings(PLANT_SECRETS={"mangwon": SECRET}):
        response = api.client.post(address, body, JSON, headers=signed)
    return Answer(response.status_code, response["Content-Type"], response.json())


# One good call for each address: a new endpoint without one fails.
CALLS: dict[tuple[str, str], Call] = {
    ("/api/v1/editions/{slug}", "get"): lambda api, edition, _: api.get(f"/editions/{edition.slug}"),
    ("/api/v1/quotes", "post"): lambda api, edition, _: api.post(
        "/quotes", quote_request(edition, "지우", sleeve="ink", glaze="indigo")
    ),
    ("/api/v1/artworks", "post"): lambda api, edition, _: sent_picture(api, edition),
    ("/api/v1/palette", "post"): lambda api, edition, _: palette(
        api, edition, sent_picture(api, edition).body["artwork"]
    ),
    ("/api/v1/suggestions", "post"): lambda api, edition, _: api.post(
        "/suggestions", {**quote_request(edition), "kind": "surprise", "seed": 7}
    ),
    ("/api/v1/designs", "post"): lambda api, edition, _: api.post("/designs", quote_request(edition, "지우")),
    ("/api/v1/text-appeals", "post"): lambda api, edition, _: api.post(
        "/text-appeals", {**quote_request(edition, "Dick & Jane"), "email": "mina@example.com"}
    ),
    ("/api/v1/holds", "post"): lambda api, edition, _: api.post(
        "/holds", {"edition": edition.slug, "quote": quote_token(api, edition)}
    ),
    ("/api/v1/orders", "post"): lambda api, edition, now: api.post(
        "/orders", order_request(samples.held(edition, now=now).token)
    ),
    ("/api/v1/orders/{token}", "get"): lambda api, edition, now: api.get(
        f"/orders/{order_being_made(edition, now).token}"
    ),
    ("/api/v1/plants/{slug}/reports", "post"): lambda api, _edition, now: reported_work(api, now),
}
# And one that is refused.
REFUSED: dict[tuple[str, str], Call] = {
    ("/api/v1/editions/{slug}", "get"): lambda api, edition, _: api.get("/editions/nothing"),
    ("/api/v1/quotes", "post"): lambda api, edition, _: api.post("/quotes", quote_request(edition, glaze="pink")),
    ("/api/v1/artworks", "post"): lambda api, edition, _: send_picture(api.client, edition, b"no picture"),
    ("/api/v1/palette", "post"): lambda api, edition, _: palette(api, edition, "0" * 64),
    ("/api/v1/suggestions", "post"): lambda api, edition, _: api.post(
        "/suggestions", {**quote_request(edition), "kind": "fit", "budget": 1}
    ),
    ("/api/v1/designs", "post"): lambda api, edition, _: api.post("/designs", quote_request(edition, glaze="pink")),
    ("/api/v1/text-appeals", "post"): lambda api, edition, _: api.post("/text-appeals", quote_request(edition, "Mina")),
    ("/api/v1/holds", "post"): lambda api, edition, _: api.post("/holds", {"edition": edition.slug, "quote": "x"}),
    ("/api/v1/orders", "post"): lambda api, edition, _: api.post("/orders", order_request("x")),
    ("/api/v1/orders/{token}", "get"): lambda api, edition, _: api.get("/orders/x"),
    ("/api/v1/plants/{slug}/reports", "post"): lambda api, edition, _: api.post("/plants/mangwon/reports", {}),
}


def check(answer: Answer, path: str, method: str, media_type: str) -> None:
    """The answer has a documented status, and its body the documented shape and nothing beside it."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(answer.status) in responses
    assert answer.media_type == media_type
    shape = responses[str(answer.status)]["content"]["application/json"]["schema"]
    Draft4Validator(with_nulls({**shape, "components": DOCUMENT["components"]})).validate(answer.body)


def with_nulls(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [with_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {name: with_nulls(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if schema.get("nullable") is True else rest


def test_the_file_is_valid_openapi() -> None:
    validate_schema(DOCUMENT)  # type: ignore[no-untyped-call]

    assert DOCUMENT["openapi"].startswith("3.0.")


def test_every_documented_address_is_called_here() -> None:
    assert set(CALLS) == set(REFUSED) == set(DOCUMENTED)


@pytest.mark.parametrize(("path", "method"), DOCUMENTED)
def test_every_documented_address_answers_as_documented(
    api: Caller, edition: Edition, now: datetime, path: str, method: str
) -> None:
    answer = CALLS[path, method](api, edition, now)

    assert answer.status in (200, 201)
    check(answer, path, method, JSON)
    assert set(answer.body) == set(_properties(path, method, answer.status)), "no member is left undocumented"


@pytest.mark.parametrize(("path", "method"), DOCUMENTED)
def test_every_documented_address_refuses_as_documented(
    api: Caller, edition: Edition, now: datetime, path: str, method: str
) -> None:
    answer = REFUSED[path, method](api, edition, now)

    assert answer.status >= 400
    check(answer, path, method, PROBLEM)


def test_control_an_answer_of_another_shape_would_be_found(api: Caller, edition: Edition, now: datetime) -> None:
    path, method = "/api/v1/editions/{slug}", "get"
    answer = CALLS[path, method](api, edition, now)
    spoilt = Answer(answer.status, answer.media_type, {**answer.body, "size": "ten"})

    with pytest.raises(ValidationError, match="'ten' is not of type 'integer'"):
        check(spoilt, path, method, JSON)


def test_the_file_is_what_the_api_says_of_itself(client: Client) -> None:
    response = client.get("/api/v1/schema")

    assert response.status_code == 200
    assert yaml.safe_load(response.content) == DOCUMENT


def _properties(path: str, method: str, status: int) -> dict[str, Any]:
    shape = DOCUMENT["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]["properties"]
    return found

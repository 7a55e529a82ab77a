"""Probes ask by address, with a Host that no list of hosts can have."""

import json

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from dure.health import ProbeMiddleware

ADDRESS = "10.0.0.7:8000"


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"the page at {request.path}")


def get(path: str) -> HttpRequest:
    return RequestFactory().get(path, headers={"host": ADDRESS})


def answer(path: str) -> HttpResponse:
    response = ProbeMiddleware(page)(get(path))
    assert isinstance(response, HttpResponse)
    return response


def test_a_probe_by_address_is_answered() -> None:
    response = answer("/healthz")

    assert response.status_code == 200
    assert json.loads(response.content) == {"status": "ok"}
    # The control: whatever looks at the host refuses it.
    with pytest.raises(DisallowedHost):
        get("/healthz").get_host()


def test_readiness_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dure.health._database_answers", lambda: True)
    monkeypatch.setattr("dure.health._broker_answers", lambda: False)

    response = answer("/readyz")

    assert response.status_code == 503
    assert json.loads(response.content) == {"database": "ok", "broker": "down"}


@pytest.mark.parametrize("path", ["/", "/healthz/", "/en/healthz", "/admin/readyz"])
def test_every_other_address_goes_on_to_its_page(path: str) -> None:
    response = answer(path)

    assert response.content == f"the page at {path}".encode()


def test_before_all_other_middleware_it_answers_what_they_refuse(settings: Settings) -> None:
    others = [each for each in settings.MIDDLEWARE if each != "dure.health.ProbeMiddleware"]
    settings.MIDDLEWARE = others
    assert Client(headers={"host": ADDRESS}).get("/healthz").status_code == 400

    settings.MIDDLEWARE = ["dure.health.ProbeMiddleware", *others]
    settings.SECURE_SSL_REDIRECT = True
    assert Client(headers={"host": ADDRESS}).get("/healthz").status_code == 200


def test_the_whole_site_answers_a_probe_by_address_and_nothing_else(client: Client) -> None:
    assert client.get("/healthz", headers={"host": ADDRESS}).status_code == 200
    assert client.get("/en/", headers={"host": ADDRESS}).status_code == 400

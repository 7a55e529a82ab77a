"""From the studio to a phone: the model's addresses, the page for a room, the code, and what pages are allowed."""

import re
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from configurator.configuration import Configuration
from configurator.selectors import definition_of
from configurator.viewer import style_hash
from core.stylesheet import stylesheet
from editions.models import Edition
from orders.present import present_model
from orders.room import code_svg
from tests import samples

STUDIO = "/en/editions/first-firing/studio/"


def policy(response: object) -> dict[str, list[str]]:
    rows = response["Content-Security-Policy"].split("; ")  # type: ignore[index]
    return {name: sources for name, *sources in (row.split() for row in rows)}


def quoted(client: Client, edition: Edition, **more: object) -> dict[str, str]:
    body = {"edition": edition.slug, "configuration": {**samples.design(edition, "Mina", glaze="indigo"), **more}}
    answer = client.post("/api/v1/quotes", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, str] = answer.json()["model"]
    return found


def test_a_design_that_nobody_saved_opens_on_another_phone(client: Client, modelled_edition: Edition) -> None:
    where = quoted(client, modelled_edition)
    page = Client().get(where["room"])
    html = page.content.decode()

    assert page.status_code == 200
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex", "no-store")
    assert where["url"] in html
    assert client.get(where["url"]).status_code == 200
    onward = re.search(r'<a class="button" href="([^"]+)"', html)
    assert onward
    query = parse_qs(urlsplit(onward[1].replace("&amp;", "&")).query)
    assert (query["glaze"], query["engraving"]) == (["indigo"], ["Mina"])
    assert Client().get(where["room"].replace("/room/", "/room/x", 1)).status_code == 404


def test_the_code_carries_the_whole_address_and_can_do_nothing(client: Client, modelled_edition: Edition) -> None:
    where = quoted(client, modelled_edition)
    code = client.get(where["code"])

    assert (code.status_code, code["Content-Type"]) == (200, "image/svg+xml")
    assert code.content == code_svg(f"http://testserver{where['room']}")
    assert code.content != code_svg(f"http://testserver{where['room']}x")
    assert policy(code) == {"default-src": ["'none'"], "sandbox": []}
    assert client.get(where["code"].replace("/room/", "/room/x", 1)).status_code == 404


def test_only_pages_with_the_viewer_allow_what_it_needs(client: Client, modelled_edition: Edition) -> None:
    usual = policy(client.get("/en/editions/first-firing/"))
    assert usual["connect-src"] == ["'self'"]
    assert usual["style-src"] == ["'self'", stylesheet().source]

    for address in (STUDIO, quoted(client, modelled_edition)["room"]):
        allowed = policy(Client().get(address))
        assert allowed.pop("style-src") == ["'self'", style_hash(), stylesheet().source]
        assert allowed.pop("connect-src") == ["'self'", "blob:"]
        assert allowed == {name: rows for name, rows in usual.items() if name not in {"style-src", "connect-src"}}


def test_a_product_without_a_model_offers_none(client: Client, modelled_edition: Edition) -> None:
    assert 'data-part="model-open"' in client.get(STUDIO).content.decode()

    definition = definition_of(modelled_edition.version).model_copy(update={"model": None})
    assert present_model(definition, Configuration(modelled_edition.version.key, samples.PRESET)) is None

"""The first page brings its stylesheet along; later ones have it already."""

import re
from base64 import b64encode
from hashlib import sha256

from django.conf import settings
from django.test import Client

from editions.models import Edition

EDITION = "/en/editions/first-firing/"
STUDIO = f"{EDITION}studio/"


def style_sources(response: object) -> list[str]:
    rows = response["Content-Security-Policy"].split("; ")  # type: ignore[index]
    return next(sources for name, *sources in (row.split() for row in rows) if name == "style-src")


def test_the_first_page_has_the_style_inside_and_its_policy_names_exactly_that(
    client: Client, modelled_edition: Edition
) -> None:
    for address in (EDITION, STUDIO):
        page = Client().get(address)
        html = page.content.decode()
        (inside,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)

        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in style_sources(page)
        assert "'unsafe-inline'" not in style_sources(page)
        assert 'rel="stylesheet"' not in html
        # What has hashes of other things does not allow this text.
        changed = b64encode(sha256(f"{inside} ".encode()).digest()).decode()
        assert f"'sha256-{changed}'" not in style_sources(page)


def test_later_pages_link_to_it_and_allow_nothing_inside(client: Client, modelled_edition: Edition) -> None:
    # The studio has a form, and with it comes the cookie that tells a visitor who was here before.
    client.get(STUDIO)
    assert settings.CSRF_COOKIE_NAME in client.cookies

    page = client.get(EDITION)

    assert "<style>" not in page.content.decode()
    assert re.search(r'<link rel="stylesheet" href="[^"]*css/dure[^"]*\.css">', page.content.decode())
    assert style_sources(page) == ["'self'"]

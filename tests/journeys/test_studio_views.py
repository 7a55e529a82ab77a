"""The piece from its other sides without a script: a view is in the address, and no part of the design."""

from __future__ import annotations

import pytest
from django.test import Client

from configurator.definition import Text, View
from configurator.models import ProductVersion
from configurator.selectors import definition_of
from editions.models import Edition
from orders import studio_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_sided(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's tumbler, seen from the back too."""
    back = View(id="back", name=Text(ko="뒷모습", en="Back"), folder="views/back")

    def seen_from_both_sides(version: ProductVersion) -> object:
        definition = definition_of(version)
        return definition.model_copy(update={"views": (definition.views[0], back)})

    monkeypatch.setattr(studio_page, "definition_of", seen_from_both_sides)


@pytest.mark.usefixtures("two_sided")
@pytest.mark.parametrize(
    ("asked", "shown"), [("", "hero"), ("?view=back", "back"), ("?view=hero", "hero"), ("?view=below", "hero")]
)
def test_a_view_is_shown_where_it_is_asked_for(edition: Edition, client: Client, asked: str, shown: str) -> None:
    page = client.get(f"/en/editions/{edition.slug}/studio/{asked}")
    html = page.content.decode()

    assert page.status_code == 200
    assert page.context["page"].picture["url"].endswith(f"/{shown}-800.webp")
    pressed = {view["id"]: view["chosen"] for view in page.context["page"].views}
    assert pressed == {"hero": shown == "hero", "back": shown == "back"}
    other = "back" if shown == "hero" else "hero"
    assert f'name="view" value="{shown}" formmethod="get"' in html
    assert f'name="view" value="{other}" formmethod="get"' in html
    assert html.count('aria-pressed="true"') == 1


@pytest.mark.usefixtures("two_sided")
def test_the_view_is_no_part_of_the_design(edition: Edition, client: Client) -> None:
    front, back = (
        client.get(f"/en/editions/{edition.slug}/studio/?lid=walnut&view={view}") for view in ("hero", "back")
    )

    assert front.context["page"].configuration == back.context["page"].configuration
    assert front.context["page"].shown["fingerprint"] == back.context["page"].shown["fingerprint"]


def test_a_product_with_one_view_has_nothing_to_turn(
    edition: Edition, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen_from_one_side(version: ProductVersion) -> object:
        definition = definition_of(version)
        return definition.model_copy(update={"views": definition.views[:1]})

    monkeypatch.setattr(studio_page, "definition_of", seen_from_one_side)

    page = client.get(f"/en/editions/{edition.slug}/studio/?view=back")

    assert page.context["page"].picture["url"].endswith("/hero-800.webp")
    assert 'data-part="views"' not in page.content.decode()

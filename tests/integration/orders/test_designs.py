"""Rarity from counts and orders, the edition that sells a design, and the move to another version in words."""

from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps

from configurator.configuration import Configuration
from configurator.rules import RulesEngine
from configurator.selectors import definition_of
from configurator.shelf import Shelf
from editions.models import Edition
from editions.selectors import edition_selling
from orders.comparison import comparison
from orders.design_page import DesignPage, design_page
from orders.models import Order, OrderStatus
from orders.present import present_rarity
from orders.selectors import makers_of
from tests import samples

pytestmark = pytest.mark.django_db

NOBODY = Shelf()


def rarity(edition: Edition, engraving: str = "", **choices: str) -> dict[str, object]:
    configuration = Configuration.from_json(samples.design(edition, engraving, **choices))
    return present_rarity(definition_of(edition.version), configuration, "en")


def page_of(edition: Edition, now: datetime, *, own: bool = False, engraving: str = "", **choices: str) -> DesignPage:
    design = samples.saved(edition, now=now, shelf=None, engraving=engraving, **choices)
    shelf = Shelf(codes=(design.code,)) if own else NOBODY
    return design_page(design=design, shelf=shelf, language="en", now=now)


def test_a_piece_that_nobody_ordered_is_one_of_so_many(edition: Edition) -> None:
    possible = definition_of(edition.version).engine.count({})
    assert possible is not None
    text = f"One of {possible:,} possible pieces; nobody has made this one yet."

    assert rarity(edition) == {"possible": possible, "made": 0, "text": text}


def test_without_a_count_only_the_orders_are_spoken_of(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RulesEngine, "count", lambda *_: None)

    assert rarity(edition) == {"possible": None, "made": 0, "text": "Nobody has made this one yet."}


def test_orders_count_by_their_choices_alone(edition: Edition, now: datetime) -> None:
    samples.order_in_review(edition, now=now)
    assert str(rarity(edition)["text"]).endswith("1 piece with these choices has been ordered.")
    samples.order_in_review(edition, now=now)

    assert rarity(edition, "another name")["made"] == 2
    assert str(rarity(edition)["text"]).endswith("2 pieces with these choices have been ordered.")
    assert rarity(edition, glaze="indigo")["made"] == 0


def test_orders_on_another_version_count_too(edition: Edition, now: datetime, tmp_path: Path) -> None:
    samples.order_in_review(edition, now=now)

    new = samples.revised_edition(tmp_path, {"width_mm = 46": "width_mm = 44"}, now=now)

    assert new.version_id != edition.version_id
    assert rarity(new)["made"] == 1


@pytest.mark.parametrize("status", [OrderStatus.REJECTED, OrderStatus.CANCELLED])
def test_an_order_that_is_over_does_not_count(edition: Edition, now: datetime, status: OrderStatus) -> None:
    order = samples.order_in_review(edition, now=now)
    Order.objects.filter(pk=order.pk).update(status=status)

    assert rarity(edition)["made"] == 0


def test_an_order_that_was_never_placed_does_not_count(edition: Edition, now: datetime) -> None:
    samples.unpaid_order(edition, now=now)

    assert rarity(edition)["made"] == 0


def test_the_keys_of_earlier_orders_are_filled_in(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    key = order.configuration.choices_key
    assert order.choices_key == key
    Order.objects.update(choices_key="")
    assert makers_of(key) == 0

    import_module("orders.migrations.0005_choices_key").fill_in(apps, None)

    assert makers_of(key) == 1


def test_the_own_version_sells_a_design_first(edition: Edition, now: datetime, tmp_path: Path) -> None:
    new = samples.revised_edition(tmp_path, {"width_mm = 46": "width_mm = 44"}, now=now)
    assert edition_selling(edition.version, now) == new
    assert edition_selling(new.version, now, preferred="first-firing") == new

    Edition.objects.filter(pk=edition.pk).update(closes_at=None)

    assert edition_selling(edition.version, now) == edition
    assert edition_selling(edition.version, now - timedelta(hours=2)) is None


def test_a_design_of_a_version_on_sale_shows_price_date_and_no_revision(edition: Edition, now: datetime) -> None:
    page = page_of(edition, now, glaze="indigo")

    assert page.revision is None
    assert page.sale
    assert page.sale.shown
    assert page.sale.shown["price"]["total_text"] == "₩63,000"
    assert page.sale.shown["promise"]["safe_text"].startswith("Ready by ")


def test_a_design_that_is_not_for_sale_says_so(edition: Edition, now: datetime) -> None:
    Edition.objects.update(closes_at=now)

    assert page_of(edition, now).sale is None


def test_on_a_newer_version_the_page_says_what_changed_and_writes_nothing(
    edition: Edition, now: datetime, tmp_path: Path
) -> None:
    design = samples.saved(edition, now=now, engraving="지우", glaze="indigo", gasket="moss")
    edits = {'id = "moss"\n': 'id = "moss"\n  retired = true\n', "longest = 24\n": "longest = 24\n#\n"}
    indigo = (
        'colours = { body = "#1F3A5F" }\n  finishes = { body = "gloss" }\n  components = { cobalt = 1 }\n  price = 5000'
    )
    price = {indigo: indigo.replace("#1F3A5F", "#1F3A6F").replace("5000", "6000")}
    new = samples.revised_edition(tmp_path, {**edits, **price}, now=now)

    with samples.nothing_written():
        page = design_page(design=design, shelf=NOBODY, language="en", now=now)

    assert page.revision
    assert page.revision.changes == [
        "Body glaze: “Indigo” looks slightly different, as the pictures show.",
        "Body glaze: “Indigo” adds ₩6,000 instead of ₩5,000.",
        "Gasket: “Moss” is no longer made. Now “Oat”.",
    ]
    assert page.revision.repaired
    assert page.revision.picture["url"] != page.picture["url"]
    assert "Gasket Moss" in page.picture["alt"]
    assert "Gasket Oat" in page.revision.picture["alt"]
    assert page.sale
    assert page.sale.edition == new
    assert page.sale.shown
    assert page.sale.shown["price"]["total_text"] == "₩69,000"
    query = parse_qs(urlsplit(page.sale.onward).query)
    assert (query["gasket"], query["parent"], query.get("engraving")) == (["oat"], [design.code], None)


def test_only_the_author_takes_the_text_along(edition: Edition, now: datetime) -> None:
    own = page_of(edition, now, own=True, engraving="지우")
    foreign = page_of(edition, now, engraving="지우")

    assert own.sale
    assert foreign.sale
    assert "engraving=%EC%A7%80%EC%9A%B0" in own.sale.onward
    assert "engraving" not in foreign.sale.onward
    assert (own.leaves_content, foreign.leaves_content) == (False, True)


def test_a_comparison_marks_what_differs(edition: Edition, now: datetime) -> None:
    pages = [page_of(edition, now, lid="bamboo"), page_of(edition, now, lid="walnut", engraving="지우")]

    rows = {row.name: (row.left.text, row.right.text, row.differs) for row in comparison(*pages)}

    assert rows["Lid"] == ("Bamboo", "Walnut", True)
    assert rows["Bamboo finish"] == ("Clear oil", "", True)
    assert rows["Body glaze"] == ("Celadon", "Celadon", False)
    assert rows["Your name in foil"] == ("", "지우", True)
    assert rows["Price now"] == ("₩58,000", "₩69,000", True)
